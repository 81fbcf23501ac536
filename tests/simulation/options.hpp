// What a world is made of. Every fault is one named option; a seed draws a swarm of them: about half are off,
// the others have a strength of their own, so that worlds differ in kind and not only in luck.
#pragma once

#include "base/random.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ladestrom::simulation {

struct Faults {
    // Times per day, for each station.
    double power_cuts = 0;
    double orderly_ends = 0;
    double outages = 0;
    double drops = 0;
    double half_open = 0;
    double overlaps = 0;
    double slow_links = 0;
    double clock_jumps = 0;
    double hardware_faults = 0;
    double disk_failures = 0;
    // Probability per commit, frame or boot of a station.
    double cut_during_commit = 0;
    double commit_slow = 0;
    double commit_fails = 0;
    double commit_outcome_lost = 0;
    double lost_call = 0;
    double lost_reply = 0;
    double other_configuration = 0;
    double clock_unset = 0;
    // The central system: times per day, or probability per request to its store.
    double csms_restarts = 0;
    double csms_clock_jumps = 0;
    double ledger_slow = 0;
    double ledger_fails = 0;
    double ledger_outcome_lost = 0;
    double load_fails = 0;
    // Over SQLite only.
    double disk_calls_fail = 0;
};

struct FaultOption {
    std::string_view name;
    double Faults::*value;
    double most;  // the greatest strength that a seed draws
    std::string_view meaning;
};

// All of them, as `ladestrom-simulation faults` prints them.
std::span<const FaultOption> fault_options();

// A mistake made on purpose, by the adapters around the cores: the checks must see each of them.
enum class Mistake : std::uint8_t {
    none,
    recovery_trusts_memory,
    send_before_persist,
    energise_before_durable,
    accept_before_durable,
    lower_limit_after_commit,
    csms_books_every_retry,
    csms_replies_before_commit,
    old_close_removes_new,
    duplicate_id_is_error,
    // Of the store, with Store::sqlite alone.
    journal_not_synchronous,
    journal_loses_a_sync,
};

struct MistakeName {
    Mistake mistake;
    std::string_view name, meaning;
    bool of_store = false;
};
std::span<const MistakeName> mistakes();

enum class Store : std::uint8_t { memory, sqlite };

struct Options {
    std::uint64_t seed = 1;
    int stations = 2;  // 1 to 5
    double days = 1;
    double visits_per_evse = 6;        // a day
    double commands_per_station = 20;  // a day
    double newer_versions = 0;         // probability that a station's configuration speaks 2.0.1 or 2.1
    double other_tx_points = 0;        // probability that it sets TxStartPoint and TxStopPoint
    Faults faults;
    Mistake mistake = Mistake::none;
    Store store = Store::memory;
};

// The world of a seed.
Options draw(std::uint64_t seed);

// "power_cuts=3" and the like; also stations, days, visits_per_evse, commands_per_station.
Result<void> set_option(Options& options, std::string_view assignment);

// The options that differ from nothing, on one line.
std::string describe(const Options& options);

}  // namespace ladestrom::simulation
