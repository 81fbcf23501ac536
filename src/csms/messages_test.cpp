// What a station tells and asks: boot and admission, status, tokens, events, and what is answered to
// nonsense.
#include "csms/testing/world.hpp"

#include <gmock/gmock.h>

namespace ladestrom::csms {
namespace {

using store::Admission;
using store::MemoryLedger;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::noon;
using ::testing::Not;
using testing::Station;
using testing::World;

const StationId station_id("CS-1");

struct Messages : ::testing::Test {
    void connect(Admission admission = Admission::accepted)
    {
        world.put_station("CS-1", "secret", admission);
        station.connect();
    }
    void connect_and_boot()
    {
        connect();
        ASSERT_THAT(station.boot(), HasSubstr("Accepted"));
    }

    World world;
    Station station{world, "CS-1"};
};

// ---- boot, fault 31 -----------------------------------------------------------------------------------

TEST_F(Messages, BootIsStoredAndAnswered)
{
    connect();
    EXPECT_THAT(
        station.boot("Wallbox"),
        EndsWith(R"({"status":"Accepted","currentTime":"2026-06-01T12:00:00.000Z","interval":300}])"));
    const auto& row = world.ledger.stations().at(station_id);
    EXPECT_EQ(row.model, "Wallbox");
    EXPECT_EQ(row.firmware_version, "1.2");
    EXPECT_EQ(row.version, OcppVersion::v1_6);
    EXPECT_EQ(row.last_boot, noon());
    ASSERT_EQ(world.ledger.events().size(), 1U);
    EXPECT_EQ(world.ledger.events()[0].kind, "boot");
}

TEST_F(Messages, PendingAndRejectedStationsMayOnlyBoot)
{
    for (const auto& [admission, word] :
         {std::pair{Admission::pending, "Pending"}, std::pair{Admission::rejected, "Rejected"}}) {
        connect(admission);
        EXPECT_THAT(station.ask("Heartbeat", "{}"), HasSubstr("SecurityError"));
        EXPECT_THAT(station.boot(), AllOf(HasSubstr(word), HasSubstr("\"interval\":60")));
        EXPECT_THAT(station.ask("Heartbeat", "{}"), HasSubstr("SecurityError"));
        EXPECT_THAT(station.start("TAG", noon(), 0), HasSubstr("SecurityError"));
        EXPECT_TRUE(world.ledger.sessions().empty());
        EXPECT_THAT(station.boot(), HasSubstr(word));
    }
    EXPECT_EQ(world.count("csms.call.before_acceptance"), 6U);
}

TEST_F(Messages, AnAcceptedStationMustBootOnce)
{
    connect();
    EXPECT_THAT(station.ask("Heartbeat", "{}"), HasSubstr("SecurityError"));
    station.boot();
    EXPECT_THAT(station.ask("Heartbeat", "{}"), HasSubstr("currentTime"));
    station.connect();
    EXPECT_THAT(station.ask("Heartbeat", "{}"), HasSubstr("currentTime")) << "a new socket needs no new boot";
    world.crash(MemoryLedger::Crash::commits_lost);
    station.connect();
    EXPECT_THAT(station.ask("Heartbeat", "{}"), HasSubstr("currentTime")) << "nor does a new process";
}

TEST_F(Messages, AnAdmittedStationIsAskedToBootAtOnce)
{
    connect(Admission::pending);
    station.boot();
    world.put_station("CS-1");
    EXPECT_THAT(station.receive(), AllOf(HasSubstr("TriggerMessage"), HasSubstr("BootNotification")));
    EXPECT_THAT(station.ask("Heartbeat", "{}"), HasSubstr("SecurityError")) << "it does not know yet";
    EXPECT_THAT(station.boot(), HasSubstr("Accepted"));
    EXPECT_THAT(station.ask("Heartbeat", "{}"), HasSubstr("currentTime"));

    PutStationCommand renamed{.station = station_id};
    renamed.name = "Yard";
    world.command(renamed);
    EXPECT_EQ(station.receive(), "") << "nothing to tell";
    EXPECT_EQ(world.ledger.stations().at(station_id).model, "M1") << "what it told of itself stays";
}

TEST_F(Messages, AWithdrawnStationIsStoppedAtOnce)
{
    connect_and_boot();
    world.put_station("CS-1", "secret", Admission::rejected);
    EXPECT_THAT(station.receive(), HasSubstr("TriggerMessage"));
    EXPECT_THAT(station.ask("Heartbeat", "{}"), HasSubstr("SecurityError"));
    EXPECT_THAT(station.boot(), HasSubstr("Rejected"));
}

TEST_F(Messages, AnswersFollowTheCommit)
{
    connect();
    world.ledger.set_answers(MemoryLedger::Answers::held);
    station.call("BootNotification", R"({"chargePointVendor":"V","chargePointModel":"M"})", "b1");
    EXPECT_EQ(station.receive(), "");
    EXPECT_TRUE(world.published<FrameTraced>().back().direction == Direction::received);
    station.call("BootNotification", R"({"chargePointVendor":"V","chargePointModel":"M"})", "b1");
    EXPECT_EQ(station.receive(), "") << "nor may a repetition be answered before";
    world.ledger.answer_all();
    EXPECT_THAT(station.receive(), HasSubstr("Accepted"));
}

// ---- heartbeat ----------------------------------------------------------------------------------------

TEST_F(Messages, AHeartbeatCostsNoCommit)
{
    connect_and_boot();
    const auto commits = world.ledger.commits();
    for (int i = 0; i < 9; ++i) {
        world.pass(minutes(1));
        EXPECT_THAT(station.ask("Heartbeat", "{}"), HasSubstr("currentTime"));
    }
    EXPECT_EQ(world.ledger.commits(), commits);
    world.ledger.set_answers(MemoryLedger::Answers::held);
    world.pass(minutes(1));
    EXPECT_THAT(station.ask("Heartbeat", "{}"), HasSubstr("12:10:00")) << "does not wait for the write";
    world.ledger.answer_all();
    EXPECT_EQ(world.ledger.commits(), commits + 1);
    EXPECT_EQ(world.ledger.stations().at(station_id).last_seen, noon() + minutes(10));
}

// ---- status -------------------------------------------------------------------------------------------

std::string status(int connector, const std::string& status, const std::string& at = "2026-06-01T11:59:00Z")
{
    return R"({"connectorId":)" + std::to_string(connector) + R"(,"errorCode":"NoError","status":")" +
           status + R"(","timestamp":")" + at + "\"}";
}

TEST_F(Messages, ConnectorsAreStoredAndPublished)
{
    connect_and_boot();
    EXPECT_THAT(station.ask("StatusNotification", status(1, "Charging")), EndsWith(",{}]"));
    const auto& row = world.ledger.connectors().at({station_id, EvseId(1)});
    EXPECT_EQ(row.status, ConnectorStatus::charging);
    EXPECT_EQ(row.since, noon() - minutes(1));
    ASSERT_EQ(world.published<ConnectorChanged>().size(), 1U);

    const auto commits = world.ledger.commits();
    station.ask("StatusNotification", status(1, "Charging", "2026-06-01T12:30:00Z"));
    EXPECT_EQ(world.ledger.commits(), commits) << "nothing new";
    station.ask("StatusNotification", status(1, "Finishing", "1970-01-01T00:00:07Z"));
    EXPECT_EQ(world.ledger.connectors().at({station_id, EvseId(1)}).since, noon())
        << "the station's clock is not set";
}

TEST_F(Messages, ConnectorsAreBounded)
{
    connect_and_boot();
    for (int i = 0; i < 100; ++i)
        EXPECT_THAT(station.ask("StatusNotification", status(i, "Available")), EndsWith(",{}]"));
    EXPECT_EQ(world.ledger.connectors().size(), 64U);
    EXPECT_EQ(world.count("csms.connector.too_many"), 36U);
    EXPECT_THAT(station.ask("StatusNotification", status(-1, "Available")),
                HasSubstr("PropertyConstraintViolation"));
}

// ---- tokens -------------------------------------------------------------------------------------------

TEST_F(Messages, Authorize)
{
    connect_and_boot();
    world.put_token("GOOD");
    world.put_token("BAD", AuthorizationStatus::blocked);
    world.put_token(store::TokenRow{.token = {.value = "OLD"}, .valid_until = noon() - minutes(1)});
    world.put_token(
        store::TokenRow{.token = {.value = "FLEET-7"}, .group = "FLEET", .valid_until = noon() + hours(1)});
    const auto ask = [&](const std::string& tag) {
        return station.ask("Authorize", R"({"idTag":")" + tag + "\"}");
    };
    EXPECT_THAT(ask("good"), EndsWith(R"({"idTagInfo":{"status":"Accepted"}}])"));
    EXPECT_THAT(ask("BAD"), HasSubstr("Blocked"));
    EXPECT_THAT(ask("OLD"), HasSubstr("Expired"));
    EXPECT_THAT(ask("NOBODY"), HasSubstr("Invalid"));
    EXPECT_THAT(ask("FLEET-7"), AllOf(HasSubstr(R"("parentIdTag":"FLEET")"),
                                      HasSubstr(R"("expiryDate":"2026-06-01T13:00:00.000Z")")));
    world.pass(hours(2));
    EXPECT_THAT(ask("FLEET-7"), HasSubstr("Expired"));
}

