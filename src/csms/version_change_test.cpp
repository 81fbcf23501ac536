// A station that changes its version of OCPP while a transaction is open: it stays one session.
#include "csms/testing/world.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace ladestrom::csms {
namespace {

using store::SessionRow;
using store::SessionState;
using ::testing::HasSubstr;
using testing::noon;
using testing::Socket;
using testing::Station;
using testing::World;

struct VersionChange : ::testing::Test {
    VersionChange()
    {
        world.put_station("A");
        world.put_token("TAG");
    }

    void speak(const char* subprotocol)
    {
        ASSERT_EQ(station.connect({subprotocol}), Socket::State::open);
        const bool old = std::string_view(subprotocol) == "ocpp1.6";
        ASSERT_THAT(
            old ? station.boot()
                : station.ask("BootNotification",
                              R"({"reason":"PowerUp","chargingStation":{"model":"M","vendorName":"V"}})"),
            HasSubstr("Accepted"));
    }
    std::string event(const char* type, const std::string& id, int sequence, int watt_hours)
    {
        return station.ask("TransactionEvent", event_payload(type, id, sequence, watt_hours));
    }
    static std::string event_payload(const char* type, const std::string& id, int sequence, int watt_hours)
    {
        const std::string_view kind = type;
        const char* const context = kind == "Started" ? "Transaction.Begin"
                                    : kind == "Ended" ? "Transaction.End"
                                                      : "Sample.Periodic";
        return fmt::format(
            R"({{"eventType":"{}","timestamp":"{}","triggerReason":"Trigger","seqNo":{},"transactionInfo":{{"transactionId":"{}"}},"evse":{{"id":1,"connectorId":1}}{},"meterValue":[{{"timestamp":"{}","sampledValue":[{{"value":{},"context":"{}"}}]}}]}})",
            type, format_instant(noon() + minutes(sequence)), sequence, id,
            kind == "Started" ? R"(,"idToken":{"idToken":"tag","type":"ISO14443"})" : "",
            format_instant(noon() + minutes(sequence)), watt_hours, context);
    }
    // As event("Started", "x-1", 0, 1000), but nobody was identified yet.
    void start_by_the_car_alone()
    {
        std::string started = event_payload("Started", "x-1", 0, 1000);
        const std::string token = R"(,"idToken":{"idToken":"tag","type":"ISO14443"})";
        station.ask("TransactionEvent", started.erase(started.find(token), token.size()));
    }
    std::int64_t start_in_16() { return testing::transaction_id(station.start("TAG", noon(), 1000, 1)); }
    std::string stop_in_16(std::int64_t id, int watt_hours)
    {
        return station.ask("StopTransaction",
                           fmt::format(R"({{"transactionId":{},"timestamp":"{}","meterStop":{}}})", id,
                                       format_instant(noon() + minutes(60)), watt_hours));
    }
    void expect_billed(int watt_hours)
    {
        const auto sessions = world.ledger.sessions();
        ASSERT_EQ(sessions.size(), 1U);
        EXPECT_EQ(sessions[0].state, SessionState::ended);
        EXPECT_EQ(sessions[0].meter_start, WattHours{1000});
        EXPECT_EQ(sessions[0].meter_stop, WattHours{watt_hours});
        EXPECT_EQ(sessions[0].flags, 0U);
        EXPECT_TRUE(sessions[0].billable);
    }

    void restrict_to(VersionSet versions)
    {
        PutStationCommand put{.station = StationId("A")};
        put.allowed_versions = versions;
        EXPECT_EQ(world.command(put).status, CommandStatus::result);
    }

