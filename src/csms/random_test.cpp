// Stations that keep their facts until they are answered, against a store that is late, mixed and failing,
// over sockets that break, and a central system that dies. Whatever happens, per seed: what was answered is
// in the store, once, with its station, and never before the store had it; and every command is answered
// once.
#include "csms/testing/world.hpp"

#include "base/testing/seed_range.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ladestrom::csms {
namespace {

using store::MemoryLedger;
using store::SessionRow;
using store::SessionState;
using testing::World;

// A session as the station knows it.
struct Charge {
    int connector = 1;
    std::string tag;
    Instant started;
    int meter_start = 0;
    std::int64_t id = -1;  // not learnt yet
    bool start_answered = false;
    bool given_up = false;  // the start was dropped after too many attempts (F5)
    bool stop_answered = false;
    Instant ended;
    int meter_stop = 0;
};

struct Fact {
    enum class Kind { start, reading, stop } kind = Kind::start;
    std::size_t charge = 0;
    Instant at;
    int value = 0;
};

struct Reading {
    int value = 0;
    std::int64_t id = -1;  // as sent
};

class RandomStation {
public:
    RandomStation(World& world, Random& random, std::string id)
        : world_(world), random_(random), wire_(world, std::move(id))
    {
    }

    void step()
    {
        read();
        if (!wire_.connected()) {
            if (random_.chance(0.5)) connect();
            return;
        }
        if (!booted_) {
            if (!boot_id_.empty()) return;
            boot_id_ = wire_.call("BootNotification", R"({"chargePointVendor":"V","chargePointModel":"M"})");
            return;
        }
        if (awaited_.empty() && !facts_.empty()) {
            send_first();
        } else if (!awaited_.empty() && random_.chance(0.1)) {
            // Impatient: the same fact again while the answer is on its way, in the same message or another.
            if (random_.chance(0.5)) {
                wire_.call(action_, payload_, awaited_);
            } else {
                send_first();
            }
        } else if (random_.chance(0.1)) {
            wire_.call("Heartbeat", "{}");
        }
    }

    // Something happens at the station.
    void live()
    {
        meter_ += static_cast<int>(random_.below(50)) + 1;
        const int connector = static_cast<int>(random_.below(2)) + 1;
        const auto running = running_.find(connector);
        if (running == running_.end()) {
            charges_.push_back({.connector = connector,
                                .tag = fmt::format("{}-{}", wire_.id(), random_.below(3)),
                                .started = world_.now().wall,
                                .meter_start = meter_});
            running_[connector] = charges_.size() - 1;
            facts_.push_back({Fact::Kind::start, charges_.size() - 1, world_.now().wall, meter_});
        } else if (random_.chance(0.7)) {
            facts_.push_back({Fact::Kind::reading, running->second, world_.now().wall, meter_});
        } else {
            stop(running->second);
            running_.erase(running);
        }
    }

    void disconnect()
    {
        if (!wire_.connected()) return;
        wire_.disconnect();
        lost();
    }
    // A new socket while the old one is half open.
    void reconnect()
    {
        testing::Station old = wire_;
        lost();
        connect();
        if (old.socket() == 0 || random_.chance(0.5)) return;
        old.call("Heartbeat", "{}");
        world_.feed(SocketClosed{old.socket(), "late"});
    }
    // After too many attempts the start is dropped, and the rest goes with -1.
    void give_up()
    {
        if (facts_.empty() || facts_.front().kind != Fact::Kind::start || !awaited_.empty()) return;
        charges_[facts_.front().charge].given_up = true;
        facts_.pop_front();
    }
    void close_all()
    {
        for (const auto& [connector, charge] : running_) stop(charge);
        running_.clear();
    }
    bool drained() const { return facts_.empty(); }

