// Time without a clock. Cores are told the time; no type here can be asked what time it is.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace ladestrom {

using Duration = std::chrono::milliseconds;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Tag clocks: they have no now(), so a core cannot read them.
struct EngineClock {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    static constexpr bool is_steady = true;
};
struct UtcClock {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    static constexpr bool is_steady = false;
};

// Monotonic time since an arbitrary start (of the process, of the simulated world). Deadlines are Ticks.
using Tick = std::chrono::time_point<EngineClock, Duration>;

// Wall time, UTC, milliseconds since 1970-01-01. Records and messages carry Instants.
using Instant = std::chrono::time_point<UtcClock, Duration>;

// "2026-11-21T09:30:00.000Z": always UTC, always three fraction digits.
std::string format_instant(Instant instant);

// Strict RFC 3339: zone required, any number of fraction digits (truncated to milliseconds),
// any offset. Years 1970 to 9999. Fails with what is wrong and where.
Result<Instant> parse_instant(std::string_view text);

}  // namespace ladestrom
