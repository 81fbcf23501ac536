// Sessions whose station tells what cannot be, or does not know their id.
// The numbers are those of the fault list: F5/F6 the start never accepted, F24 registers, F25 units.
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
using testing::stop_payload;
using DoubtfulSessions = testing::SessionsTest;

constexpr std::int64_t store_limit = 1'000'000'000'000;

// ---- F5, F6: the station never learnt the id
// ---------------------------------------------------------------------

TEST_F(DoubtfulSessions, AStopWithoutIdFindsItsSession)
{
    started(a, "TAG-2", 2);
    started(a, "TAG", 1, 1000);
    const std::string payload = stop_payload(-1, noon() + minutes(30), 1800, "TAG");
    EXPECT_THAT(a.ask("StopTransaction", payload), HasSubstr("Accepted"));
    auto sessions = world.ledger.sessions();
    ASSERT_EQ(sessions.size(), 2U);
    EXPECT_EQ(sessions[0].state, SessionState::running);
    EXPECT_EQ(sessions[1].meter_stop, WattHours{1800});
    EXPECT_EQ(sessions[1].flags, store::session_flag_matched_stop);
    EXPECT_TRUE(sessions[1].billable);
    // Again, and after a restart again: applied once.
    a.ask("StopTransaction", payload);
    world.crash(MemoryLedger::Crash::commits_lost);
    connect(a);
    EXPECT_THAT(a.ask("StopTransaction", payload), HasSubstr("Accepted"));
    EXPECT_EQ(world.ledger.sessions().size(), 2U);
}

TEST_F(DoubtfulSessions, AStopThatFitsNothingIsAnOrphan)
{
    started(a, "TAG", 1, 1000);
    const std::vector<std::string> misfits{
        stop_payload(-1, noon() + minutes(30), 1800, "TAG-2"),  // another token
        stop_payload(-1, noon() - minutes(1), 1801, "TAG"),     // before it began
        stop_payload(-1, noon() + minutes(31), 900, "TAG"),     // a lower register
        stop_payload(-1, noon() + minutes(32), 1802),           // no token: it could be any
    };
    for (const std::string& payload : misfits) {
        EXPECT_THAT(a.ask("StopTransaction", payload), HasSubstr("[3,"));
        EXPECT_THAT(a.ask("StopTransaction", payload), HasSubstr("[3,")) << "repeated";
    }
    const auto sessions = world.ledger.sessions();
    ASSERT_EQ(sessions.size(), 1 + misfits.size());
    EXPECT_EQ(sessions[0].state, SessionState::running);
    for (std::size_t i = 1; i < sessions.size(); ++i) {
        EXPECT_EQ(sessions[i].flags, store::session_flag_orphan_stop);
        EXPECT_FALSE(sessions[i].billable);
        EXPECT_EQ(sessions[i].meter_start, sessions[i].meter_stop) << "no energy is made up";
        EXPECT_EQ(sessions[i].transaction_id, "-1");
    }
}

// The start of another session with the same token was given up; its stop fits this one, which goes on.
TEST_F(DoubtfulSessions, AMatchIsCorrectedWhenTheRealStopComes)
{
    const auto id = started(a, "FLEET", 1, 1000);
    const std::string strange = stop_payload(-1, noon() + minutes(30), 1800, "FLEET");
    a.ask("StopTransaction", strange);
    EXPECT_EQ(only().state, SessionState::ended);
    a.meter_values(id, noon() + minutes(40), "2500");
    EXPECT_THAT(a.stop(id, noon() + hours(1), 3000, "FLEET"), HasSubstr("Accepted"));
    a.ask("StopTransaction", strange);
    a.stop(id, noon() + hours(1), 3000, "FLEET");

    const auto sessions = world.ledger.sessions();
    ASSERT_EQ(sessions.size(), 2U);
    EXPECT_EQ(sessions[0].meter_stop, WattHours{3000});
    EXPECT_EQ(sessions[0].ended, noon() + hours(1));
    EXPECT_EQ(sessions[0].flags, 0U);
    EXPECT_EQ(sessions[1].flags, store::session_flag_orphan_stop);
    EXPECT_EQ(sessions[1].meter_stop, WattHours{1800});
    EXPECT_EQ(world.ledger.meter_values().at(0).session, sessions[0].id);
}

TEST_F(DoubtfulSessions, ACorrectedMatchIsBilled)
{
    const auto id = started(a, "FLEET", 1, 1000);
    a.meter_values(id, noon() + minutes(20), "2500");
    a.ask("StopTransaction", stop_payload(-1, noon() + minutes(30), 1800, "FLEET"));
    EXPECT_TRUE(only().flags & store::session_flag_negative_energy) << "below its last reading";
    a.stop(id, noon() + hours(1), 3000, "FLEET");
    const auto corrected = world.ledger.sessions().front();
    EXPECT_EQ(corrected.meter_stop, WattHours{3000});
    EXPECT_EQ(corrected.flags, 0U);
    EXPECT_TRUE(corrected.billable);
}

