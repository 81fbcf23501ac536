// Commands of people: calls to stations, registration, tokens.
#include "csms/testing/world.hpp"

#include <gmock/gmock.h>

namespace ladestrom::csms {
namespace {

using store::MemoryLedger;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::noon;
using testing::Socket;
using testing::Station;
using testing::World;

const StationId cs("CS-1");

struct Commands : ::testing::Test {
    Commands()
    {
        world.put_station("CS-1");
        station.connect();
        station.boot();
    }

    CallCommand call(const std::string& action, const std::string& payload = "{}",
                     Duration timeout = seconds(30))
    {
        return {.command = 0, .station = cs, .action = action, .payload = payload, .timeout = timeout};
    }
    // Reads our call and returns its message id.
    std::string read_call(const std::string& action)
    {
        const std::string frame = station.receive();
        EXPECT_THAT(frame, HasSubstr("\"" + action + "\""));
        return frame.size() > 20 ? frame.substr(4, frame.find('"', 4) - 4) : std::string();
    }
    void answer(const std::string& id, const std::string& payload)
    {
        station.send("[3,\"" + id + "\"," + payload + "]");
    }
    CommandStatus status(CommandId command)
    {
        const auto done = world.done(command);
        return done ? done->status : CommandStatus::busy;
    }

    World world;
    Station station{world, "CS-1"};
};

TEST_F(Commands, WhatWaitsInTheWordsOfAVersionIsNotSentInAnother)
{
    const auto sent = world.start_command(call("ClearCache"));
    const auto waiting = world.start_command(call("GetConfiguration"));
    read_call("ClearCache");
    station.connect({"ocpp2.1"});
    EXPECT_EQ(status(sent), CommandStatus::no_answer);
    EXPECT_EQ(status(waiting), CommandStatus::not_connected);
    EXPECT_EQ(station.receive(), "");
}

TEST_F(Commands, WhatAPersonWantsIsSaidInTheVersionOfTheStation)
{
    CallCommand start = call("", "");
    start.intent = StartCharging{EvseId(2), {.value = "TAG", .type = IdTokenType::emaid}};
    CallCommand stop = call("", "");
    stop.intent = StopCharging{"17"};
    world.start_command(start);
    const std::string frame = station.receive();
    EXPECT_THAT(frame, EndsWith(R"("RemoteStartTransaction",{"connectorId":2,"idTag":"TAG"}])"));
    answer(frame.substr(4, frame.find('"', 4) - 4), R"({"status":"Accepted"})");
    world.start_command(stop);
    EXPECT_THAT(station.receive(), EndsWith(R"("RemoteStopTransaction",{"transactionId":17}])"));

    station.connect({"ocpp2.1"});
    station.ask("BootNotification",
                R"({"reason":"PowerUp","chargingStation":{"model":"M","vendorName":"V"}})");
    world.start_command(start);
    const std::string newer = station.receive();
    EXPECT_THAT(newer, AllOf(HasSubstr("RequestStartTransaction"), HasSubstr(R"("evseId":2)"),
                             HasSubstr(R"("idToken":{"idToken":"TAG","type":"eMAID"})")));
    answer(newer.substr(4, newer.find('"', 4) - 4), R"({"status":"Accepted"})");
    world.start_command(stop);
    EXPECT_THAT(station.receive(), EndsWith(R"("RequestStopTransaction",{"transactionId":"17"}])"));
}

TEST_F(Commands, ATokenLongerThanTheVersionAllowsIsInvalid)
{
    const auto start = [&](std::size_t characters) {
        CallCommand command = call("", "");
        command.intent = StartCharging{EvseId(1), {.value = std::string(characters, 'x')}};
        return status(world.start_command(command));
    };
    EXPECT_EQ(start(21), CommandStatus::invalid);
    for (const auto& [version, most] : {std::pair("ocpp2.0.1", 36U), std::pair("ocpp2.1", 255U)}) {
        station.connect({version});
        EXPECT_EQ(start(most + 1), CommandStatus::invalid) << version;
        EXPECT_EQ(start(most), CommandStatus::busy) << version << ": on its way";
        station.disconnect();
    }
}

TEST_F(Commands, WhatAVersionCannotSayIsInvalid)
{
    CallCommand start = call("", "");
    start.intent = StartCharging{EvseId(1), {.value = std::string(21, 'x')}};
    EXPECT_EQ(status(world.start_command(start)), CommandStatus::invalid);
    CallCommand stop = call("", "");
    stop.intent = StopCharging{"6f1c-1"};
    EXPECT_EQ(status(world.start_command(stop)), CommandStatus::invalid);
}

TEST_F(Commands, TheStationsAnswerIsPassedOn)
{
    const auto command = world.start_command(call("ClearCache", R"({ "vendor" : [1.50, "x"] })"));
    const std::string frame = station.receive();
    EXPECT_THAT(frame, EndsWith(R"(,"ClearCache",{ "vendor" : [1.50, "x"] }])")) << "unaltered";
    EXPECT_FALSE(world.done(command));
    answer(frame.substr(4, frame.find('"', 4) - 4), R"({"status":"Accepted"})");
    const auto done = world.done(command);
    ASSERT_TRUE(done);
    EXPECT_EQ(done->status, CommandStatus::result);
    EXPECT_EQ(done->json, R"({"status":"Accepted"})");
}

TEST_F(Commands, ACallErrorIsPassedOn)
{
    const auto command = world.start_command(call("Reset", R"({"type":"Soft"})"));
    const auto id = read_call("Reset");
    station.send("[4,\"" + id + R"(","NotSupported","no such thing",{"a":1}])");
    const auto done = world.done(command);
    ASSERT_TRUE(done);
    EXPECT_EQ(done->status, CommandStatus::call_error);
    EXPECT_EQ(done->code, "NotSupported");
    EXPECT_EQ(done->description, "no such thing");
    EXPECT_EQ(done->details, R"({"a":1})");
}

TEST_F(Commands, AnAnswerThatIsNotStandardIsCountedAndPassedOn)
{
    const auto command = world.start_command(call("ClearCache"));
    answer(read_call("ClearCache"), R"({"status":"Perhaps"})");
    EXPECT_EQ(world.done(command)->json, R"({"status":"Perhaps"})");
    EXPECT_EQ(world.count("csms.command.answer_not_standard"), 1U);
}

TEST_F(Commands, WrongCommandsAreRefusedWithTheReason)
{
    const auto refused = [&](CallCommand command, const std::string& reason) {
        const auto done = world.command(std::move(command));
        EXPECT_EQ(done.status, CommandStatus::invalid);
        EXPECT_THAT(done.description, HasSubstr(reason));
    };
    refused(call("Teleport"), "Teleport");
    refused(call("Heartbeat"), "Heartbeat");
    refused(call("ClearCache", "{"), "payload: ");
    refused(call("ClearCache", "[]"), "must be a JSON object");
    refused(call("ClearCache", ""), "payload: ");
    refused(call("ClearCache", "{}", seconds(0)), "timeout");
    refused(call("DataTransfer", R"({"vendorId":")" + std::string(300'000, 'x') + "\"}"),
            "more than a frame");
    EXPECT_EQ(station.receive(), "");
}

