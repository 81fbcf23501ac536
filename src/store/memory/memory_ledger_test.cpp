#include "store/memory/memory_ledger.hpp"

#include <gtest/gtest.h>

namespace ladestrom::store {
namespace {

const StationId a("A"), b("B");
const Instant noon{Duration(1'700'000'000'000)};

SessionRow session(std::string id, StationId station, std::string token = "TAG")
{
    SessionRow row;
    row.id = std::move(id);
    row.station = std::move(station);
    row.evse = EvseId(1);
    row.transaction_id = "7";
    row.token.value = std::move(token);
    row.started = noon;
    row.meter_start = {100};
    row.start_message_id = "m1";
    return row;
}

MeterValueRow reading(double value)
{
    return {.station = a, .evse = EvseId(1), .session = "s1", .value = {noon, {MeterSample{.value = value}}}};
}

TEST(MemoryLedger, StoresWholeBatchesOrNothing)
{
    MemoryLedger ledger;
    ledger.fail_commits(1);
    bool failed = false;
    ledger.commit({PutStation{{.id = a}}, PutSession{session("s1", a)}}, [&](auto done) { failed = !done; });
    EXPECT_TRUE(failed);
    EXPECT_TRUE(ledger.stations().empty());
    EXPECT_TRUE(ledger.sessions().empty());

    ledger.commit({PutStation{{.id = a}}, PutSession{session("s1", a)}}, [&](auto done) { failed = !done; });
    EXPECT_FALSE(failed);
    EXPECT_EQ(ledger.stations().size(), 1U);
    EXPECT_EQ(ledger.sessions().size(), 1U);
}

TEST(MemoryLedger, MeterValuesAndEventsOnce)
{
    MemoryLedger ledger;
    ledger.commit({AddMeterValue{reading(1)}, AddMeterValue{reading(1)}, AddMeterValue{reading(2)}},
                  [](auto) {});
    ledger.commit({AddStationEvent{a, noon, "boot", "x"}, AddStationEvent{a, noon, "boot", "x"}},
                  [](auto) {});
    EXPECT_EQ(ledger.meter_values().size(), 2U);
    EXPECT_EQ(ledger.events().size(), 1U);
}

TEST(MemoryLedger, FindsSessionsByKeyTransactionAndToken)
{
    MemoryLedger ledger;
    ledger.commit({PutSession{session("s1", a)}}, [](auto) {});
    const SessionKey key{a, EvseId(1), "tag", noon, {100}, ""};
    std::optional<SessionRow> found;
    const auto keep = [&](auto loaded) { found = *loaded; };
    ledger.load_session(key, keep);
    EXPECT_TRUE(found) << "tokens are compared without regard to case";
    ledger.load_session({a, EvseId(1), "TAG", noon, {100}, "m2"}, keep);
    EXPECT_FALSE(found) << "another message id";
    ledger.load_session({b, EvseId(1), "TAG", noon, {100}, ""}, keep);
    EXPECT_FALSE(found) << "another station";
    ledger.load_transaction(a, "7", keep);
    EXPECT_TRUE(found);
    ledger.load_transaction(b, "7", keep);
    EXPECT_FALSE(found);
    std::int64_t running = 0;
    ledger.count_running("tag", [&](auto counted) { running = *counted; });
    EXPECT_EQ(running, 1);
}

TEST(MemoryLedger, StationStateHasRunningAndRecent)
{
    MemoryLedger ledger;
    ledger.commit({PutStation{{.id = a}}, PutConnector{{.station = a, .evse = EvseId(0)}}}, [](auto) {});
    ledger.commit({PutConnector{{.station = b, .evse = EvseId(1)}}}, [](auto) {});
    for (int i = 0; i < 25; ++i) {
        SessionRow row = session("e" + std::to_string(i), a);
        row.state = SessionState::ended;
        ledger.commit({PutSession{row}}, [](auto) {});
    }
    ledger.commit({PutSession{session("r", a)}, PutSession{session("other", b)}}, [](auto) {});
    ledger.load_station(a, [](auto loaded) {
        ASSERT_TRUE(loaded);
        EXPECT_TRUE(loaded->station);
        EXPECT_EQ(loaded->connectors.size(), 1U);
        ASSERT_EQ(loaded->running.size(), 1U);
        EXPECT_EQ(loaded->running.front().id, "r");
        ASSERT_EQ(loaded->recent.size(), 20U);
        EXPECT_EQ(loaded->recent.front().id, "e24");
    });
}

TEST(MemoryLedger, HeldAnswersKeepTheOrderOfAStationAndMixStations)
{
    bool mixed = false;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        MemoryLedger ledger(seed);
        ledger.set_answers(MemoryLedger::Answers::held);
        std::vector<std::string> order;
        ledger.commit({PutStation{{.id = a}}}, [&](auto) { order.push_back("a1"); });
        ledger.load_station(a, [&](auto loaded) { order.push_back(loaded->station ? "a2" : "early"); });
        ledger.load_station(b, [&](auto) { order.push_back("b"); });
        EXPECT_EQ(ledger.waiting(), 3U);
        EXPECT_TRUE(order.empty());
        ledger.answer_all();
        ASSERT_EQ(order.size(), 3U);
        const auto at = [&](const char* name) {
            return std::find(order.begin(), order.end(), name) - order.begin();
        };
        EXPECT_LT(at("a1"), at("a2"));
        if (order.front() == "b") mixed = true;
    }
    EXPECT_TRUE(mixed);
}

TEST(MemoryLedger, ACrashForgetsWhatWaits)
{
    for (const auto crash : {MemoryLedger::Crash::commits_lost, MemoryLedger::Crash::commits_stored}) {
        MemoryLedger ledger;
        ledger.set_answers(MemoryLedger::Answers::held);
        bool answered = false;
        ledger.commit({PutStation{{.id = a}}}, [&](auto) { answered = true; });
        ledger.crash(crash);
        ledger.answer_all();
        EXPECT_FALSE(answered);
        EXPECT_EQ(ledger.stations().size(), crash == MemoryLedger::Crash::commits_stored ? 1U : 0U);
    }
}

TEST(MemoryLedger, ALostOutcomeIsStoredAndReportedFailed)
{
    MemoryLedger ledger;
    ledger.set_faults({.commit_outcome_lost = 1});
    bool failed = false;
    ledger.commit({PutStation{{.id = a}}}, [&](auto done) { failed = !done; });
    EXPECT_TRUE(failed);
    EXPECT_EQ(ledger.stations().size(), 1U);
}

}  // namespace
}  // namespace ladestrom::store