TEST_F(Messages, TokensAreCachedUntilTheyChange)
{
    connect_and_boot();
    world.put_token("TAG");
    const std::string payload = R"({"idTag":"TAG"})";
    EXPECT_THAT(station.ask("Authorize", payload), HasSubstr("Accepted"));
    world.ledger.fail_loads(1);
    EXPECT_THAT(station.ask("Authorize", payload), HasSubstr("Accepted")) << "no load";
    world.ledger.fail_loads(0);
    world.put_token("TAG", AuthorizationStatus::blocked);
    EXPECT_THAT(station.ask("Authorize", payload), HasSubstr("Blocked"));
    world.command(DeleteTokenCommand{.token = "tag"});
    EXPECT_THAT(station.ask("Authorize", payload), HasSubstr("Invalid"));
    // Changed by another program: seen when the cache's time is over.
    world.put_token("TAG");
    EXPECT_THAT(station.ask("Authorize", payload), HasSubstr("Accepted"));
    world.ledger.commit({store::DeleteToken{"TAG"}}, [](auto) {});
    EXPECT_THAT(station.ask("Authorize", payload), HasSubstr("Accepted"));
    world.pass(seconds(60));
    EXPECT_THAT(station.ask("Authorize", payload), HasSubstr("Invalid"));
}

