// Attack 3: a station that speaks of another's transactions. The property: what A sends is answered and
// stored exactly as if B did not exist, whatever B sends.
#include "base/random.hpp"
#include "csms/testing/world.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace ladestrom::csms {
namespace {

using testing::Station;
using testing::World;

std::string describe(const store::SessionRow& row)
{
    return fmt::format(
        "{} {} {} {} {} {} {} {} {} {} {} {}", row.evse.value(), row.transaction_id, row.token.value,
        static_cast<int>(row.state), format_instant(row.started), row.meter_start.value,
        row.ended ? format_instant(*row.ended) : "-", row.meter_stop ? row.meter_stop->value : -1,
        row.meter_last ? row.meter_last->value : -1, row.start_message_id, row.flags, row.billable);
}

// All that the store says of A, without the names that are drawn at random.
std::vector<std::string> rows_of(World& world, const StationId& station)
{
    std::vector<std::string> rows;
    for (const auto& row : world.ledger.sessions(station)) rows.push_back(describe(row));
    for (const auto& value : world.ledger.meter_values()) {
        if (value.station != station) continue;
        const auto sessions = world.ledger.sessions(station);
        const auto of = std::ranges::find(sessions, value.session, &store::SessionRow::id);
        EXPECT_TRUE(value.session.empty() || of != sessions.end()) << "a reading in a session of another";
        rows.push_back(fmt::format("{} {} {}", value.evse.value(), format_instant(value.value.timestamp),
                                   of == sessions.end() ? "" : of->transaction_id));
    }
    for (const auto& [key, row] : world.ledger.connectors()) {
        if (key.first == station)
            rows.push_back(fmt::format("{} {}", row.evse.value(), static_cast<int>(row.status)));
    }
    const auto& row = world.ledger.stations().at(station);
    rows.push_back(fmt::format("{} {}", row.model, row.last_transaction_id));
    return rows;
}

// A: charges, reads and stops, and remembers every answer.
class Honest {
public:
    Honest(World& world, std::uint64_t seed) : random_(seed), world_(world), station_(world, "A")
    {
        station_.connect();
        station_.boot();
    }

    void step()
    {
        meter_ += 7;
        const int connector = static_cast<int>(random_.below(3)) + 1;
        const Instant now = world_.now().wall;
        std::int64_t& running = running_[connector - 1];
        switch (random_.below(4)) {
            case 0:
                ask("StartTransaction", testing::start_payload("SHARED", now, meter_, connector));
                if (answers.back().find("transactionId") != std::string::npos) {
                    running = testing::transaction_id(answers.back());
                }
                break;
            case 1: ask("StopTransaction", testing::stop_payload(running, now, meter_, "SHARED")); break;
            case 2:
                ask("MeterValues",
                    fmt::format(R"({{"connectorId":{},"transactionId":{},"meterValue":[{{"timestamp":"{}",)"
                                R"("sampledValue":[{{"value":"{}"}}]}}]}})",
                                connector, running, format_instant(now), meter_));
                break;
            default:
                ask("StatusNotification",
                    fmt::format(R"({{"connectorId":{},"errorCode":"NoError","status":"{}"}})", connector,
                                random_.chance(0.5) ? "Available" : "Charging"));
        }
    }

    std::vector<std::string> answers;
    std::string newest_id() const { return fmt::format("m{}", messages_); }
    std::int64_t running(std::size_t connector) const { return running_[connector]; }

private:
    void ask(const std::string& action, const std::string& payload)
    {
        station_.call(action, payload, fmt::format("m{}", ++messages_));
        answers.push_back(station_.receive());
    }

    Random random_;
    World& world_;
    Station station_;
    int messages_ = 0;
    int meter_ = 1000;
    std::int64_t running_[3] = {-1, -1, -1};
};

// B: everything A says, with A's ids, tokens, times and message ids, and its neighbours.
class Hostile {
public:
    Hostile(World& world, std::uint64_t seed) : random_(seed), world_(world), station_(world, "B")
    {
        station_.connect();
        station_.boot();
    }

    void step(const Honest& victim)
    {
        const Instant now = world_.now().wall;
        const auto id = victim.running(random_.below(3)) + static_cast<std::int64_t>(random_.below(3)) - 1;
        const int connector = static_cast<int>(random_.below(4));
        const std::string message =
            random_.chance(0.3) ? victim.newest_id() : fmt::format("b{}", ++messages_);
        const auto send = [&](const std::string& action, const std::string& payload) {
            station_.call(action, payload, message);
            EXPECT_NE(station_.receive(), "") << action;
        };
        switch (random_.below(7)) {
            case 0: return send("StopTransaction", testing::stop_payload(id, now, 9'999, "SHARED"));
            case 1: return send("StopTransaction", testing::stop_payload(-1, now, 9'999, "SHARED"));
            case 2: return send("StartTransaction", testing::start_payload("SHARED", now, 1'007, 1));
            case 3:
                return send("MeterValues",
                            fmt::format(R"({{"connectorId":{},"transactionId":{},"meterValue":[{{)"
                                        R"("timestamp":"{}","sampledValue":[{{"value":"1"}}]}}]}})",
                                        connector, id, format_instant(now)));
            case 4:
                return send("StatusNotification",
                            fmt::format(R"({{"connectorId":{},"errorCode":"NoError","status":"Faulted"}})",
                                        connector));
            case 5: return send("BootNotification", R"({"chargePointVendor":"B","chargePointModel":"A"})");
            default: return send("DataTransfer", R"({"vendorId":"A","data":"A"})");
        }
    }

private:
    Random random_;
    World& world_;
    Station station_;
    int messages_ = 0;
};

struct Outcome {
    std::vector<std::string> answers, rows;
};

Outcome live(std::uint64_t seed, bool with_attacker)
{
    World world(Options{.trace_frames = false}, seed);
    world.put_station("A");
    world.put_station("B");
    world.put_token(store::TokenRow{.token = {.value = "SHARED"}, .concurrent_allowed = true});
    Honest honest(world, seed);
    std::optional<Hostile> hostile;
    if (with_attacker) hostile.emplace(world, seed + 1);
    Random turns(seed + 2);
    for (int i = 0; i < 60; ++i) {
        honest.step();
        for (auto more = turns.below(4); more > 0; --more) {
            if (hostile) hostile->step(honest);
        }
        world.pass(seconds(1));
    }
    return {honest.answers, rows_of(world, StationId("A"))};
}

TEST(CrossStation, AttackAnotherStationsMessagesNeverChangeThisOnesSessions)
{
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        const Outcome alone = live(seed, false);
        const Outcome attacked = live(seed, true);
        ASSERT_EQ(alone.answers, attacked.answers) << "seed " << seed;
        ASSERT_EQ(alone.rows, attacked.rows) << "seed " << seed;
        ASSERT_GT(alone.rows.size(), 10U) << "something has happened";
    }
}

}  // namespace
}  // namespace ladestrom::csms
