// Sessions over 2.0.1 and 2.1: the events of a transaction in any order, repeated, late or missing.
#include "csms/testing/world.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace ladestrom::csms {
namespace {

using store::SessionRow;
using store::SessionState;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::noon;
using testing::Socket;
using testing::Station;
using testing::World;

const char* const boot_payload =
    R"({"reason":"PowerUp","chargingStation":{"model":"M2","vendorName":"V","serialNumber":"S7","modem":{"imsi":"26201"}}})";

struct TransactionEvents : ::testing::TestWithParam<const char*> {
    TransactionEvents()
    {
        world.put_station("A");
        world.put_token("TAG");
        world.put_token("BLOCKED", AuthorizationStatus::blocked);
        EXPECT_EQ(station.connect({GetParam()}), Socket::State::open);
        EXPECT_THAT(station.ask("BootNotification", boot_payload), HasSubstr(R"("status":"Accepted")"));
    }

    // One event of the transaction "t-1" on EVSE 1, `minute` minutes after noon.
    static std::string event(const char* type, int sequence, int minute, const std::string& more = {})
    {
        return fmt::format(
            R"({{"eventType":"{}","timestamp":"{}","triggerReason":"{}","seqNo":{},"transactionInfo":{{"transactionId":"t-1"{}}},"evse":{{"id":1,"connectorId":1}}{}}})",
            type, format_instant(noon() + minutes(minute)), "Trigger", sequence,
            std::string_view(type) == "Ended" ? R"(,"stoppedReason":"EVDisconnected")" : "", more);
    }
    static std::string energy(int minute, int watt_hours, const char* context)
    {
        return fmt::format(
            R"(,"meterValue":[{{"timestamp":"{}","sampledValue":[{{"value":{},"context":"{}"}}]}}])",
            format_instant(noon() + minutes(minute)), watt_hours, context);
    }
    static std::string token(const std::string& value = "TAG")
    {
        return fmt::format(R"(,"idToken":{{"idToken":"{}","type":"ISO14443"}})", value);
    }

    std::string tell(const std::string& payload) { return station.ask("TransactionEvent", payload); }
    SessionRow only()
    {
        const auto sessions = world.ledger.sessions();
        EXPECT_EQ(sessions.size(), 1U);
        return sessions.empty() ? SessionRow{} : sessions.front();
    }
    void expect_whole(const SessionRow& session)
    {
        EXPECT_EQ(session.transaction_id, "t-1");
        EXPECT_EQ(session.evse, EvseId(1));
        EXPECT_EQ(session.token.value, "TAG");
        EXPECT_EQ(session.state, SessionState::ended);
        EXPECT_EQ(session.started, noon());
        EXPECT_EQ(session.ended, noon() + minutes(30));
        EXPECT_EQ(session.meter_start, WattHours{1000});
        EXPECT_EQ(session.meter_stop, WattHours{3000});
        EXPECT_EQ(session.stop_reason, StopReason::ev_disconnected);
        EXPECT_EQ(session.flags, 0U);
        EXPECT_TRUE(session.billable);
    }

    const std::array<std::string, 4> story{
        event("Started", 0, 0, token() + energy(0, 1000, "Transaction.Begin")),
        event("Updated", 1, 10, energy(10, 1500, "Sample.Periodic")),
        event("Updated", 2, 20, energy(20, 2500, "Sample.Periodic")),
        event("Ended", 3, 30, energy(30, 3000, "Transaction.End"))};