TEST_F(DoubtfulSessions, AnotherEndOfASessionIsKeptForAPerson)
{
    const auto id = started(a, "TAG", 1, 1000);
    a.stop(id, noon() + minutes(30), 1800, "TAG");
    const auto events = world.ledger.events().size();
    for (int i = 0; i < 2; ++i) {
        EXPECT_THAT(a.stop(id, noon() + minutes(40), 2600, "TAG"), HasSubstr("Accepted"));
    }
    EXPECT_EQ(only().meter_stop, WattHours{1800}) << "the first end stands";
    EXPECT_EQ(only().flags, store::session_flag_contradicted_stop);
    EXPECT_FALSE(only().billable);
    ASSERT_EQ(world.ledger.events().size(), events + 1);
    EXPECT_EQ(world.ledger.events().back().kind, "contradicting_stop");
    EXPECT_THAT(world.ledger.events().back().detail, HasSubstr("2600 Wh"));
    a.stop(id, noon() + minutes(30), 1800, "TAG");
    EXPECT_EQ(world.count("csms.session.stop_replayed"), 1U);
}

TEST_F(DoubtfulSessions, AStopThatCouldBeTwoIsAnOrphan)
{
    started(a, "FLEET", 1, 100);
    started(a, "FLEET", 2, 100);
    a.stop(-1, noon() + minutes(1), 200, "FLEET");
    EXPECT_EQ(world.count("csms.session.orphan_stop"), 1U);
}

TEST_F(DoubtfulSessions, AStrangeIdIsAnOrphanOnce)
{
    for (const std::int64_t id : {std::int64_t{42}, std::int64_t{9'223'372'036'854'775'807}}) {
        world.pass(minutes(1));
        const Instant ended = world.now().wall;
        for (int i = 0; i < 3; ++i) EXPECT_THAT(a.stop(id, ended, 10, "TAG"), HasSubstr("[3,")) << id;
    }
    EXPECT_EQ(world.ledger.sessions().size(), 2U);
    // Ids given out later do not meet it.
    const auto next = started(a);
    EXPECT_GT(next, 42);
    EXPECT_LT(next, std::int64_t{1} << 31);
}

TEST_F(DoubtfulSessions, AStrangeIdEndsNobodyElsesSession)
{
    const auto id = started(a, "TAG", 1, 1000);
    const std::string strange = stop_payload(id + 1000, noon() + minutes(30), 1800, "TAG");
    for (int i = 0; i < 2; ++i) EXPECT_THAT(a.ask("StopTransaction", strange), HasSubstr("Accepted"));
    const auto sessions = world.ledger.sessions();
    ASSERT_EQ(sessions.size(), 2U);
    EXPECT_EQ(sessions[0].state, SessionState::running);
    EXPECT_EQ(sessions[1].flags, store::session_flag_orphan_stop);
}

TEST_F(DoubtfulSessions, AnOrphansNumberIsNotGivenOut)
{
    const auto next = started(a);
    a.stop(next, noon(), 1000);
    a.stop(next + 1, noon() + seconds(1), 10, "TAG");
    EXPECT_GT(started(a, "TAG-2", 2), next + 1);
}

TEST_F(DoubtfulSessions, ReadingsWithoutIdBelongToTheirConnector)
{
    started(a, "TAG", 1);
    started(a, "TAG-2", 2);
    world.pass(minutes(1));
    a.meter_values(-1, world.now().wall, "1100", "Wh", 2);
    a.meter_values(-1, noon() - hours(1), "900", "Wh", 2);  // before it began
    a.meter_values(std::nullopt, world.now().wall, "77", "Wh", 1);
    a.meter_values(12345, world.now().wall, "78", "Wh", 1);  // nobody's
    const auto values = world.ledger.meter_values();
    ASSERT_EQ(values.size(), 4U);
    EXPECT_EQ(values[0].session, world.ledger.sessions()[1].id);
    EXPECT_EQ(values[1].session, "");
    EXPECT_EQ(values[2].session, "");
    EXPECT_EQ(values[3].session, "");
    EXPECT_EQ(world.count("csms.readings.unknown_transaction"), 1U);
}

// ---- F24, F25: meters
// ---------------------------------------------------------------------------------------