// Attack 11: a token that is blocked while the station's question is on its way through the store.
TEST_F(Messages, ATokenThatChangesWhileItIsReadIsReadAgain)
{
    connect_and_boot();
    world.put_token("TAG");
    world.ledger.set_faults({.early_reads = 1});
    bool overtaken = false;
    for (int i = 0; i < 20; ++i) {
        world.put_token("TAG");
        world.pass(minutes(2));
        world.ledger.set_answers(MemoryLedger::Answers::held);
        station.call("Authorize", R"({"idTag":"TAG"})");
        world.feed(PutTokenCommand{1'000'000U + static_cast<CommandId>(i),
                                   {.token = {.value = "tag"}, .status = AuthorizationStatus::blocked}});
        world.ledger.answer_all();
        const std::string answer = station.receive();
        if (answer.find("Blocked") != std::string::npos) overtaken = true;
        world.ledger.set_answers(MemoryLedger::Answers::at_once);
        EXPECT_THAT(station.ask("Authorize", R"({"idTag":"TAG"})"), HasSubstr("Blocked"))
            << "what was read before the change is not kept";
    }
    EXPECT_TRUE(overtaken);
}

TEST_F(Messages, AFailedLoadClosesTheSocket)
{
    connect_and_boot();
    world.ledger.fail_loads(1);
    EXPECT_EQ(station.ask("Authorize", R"({"idTag":"TAG"})"), "");
    EXPECT_EQ(world.socket(station.socket()).close_code, 1011);
    station.connect();
    EXPECT_THAT(station.ask("Authorize", R"({"idTag":"TAG"})"), HasSubstr("Invalid"));
}

// ---- everything else ----------------------------------------------------------------------------------

TEST_F(Messages, EventsAreRecorded)
{
    connect_and_boot();
    EXPECT_THAT(station.ask("FirmwareStatusNotification", R"({"status":"Installed"})"), EndsWith(",{}]"));
    EXPECT_THAT(station.ask("DiagnosticsStatusNotification", R"({"status":"Uploaded"})"), EndsWith(",{}]"));
    EXPECT_THAT(station.ask("LogStatusNotification", R"({"status":"Uploading","requestId":7})"),
                EndsWith(",{}]"));
    EXPECT_THAT(station.ask("SignedFirmwareStatusNotification", R"({"status":"InvalidSignature"})"),
                EndsWith(",{}]"));
    EXPECT_THAT(
        station.ask(
            "SecurityEventNotification",
            R"({"type":"TamperDetectionActivated","timestamp":"2026-06-01T11:00:00Z","techInfo":"lid"})"),
        EndsWith(",{}]"));
    EXPECT_THAT(station.ask("SignCertificate", R"({"csr":"-----BEGIN"})"), HasSubstr("Rejected"));
    EXPECT_THAT(station.ask("DataTransfer", R"({"vendorId":"x"})"), HasSubstr("UnknownVendorId"));
    std::string kinds;
    for (const auto& event : world.ledger.events()) kinds += event.kind + "=" + event.detail + ";";
    EXPECT_THAT(kinds, EndsWith("firmware_status=Installed;diagnostics_status=Uploaded;"
                                "log_status=Uploading (request 7);firmware_status=InvalidSignature;"
                                "security=TamperDetectionActivated: lid;sign_certificate=Rejected;"));
}

