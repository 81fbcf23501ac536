// Opening a lock at the backend's wish.
#include "station/remote_control/unlock.hpp"

namespace ladestrom::station {
namespace {

// Shorter than a backend waits for its answer.
constexpr Duration patience = seconds(15);

}  // namespace

std::optional<UnlockOutcome> Unlock::request(EvseId id)
{
    Evse* evse = context_.evses.find(id);
    if (evse == nullptr || !evse->capabilities.has_lock) return UnlockOutcome::not_supported;
    if (pending_) return UnlockOutcome::failed;
    if (!evse->locked && !evse->in_use() && evse->lock_ordered != true) return UnlockOutcome::unlocked;
    pending_ = Pending{id, context_.now + patience, std::nullopt};
    advance();
    return std::nullopt;
}

void Unlock::advance()
{
    if (!pending_) return;
    Evse& evse = *context_.evses.find(pending_->evse);
    transactions_.release_cable(evse);
    if (evse.stage == Stage::permitted || evse.stage == Stage::locking)
        transactions_.end_early(evse, StopReason::unlock_command, TriggerReason::unlock_command);
    if (context_.now >= pending_->deadline) {
        conclude(UnlockOutcome::failed);
    } else if (evse.in_use()) {
        transactions_.stop(evse, StopReason::unlock_command, TriggerReason::unlock_command);
        // The order to the lock may follow in the same pass.
    } else if (!pending_->reports_before) {
        pending_->reports_before = evse.lock_reports;
        evse.lock_ordered = false;
        context_.outputs.then(hardware::Command(hardware::UnlockCable{evse.id}));
    } else if (evse.lock_reports != *pending_->reports_before) {
        conclude(evse.locked ? UnlockOutcome::failed : UnlockOutcome::unlocked);
    }
}

void Unlock::conclude(UnlockOutcome outcome)
{
    pending_.reset();
    outcome_ = outcome;
}

std::optional<Tick> Unlock::next_deadline() const
{
    return pending_ ? std::optional(pending_->deadline) : std::nullopt;
}

}  // namespace ladestrom::station
