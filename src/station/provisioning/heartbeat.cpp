// When a Heartbeat is due, and what its answer means.
#include "station/provisioning/heartbeat.hpp"

namespace ladestrom::station {
namespace {

// For the time alone, however busy the connection (OCPP 1.6 section 4.6).
constexpr Duration clock_interval = hours(24);

}  // namespace

Tick Heartbeat::due_at() const
{
    const auto interval = context_.registry.interval(Variable::heartbeat_interval);
    const Tick idle = last_call_ + interval;
    // One that failed is not repeated faster than the interval.
    const Tick clock = std::max(context_.clock.told_at() + clock_interval,
                                failed_at_ ? *failed_at_ + interval : last_call_ + seconds(1));
    return std::min(idle, clock);
}

std::optional<Outgoing> Heartbeat::next(Gate gate)
{
    const bool due = gate == Gate::all && context_.now >= due_at();
    const bool asked = triggered_ && gate != Gate::boot_only;
    if (!due && !asked) return std::nullopt;
    triggered_ = false;
    return Outgoing{HeartbeatRequest{}, {}};
}

void Heartbeat::answered(const Reply& reply)
{
    failed_at_.reset();
    const Instant time = std::get<HeartbeatReply>(reply).current_time;
    if (context_.clock.correct(time, context_.now)) {
        context_.outputs.then(AdjustClock{*context_.clock.wall(context_.now)});
    }
}

void Heartbeat::failed(const Failure&)
{
    failed_at_ = context_.now;
}

std::optional<Tick> Heartbeat::next_deadline() const
{
    return context_.sooner(std::nullopt, due_at());
}

}  // namespace ladestrom::station
