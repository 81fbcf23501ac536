// Who may connect, and how sockets replace one another: refusals before any state, the pending inbox, newest
// wins.
#include "csms/testing/world.hpp"

#include <gmock/gmock.h>

namespace ladestrom::csms {
namespace {

using ::testing::HasSubstr;
using testing::Socket;
using testing::Station;
using testing::World;
using State = Socket::State;

TEST(Upgrade, RightCredentialsAreAccepted)
{
    World world;
    world.put_station("CS-1");
    Station station(world, "CS-1");
    EXPECT_EQ(station.connect({"ocpp3.0", "ocpp1.6"}), State::open);
    EXPECT_EQ(world.socket(station.socket()).subprotocol, "ocpp1.6");
    const auto view = world.csms().connection(StationId("CS-1"));
    ASSERT_TRUE(view);
    EXPECT_EQ(view->remote, "192.0.2.7");
    ASSERT_EQ(world.published<StationChanged>().size(), 2U);
    EXPECT_TRUE(world.published<StationChanged>().back().connected);
}

// OCPP-J section 3.1.2: the station offers in the order of its preference.
TEST(Upgrade, TheFirstVersionOfferedIsSpoken)
{
    World world;
    world.put_station("CS-1");
    Station station(world, "CS-1");
    for (const char* first : {"ocpp2.1", "ocpp2.0.1", "ocpp1.6"}) {
        EXPECT_EQ(station.connect({first, "ocpp1.6", "ocpp2.1"}), State::open);
        EXPECT_EQ(world.socket(station.socket()).subprotocol, first);
    }
}

// Attacks 1, 4 and 5: default-deny, the user bound to the identity, and one answer to whatever is wrong.
TEST(Upgrade, WhateverIsWrongLooksTheSame)
{
    World world;
    world.put_station("CS-1");
    world.put_station("OTHER", "other-secret");
    PutStationCommand tls_only{.station = StationId("TLS")};
    tls_only.password = "secret";
    tls_only.security_profile = 2;
    world.command(tls_only);
    world.command(PutStationCommand{.station = StationId("NO-PASSWORD")});

    struct Case {
        std::string what, identity, user, password;
        bool credentials;
        std::string counter;
    };
    const std::vector<Case> cases{
        {"unknown", "GHOST", "GHOST", "secret", true, "csms.upgrade.unknown_station"},
        {"unknown, nothing sent", "GHOST", "", "", false, "csms.upgrade.unknown_station"},
        {"wrong password", "CS-1", "CS-1", "wrong", true, "csms.upgrade.wrong_password"},
        {"password of another", "CS-1", "CS-1", "other-secret", true, "csms.upgrade.wrong_password"},
        {"user of another", "CS-1", "OTHER", "other-secret", true, "csms.upgrade.wrong_user"},
        {"right password, other user", "CS-1", "cs-1", "secret", true, "csms.upgrade.wrong_user"},
        {"nothing sent", "CS-1", "", "", false, "csms.upgrade.no_credentials"},
        {"no TLS", "TLS", "TLS", "secret", true, "csms.upgrade.tls_required"},
        {"empty password", "NO-PASSWORD", "NO-PASSWORD", "", true, "csms.upgrade.no_password_set"},
    };
    for (const Case& attempt : cases) {
        SCOPED_TRACE(attempt.what);
        Station station(world, attempt.identity, attempt.password);
        station.user = attempt.user;
        station.has_credentials = attempt.credentials;
        const auto counted = world.count(attempt.counter);
        const int compared = world.hasher.comparisons;
        EXPECT_EQ(station.connect(), State::refused);
        EXPECT_EQ(world.socket(station.socket()).http_status, 401);
        EXPECT_EQ(world.count(attempt.counter), counted + 1);
        EXPECT_EQ(world.hasher.comparisons - compared, attempt.credentials ? 1 : 0) << "equal time";
        EXPECT_FALSE(world.csms().connection(StationId(attempt.identity)));
    }
    EXPECT_TRUE(world.logged("\"CS-1\" from 192.0.2.7: refused, wrong password"));
    EXPECT_EQ(world.ledger.stations().count(StationId("GHOST")), 0U);
}

// The store is asked in every case, so the time to a refusal says nothing either.
TEST(Upgrade, TheStoreIsAskedAlsoForAConnectedStation)
{
    World world;
    world.put_station("CS-1");
    Station station(world, "CS-1");
    ASSERT_EQ(station.connect(), State::open);
    world.ledger.set_answers(store::MemoryLedger::Answers::held);
    for (const char* identity : {"CS-1", "GHOST"}) {
        Station attacker(world, identity, "wrong");
        EXPECT_EQ(attacker.connect(), State::waiting);
        EXPECT_EQ(world.ledger.waiting(), 1U);
        world.ledger.answer_all();
        EXPECT_EQ(world.socket(attacker.socket()).state, State::refused);
    }
    EXPECT_TRUE(station.connected());
}

TEST(Upgrade, ProfilesZeroAndTwo)
{
    World world;
    PutStationCommand open{.station = StationId("OPEN")};
    open.security_profile = 0;
    world.command(open);
    Station anyone(world, "OPEN");
    anyone.has_credentials = false;
    EXPECT_EQ(anyone.connect(), State::open);

    PutStationCommand tls{.station = StationId("TLS")};
    tls.security_profile = 2;
    tls.password = "secret";
    world.command(tls);
    Station station(world, "TLS");
    station.tls = true;
    EXPECT_EQ(station.connect(), State::open);
}

TEST(Upgrade, ProfileThreeIsRefusedAndSaysWhy)
{
    World world;
    PutStationCommand put{.station = StationId("CERT")};
    put.security_profile = 3;
    EXPECT_EQ(world.command(put).status, CommandStatus::invalid);
    // As another program may have stored it.
    world.ledger.commit({store::PutStation{{.id = StationId("CERT"), .security_profile = 3}}}, [](auto) {});
    Station station(world, "CERT");
    EXPECT_EQ(station.connect(), State::refused);
    EXPECT_TRUE(world.logged("security profile 3"));
}

TEST(Upgrade, UnknownStationsWaitInTheInbox)
{
    World world;
    Station ghost(world, "GHOST");
    ghost.connect({"ocpp2.0.1", "ocpp1.6"});
    world.pass(minutes(1));
    ghost.connect({"ocpp1.6"});
    auto inbox = world.csms().unknown_stations();
    ASSERT_EQ(inbox.size(), 1U);
    EXPECT_EQ(inbox[0].identity, StationId("GHOST"));
    EXPECT_EQ(inbox[0].code, "unknown_station");
    EXPECT_EQ(inbox[0].attempts, 2U);
    EXPECT_EQ(inbox[0].first_seen, testing::noon());
    EXPECT_EQ(inbox[0].last_seen, testing::noon() + minutes(1));
    EXPECT_EQ(inbox[0].offered, std::vector<std::string>{"ocpp1.6"});
    EXPECT_TRUE(inbox[0].has_credentials);

    world.put_station("GHOST");
    EXPECT_TRUE(world.csms().unknown_stations().empty());
    EXPECT_EQ(ghost.connect(), State::open);
}

TEST(Upgrade, TheInboxTellsOfAnIdentityThatCannotBeTakenInByItself)
{
    World world(Options{.accept_unknown = true});
    Station(world, std::string(200, 'x')).connect();
    const auto inbox = world.csms().unknown_stations();
    ASSERT_EQ(inbox.size(), 1U);
    EXPECT_EQ(inbox[0].code, "bad_identity");
}

TEST(Upgrade, TheInboxIsBounded)
{
    World world(Options{.max_unknown_stations = 4});
    for (int i = 0; i < 10; ++i) Station(world, "G" + std::to_string(i)).connect();
    const auto inbox = world.csms().unknown_stations();
    ASSERT_EQ(inbox.size(), 4U);
    EXPECT_EQ(inbox.front().identity, StationId("G9"));
    EXPECT_EQ(inbox.back().identity, StationId("G6"));
}

TEST(Upgrade, UnknownIsToldOnlyWhenConfigured)
{
    World world(Options{.tell_unknown = true});
    Station ghost(world, "GHOST");
    ghost.connect();
    EXPECT_EQ(world.socket(ghost.socket()).http_status, 404);
}

TEST(Upgrade, LabsMakeUnknownStations)
{
    World world(Options{.accept_unknown = true});
    world.ledger.set_answers(store::MemoryLedger::Answers::held);
    Station station(world, "NEW"), twin(world, "NEW");
    station.has_credentials = false;
    EXPECT_EQ(station.connect(), State::waiting);
    EXPECT_EQ(twin.connect(), State::waiting);
    world.ledger.answer_one();  // the load
    EXPECT_EQ(world.socket(station.socket()).state, State::waiting) << "not before the row is durable";
    world.ledger.answer_all();
    EXPECT_EQ(world.socket(station.socket()).state, State::closed) << "the twin is newer";
    EXPECT_TRUE(twin.connected());
    world.ledger.set_answers(store::MemoryLedger::Answers::at_once);
    EXPECT_THAT(twin.boot(), HasSubstr("Accepted"));

    Station strange(world, "NEW\n2");
    EXPECT_EQ(strange.connect(), State::refused);
    EXPECT_EQ(world.ledger.stations().size(), 1U);
}

// OCPP-J 1.6 section 3.1.2: 101 without a subprotocol, then close.
TEST(Upgrade, NoCommonSubprotocolIsClosed)
{
    World world;
    world.put_station("CS-1");
    for (const auto& offered : {std::vector<std::string>{}, {"ocpp3.0"}, {"OCPP1.6"}, {"chat", ""}}) {
        Station station(world, "CS-1");
        EXPECT_EQ(station.connect(offered), State::closed);
        EXPECT_EQ(world.socket(station.socket()).subprotocol, "");
        EXPECT_EQ(world.socket(station.socket()).close_code, 1002);
    }
    EXPECT_EQ(world.count("csms.upgrade.no_common_version"), 4U);
    EXPECT_TRUE(world.logged("no OCPP version in common (offered: ocpp3.0)"));
    EXPECT_FALSE(world.csms().connection(StationId("CS-1")));

    Station wrong(world, "CS-1", "wrong");
    EXPECT_EQ(wrong.connect({}), State::refused) << "credentials come first";
}

void restrict_to(World& world, VersionSet versions)
{
    PutStationCommand put{.station = StationId("CS-1")};
    put.allowed_versions = versions;
    EXPECT_EQ(world.command(put).status, CommandStatus::result);
}

TEST(Restriction, OfTheAllowedVersionsTheFirstOfferedIsSpoken)
{
    World world;
    world.put_station("CS-1");
    Station station(world, "CS-1");
    const auto spoken = [&](std::vector<std::string> offered) {
        EXPECT_EQ(station.connect(std::move(offered)), State::open);
        return world.socket(station.socket()).subprotocol;
    };
    restrict_to(world, {OcppVersion::v1_6});
    EXPECT_EQ(spoken({"ocpp2.1", "ocpp1.6"}), "ocpp1.6");
    restrict_to(world, {OcppVersion::v1_6, OcppVersion::v2_0_1});
    EXPECT_EQ(spoken({"ocpp2.1", "ocpp2.0.1", "ocpp1.6"}), "ocpp2.0.1");
    EXPECT_EQ(spoken({"ocpp1.6", "ocpp2.0.1"}), "ocpp1.6");
    restrict_to(world, {});
    EXPECT_EQ(spoken({"ocpp2.1", "ocpp1.6"}), "ocpp2.1");
}

TEST(Restriction, WithoutAnAllowedVersionItIsClosed)
{
    World world;
    world.put_station("CS-1");
    restrict_to(world, {OcppVersion::v1_6, OcppVersion::v2_0_1});
    Station station(world, "CS-1"), wrong(world, "CS-1", "wrong");
    EXPECT_EQ(station.connect({"ocpp2.1", "ocpp3.0"}), State::closed);
    EXPECT_EQ(world.socket(station.socket()).subprotocol, "");
    EXPECT_EQ(world.socket(station.socket()).close_code, 1002);
    EXPECT_EQ(world.count("csms.upgrade.version_not_allowed"), 1U);
    EXPECT_TRUE(world.logged(
        "\"CS-1\" from 192.0.2.7: closed, it is restricted to OCPP 1.6, 2.0.1 (offered: ocpp2.1, ocpp3.0)"));
    EXPECT_EQ(station.connect({"ocpp3.0"}), State::closed);
    EXPECT_EQ(world.count("csms.upgrade.no_common_version"), 1U) << "no doing of the restriction";
    EXPECT_EQ(wrong.connect({"ocpp2.1"}), State::refused) << "only who has the password learns of it";
}

TEST(Restriction, AConnectionInAnotherVersionIsClosed)
{
    World world;
    world.put_station("CS-1");
    Station station(world, "CS-1");
    station.connect({"ocpp2.1", "ocpp1.6"});
    restrict_to(world, {OcppVersion::v2_1});
    EXPECT_TRUE(station.connected());
    restrict_to(world, {OcppVersion::v1_6});
    EXPECT_EQ(world.socket(station.socket()).state, State::closed);
    EXPECT_EQ(world.socket(station.socket()).close_code, 1000);
    EXPECT_EQ(world.count("csms.socket.version_not_allowed"), 1U);
    EXPECT_TRUE(world.logged("OCPP 2.1 is no longer allowed"));
    EXPECT_FALSE(world.csms().connection(StationId("CS-1")));
    station.connect({"ocpp2.1", "ocpp1.6"});
    EXPECT_EQ(world.socket(station.socket()).subprotocol, "ocpp1.6");
}

// The upgrade is judged by the row as it was, and the connection by the one that has become durable since.
TEST(Restriction, HoldsForAConnectionOpenedWhileItIsStored)
{
    World world;
    world.put_station("CS-1");
    Station first(world, "CS-1"), second(world, "CS-1");
    first.connect({"ocpp2.1"});
    world.ledger.set_answers(store::MemoryLedger::Answers::held);
    second.connect({"ocpp2.1"});
    PutStationCommand put{.station = StationId("CS-1")};
    put.allowed_versions = {OcppVersion::v1_6};
    const auto command = world.start_command(put);
    world.ledger.answer_all();
    EXPECT_EQ(world.done(command)->status, CommandStatus::result);
    EXPECT_EQ(world.socket(first.socket()).state, State::closed);
    EXPECT_EQ(world.socket(second.socket()).state, State::closed);
}

TEST(Upgrade, AStoreThatFailsRefusesWith503)
{
    World world;
    world.put_station("CS-1");
    world.ledger.fail_loads(1);
    Station station(world, "CS-1");
    EXPECT_EQ(station.connect(), State::refused);
    EXPECT_EQ(world.socket(station.socket()).http_status, 503);
    EXPECT_EQ(station.connect(), State::open);
}

TEST(Upgrade, ASocketMayGoBeforeItsAnswer)
{
    World world;
    world.put_station("CS-1");
    world.ledger.set_answers(store::MemoryLedger::Answers::held);
    Station station(world, "CS-1");
    station.connect();
    world.feed(SocketClosed{station.socket(), "gone"});
    world.ledger.answer_all();
    EXPECT_EQ(world.socket(station.socket()).state, State::waiting) << "nobody is there to be answered";
    EXPECT_FALSE(world.csms().connection(StationId("CS-1")));
}

TEST(Upgrade, AnAttemptThatGoesAwayLeavesTheConnectionAlone)
{
    World world;
    world.put_station("CS-1");
    Station station(world, "CS-1"), attempt(world, "CS-1");
    station.connect();
    world.ledger.set_answers(store::MemoryLedger::Answers::held);
    EXPECT_EQ(attempt.connect(), State::waiting);
    world.feed(SocketClosed{attempt.socket(), "gone"});
    EXPECT_EQ(world.csms().connection(StationId("CS-1"))->socket, station.socket());
    world.ledger.answer_all();
    EXPECT_TRUE(station.connected());
}

// A read that was on its way when a commit's outcome was lost says nothing about what that commit stored.
TEST(Upgrade, AnOutdatedReadIsNotBelieved)
{
    World world;
    world.put_station("CS-1");
    Station station(world, "CS-1"), second(world, "CS-1"), third(world, "CS-1");
    station.connect();
    station.boot();
    world.ledger.set_answers(store::MemoryLedger::Answers::held);
    world.ledger.set_faults({.commit_outcome_lost = 1, .early_reads = 1});
    PutStationCommand reject{.station = StationId("CS-1")};
    reject.admission = store::Admission::rejected;
    const auto command = world.start_command(reject);
    second.connect();  // reads the row as it was
    world.ledger.answer_one();
    ASSERT_EQ(world.done(command)->status, CommandStatus::store_failed);
    EXPECT_EQ(world.socket(station.socket()).close_code, 1011);
    EXPECT_EQ(world.socket(second.socket()).http_status, 503);
    third.connect();
    world.ledger.set_faults({});
    world.ledger.answer_all();
    ASSERT_TRUE(third.connected());
    world.ledger.set_answers(store::MemoryLedger::Answers::at_once);
    EXPECT_THAT(third.boot(), HasSubstr("Rejected"));
}

TEST(Upgrade, AttemptsOfOneIdentityAreBounded)
{
    World world(Options{.max_waiting_inputs = 3});
    world.put_station("CS-1");
    world.ledger.set_answers(store::MemoryLedger::Answers::held);
    std::vector<Station> attempts(5, Station(world, "CS-1"));
    for (Station& attempt : attempts) attempt.connect();
    EXPECT_EQ(world.socket(attempts[3].socket()).http_status, 503);
    EXPECT_EQ(world.socket(attempts[4].socket()).http_status, 503);
    world.ledger.answer_all();
    EXPECT_TRUE(attempts[2].connected());
}

// ---- attack 2, fault 30 ---------------------------------------------------------------------------------

TEST(Sockets, TheNewestAuthenticatedOneWins)
{
    World world;
    world.put_station("CS-1");
    Station old_one(world, "CS-1"), intruder(world, "CS-1", "wrong"), new_one(world, "CS-1");
    old_one.connect();
    EXPECT_THAT(old_one.boot(), HasSubstr("Accepted"));
    EXPECT_EQ(intruder.connect(), State::refused);
    EXPECT_TRUE(old_one.connected()) << "a wrong password evicts nobody";

    EXPECT_EQ(new_one.connect(), State::open);
    EXPECT_EQ(world.socket(old_one.socket()).state, State::closed);
    // What still comes of the old socket changes nothing.
    old_one.call("Heartbeat", "{}");
    world.feed(SocketClosed{old_one.socket(), "late"});
    EXPECT_TRUE(new_one.connected());
    EXPECT_EQ(world.csms().connection(StationId("CS-1"))->socket, new_one.socket());
    EXPECT_THAT(new_one.ask("Heartbeat", "{}"), HasSubstr("currentTime"));
    EXPECT_EQ(world.count("csms.frame.of_closed_socket"), 1U);
}

TEST(Sockets, TenThousandReconnectsAndCommandsReachTheLiveOne)
{
    World world(Options{.trace_frames = false});
    world.put_station("CS-1");
    std::optional<Station> before;
    for (int i = 0; i < 10'000; ++i) {
        Station now(world, "CS-1");
        ASSERT_EQ(now.connect(), State::open);
        if (before) world.feed(SocketClosed{before->socket(), "late"});
        const auto command = world.start_command(
            CallCommand{.station = StationId("CS-1"), .action = "ClearCache", .payload = "{}"});
        const std::string frame = now.receive();
        ASSERT_THAT(frame, HasSubstr("ClearCache"));
        now.send("[3," + frame.substr(3, frame.find(',', 3) - 3) + R"(,{"status":"Accepted"}])");
        ASSERT_EQ(world.done(command)->status, CommandStatus::result);
        before.emplace(now);
    }
}

TEST(Sockets, AnAnswerIsNotSentToTheNextSocket)
{
    World world;
    world.put_station("CS-1");
    world.put_token("TAG");
    Station old_one(world, "CS-1"), new_one(world, "CS-1");
    old_one.connect();
    old_one.boot();
    world.ledger.set_answers(store::MemoryLedger::Answers::held);
    const std::string payload = testing::start_payload("TAG", testing::noon(), 100);
    old_one.call("StartTransaction", payload, "m1");
    new_one.connect();
    while (!new_one.connected()) ASSERT_TRUE(world.ledger.answer_one());
    new_one.call("StartTransaction", payload, "m1");  // the same message over the new socket
    world.ledger.answer_all();
    EXPECT_THAT(new_one.receive(), HasSubstr("transactionId"));
    EXPECT_EQ(new_one.receive(), "") << "one answer";
    EXPECT_EQ(world.ledger.sessions().size(), 1U) << "applied once";
}

TEST(Sockets, NothingIsKeptOfStationsThatAreGone)
{
    World world;
    world.put_station("CS-1");
    Station station(world, "CS-1");
    station.connect();
    station.boot();
    world.pass(minutes(5));
    station.ask("Heartbeat", "{}");
    world.forget_published();
    station.disconnect();
    EXPECT_FALSE(world.csms().connection(StationId("CS-1")));
    EXPECT_EQ(world.ledger.stations().at(StationId("CS-1")).last_seen, testing::noon() + minutes(5));
    ASSERT_EQ(world.published<StationChanged>().size(), 1U);
    EXPECT_FALSE(world.published<StationChanged>()[0].connected);
}

TEST(Sockets, ConnectionsAreListedById)
{
    World world;
    for (const char* id : {"B", "C", "A"}) {
        world.put_station(id);
        Station(world, id).connect();
    }
    std::string order;
    for (const auto& view : world.csms().connections()) order += view.station.value();
    EXPECT_EQ(order, "ABC");
}

}  // namespace
}  // namespace ladestrom::csms
