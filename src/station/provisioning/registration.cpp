// BootNotification and what its answer means.
#include "station/provisioning/registration.hpp"

#include "station/link/backoff.hpp"

#include <utility>

namespace ladestrom::station {
namespace {

constexpr BackoffRange unanswered_range{seconds(10), minutes(5)};
// When the backend leaves the wait to us.
constexpr Duration own_retry_interval = seconds(60);
constexpr std::int64_t longest_retry_seconds = 24 * 3600;

}  // namespace

Gate RegistrationBlock::gate() const
{
    switch (status_) {
        case Registration::accepted: return Gate::all;
        case Registration::pending: return Gate::triggered_only;
        case Registration::none:
        case Registration::rejected: break;
    }
    return Gate::boot_only;
}

std::optional<Outgoing> RegistrationBlock::next(Gate)
{
    const bool due = !accepted() && (!next_attempt_ || context_.now >= *next_attempt_);
    if (!due && !triggered_) return std::nullopt;
    const bool asked = std::exchange(triggered_, false);
    return Outgoing{BootRequest{asked ? BootReason::triggered : reason_}, {}};
}

void RegistrationBlock::answered(const Reply& reply)
{
    const auto& boot = std::get<BootReply>(reply);
    failures_ = 0;
    status_ = boot.status;
    if (context_.clock.correct(boot.current_time, context_.now)) {
        context_.outputs.then(AdjustClock{*context_.clock.wall(context_.now)});
    }
    const std::int64_t interval = std::min(boot.interval_seconds, longest_retry_seconds);
    if (!accepted()) {
        retry_in(interval > 0 ? Duration(seconds(interval)) : own_retry_interval);
        return;
    }
    ++acceptances_;
    next_attempt_.reset();
    if (interval > 0) settings_.set(Variable::heartbeat_interval, interval);
}

void RegistrationBlock::failed(const Failure& failure)
{
    if (accepted()) return;  // it was triggered; the registration stands
    if (failure.kind == Failure::Kind::link_lost) {
        next_attempt_.reset();
    } else {
        retry_in(backoff(unanswered_range, failures_++, context_.random));
    }
}

std::optional<Tick> RegistrationBlock::next_deadline() const
{
    return accepted() ? std::nullopt : next_attempt_;
}

}  // namespace ladestrom::station
