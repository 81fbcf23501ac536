// How long to wait before trying again: doubling, bounded, with jitter so that a thousand stations that lost
// the same backend do not return in step.
#pragma once

#include "base/random.hpp"
#include "base/time.hpp"

#include <algorithm>

namespace ladestrom::station {

struct BackoffRange {
    Duration first;
    Duration last;
};

// Between attempts to connect.
inline constexpr BackoffRange reconnect_range{seconds(4), minutes(4)};

// failures: how many came before this one. Between half of the doubled wait and all of it.
inline Duration backoff(BackoffRange range, int failures, Random& random)
{
    Duration wait = range.first;
    for (int i = 0; i < failures && wait < range.last; ++i) wait *= 2;
    wait = std::min(wait, range.last);
    const auto half = wait.count() / 2;
    return Duration(half + static_cast<Duration::rep>(random.below(static_cast<std::uint64_t>(half) + 1)));
}

}  // namespace ladestrom::station