    void check()
    {
        const auto rows = world_.ledger.sessions(StationId(wire_.id()));
        std::size_t orphans = 0;
        for (const SessionRow& row : rows) {
            if (row.flags & store::session_flag_orphan_stop) ++orphans;
        }
        std::size_t given_up = 0;
        for (const Charge& charge : charges_) {
            const auto count =
                std::ranges::count_if(rows, [&](const SessionRow& row) { return is(row, charge); });
            if (charge.given_up) {
                ++given_up;
                EXPECT_LE(count, 1);
                continue;
            }
            ASSERT_EQ(count, 1) << "once";
            const SessionRow& row =
                *std::ranges::find_if(rows, [&](const SessionRow& any) { return is(any, charge); });
            EXPECT_EQ(row.transaction_id, std::to_string(charge.id));
            EXPECT_EQ(row.state, SessionState::ended);
            EXPECT_EQ(row.meter_stop, WattHours{charge.meter_stop});
            EXPECT_EQ(row.ended, charge.ended);
            EXPECT_EQ(row.flags, 0U);
        }
        EXPECT_LE(orphans, given_up) << "no stop of a known session is an orphan";
        for (const SessionRow& row : rows) {
            EXPECT_EQ(row.token.value.substr(0, row.token.value.find('-')), wire_.id())
                << "of another station";
        }
        check_readings(rows);
    }

private:
    bool is(const SessionRow& row, const Charge& charge) const
    {
        return row.evse == EvseId(charge.connector) && row.token.value == charge.tag &&
               row.started == charge.started && row.meter_start == WattHours{charge.meter_start};
    }

    void check_readings(const std::vector<SessionRow>& rows)
    {
        std::map<int, std::vector<std::string>> stored;  // sessions by value
        for (const auto& row : world_.ledger.meter_values()) {
            if (row.station != StationId(wire_.id())) continue;
            stored[static_cast<int>(row.value.samples.at(0).value)].push_back(row.session);
        }
        for (const Reading& reading : answered_) {
            const auto& sessions = stored[reading.value];
            if (reading.id <= 0) {
                EXPECT_GE(sessions.size(), 1U);
                continue;
            }
            ASSERT_EQ(sessions.size(), 1U) << reading.value;
            const auto row = std::ranges::find(rows, sessions[0], &SessionRow::id);
            ASSERT_NE(row, rows.end());
            EXPECT_EQ(row->transaction_id, std::to_string(reading.id));
        }
    }

    void connect()
    {
        if (wire_.connect() == testing::Socket::State::refused) return;
    }
    void lost()
    {
        awaited_.clear();
        boot_id_.clear();
    }

    void stop(std::size_t charge)
    {
        charges_[charge].ended = world_.now().wall;
        charges_[charge].meter_stop = ++meter_;
        facts_.push_back({Fact::Kind::stop, charge, world_.now().wall, meter_});
    }

    void send_first()
    {
        const Fact& fact = facts_.front();
        const Charge& charge = charges_[fact.charge];
        sent_id_ = charge.id;
        if (fact.kind == Fact::Kind::start) {
            action_ = "StartTransaction";
            payload_ = testing::start_payload(charge.tag, fact.at, fact.value, charge.connector);
        } else if (fact.kind == Fact::Kind::stop) {
            action_ = "StopTransaction";
            payload_ = testing::stop_payload(charge.id, fact.at, fact.value, charge.tag);
        } else {
            action_ = "MeterValues";
            payload_ =
                fmt::format(R"({{"connectorId":{},"transactionId":{},"meterValue":[{{"timestamp":"{}",)"
                            R"("sampledValue":[{{"value":"{}"}}]}}]}})",
                            charge.connector, charge.id, format_instant(fact.at), fact.value);
        }
        awaited_ = wire_.call(action_, payload_);
        earlier_.push_back(awaited_);
    }

    void read()
    {
        if (!wire_.connected()) {
            if (wire_.socket() != 0 && world_.socket(wire_.socket()).state != testing::Socket::State::waiting)
                lost();
            return;
        }
        for (std::string frame = wire_.receive(); !frame.empty(); frame = wire_.receive()) {
            const std::string id = frame.substr(4, frame.find('"', 4) - 4);
            if (frame[1] == '2') {
                if (random_.chance(0.7)) wire_.send(fmt::format(R"([3,"{}",{{"status":"Accepted"}}])", id));
            } else if (id == boot_id_) {
                EXPECT_NE(frame.find("Accepted"), std::string::npos);
                boot_id_.clear();
                booted_ = true;
            } else if (!awaited_.empty() && std::ranges::find(earlier_, id) != earlier_.end()) {
                take_answer(frame);
            }
        }
    }

