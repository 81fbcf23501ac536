// When a Heartbeat is due, and what its answer means.
#include "station/provisioning/heartbeat.hpp"

namespace ladestrom::station {
namespace {

// For the time alone, however busy the connection (OCPP 1.6 section 4.6).
constexpr Duration clock_interval = hours(24);

}  // namespace

bool Heartbeat::clock_due() const
{
    return context_.now >= std::max(context_.clock.told_at() + clock_interval, last_call_ + seconds(1));
}

std::optional<Outgoing> Heartbeat::next(Gate gate)
{
    const bool due = gate == Gate::all &&
                     (context_.now >= last_call_ + context_.registry.interval(Variable::heartbeat_interval) ||
                      clock_due());
    const bool asked = triggered_ && gate != Gate::boot_only;
    if (!due && !asked) return std::nullopt;
    triggered_ = false;
    return Outgoing{HeartbeatRequest{}, {}};
}

void Heartbeat::answered(const Reply& reply)
{
    const Instant time = std::get<HeartbeatReply>(reply).current_time;
    if (context_.clock.correct(time, context_.now)) {
        context_.outputs.then(AdjustClock{*context_.clock.wall(context_.now)});
    }
}

std::optional<Tick> Heartbeat::next_deadline() const
{
    const Tick idle = last_call_ + context_.registry.interval(Variable::heartbeat_interval);
    const Tick clock = std::max(context_.clock.told_at() + clock_interval, last_call_ + seconds(1));
    return context_.sooner(context_.sooner(std::nullopt, idle), clock);
}

}  // namespace ladestrom::station
