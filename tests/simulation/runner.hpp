// Many worlds at once, one seed each.
#pragma once

#include "simulation/world.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ladestrom::simulation {

struct Batch {
    std::uint64_t first = 1;
    std::uint64_t count = 100;
    unsigned jobs = 1;
    std::size_t most_failures = 20;  // then it stops
    // Options of a seed; the seed's own draw unless changed.
    std::function<Options(std::uint64_t seed)> options = draw;
    // So many worlds are done; called on one thread at a time.
    std::function<void(std::uint64_t done, std::size_t failures)> progress;
};

struct Report {
    std::uint64_t worlds = 0;
    double station_days = 0;
    std::uint64_t sessions = 0;
    std::int64_t watt_hours = 0;
    Counters counts;
    std::vector<std::pair<std::uint64_t, std::vector<std::string>>> failures;  // by seed
};

Report run_batch(const Batch& batch);

// Faults and rare situations that a large batch has to have met, each with what it is; those that it has not.
struct Required {
    std::string_view name, meaning;
};
std::vector<Required> required_coverage();
std::vector<Required> missing_coverage(const Report& report);

}  // namespace ladestrom::simulation
