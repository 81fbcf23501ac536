// Wall time: setting it, and placing what happened before it was known.
#include "station/provisioning/clock.hpp"

#include "messages/journal.hpp"
#include "station/core/serial.hpp"

#include <algorithm>

namespace ladestrom::station {
namespace {

constexpr Instant earliest_plausible{seconds(1'577'836'800)};  // 2020-01-01
// Far from the year 9999, behind which no time can be sent.
constexpr Instant latest_plausible{seconds(4'102'444'800)};  // 2100-01-01

std::string offset_key(std::uint32_t boot)
{
    return "clock/" + to_key({boot, 0}).substr(0, 8);
}

std::string offset_value(Duration offset)
{
    return messages::encode(journal::BootClock{.offset = offset.count()});
}

}  // namespace

void Clock::recover(const Stamp& stamp)
{
    if (stamp.wall) return;
    Tick& last = last_ticks_.try_emplace(stamp.boot, stamp.tick).first->second;
    last = std::max(last, stamp.tick);
}

void Clock::forget_unused()
{
    std::erase_if(offsets_, [&](const auto& entry) {
        if (last_ticks_.contains(entry.first)) return false;
        records_.erase(offset_key(entry.first));
        return true;
    });
    for (const auto& [boot, offset] : offsets_) last_ticks_.erase(boot);
}

bool Clock::set(Instant wall, Tick now)
{
    if (wall < earliest_plausible || wall >= latest_plausible) return false;
    offset_ = wall.time_since_epoch() - now.time_since_epoch();
    if (unplaced_) {
        keep_offset(boot_, *offset_);
        unplaced_ = false;
    }
    place_earlier_boots();
    return true;
}

bool Clock::correct(Instant shown, Tick now)
{
    told_at_ = now;
    if (const auto known = wall(now)) {
        if (std::chrono::abs(shown - *known) < seconds(1)) return false;
    }
    return set(shown, now);
}

// How long the power was out is unknown, so an earlier boot is taken to have ended when the next one began:
// durations and order are right, and nothing lies in the future.
void Clock::place_earlier_boots()
{
    Instant next_start{*offset_ + first_tick_.time_since_epoch()};
    for (auto entry = last_ticks_.rbegin(); entry != last_ticks_.rend(); ++entry) {
        const auto& [boot, last_tick] = *entry;
        const Duration offset = next_start.time_since_epoch() - last_tick.time_since_epoch();
        keep_offset(boot, offset);
        next_start = Instant{offset};
    }
    last_ticks_.clear();
}

void Clock::keep_offset(std::uint32_t boot, Duration value)
{
    records_.put(offset_key(boot), offset_value(value));
    offsets_[boot] = {value, records_.current()};
}

std::optional<Instant> Clock::wall(Tick now) const
{
    if (!offset_) return std::nullopt;
    return Instant{*offset_ + now.time_since_epoch()};
}

Stamp Clock::stamp(Tick now)
{
    Stamp stamp{boot_, now, wall(now)};
    if (!stamp.wall && !offsets_.contains(boot_)) unplaced_ = true;
    return stamp;
}

Stamp Clock::stamp_after(const Stamp& base, Tick now)
{
    if (base.boot != boot_) return stamp(now);
    if (!base.wall) return {boot_, now, std::nullopt};
    return {boot_, now, *base.wall + (now - base.tick)};
}

std::optional<Instant> Clock::resolve(const Stamp& stamp) const
{
    if (stamp.wall) return stamp.wall;
    const auto offset = offsets_.find(stamp.boot);
    if (offset == offsets_.end() || !records_.durable(offset->second.durable_with)) return std::nullopt;
    return Instant{offset->second.value + stamp.tick.time_since_epoch()};
}

}  // namespace ladestrom::station
