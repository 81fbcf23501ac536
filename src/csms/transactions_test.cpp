// Sessions: starts, stops and readings, each applied once, whatever is repeated, lost or late.
// The numbers are those of the fault list: F3 reply lost, F4 late reply, F16/F17 the process dies, F18 the
// store fails, F28 refused starts, F30 two sockets, F34 ids from a backup.
#include "csms/testing/sessions_test_base.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace ladestrom::csms {
namespace {

using store::MemoryLedger;
using store::SessionRow;
using store::SessionState;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::noon;
using testing::start_payload;
using testing::Station;
using testing::stop_payload;
using testing::transaction_id;

using Transactions = testing::SessionsTest;

// ---- the plain way ------------------------------------------------------------------------------------

TEST_F(Transactions, StartReadStop)
{
    const auto id = started(a);
    EXPECT_GT(id, 200'000'000) << "seconds since 2020";
    EXPECT_EQ(only().state, SessionState::running);
    EXPECT_EQ(only().id.size(), 16U);
    world.pass(minutes(10));
    EXPECT_THAT(a.meter_values(id, world.now().wall, "1500"), EndsWith(",{}]"));
    EXPECT_EQ(only().meter_last, WattHours{1500});
    world.pass(minutes(10));
    EXPECT_THAT(a.stop(id, world.now().wall, 2000, "TAG"),
                HasSubstr(R"({"idTagInfo":{"status":"Accepted"}})"));

    const SessionRow session = only();
    EXPECT_EQ(session.state, SessionState::ended);
    EXPECT_EQ(session.started, noon());
    EXPECT_EQ(session.ended, noon() + minutes(20));
    EXPECT_EQ(session.meter_stop, WattHours{2000});
    EXPECT_EQ(session.stop_reason, StopReason::ev_disconnected);
    EXPECT_EQ(session.token.value, "TAG");
    EXPECT_EQ(session.flags, 0U);
    EXPECT_TRUE(session.billable);
    ASSERT_EQ(world.ledger.meter_values().size(), 1U);
    EXPECT_EQ(world.ledger.meter_values()[0].session, session.id);
    EXPECT_EQ(world.published<SessionChanged>().size(), 3U);
    EXPECT_EQ(world.published<MeterValueAdded>().size(), 1U);
}

TEST_F(Transactions, AStopWithoutTokenHasNoTokenInfo)
{
    EXPECT_THAT(a.stop(started(a), noon() + minutes(1), 1001), EndsWith(",{}]"));
}

TEST_F(Transactions, TransactionDataIsStored)
{
    const auto id = started(a);
    const std::string data =
        R"(,"transactionData":[{"timestamp":"2026-06-01T12:05:00Z","sampledValue":[{"value":"1.1","unit":"kWh"}]}]})";
    std::string payload = stop_payload(id, noon() + minutes(9), 1200);
    payload.pop_back();
    EXPECT_THAT(a.ask("StopTransaction", payload + data), EndsWith(",{}]"));
    ASSERT_EQ(world.ledger.meter_values().size(), 1U);
    EXPECT_EQ(world.ledger.meter_values()[0].session, only().id);
    EXPECT_EQ(world.ledger.meter_values()[0].value.samples[0].value, 1100);
}

TEST_F(Transactions, PowerAndStateOfChargeAreKnown)
{
    const auto id = started(a);
    const auto sample = [](const char* what, const char* value, const char* more) {
        return fmt::format(R"({{"measurand":"{}","value":"{}"{}}})", what, value, more);
    };
    const auto send = [&](const std::string& samples) {
        a.ask("MeterValues", fmt::format(R"({{"connectorId":1,"transactionId":{},"meterValue":[)"
                                         R"({{"timestamp":"2026-06-01T12:01:00Z","sampledValue":[{}]}}]}})",
                                         id, samples));
    };
    send(sample("Power.Active.Import", "3.5", R"(,"unit":"kW","phase":"L1")") + "," +
         sample("Power.Active.Import", "3.6", R"(,"unit":"kW","phase":"L2")") + "," +
         sample("SoC", "41", ""));
    ASSERT_TRUE(only().power_last);
    EXPECT_NEAR(only().power_last->value, 7100, 0.001);
    EXPECT_EQ(only().soc_last->value, 41);
    send(sample("Power.Active.Import", "11000", R"(,"unit":"W")") + "," +
         sample("Power.Active.Import", "3666", R"(,"unit":"W","phase":"L1")"));
    EXPECT_EQ(only().power_last->value, 11000);
}

// ---- F3, F4, F16, F17, F30: repetitions ------------------------------------------------------------------

TEST_F(Transactions, ARepeatedStartGetsTheSameAnswer)
{
    const auto id = started(a);
    const std::string payload = start_payload("TAG", noon(), 1000);
    EXPECT_EQ(transaction_id(a.ask("StartTransaction", payload)), id) << "another message id";
    EXPECT_EQ(transaction_id(a.ask("StartTransaction", start_payload("tag", noon(), 1000))), id)
        << "letter case";
    connect(a);
    EXPECT_EQ(transaction_id(a.ask("StartTransaction", payload)), id) << "another socket";
    a.stop(id, noon() + minutes(5), 1200);
    EXPECT_EQ(transaction_id(a.ask("StartTransaction", payload)), id) << "after its end";
    world.crash(MemoryLedger::Crash::commits_lost);
    connect(a);
    EXPECT_EQ(transaction_id(a.ask("StartTransaction", payload)), id) << "another process";
    EXPECT_EQ(only().state, SessionState::ended) << "ended stays ended";
}

TEST_F(Transactions, WhatDiffersIsAnotherSession)
{
    const auto id = started(a);
    EXPECT_NE(transaction_id(a.start("TAG", noon(), 1001)), id);
    EXPECT_NE(transaction_id(a.start("TAG", noon() + seconds(1), 1000)), id);
    EXPECT_NE(transaction_id(a.start("TAG", noon(), 1000, 2)), id);
    EXPECT_NE(transaction_id(a.start("TAG-2", noon(), 1000)), id);
    EXPECT_EQ(world.ledger.sessions().size(), 5U);
}

TEST_F(Transactions, ARepeatedStopIsAppliedOnce)
{
    const auto id = started(a);
    const std::string payload = stop_payload(id, noon() + minutes(5), 1200, "TAG");
    const std::string first = a.ask("StopTransaction", payload);
    const auto commits = world.ledger.commits();
    const std::string again = a.ask("StopTransaction", payload);
    EXPECT_EQ(again.substr(again.find('{')), first.substr(first.find('{')));
    EXPECT_EQ(world.ledger.commits(), commits);
    // Another end of the same session: answered, not applied.
    EXPECT_THAT(a.stop(id, noon() + minutes(9), 9999, "TAG"), HasSubstr("[3,"));
    EXPECT_EQ(only().meter_stop, WattHours{1200});
    EXPECT_EQ(world.count("csms.session.stop_replayed"), 1U);
    EXPECT_EQ(world.count("csms.session.stop_contradicted"), 1U);
}

TEST_F(Transactions, KilledAfterTheCommitAndBeforeTheReply)
{
    for (const auto crash : {MemoryLedger::Crash::commits_stored, MemoryLedger::Crash::commits_lost}) {
        const auto before = world.ledger.sessions().size();
        const std::string payload = start_payload("TAG", noon() + seconds(static_cast<int>(crash)), 1000);
        world.ledger.set_answers(MemoryLedger::Answers::held);
        a.call("StartTransaction", payload);
        world.ledger.answer_one();
        world.ledger.answer_one();
        while (world.ledger.waiting() > 1) world.ledger.answer_one();
        EXPECT_EQ(a.receive(), "");
        world.crash(crash);
        world.ledger.set_answers(MemoryLedger::Answers::at_once);
        connect(a);
        EXPECT_GT(transaction_id(a.ask("StartTransaction", payload)), 0);
        EXPECT_EQ(world.ledger.sessions().size(), before + 1);
    }
}

// F18: no reply, the socket closes, the station keeps its facts and tells them again.
TEST_F(Transactions, TheStoreFailsAtAStart)
{
    const std::string payload = start_payload("TAG", noon(), 1000);
    world.ledger.fail_commits(1);
    EXPECT_EQ(a.ask("StartTransaction", payload), "");
    EXPECT_FALSE(a.connected());
    EXPECT_TRUE(world.ledger.sessions().empty());
    EXPECT_TRUE(world.published<SessionChanged>().empty());
    connect(a);
    EXPECT_GT(transaction_id(a.ask("StartTransaction", payload)), 0);

    world.ledger.set_faults({.commit_outcome_lost = 1});  // stored, and nobody knows
    EXPECT_EQ(a.ask("StopTransaction", stop_payload(transaction_id(only().transaction_id), noon(), 1)), "");
    world.ledger.set_faults({});
}

TEST_F(Transactions, AStartWhoseOutcomeWasLostIsFoundAgain)
{
    const std::string payload = start_payload("TAG", noon(), 1000);
    world.ledger.set_faults({.commit_outcome_lost = 1});
    EXPECT_EQ(a.ask("StartTransaction", payload), "");
    EXPECT_FALSE(a.connected());
    world.ledger.set_faults({});
    connect(a);
    EXPECT_GT(transaction_id(a.ask("StartTransaction", payload)), 0);
    EXPECT_EQ(world.ledger.sessions().size(), 1U);
}

// ---- a clock that was never set
// ----------------------------------------------------------------------------

TEST_F(Transactions, WithADeadClockTheMessageMustBeTheSame)
{
    const Instant dead = *parse_instant("1970-01-01T00:00:09Z");
    const std::string payload = start_payload("TAG", dead, 0);
    a.call("StartTransaction", payload, "m1");
    const auto first = transaction_id(a.receive());
    connect(a);
    a.call("StartTransaction", payload, "m1");
    EXPECT_EQ(transaction_id(a.receive()), first);
    a.stop(first, dead + minutes(1), 10);
    a.call("StartTransaction", payload, "m2");
    const auto second = transaction_id(a.receive());
    EXPECT_NE(second, first) << "two real sessions";
    a.call("StartTransaction", payload, "m1");
    EXPECT_EQ(transaction_id(a.receive()), first) << "a late repetition of the first";
    for (const SessionRow& session : world.ledger.sessions()) {
        EXPECT_TRUE(session.flags & store::session_flag_implausible_time);
        EXPECT_FALSE(session.billable);
    }
    EXPECT_EQ(world.ledger.sessions().size(), 2U);
}

TEST_F(Transactions, AnEndBeforeTheStartIsStoredAtTheStart)
{
    const auto id = started(a);
    EXPECT_THAT(a.stop(id, *parse_instant("1970-01-01T00:10:00Z"), 1500), HasSubstr("[3,"));
    EXPECT_EQ(only().ended, noon());
    EXPECT_EQ(only().meter_stop, WattHours{1500});
    EXPECT_TRUE(only().flags & store::session_flag_implausible_time);
    EXPECT_FALSE(only().billable);
    EXPECT_THAT(a.stop(id, *parse_instant("1970-01-01T00:10:00Z"), 1500), HasSubstr("[3,"));
    EXPECT_EQ(world.count("csms.session.stop_replayed"), 1U);
}

// ---- transaction ids (F34)
// -----------------------------------------------------------------------------------

TEST_F(Transactions, IdsOfAStationAreNeverReused)
{
    std::int64_t last = 0;
    for (int i = 0; i < 50; ++i) {
        const auto id = transaction_id(a.start("FLEET", noon() + seconds(i), i));
        EXPECT_GT(id, last);
        last = id;
    }
    EXPECT_EQ(world.ledger.stations().at(StationId("A")).last_transaction_id, last);
    // A backup from before comes back: the clock has gone on.
    store::StationRow old = world.ledger.stations().at(StationId("A"));
    old.last_transaction_id = 7;
    world.crash(MemoryLedger::Crash::commits_lost);
    world.ledger.commit({store::PutStation{old}}, [](auto) {});
    world.pass(minutes(5));
    connect(a);
    EXPECT_GT(transaction_id(a.start("FLEET", noon() + minutes(1), 0)), last);
    // The clock of the central system is not set either.
    world.set_wall(Instant{});
    EXPECT_GT(transaction_id(a.start("FLEET", noon() + minutes(2), 0)), last);
}

// ---- the same connector again, nothing is ever refused
// ---------------------------------------------------------

TEST_F(Transactions, ASessionThatNeverStoppedIsClosedByTheNext)
{
    const auto first = started(a);
    world.pass(hours(1));
    const auto second = started(a, "TAG", 1, 1800);
    auto sessions = world.ledger.sessions();
    ASSERT_EQ(sessions.size(), 2U);
    EXPECT_EQ(sessions[0].state, SessionState::ended);
    EXPECT_EQ(sessions[0].flags, store::session_flag_never_stopped);
    EXPECT_FALSE(sessions[0].billable);
    EXPECT_FALSE(sessions[0].meter_stop);
    EXPECT_EQ(sessions[1].state, SessionState::running);
    EXPECT_EQ(sessions[1].flags, 0U) << "its own lost session is no concurrent use";

    // Its stop was only late.
    EXPECT_THAT(a.stop(first, noon() + minutes(30), 1700), HasSubstr("[3,"));
    sessions = world.ledger.sessions();
    EXPECT_EQ(sessions[0].meter_stop, WattHours{1700});
    EXPECT_EQ(sessions[0].flags, 0U);
    EXPECT_TRUE(sessions[0].billable);
    EXPECT_THAT(a.stop(second, world.now().wall, 2000), HasSubstr("[3,"));
}

// ---- a station that never ends its session: its token must not be locked for ever -------------------------

TEST_F(Transactions, ADeletedStationsSessionsAreClosed)
{
    const auto id = started(a, "TAG", 1, 1000);
    a.meter_values(id, noon() + minutes(1), "1500");
    world.forget_published();
    EXPECT_EQ(world.command(DeleteStationCommand{0, StationId("A")}).status, CommandStatus::result);
    EXPECT_EQ(only().state, SessionState::ended);
    EXPECT_EQ(only().flags, store::session_flag_station_removed);
    EXPECT_FALSE(only().billable);
    EXPECT_FALSE(only().meter_stop) << "nobody told it";
    EXPECT_EQ(only().meter_last, WattHours{1500});
    EXPECT_EQ(world.published<SessionChanged>().size(), 1U);
    started(b);  // accepted: it runs nowhere else
}

TEST_F(Transactions, APersonClosesASession)
{
    const auto id = started(a, "TAG", 1, 1000);
    const auto close = [&](const std::string& session, const std::string& transaction) {
        return world.command(CloseSessionCommand{0, StationId("A"), session, transaction});
    };
    EXPECT_EQ(close("0123456789abcdef", "1").status, CommandStatus::invalid);
    EXPECT_EQ(close(only().id, only().transaction_id).status, CommandStatus::result);
    EXPECT_EQ(only().state, SessionState::ended);
    EXPECT_EQ(only().flags, store::session_flag_closed_by_hand);
    EXPECT_FALSE(only().billable);
    EXPECT_EQ(close(only().id, only().transaction_id).status, CommandStatus::invalid) << "has ended";
    b.stop(started(b), noon(), 1000);
    // What its station tells of it later counts.
    a.stop(id, noon() + minutes(9), 1800, "TAG");
    const auto told = world.ledger.sessions(StationId("A")).front();
    EXPECT_EQ(told.meter_stop, WattHours{1800});
    EXPECT_EQ(told.flags, 0U);
    EXPECT_TRUE(told.billable);
}

TEST_F(Transactions, ASessionOfAStationThatIsGoneCanBeClosed)
{
    store::SessionRow row{.id = "00000000000000aa",
                          .station = StationId("GONE"),
                          .evse = EvseId(1),
                          .transaction_id = "77",
                          .token = {.value = "TAG"},
                          .started = noon(),
                          .meter_start = WattHours{1}};
    world.ledger.commit({store::PutSession{row}}, [](Result<void>) {});
    const CloseSessionCommand command{0, row.station, row.id, row.transaction_id};
    world.ledger.fail_loads(1);
    EXPECT_EQ(world.command(command).status, CommandStatus::store_failed);
    EXPECT_EQ(world.command(command).status, CommandStatus::result);
    EXPECT_EQ(world.ledger.sessions().back().flags, store::session_flag_closed_by_hand);
    EXPECT_FALSE(world.csms().connection(row.station));
    started(b);
}

TEST_F(Transactions, AnOldSessionToldLateReplacesNothing)
{
    world.pass(hours(1));
    const auto now_running = started(a);
    const auto late = transaction_id(a.start("TAG-2", noon(), 500));  // the same connector, an hour ago
    EXPECT_NE(late, now_running);
    for (const SessionRow& session : world.ledger.sessions()) {
        EXPECT_EQ(session.state, SessionState::running);
        EXPECT_EQ(session.flags, 0U);
    }
    EXPECT_THAT(a.stop(late, noon() + minutes(20), 900), HasSubstr("[3,"));
    EXPECT_EQ(world.ledger.sessions()[0].state, SessionState::running);
}

TEST_F(Transactions, ConnectorsThatCannotBeAreKeptWithTheStation)
{
    for (const char* connector : {"-1", "99999999999"}) {
        const std::string answer =
            a.ask("StartTransaction",
                  fmt::format(R"({{"connectorId":{},"idTag":"FLEET","meterStart":1,"timestamp":"{}"}})",
                              connector, format_instant(world.now().wall)));
        EXPECT_GT(transaction_id(answer), 0) << connector;
        world.pass(seconds(1));
    }
    EXPECT_EQ(world.ledger.sessions().size(), 2U);
}

// ---- tokens, F28
// ----------------------------------------------------------------------------------------------

TEST_F(Transactions, ARefusedStartIsAnsweredAndKept)
{
    const std::string blocked = a.start("BLOCKED", noon(), 1000);
    EXPECT_THAT(blocked, HasSubstr("Blocked"));
    EXPECT_GT(transaction_id(blocked), 0);
    EXPECT_EQ(only().authorization, AuthorizationStatus::blocked);
    EXPECT_TRUE(only().flags & store::session_flag_unauthorized);
    EXPECT_FALSE(only().billable);
    EXPECT_THAT(a.start("BLOCKED", noon(), 1000), HasSubstr("Blocked"));
    EXPECT_THAT(a.stop(transaction_id(blocked), noon() + seconds(5), 1000, "BLOCKED"), HasSubstr("Blocked"));
    EXPECT_EQ(only().state, SessionState::ended);
}

TEST_F(Transactions, ARepeatedStartIsAnsweredAsBefore)
{
    const auto id = started(a);
    world.put_token("TAG", AuthorizationStatus::blocked);
    const std::string again = a.start("TAG", noon(), 1000);
    EXPECT_EQ(transaction_id(again), id);
    EXPECT_THAT(again, HasSubstr("Accepted"));
}

TEST_F(Transactions, OneTokenOneSession)
{
    const auto id = started(a);
    const std::string second = b.start("tag", noon(), 5);
    EXPECT_THAT(second, HasSubstr("ConcurrentTx"));
    EXPECT_GT(transaction_id(second), 0);
    EXPECT_THAT(a.ask("Authorize", R"({"idTag":"TAG"})"), HasSubstr("Accepted"))
        << "1.6 section 7.2: concurrent use is only a start's business; the card must be able to stop";
    b.stop(transaction_id(second), noon() + seconds(9), 5);
    a.stop(id, noon() + minutes(1), 1100);
    world.pass(minutes(2));
    EXPECT_THAT(b.start("TAG", world.now().wall, 5), HasSubstr("Accepted"));

    started(a, "FLEET");
    started(a, "FLEET", 2);
}

// A session that was queued at the station is judged by its own time.
TEST_F(Transactions, OfflineSessionsAreJudgedByTheirTime)
{
    world.put_token(store::TokenRow{.token = {.value = "SHORT"}, .valid_until = noon() + minutes(10)});
    world.pass(hours(5));
    EXPECT_THAT(a.start("SHORT", noon(), 0), HasSubstr("Accepted"));
    EXPECT_THAT(a.start("SHORT", noon() + minutes(11), 0, 2), HasSubstr("Expired"));
    started(b, "TAG");
    EXPECT_THAT(a.start("TAG", noon(), 0, 3), HasSubstr("Accepted"))
        << "what runs now says nothing about then";
}

// ---- attack 3
// -----------------------------------------------------------------------------------------------

TEST_F(Transactions, OneStationCannotTouchAnothersSessions)
{
    const auto id = started(a, "TAG", 1, 1000);
    const SessionRow before = only();
    b.stop(id, noon() + minutes(1), 1001, "TAG");
    b.stop(-1, noon() + minutes(1), 1001, "TAG");
    b.meter_values(id, noon() + minutes(1), "9999");
    b.meter_values(-1, noon() + minutes(1), "9999");
    b.ask("StartTransaction", start_payload("TAG", noon(), 1000));
    b.ask("StatusNotification", R"({"connectorId":1,"errorCode":"NoError","status":"Faulted"})");
    const auto sessions = world.ledger.sessions(StationId("A"));
    ASSERT_EQ(sessions.size(), 1U);
    EXPECT_EQ(sessions[0].state, before.state);
    EXPECT_EQ(sessions[0].meter_last, before.meter_last);
    for (const auto& value : world.ledger.meter_values()) {
        EXPECT_EQ(value.station, StationId("B"));
        EXPECT_NE(value.session, before.id);
    }
    EXPECT_EQ(world.ledger.connectors().count({StationId("A"), EvseId(1)}), 0U);
}

// ---- bounds
// -------------------------------------------------------------------------------------------------

TEST_F(Transactions, AStationThatNeverStopsIsServedAllTheSame)
{
    std::vector<std::int64_t> ids;
    for (int i = 0; i < 200; ++i) ids.push_back(transaction_id(a.start("FLEET", noon(), i, i + 1)));
    EXPECT_EQ(transaction_id(a.start("FLEET", noon(), 0, 1)), ids[0])
        << "forgotten by memory, known to the store";
    EXPECT_THAT(a.stop(ids[0], noon() + minutes(1), 500), HasSubstr("[3,"));
    EXPECT_EQ(world.ledger.sessions()[0].meter_stop, WattHours{500});
    connect(a);
    EXPECT_THAT(a.stop(ids[1], noon() + minutes(1), 500), HasSubstr("[3,"));
    EXPECT_EQ(world.ledger.sessions()[1].meter_stop, WattHours{500});
}

}  // namespace
}  // namespace ladestrom::csms