TEST_F(DoubtfulSessions, NegativeEnergyIsNeverStored)
{
    const auto id = started(a, "TAG", 1, 5000);
    EXPECT_THAT(a.stop(id, noon() + minutes(9), 40), HasSubstr("[3,"));
    EXPECT_EQ(only().meter_stop, WattHours{5000});
    EXPECT_TRUE(only().flags & store::session_flag_negative_energy);
    EXPECT_FALSE(only().billable);
    EXPECT_THAT(world.ledger.events().back().detail, HasSubstr("40 Wh")) << "what was told is kept";
    EXPECT_THAT(a.stop(id, noon() + minutes(9), 40), HasSubstr("[3,"));
    EXPECT_EQ(world.count("csms.session.stop_replayed"), 1U);
}

// Registers at the ends of 64 bits: answered, kept, not billed, and nothing overflows that sums them up.
TEST_F(DoubtfulSessions, ARegisterThatNoMeterCountsIsKeptAtTheMost)
{
    const std::string start =
        a.ask("StartTransaction", R"({"connectorId":1,"idTag":"TAG","meterStart":)"
                                  R"(-9223372036854775808,"timestamp":"2026-06-01T12:00:00Z"})");
    const std::int64_t id = testing::transaction_id(start);
    ASSERT_GT(id, 0);
    a.meter_values(id, noon() + minutes(1), "9e18");
    a.meter_values(id, noon() + minutes(2), "1e308", "kWh");
    EXPECT_THAT(
        a.ask("StopTransaction", fmt::format(R"({{"transactionId":{},"meterStop":9223372036854775807,)"
                                             R"("timestamp":"2026-06-01T12:05:00Z"}})",
                                             id)),
        HasSubstr("[3,"));
    EXPECT_EQ(only().meter_start, WattHours{-store_limit});
    EXPECT_EQ(only().meter_stop, WattHours{store_limit});
    EXPECT_FALSE(only().billable);
}

// An orphan's row looks like a start of the same token, time and register; it was none.
TEST_F(DoubtfulSessions, AStartIsNoReplayOfAnOrphan)
{
    a.ask("StopTransaction", stop_payload(-1, noon(), 1000, "TAG"));
    const std::int64_t id = testing::transaction_id(a.start("TAG", noon(), 1000, 0));
    EXPECT_GT(id, 0);
    EXPECT_EQ(world.ledger.sessions().size(), 2U);
}

TEST_F(DoubtfulSessions, ARegisterThatWasResetMeanwhileIsSeen)
{
    const auto id = started(a, "TAG", 1, 1000);
    a.meter_values(id, noon() + minutes(1), "5000");
    a.meter_values(id, noon() + minutes(2), "20");  // the meter starts again
    EXPECT_EQ(only().meter_last, WattHours{5000});
    a.stop(id, noon() + minutes(3), 1200);
    EXPECT_TRUE(only().flags & store::session_flag_negative_energy);

    const auto rounded = started(b, "TAG-2", 1, 1000);
    b.meter_values(rounded, noon() + minutes(1), "1234.6");
    b.stop(rounded, noon() + minutes(2), 1234);
    EXPECT_EQ(world.ledger.sessions(StationId("B"))[0].flags, 0U) << "rounding is no reset";
}

TEST_F(DoubtfulSessions, UnitsAreNormalised)
{
    const auto id = started(a);
    a.meter_values(id, noon() + minutes(1), "1.5", "kWh");
    a.meter_values(id, noon() + minutes(2), "1600", "Wh");
    EXPECT_EQ(only().meter_last, WattHours{1600});
    EXPECT_EQ(world.ledger.meter_values()[0].value.samples[0].value, 1500);
    a.meter_values(id, noon() + minutes(3), "1e300", "Wh");
    EXPECT_EQ(only().meter_last, WattHours{1600}) << "no meter counts that far";
}

TEST_F(DoubtfulSessions, RepeatedReadingsAreStoredOnce)
{
    const auto id = started(a);
    for (int i = 0; i < 3; ++i) a.meter_values(id, noon() + minutes(1), "1500");
    a.meter_values(id, noon() + minutes(1), "1501");
    EXPECT_EQ(world.ledger.meter_values().size(), 2U);
}

TEST_F(DoubtfulSessions, LateReadingsOfAnEndedSession)
{
    const auto id = started(a);
    a.stop(id, noon() + minutes(10), 2000);
    connect(a);
    EXPECT_THAT(a.meter_values(id, noon() + minutes(5), "1500"), EndsWith(",{}]"));
    EXPECT_EQ(world.ledger.meter_values()[0].session, only().id);
    EXPECT_EQ(only().meter_last, WattHours{2000});
    EXPECT_EQ(only().state, SessionState::ended);
}

}  // namespace
}  // namespace ladestrom::csms
