// What everything in a world shares: its time, its luck, its chronicle, its options.
#pragma once

#include "base/random.hpp"
#include "base/time.hpp"
#include "simulation/chronicle.hpp"
#include "simulation/options.hpp"
#include "simulation/timeline.hpp"

#include <cmath>
#include <string_view>

namespace ladestrom::simulation {

struct Surroundings {
    const Options options;
    Timeline& timeline;
    Chronicle& chronicle;
    Random& random;

    Tick now() const { return timeline.now(); }
    Instant true_wall() const;

    // Between the two, both included.
    Duration between(Duration least, Duration most)
    {
        return least + Duration(random.below(static_cast<std::uint64_t>((most - least).count()) + 1));
    }
    // Until the next of what happens so many times a day on average, at random.
    Duration until_next(double times_per_day)
    {
        const double wait = -std::log(1 - random.fraction()) * 86'400'000 / times_per_day;
        return Duration(static_cast<Duration::rep>(wait) + 1);
    }
    void tell(std::string_view who, std::string_view what) { chronicle.tell(now(), who, what); }
    void violation(std::string_view who, std::string_view what) { chronicle.violation(now(), who, what); }
};

inline constexpr Instant world_began{seconds(1'795'000'000)};  // in November 2026

inline Instant Surroundings::true_wall() const
{
    return world_began + now().time_since_epoch();
}

}  // namespace ladestrom::simulation