TEST_F(Commands, OneCallInFlightAndABoundedQueue)
{
    std::vector<CommandId> commands;
    for (int i = 0; i < 17; ++i) commands.push_back(world.start_command(call("ClearCache")));
    EXPECT_EQ(world.csms().connection(cs)->waiting_commands, 17U);
    EXPECT_EQ(world.command(call("ClearCache")).status, CommandStatus::busy);
    for (const CommandId command : commands) {
        EXPECT_FALSE(world.done(command));
        const auto id = read_call("ClearCache");
        EXPECT_EQ(station.receive(), "") << "one at a time";
        answer(id, R"({"status":"Accepted"})");
        EXPECT_EQ(status(command), CommandStatus::result) << "in order";
    }
}

TEST_F(Commands, EveryCommandHasADeadline)
{
    const auto sent = world.start_command(call("ClearCache", "{}", seconds(20)));
    const auto queued = world.start_command(call("ClearCache", "{}", seconds(10)));
    const auto patient = world.start_command(call("Reset", R"({"type":"Hard"})", seconds(60)));
    const auto id = read_call("ClearCache");
    world.pass(seconds(11));
    EXPECT_EQ(status(queued), CommandStatus::no_answer);
    EXPECT_FALSE(world.done(sent));
    world.pass(seconds(10));
    EXPECT_EQ(status(sent), CommandStatus::no_answer);
    answer(id, R"({"status":"Accepted"})");  // too late
    EXPECT_EQ(status(sent), CommandStatus::no_answer);
    answer(read_call("Reset"), R"({"status":"Accepted"})");
    EXPECT_EQ(status(patient), CommandStatus::result);
    EXPECT_FALSE(world.csms().next_deadline());
}