    // An answer to the first fact. The store must have it by now.
    void take_answer(const std::string& frame)
    {
        if (frame.find("too many calls") != std::string::npos) return;  // it was too impatient
        ASSERT_EQ(frame.substr(0, 3), "[3,") << frame;
        const Fact fact = facts_.front();
        Charge& charge = charges_[fact.charge];
        const auto rows = world_.ledger.sessions(StationId(wire_.id()));
        if (fact.kind == Fact::Kind::start) {
            charge.id = testing::transaction_id(frame);
            charge.start_answered = true;
            EXPECT_EQ(std::ranges::count_if(rows, [&](const SessionRow& row) { return is(row, charge); }), 1)
                << "answered before it was stored";
        } else if (fact.kind == Fact::Kind::stop) {
            charge.stop_answered = true;
            EXPECT_TRUE(std::ranges::any_of(rows, [&](const SessionRow& row) {
                return row.meter_stop == WattHours{charge.meter_stop} && row.ended == charge.ended;
            })) << "answered before it was stored";
        } else {
            answered_.push_back({fact.value, sent_id_});
            EXPECT_TRUE(std::ranges::any_of(world_.ledger.meter_values(),
                                            [&](const store::MeterValueRow& row) {
                                                return row.station == StationId(wire_.id()) &&
                                                       row.value.samples.at(0).value == fact.value;
                                            }))
                << "answered before it was stored";
        }
        facts_.pop_front();
        awaited_.clear();
        earlier_.clear();
    }

    World& world_;
    Random& random_;
    testing::Station wire_;
    bool booted_ = false;
    std::string boot_id_;
    std::string awaited_;
    std::vector<std::string> earlier_;  // message ids of the first fact
    std::string action_, payload_;
    std::int64_t sent_id_ = -1;
    int meter_ = 1000;
    std::vector<Charge> charges_;
    std::map<int, std::size_t> running_;
    std::deque<Fact> facts_;
    std::vector<Reading> answered_;
};

class RandomWorld {
public:
    explicit RandomWorld(std::uint64_t seed) : random_(seed), world_({.max_waiting_inputs = 8}, seed)
    {
        const auto count = 1 + random_.below(4);
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::string id(1, static_cast<char>('A' + i));
            world_.put_station(id);
            for (int tag = 0; tag < 3; ++tag) {
                world_.put_token(store::TokenRow{.token = {.value = fmt::format("{}-{}", id, tag)},
                                                 .concurrent_allowed = true});
            }
            stations_.push_back(std::make_unique<RandomStation>(world_, random_, id));
        }
        world_.ledger.set_answers(MemoryLedger::Answers::held);
        // A swarm: each seed has its own mixture of troubles.
        const auto some = [&](double most) { return random_.chance(0.5) ? random_.fraction() * most : 0; };
        faults_ = {.commit_fails = some(0.2),
                   .commit_outcome_lost = some(0.2),
                   .load_fails = some(0.1),
                   .early_reads = some(1)};
        breaks_ = some(0.05);
        crashes_ = some(0.01);
        gives_up_ = some(0.02);
        answers_ = 0.2 + random_.fraction() * 0.6;
        world_.ledger.set_faults(faults_);
    }

    // Adds how often each thing happened, over all lives of the central system.
    void count_into(std::map<std::string, std::uint64_t>& counts)
    {
        for (const auto& [name, count] : seen_) counts[name] += count;
    }

    // What was seen, as one number: equal for equal seeds.
    std::uint64_t run()
    {
        for (int step = 0; step < 300 && !::testing::Test::HasFailure(); ++step) one_step();
        settle();
        for (const auto& station : stations_) station->check();
        for (const CommandId command : commands_)
            EXPECT_TRUE(world_.done(command) || forgiven_.contains(command));
        return digest();
    }

private:
    RandomStation& any() { return *stations_[random_.below(stations_.size())]; }