TEST_F(Messages, UnknownAndUnsupportedActions)
{
    connect_and_boot();
    EXPECT_THAT(station.ask("Teleport", "{}"), HasSubstr("NotImplemented"));
    EXPECT_THAT(station.ask("Reset", R"({"type":"Hard"})"), HasSubstr("NotSupported"));
    EXPECT_THAT(station.ask("Authorize", "{}"), AllOf(HasSubstr("[4,"), Not(HasSubstr("InternalError"))));
    EXPECT_THAT(station.ask("Authorize", R"({"idTag":{"deep":[1,2]}})"),
                HasSubstr("TypeConstraintViolation"));
    EXPECT_THAT(station.ask("Heartbeat", "{}"), HasSubstr("currentTime")) << "and goes on";
}

// Attack 10: no message ends the process or another station.
TEST_F(Messages, NonsenseHarmsNobody)
{
    connect_and_boot();
    world.put_station("CS-2");
    Station other(world, "CS-2");
    other.connect();
    other.boot();
    const std::vector<std::string> nonsense{
        "",
        "x",
        "{}",
        "[]",
        "[2]",
        "[2,\"a\"]",
        "[9,\"a\",\"b\",{}]",
        "[3,\"nobody\",{}]",
        "[4,\"nobody\",\"x\",\"\",{}]",
        "[2,\"\",\"\",{}]",
        "[2,\"q1\",\"BootNotification\",{}]",
        "[2,\"q2\",\"StartTransaction\",{}]",
        "[2,\"q3\",\"MeterValues\",{\"connectorId\":1,\"meterValue\":[]}]",
        "[2,\"q4\",\"StopTransaction\",{\"transactionId\":1e99}]"};
    for (const std::string& frame : nonsense) {
        station.send(frame);
        EXPECT_THAT(other.ask("Heartbeat", "{}"), HasSubstr("currentTime")) << frame;
    }
}

TEST_F(Messages, FramesAreTracedWithoutPasswords)
{
    connect_and_boot();
    world.forget_published();
    world.start_command(CallCommand{.station = station_id,
                                    .action = "ChangeConfiguration",
                                    .payload = R"({"key":"AuthorizationKey","value":"topsecret"})"});
    EXPECT_THAT(station.receive(), HasSubstr("topsecret"));
    const auto traced = world.published<FrameTraced>();
    ASSERT_EQ(traced.size(), 1U);
    EXPECT_EQ(traced[0].direction, Direction::sent);
    EXPECT_THAT(traced[0].text, AllOf(HasSubstr("AuthorizationKey"), Not(HasSubstr("topsecret"))));
}

// ---- faults 17 and 18: the store fails ------------------------------------------------------------------

TEST_F(Messages, AFailedCommitClosesTheSocketAndForgetsWhatWasNotStored)
{
    connect_and_boot();
    world.ledger.fail_commits(1);
    EXPECT_EQ(station.ask("StatusNotification", status(1, "Charging")), "");
    EXPECT_EQ(world.socket(station.socket()).close_code, 1011);
    EXPECT_EQ(world.count("csms.store.commit_failed"), 1U);
    EXPECT_TRUE(world.published<ConnectorChanged>().empty());

    station.connect();
    station.ask("StatusNotification", status(1, "Charging"));
    EXPECT_EQ(world.ledger.connectors().at({station_id, EvseId(1)}).status, ConnectorStatus::charging)
        << "not taken for a repetition of what failed";
}

TEST_F(Messages, OneStationsStoreTroubleIsNotAnothers)
{
    connect_and_boot();
    world.put_station("CS-2");
    Station other(world, "CS-2");
    other.connect();
    other.boot();
    world.ledger.set_answers(MemoryLedger::Answers::held);
    station.call("StatusNotification", status(1, "Charging"));
    EXPECT_THAT(other.ask("Heartbeat", "{}"), HasSubstr("currentTime"));
    world.ledger.set_answers(MemoryLedger::Answers::at_once);
    EXPECT_THAT(station.receive(), EndsWith(",{}]"));
}

}  // namespace
}  // namespace ladestrom::csms