TEST_F(Commands, WhatWasSentIsNeverSentAgain)
{
    const auto sent = world.start_command(call("ClearCache"));
    const auto queued = world.start_command(call("Reset", R"({"type":"Hard"})"));
    read_call("ClearCache");
    station.connect();  // the new socket replaces the old one
    EXPECT_EQ(status(sent), CommandStatus::no_answer);
    EXPECT_FALSE(world.done(queued)) << "was not sent yet, so it may go over the new one";
    read_call("Reset");
    EXPECT_EQ(station.receive(), "");
    station.disconnect();
    EXPECT_EQ(status(queued), CommandStatus::no_answer);
}

TEST_F(Commands, WithoutAConnection)
{
    const auto sent = world.start_command(call("ClearCache"));
    const auto queued = world.start_command(call("ClearCache"));
    station.disconnect();
    EXPECT_EQ(status(sent), CommandStatus::no_answer);
    EXPECT_EQ(status(queued), CommandStatus::not_connected);
    EXPECT_EQ(world.command(call("ClearCache")).status, CommandStatus::not_connected);
    CallCommand ghost = call("ClearCache");
    ghost.station = StationId("GHOST");
    EXPECT_EQ(world.command(ghost).status, CommandStatus::unknown_station);
    world.ledger.fail_loads(1);
    EXPECT_EQ(world.command(ghost).status, CommandStatus::store_failed);
}

// The two directions never wait for each other.
TEST_F(Commands, CallsOfTheStationGoOnMeanwhile)
{
    const auto command = world.start_command(call("ClearCache"));
    const auto id = read_call("ClearCache");
    EXPECT_THAT(station.ask("Heartbeat", "{}"), HasSubstr("currentTime")) << "ours is unanswered";

    world.ledger.set_answers(MemoryLedger::Answers::held);
    station.call("StartTransaction", testing::start_payload("TAG", noon(), 0));
    answer(id, R"({"status":"Accepted"})");
    EXPECT_EQ(status(command), CommandStatus::result) << "theirs is unanswered";
    const auto next = world.start_command(call("Reset", R"({"type":"Soft"})"));
    answer(read_call("Reset"), R"({"status":"Accepted"})");
    EXPECT_EQ(status(next), CommandStatus::result);
    world.ledger.answer_all();
    EXPECT_THAT(station.receive(), HasSubstr("transactionId"));
}

TEST_F(Commands, RegistrationIsChecked)
{
    const auto refused = [&](PutStationCommand command, const std::string& reason) {
        const auto done = world.command(std::move(command));
        EXPECT_EQ(done.status, CommandStatus::invalid);
        EXPECT_THAT(done.description, HasSubstr(reason));
    };
    PutStationCommand put{.station = cs};
    put.password = "";
    refused(put, "password");
    put.password = std::string(65, 'x');
    refused(put, "password");
    refused({.station = StationId("")}, "id");
    refused({.station = StationId("a\nb")}, "id");
    refused({.station = StationId(std::string(256, 'x'))}, "id");
    put.password.reset();
    put.security_profile = 4;
    refused(put, "security_profile");
    EXPECT_EQ(world.ledger.stations().size(), 1U);
}

TEST_F(Commands, ANewPasswordReplacesTheOld)
{
    PutStationCommand put{.station = cs};
    put.password = std::string("\0:\xFF", 3);
    EXPECT_EQ(world.command(put).status, CommandStatus::result);
    EXPECT_TRUE(station.connected());
    EXPECT_EQ(station.connect(), Socket::State::refused);
    station.password = std::string("\0:\xFF", 3);
    EXPECT_EQ(station.connect(), Socket::State::open);
}

// ---- AuthorizationKey: the station may use the new password from its answer on ---------------------------

constexpr const char* told_password = "30313233343536373839616263646566";
constexpr const char* used_password = "0123456789abcdef";
const std::string told_payload =
    std::string(R"({"key":"authorizationkey","value":")") + told_password + "\"}";

TEST_F(Commands, APasswordToldOverOcppHolds)
{
    const auto next = [&] { return world.ledger.stations().at(cs).next_password_hashes.size(); };
    const auto command = world.start_command(call("ChangeConfiguration", told_payload));
    EXPECT_EQ(next(), 2U) << "before the station hears of it";
    answer(read_call("ChangeConfiguration"), R"({"status":"Accepted"})");
    EXPECT_EQ(status(command), CommandStatus::result);
    EXPECT_EQ(station.connect(), Socket::State::open) << "the old one, until the new one is used";
    station.password = used_password;
    EXPECT_EQ(station.connect(), Socket::State::open);
    EXPECT_EQ(next(), 0U);
    EXPECT_EQ(station.connect(), Socket::State::open);
    for (const char* old : {"secret", told_password}) {
        station.password = old;
        EXPECT_EQ(station.connect(), Socket::State::refused) << old;
    }
}