    void one_step()
    {
        if (random_.chance(answers_)) world_.ledger.answer_one();
        if (random_.chance(0.15)) any().live();
        if (random_.chance(0.05)) world_.pass(seconds(static_cast<int>(random_.below(100))));
        if (random_.chance(breaks_)) any().disconnect();
        if (random_.chance(breaks_)) any().reconnect();
        if (random_.chance(gives_up_)) any().give_up();
        if (random_.chance(0.03)) command();
        if (random_.chance(crashes_)) crash();
        any().step();
    }

    void command()
    {
        const StationId station(std::string(1, static_cast<char>('A' + random_.below(stations_.size()))));
        if (random_.chance(0.7)) {
            commands_.push_back(world_.start_command(CallCommand{
                .station = station, .action = "ClearCache", .payload = "{}", .timeout = seconds(60)}));
        } else {
            PutStationCommand put{.station = station};
            put.name = fmt::format("name {}", random_.below(100));
            commands_.push_back(world_.start_command(put));
        }
    }

    void keep_counts()
    {
        for (const auto& [name, count] : world_.csms().counters().all()) seen_[name] += count;
    }

    void crash()
    {
        keep_counts();
        ++seen_["crash"];
        for (const CommandId command : commands_) {
            if (!world_.done(command)) forgiven_[command] = true;  // whoever asked died as well
        }
        world_.crash(random_.chance(0.5) ? MemoryLedger::Crash::commits_stored
                                         : MemoryLedger::Crash::commits_lost);
    }

    // Troubles end; everything must come to rest.
    void settle()
    {
        world_.ledger.set_faults({});
        for (const auto& station : stations_) station->close_all();
        for (int step = 0; step < 20'000; ++step) {
            world_.ledger.answer_one();
            any().step();
            const bool done =
                std::ranges::all_of(stations_, [](const auto& station) { return station->drained(); });
            if (done && world_.ledger.waiting() == 0) break;
        }
        for (const auto& station : stations_) EXPECT_TRUE(station->drained()) << "never came to rest";
        world_.pass(minutes(5));
        while (world_.ledger.waiting() > 0) world_.ledger.answer_one();
    }

    std::uint64_t digest()
    {
        std::string text;
        for (const SessionRow& row : world_.ledger.sessions()) {
            text += fmt::format("{} {} {} {} {};", row.id, row.station.value(), row.transaction_id, row.flags,
                                row.meter_stop.value_or(WattHours{}).value);
        }
        for (const auto& [name, count] : world_.csms().counters().all())
            text += fmt::format("{}={};", name, count);
        return std::hash<std::string>{}(text);
    }

    Random random_;
    World world_;
    std::vector<std::unique_ptr<RandomStation>> stations_;
    MemoryLedger::Faults faults_;
    double breaks_ = 0, crashes_ = 0, gives_up_ = 0, answers_ = 0.5;
    std::vector<CommandId> commands_;
    std::map<CommandId, bool> forgiven_;
    std::map<std::string, std::uint64_t> seen_;
};

TEST(Random, WhatIsAnsweredIsStoredOnce)
{
    constexpr SeedRange own{1, 400};
    const SeedRange seeds = seed_range(own);
    std::map<std::string, std::uint64_t> counts;
    for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        RandomWorld world(seed);
        world.run();
        world.count_into(counts);
        if (HasFailure()) break;
    }
    if (seeds != own) return;
    // The rare things did happen.
    for (const char* rare :
         {"crash", "csms.answer.socket_gone", "csms.command.answered", "csms.command.no_answer",
          "csms.frame.of_closed_socket", "csms.session.orphan_stop", "csms.session.start_replayed",
          "csms.session.stop_matched", "csms.session.stop_replayed", "csms.socket.replaced",
          "csms.store.commit_failed", "csms.store.load_failed", "csms.upgrade.store_failed",
          "rpc.repeated_call", "tolerance.call_before_answer"}) {
        EXPECT_GT(counts[rare], 0U) << rare;
    }
}

TEST(Random, EqualSeedsDoTheSame)
{
    for (std::uint64_t seed = 1; seed < 30; ++seed)
        EXPECT_EQ(RandomWorld(seed).run(), RandomWorld(seed).run());
}

}  // namespace
}  // namespace ladestrom::csms