    World world;
    Station station{world, "A"};
};

INSTANTIATE_TEST_SUITE_P(Versions, TransactionEvents, ::testing::Values("ocpp2.0.1", "ocpp2.1"),
                         [](const auto& info) {
                             return std::string(info.param) == "ocpp2.1" ? "V2_1" : "V2_0_1";
                         });

TEST_P(TransactionEvents, TheBootIsKept)
{
    const auto& row = world.ledger.stations().at(StationId("A"));
    EXPECT_EQ(row.model, "M2");
    EXPECT_EQ(row.serial_number, "S7");
    EXPECT_EQ(row.imsi, "26201");
    EXPECT_EQ(row.version, version_of_subprotocol(GetParam()));
}

TEST_P(TransactionEvents, StartedUpdatedEnded)
{
    EXPECT_THAT(tell(story[0]), HasSubstr(R"("idTokenInfo":{"status":"Accepted"})"));
    EXPECT_EQ(only().state, SessionState::running);
    EXPECT_EQ(only().flags, 0U);
    EXPECT_THAT(tell(story[1]), EndsWith(",{}]"));
    EXPECT_EQ(only().meter_last, WattHours{1500});
    tell(story[2]);
    tell(story[3]);
    expect_whole(only());
    EXPECT_EQ(world.ledger.meter_values().size(), 4U);
    EXPECT_EQ(only().sequences.to_text(), "0-3");
}

TEST_P(TransactionEvents, AnyOrderMakesTheSameSession)
{
    std::array<int, 4> order{0, 1, 2, 3};
    do {
        World fresh;
        fresh.put_station("A");
        fresh.put_token("TAG");
        Station teller(fresh, "A");
        teller.connect({GetParam()});
        teller.ask("BootNotification", boot_payload);
        SCOPED_TRACE(fmt::format("{}", fmt::join(order, " ")));
        for (const int one : order) {
            EXPECT_THAT(teller.ask("TransactionEvent", story[static_cast<std::size_t>(one)]),
                        HasSubstr("[3,"));
            const bool last = one == order[3];
            const SessionRow now = fresh.ledger.sessions().at(0);
            const bool ended = now.state == SessionState::ended;
            if (!last && ended) EXPECT_FALSE(now.billable) << "something is missing still";
        }
        ASSERT_EQ(fresh.ledger.sessions().size(), 1U);
        expect_whole(fresh.ledger.sessions().front());
    } while (std::ranges::next_permutation(order).found);
}

TEST_P(TransactionEvents, WhatIsToldAgainIsAppliedOnce)
{
    for (int times = 0; times < 2; ++times) {
        for (const std::string& one : story) EXPECT_THAT(tell(one), HasSubstr("[3,"));
    }
    expect_whole(only());
    EXPECT_EQ(world.ledger.meter_values().size(), 4U);
    EXPECT_EQ(world.count("csms.session.event_replayed"), 4U);
}

TEST_P(TransactionEvents, AGapKeepsFromBillingUntilItIsFilled)
{
    tell(story[0]);
    tell(story[1]);
    tell(story[3]);
    EXPECT_EQ(only().flags, store::session_flag_events_missing);
    EXPECT_FALSE(only().billable);
    tell(story[2]);
    expect_whole(only());
}

TEST_P(TransactionEvents, AnEndWhoseStartNeverCameIsKeptAndNotBilled)
{
    tell(story[3]);
    EXPECT_EQ(only().state, SessionState::ended);
    EXPECT_NE(only().flags & store::session_flag_events_missing, 0U);
    EXPECT_FALSE(only().billable);
}

TEST_P(TransactionEvents, WithoutARegisterAtTheStartThereIsNoBill)
{
    tell(event("Started", 0, 0, token()));
    tell(event("Updated", 1, 10, energy(10, 1500, "Sample.Periodic")));
    tell(event("Ended", 2, 30, energy(30, 3000, "Transaction.End")));
    EXPECT_EQ(only().flags, store::session_flag_start_register_missing);
    EXPECT_EQ(only().meter_start, WattHours{1500}) << "the least that is known";
    EXPECT_FALSE(only().billable);
}

TEST_P(TransactionEvents, ALateStartDoesNotHideAnEndWithoutRegister)
{
    tell(event("Ended", 1, 30));
    tell(story[0]);
    EXPECT_EQ(only().flags, store::session_flag_end_register_missing);
    EXPECT_EQ(only().meter_start, WattHours{1000});
    EXPECT_FALSE(only().billable);
}

TEST_P(TransactionEvents, TheFirstStartStands)
{
    tell(story[0]);
    tell(event("Started", 1, 10, energy(10, 2000, "Transaction.Begin")));
    EXPECT_EQ(only().started, noon());
    EXPECT_EQ(only().meter_start, WattHours{1000});
    EXPECT_EQ(world.count("csms.session.start_contradicted"), 1U);
}

TEST_P(TransactionEvents, ATokenMayComeLater)
{
    EXPECT_THAT(tell(event("Started", 0, 0, energy(0, 1000, "Transaction.Begin"))), EndsWith(",{}]"));
    EXPECT_THAT(tell(event("Updated", 1, 1, token())), HasSubstr("Accepted"));
    tell(event("Ended", 2, 30, energy(30, 3000, "Transaction.End")));
    EXPECT_EQ(only().token.value, "TAG");
    EXPECT_EQ(only().flags, 0U);
}

TEST_P(TransactionEvents, EnergyThatNobodyWasAuthorizedForIsFlagged)
{
    tell(event("Started", 0, 0, energy(0, 1000, "Transaction.Begin")));
    tell(event("Ended", 1, 30, energy(30, 3000, "Transaction.End")));
    EXPECT_EQ(only().flags, store::session_flag_unauthorized);
}

TEST_P(TransactionEvents, ABlockedTokenIsToldAndFlagged)
{
    EXPECT_THAT(tell(event("Started", 0, 0, token("BLOCKED") + energy(0, 1000, "Transaction.Begin"))),
                HasSubstr(R"("idTokenInfo":{"status":"Blocked"})"));
    EXPECT_EQ(only().flags, store::session_flag_unauthorized);
    EXPECT_THAT(tell(event("Updated", 1, 1, token("NOBODY"))), HasSubstr(R"("status":"Invalid")"));
}

TEST_P(TransactionEvents, WhereNobodyHasToIdentifyNobodyIsRefused)
{
    EXPECT_THAT(tell(event("Started", 0, 0,
                           R"(,"idToken":{"idToken":"","type":"NoAuthorization"})" +
                               energy(0, 1000, "Transaction.Begin"))),
                HasSubstr(R"("status":"Accepted")"));
    tell(event("Ended", 1, 30, energy(30, 3000, "Transaction.End")));
    EXPECT_TRUE(only().billable);
}

TEST_P(TransactionEvents, OneTokenRunsOnce)
{
    tell(story[0]);
    std::string other = story[0];
    other.replace(other.find("t-1"), 3, "t-2");
    other.replace(other.find(R"("id":1)"), 6, R"("id":2)");
    EXPECT_THAT(tell(other), HasSubstr(R"("status":"ConcurrentTx")"));
    EXPECT_EQ(world.ledger.sessions().size(), 2U);
}

TEST_P(TransactionEvents, ANewTransactionOnTheEvseEndsTheOneBefore)
{
    tell(story[0]);
    std::string next = event("Started", 0, 60, token() + energy(60, 4000, "Transaction.Begin"));
    next.replace(next.find("t-1"), 3, "t-2");
    EXPECT_THAT(tell(next), HasSubstr("Accepted")) << "its own predecessor does not run beside it";
    const auto sessions = world.ledger.sessions();
    ASSERT_EQ(sessions.size(), 2U);
    const auto before = std::ranges::find(sessions, "t-1", &SessionRow::transaction_id);
    EXPECT_EQ(before->flags, store::session_flag_never_stopped);
    tell(story[1]);
    tell(story[2]);
    tell(story[3]);
    const auto told = world.ledger.sessions();
    expect_whole(*std::ranges::find(told, "t-1", &SessionRow::transaction_id));
}

TEST_P(TransactionEvents, AnIdUsedAgainIsAnotherTransaction)
{
    for (const std::string& one : story) tell(one);
    tell(event("Started", 0, 60, token() + energy(60, 4000, "Transaction.Begin")));
    tell(event("Ended", 1, 70, energy(70, 4500, "Transaction.End")));
    const auto sessions = world.ledger.sessions();
    ASSERT_EQ(sessions.size(), 2U);
    EXPECT_TRUE(std::ranges::all_of(sessions, [](const SessionRow& one) { return one.flags == 0; }));
    EXPECT_EQ(world.count("csms.session.transaction_id_reused"), 1U);
}

TEST_P(TransactionEvents, TwoDifferentEndsAreKeptForAPerson)
{
    for (const std::string& one : story) tell(one);
    tell(event("Ended", 4, 40, energy(40, 3500, "Transaction.End")));
    EXPECT_EQ(only().flags, store::session_flag_contradicted_stop);
    EXPECT_EQ(only().ended, noon() + minutes(30)) << "the first one stands";
}

TEST_P(TransactionEvents, TheTileFollowsTheTransaction)
{
    const auto status = [&] { return world.ledger.connectors().at({StationId("A"), EvseId(1)}).status; };
    const auto occupied =
        fmt::format(R"({{"timestamp":"{}","connectorStatus":"Occupied","evseId":1,"connectorId":1}})",
                    format_instant(noon()));
    EXPECT_THAT(station.ask("StatusNotification", occupied), EndsWith(",{}]"));
    EXPECT_EQ(status(), ConnectorStatus::preparing);
    tell(story[0]);
    std::string charging = story[1];
    charging.replace(charging.find(R"("t-1")"), 5, R"("t-1","chargingState":"Charging")");
    tell(charging);
    EXPECT_EQ(status(), ConnectorStatus::charging);
    station.ask("StatusNotification", occupied);
    EXPECT_EQ(status(), ConnectorStatus::charging) << "Occupied says no more";
    tell(story[3]);
    EXPECT_EQ(status(), ConnectorStatus::finishing);
}

TEST_P(TransactionEvents, ATileThatIsFreeStaysFreeWhenTheEndComesLate)
{
    tell(story[0]);
    station.ask(
        "StatusNotification",
        fmt::format(R"({{"timestamp":"{}","connectorStatus":"Available","evseId":1,"connectorId":1}})",
                    format_instant(noon() + minutes(30))));
    tell(story[3]);
    EXPECT_EQ(world.ledger.connectors().at({StationId("A"), EvseId(1)}).status, ConnectorStatus::available);
}

TEST_P(TransactionEvents, AConnectorMayTellItsStatusAsAnEvent)
{
    const auto event = [](const char* status, int minute) {
        return fmt::format(
            R"({{"eventId":1,"timestamp":"{}","trigger":"Delta","actualValue":"{}","eventNotificationType":"HardWiredNotification","component":{{"name":"Connector","evse":{{"id":2,"connectorId":1}}}},"variable":{{"name":"AvailabilityState"}}}})",
            format_instant(noon() + minutes(minute)), status);
    };
    const auto notified = [&](const std::string& events) {
        return station.ask("NotifyEvent", fmt::format(R"({{"generatedAt":"{}","seqNo":0,"eventData":[{}]}})",
                                                      format_instant(noon()), events));
    };
    const auto told = [&](const char* status) { return notified(event(status, 0)); };
    const auto status = [&] { return world.ledger.connectors().at({StationId("A"), EvseId(2)}).status; };
    EXPECT_THAT(told("Occupied"), EndsWith(",{}]"));
    EXPECT_EQ(status(), ConnectorStatus::preparing);
    told("Faulted");
    EXPECT_EQ(status(), ConnectorStatus::faulted);
    EXPECT_THAT(told("Broken"), EndsWith(",{}]"));
    EXPECT_EQ(status(), ConnectorStatus::faulted);
    notified(event("Occupied", 1) + "," + event("Faulted", 2));
    EXPECT_EQ(status(), ConnectorStatus::faulted) << "the newest of one message counts";
    notified(event("Available", 4) + "," + event("Occupied", 3));
    EXPECT_EQ(status(), ConnectorStatus::available);
}

TEST_P(TransactionEvents, ACrashLosesNothingThatWasAnswered)
{
    tell(story[0]);
    tell(story[1]);
    world.crash(store::MemoryLedger::Crash::commits_lost);
    Station again(world, "A");
    again.connect({GetParam()});
    again.ask("BootNotification", boot_payload);
    again.ask("TransactionEvent", story[1]);
    again.ask("TransactionEvent", story[2]);
    again.ask("TransactionEvent", story[3]);
    expect_whole(only());
}

TEST_P(TransactionEvents, BadAndUnknownCallsAreRefusedByTheWordsOfTheVersion)
{
    EXPECT_THAT(station.ask("StartTransaction", "{}"), HasSubstr("NotImplemented"));
    EXPECT_THAT(station.ask("Reset", "{}"), HasSubstr("NotSupported"));
    EXPECT_THAT(station.ask("Heartbeat", R"({"x":[}]})"), HasSubstr(R"("-1","RpcFrameworkError")"));
    EXPECT_THAT(station.ask("TransactionEvent", R"({"eventType":"Started"})"),
                HasSubstr("OccurrenceConstraintViolation"));
    const bool newer = std::string_view(GetParam()) == "ocpp2.1";
    EXPECT_THAT(station.ask("NotifySettlement", "{}"), HasSubstr(newer ? "NotSupported" : "NotImplemented"));
}

}  // namespace
}  // namespace ladestrom::csms