TEST_F(Commands, APasswordThatTheStationDoesNotTakeDoesNotHold)
{
    const auto change = [&] { return world.start_command(call("ChangeConfiguration", told_payload)); };
    change();
    answer(read_call("ChangeConfiguration"), R"({"status":"Rejected"})");
    EXPECT_TRUE(world.ledger.stations().at(cs).next_password_hashes.empty());
    world.ledger.fail_commits(1);
    EXPECT_EQ(status(change()), CommandStatus::store_failed) << "and the station heard nothing";
    EXPECT_EQ(station.connect(), Socket::State::open);
    // Without an answer it may have been taken: both hold.
    change();
    world.pass(seconds(31));
    EXPECT_EQ(station.connect(), Socket::State::open);
    station.password = used_password;
    EXPECT_EQ(station.connect(), Socket::State::open);
}

TEST_F(Commands, AFailedWriteSaysSoAndChangesNothing)
{
    PutStationCommand put{.station = cs};
    put.password = "other";
    world.ledger.fail_commits(1);
    EXPECT_EQ(world.command(put).status, CommandStatus::store_failed);
    EXPECT_EQ(station.connect(), Socket::State::open) << "the old password holds";
    world.ledger.fail_commits(1);
    EXPECT_EQ(world.command(PutTokenCommand{0, {.token = {.value = "T"}}}).status,
              CommandStatus::store_failed);
    EXPECT_TRUE(world.ledger.tokens().empty());
}

TEST_F(Commands, ADeletedStationIsGone)
{
    EXPECT_EQ(world.command(DeleteStationCommand{0, cs}).status, CommandStatus::result);
    EXPECT_FALSE(station.connected());
    EXPECT_EQ(world.socket(station.socket()).close_code, 1008);
    EXPECT_TRUE(world.ledger.stations().empty());
    EXPECT_EQ(station.connect(), Socket::State::refused);
    EXPECT_EQ(world.command(DeleteStationCommand{0, cs}).status, CommandStatus::unknown_station);
}

TEST_F(Commands, ChangesOfOneStationKeepTheirOrder)
{
    world.ledger.set_answers(MemoryLedger::Answers::held);
    std::vector<CommandId> commands;
    for (int i = 0; i < 5; ++i) {
        PutStationCommand put{.station = cs};
        put.name = "name " + std::to_string(i);
        commands.push_back(world.start_command(put));
    }
    world.ledger.answer_all();
    for (const CommandId command : commands) EXPECT_EQ(status(command), CommandStatus::result);
    EXPECT_EQ(world.ledger.stations().at(cs).name, "name 4");
}

TEST_F(Commands, Tokens)
{
    EXPECT_EQ(world.command(PutTokenCommand{0, {.token = {.value = ""}}}).status, CommandStatus::invalid);
    EXPECT_EQ(world.command(PutTokenCommand{0, {.token = {.value = "a\tb"}}}).status, CommandStatus::invalid);
    EXPECT_EQ(world.command(PutTokenCommand{0, {.token = {.value = std::string(256, 'x')}}}).status,
              CommandStatus::invalid);
    world.ledger.set_answers(MemoryLedger::Answers::held);
    std::vector<CommandId> commands;
    for (int i = 0; i < 5; ++i) {
        commands.push_back(world.start_command(
            PutTokenCommand{0, {.token = {.value = i % 2 == 0 ? "TAG" : "tag"}, .note = std::to_string(i)}}));
    }
    commands.push_back(world.start_command(PutTokenCommand{0, {.token = {.value = "OTHER"}}}));
    EXPECT_EQ(world.ledger.waiting(), 2U) << "tokens do not wait for each other, changes of one do";
    world.ledger.answer_all();
    for (const CommandId command : commands) EXPECT_EQ(status(command), CommandStatus::result);
    EXPECT_EQ(world.ledger.tokens().at("tag").note, "4");
    EXPECT_EQ(world.published<TokenChanged>().size(), 6U);
}

}  // namespace
}  // namespace ladestrom::csms
