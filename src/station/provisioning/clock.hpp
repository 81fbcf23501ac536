// Wall time as the engine knows it, and the moments it stamps. Without a clock a stamp keeps boot and tick,
// and gets its wall time once the clock is known: an event is never dated 1970. The wall time of a stamp that
// has one never changes afterwards.
#pragma once

#include "base/time.hpp"
#include "station/core/records.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace ladestrom::station {

struct Stamp {
    std::uint32_t boot = 0;
    Tick tick{};
    std::optional<Instant> wall;

    friend bool operator==(const Stamp&, const Stamp&) = default;
};

class Clock {
public:
    // now: the first tick of this boot.
    Clock(std::uint32_t boot, Tick now, Records& records) : boot_(boot), first_tick_(now), records_(records)
    {
    }

    // From the journal, before the first set().
    void recover_offset(std::uint32_t boot, Duration offset) { offsets_[boot] = {offset, 0}; }
    void recover(const Stamp& stamp);
    // Offsets that no stamp refers to any longer are erased.
    void forget_unused();

    // Refuses times before 2020 and from 2100 on: a dead clock, not the time. True when taken.
    bool set(Instant wall, Tick now);
    // The backend's time. Leaves a clock alone that differs by less than a second (answers carry whole
    // seconds). True when the clock was moved.
    bool correct(Instant wall, Tick now);

    std::optional<Instant> wall(Tick now) const;
    Stamp stamp(Tick now);
    // Continues the time of an earlier stamp of this boot, so that durations stay right when the clock is set
    // in between.
    Stamp stamp_after(const Stamp& base, Tick now);
    // None while it is not known for good: what the backend is told once must be the same after a restart, so
    // an offset counts when it is durable.
    std::optional<Instant> resolve(const Stamp& stamp) const;

    std::uint32_t boot() const { return boot_; }
    // When the backend last told the time.
    Tick told_at() const { return told_at_; }

private:
    struct Offset {
        Duration value{0};  // wall time at tick 0
        Generation durable_with = 0;
    };
    void place_earlier_boots();
    void keep_offset(std::uint32_t boot, Duration value);

    std::uint32_t boot_;
    Tick first_tick_;
    Records& records_;
    std::optional<Duration> offset_;            // wall time at tick 0
    std::map<std::uint32_t, Offset> offsets_;   // of boots that made stamps without wall time
    std::map<std::uint32_t, Tick> last_ticks_;  // of earlier boots with such stamps
    Tick told_at_{};
    bool unplaced_ = false;  // this boot made such stamps
};

}  // namespace ladestrom::station