    World world;
    Station station{world, "A"};
};

TEST_F(VersionChange, BegunIn16EndedIn2UnderItsNumber)
{
    speak("ocpp1.6");
    const std::int64_t id = start_in_16();
    speak("ocpp2.1");
    event("Updated", std::to_string(id), 3, 2000);
    event("Ended", std::to_string(id), 4, 3000);
    expect_billed(3000);
}

TEST_F(VersionChange, BegunIn2ToldAgainAndEndedIn16)
{
    speak("ocpp2.0.1");
    event("Started", "x-1", 0, 1000);
    event("Updated", "x-1", 1, 1500);
    speak("ocpp1.6");
    const std::int64_t id = start_in_16();
    EXPECT_GT(id, 0);
    EXPECT_EQ(start_in_16(), id) << "the answer was lost";
    EXPECT_EQ(world.ledger.sessions().size(), 1U);
    stop_in_16(id, 4000);
    expect_billed(4000);
}

TEST_F(VersionChange, BegunIn2ByTheCarAlone)
{
    speak("ocpp2.1");
    start_by_the_car_alone();
    ASSERT_EQ(world.ledger.sessions().size(), 1U);
    EXPECT_EQ(world.ledger.sessions()[0].token.value, "");
    speak("ocpp1.6");
    const std::int64_t id = start_in_16();
    EXPECT_EQ(start_in_16(), id) << "the answer was lost";
    EXPECT_EQ(world.ledger.sessions()[0].token.value, "TAG");
    stop_in_16(id, 4000);
    expect_billed(4000);
}

TEST_F(VersionChange, EnergyThatNobodyIsNamedForIsNotBilled)
{
    speak("ocpp2.1");
    start_by_the_car_alone();
    speak("ocpp1.6");
    const std::int64_t id = testing::transaction_id(station.start("", noon(), 1000, 1));
    stop_in_16(id, 4000);
    ASSERT_EQ(world.ledger.sessions().size(), 1U);
    EXPECT_FALSE(world.ledger.sessions()[0].billable);
}

TEST_F(VersionChange, AStartThatIsRepeatedWithItsTokenNamesIt)
{
    speak("ocpp2.1");
    start_by_the_car_alone();
    event("Started", "x-1", 0, 1000);
    event("Ended", "x-1", 1, 4000);
    EXPECT_EQ(world.ledger.sessions()[0].token.value, "tag");
    expect_billed(4000);
}

TEST_F(VersionChange, BegunAndEndedIn2WhereNobodyNeedsACardToldAgainIn16)
{
    speak("ocpp2.1");
    std::string started = event_payload("Started", "x-1", 0, 1000);
    const std::string token = R"({"idToken":"tag","type":"ISO14443"})";
    started.replace(started.find(token), token.size(), R"({"idToken":"","type":"NoAuthorization"})");
    EXPECT_THAT(station.ask("TransactionEvent", started), HasSubstr("Accepted"));
    event("Ended", "x-1", 1, 4000);
    expect_billed(4000);
    speak("ocpp1.6");
    EXPECT_GT(testing::transaction_id(station.start("no-card", noon(), 1000, 1)), 0);
    expect_billed(4000);
}

TEST_F(VersionChange, BegunIn2WithATokenThat16CannotSay)
{
    speak("ocpp2.1");
    event("Started", "x-1", 0, 1000);
    speak("ocpp1.6");
    const std::int64_t id = testing::transaction_id(station.start("", noon(), 1000, 1));
    stop_in_16(id, 4000);
    EXPECT_EQ(world.ledger.sessions()[0].token.value, "tag");
    expect_billed(4000);
}

TEST_F(VersionChange, AndBackAgainWithoutTheEventsToldIn16)
{
    speak("ocpp2.1");
    event("Started", "x-1", 0, 1000);
    speak("ocpp1.6");
    const std::int64_t id = start_in_16();
    speak("ocpp2.1");
    event("Ended", std::to_string(id), 7, 5000);
    expect_billed(5000);
}

// In 1.6 no events are numbered: of what was told then no number can be missing.
TEST_F(VersionChange, ThereAndBackUnderOneNumber)
{
    speak("ocpp1.6");
    const auto id = start_in_16();
    speak("ocpp2.1");
    event("Updated", std::to_string(id), 3, 1500);
    speak("ocpp1.6");
    speak("ocpp2.0.1");
    event("Ended", std::to_string(id), 9, 5000);
    expect_billed(5000);
}

TEST_F(VersionChange, BetweenThe2sTheEventsStayNumbered)
{
    speak("ocpp2.1");
    event("Started", "x-1", 0, 1000);
    speak("ocpp2.0.1");
    event("Ended", "x-1", 2, 5000);
    EXPECT_FALSE(world.ledger.sessions().at(0).billable) << "number 1 has not come";
    event("Updated", "x-1", 1, 2000);
    expect_billed(5000);
}

TEST_F(VersionChange, AStartToldIn16WhoseAnswerWasLost)
{
    speak("ocpp1.6");
    start_in_16();
    speak("ocpp2.1");
    EXPECT_THAT(event("Started", "x-1", 0, 1000), HasSubstr("Accepted"));
    EXPECT_EQ(world.ledger.sessions().size(), 1U);
    event("Updated", "x-1", 1, 1200);
    event("Ended", "x-1", 2, 1300);
    expect_billed(1300);
}

TEST_F(VersionChange, AnEndAlreadyToldStands)
{
    speak("ocpp2.1");
    event("Started", "x-1", 0, 1000);
    event("Ended", "x-1", 60, 4000);
    speak("ocpp1.6");
    stop_in_16(start_in_16(), 4000);
    const auto sessions = world.ledger.sessions();
    ASSERT_EQ(sessions.size(), 1U);
    EXPECT_EQ(sessions[0].meter_stop, WattHours{4000});
}

// A station may call its transactions what looks like a number of ours.
TEST_F(VersionChange, AnIdThatLooksLikeANumberIsNotOurs)
{
    for (const char* const id : {"007", "7", "20251120103000"}) {
        World fresh;
        fresh.put_station("A");
        fresh.put_token("TAG");
        Station teller(fresh, "A");
        teller.connect({"ocpp2.1"});
        teller.ask("BootNotification",
                   R"({"reason":"PowerUp","chargingStation":{"model":"M","vendorName":"V"}})");
        teller.ask(
            "TransactionEvent",
            fmt::format(
                R"({{"eventType":"Started","timestamp":"{0}","triggerReason":"Trigger","seqNo":0,"transactionInfo":{{"transactionId":"{1}"}},"evse":{{"id":1}},"idToken":{{"idToken":"TAG","type":"Central"}},"meterValue":[{{"timestamp":"{0}","sampledValue":[{{"value":1000}}]}}]}})",
                format_instant(noon()), id));
        teller.connect({"ocpp1.6"});
        teller.boot();
        const auto number = testing::transaction_id(teller.start("TAG", noon(), 1000, 1));
        EXPECT_NE(std::to_string(number), id);
        teller.stop(number, noon() + minutes(30), 2000);
        ASSERT_EQ(fresh.ledger.sessions().size(), 1U) << id;
        EXPECT_EQ(fresh.ledger.sessions()[0].state, SessionState::ended) << id;
    }
}

TEST_F(VersionChange, AnEndToldIn16AndAgainIn2IsOne)
{
    speak("ocpp1.6");
    const std::int64_t id = start_in_16();
    stop_in_16(id, 4000);
    speak("ocpp2.1");
    event("Ended", std::to_string(id), 60, 4000);
    expect_billed(4000);
}

// What was missing before the change stays missing.
TEST_F(VersionChange, AGapBeforeStaysAGap)
{
    speak("ocpp2.1");
    event("Started", "x-1", 0, 1000);
    event("Updated", "x-1", 2, 1500);
    speak("ocpp1.6");
    stop_in_16(start_in_16(), 4000);
    EXPECT_FALSE(world.ledger.sessions().at(0).billable);
}

// By a restriction, at a reconnect: the station has no reason to boot again.
TEST_F(VersionChange, BegunIn2AndEndedIn16ByARestriction)
{
    speak("ocpp2.1");
    event("Started", "x-1", 0, 1000);
    restrict_to({OcppVersion::v1_6});
    ASSERT_FALSE(station.connected());
    ASSERT_EQ(station.connect({"ocpp2.1", "ocpp1.6"}), Socket::State::open);
    const std::int64_t id = start_in_16();
    restrict_to({});
    EXPECT_TRUE(station.connected()) << "1.6 is allowed as before";
    stop_in_16(id, 4000);
    expect_billed(4000);
}

// What the station told before, and the store had not confirmed yet, counts.
TEST_F(VersionChange, WhatIsUnderWayWhenTheRestrictionComesIsKept)
{
    speak("ocpp2.1");
    world.ledger.set_answers(store::MemoryLedger::Answers::held);
    PutStationCommand put{.station = StationId("A")};
    put.allowed_versions = {OcppVersion::v1_6};
    station.call("TransactionEvent", event_payload("Started", "x-1", 0, 1000));
    const auto command = world.start_command(put);
    world.ledger.answer_all();
    world.ledger.set_answers(store::MemoryLedger::Answers::at_once);
    ASSERT_EQ(world.done(command)->status, CommandStatus::result);
    ASSERT_FALSE(station.connected());
    EXPECT_EQ(world.ledger.sessions().size(), 1U);
    ASSERT_EQ(station.connect(), Socket::State::open);
    stop_in_16(start_in_16(), 4000);
    expect_billed(4000);
}

TEST_F(VersionChange, AnotherStartIsAnotherSession)
{
    speak("ocpp2.1");
    event("Started", "x-1", 0, 1000);
    event("Ended", "x-1", 1, 1000);
    event("Started", "x-2", 2, 1000);
    EXPECT_EQ(world.ledger.sessions().size(), 2U);
}

}  // namespace
}  // namespace ladestrom::csms
