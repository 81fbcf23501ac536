// Going down in order.
#include "station/provisioning/reset.hpp"

#include "messages/journal.hpp"

namespace ladestrom::station {
namespace {

// A soft reset gives the backend this long to take the ends of the sessions; they are durable in any case.
constexpr Duration delivery_patience = seconds(10);
// The answer to the backend's wish is on its way for so long.
constexpr Duration answer_patience = seconds(1);
// When nothing can be stored, waiting for ever would leave the station out of order.
constexpr Duration store_patience = seconds(30);

}  // namespace

void Reset::begin(RestartKind kind)
{
    context_.going_down = true;
    context_.idle_awaited = false;
    restart_ = kind;
    asked_at_ = context_.now;
}

journal::Stamp Reset::stamp() const
{
    const Stamp at = context_.clock.stamp(context_.now);
    return {.boot = at.boot, .tick = at.tick.time_since_epoch().count(), .wall = at.wall};
}

bool Reset::request(RestartKind kind, StopReason reason)
{
    if (context_.going_down) return false;
    begin(kind);
    transactions_.stop_all(reason, TriggerReason::reset_command);
    return true;
}

bool Reset::any_transaction() const
{
    return std::ranges::any_of(context_.evses.all, [](const Evse& evse) { return evse.session.has_value(); });
}

Reset::IdleOutcome Reset::request_on_idle()
{
    if (context_.going_down) return IdleOutcome::refused;
    if (any_transaction()) {
        context_.idle_awaited = true;
        return IdleOutcome::scheduled;
    }
    begin(RestartKind::soft);
    return IdleOutcome::now;
}

Reset::IdleOutcome Reset::request_evse(EvseId id, bool on_idle)
{
    Evse* evse = context_.evses.find(id);
    if (evse == nullptr || context_.going_down) return IdleOutcome::refused;
    const bool wait = on_idle && evse->session;
    if (!wait) transactions_.stop(*evse, StopReason::immediate_reset, TriggerReason::reset_command);
    evse->reset_awaited = true;
    return wait ? IdleOutcome::scheduled : IdleOutcome::now;
}

void Reset::advance_evses()
{
    for (Evse& evse : context_.evses.all) {
        if (!evse.reset_awaited || evse.session) continue;
        evse.reset_awaited = false;
        evse.lock_failed = false;
        transactions_.release_cable(evse);
        if (evse.permit)
            transactions_.end_early(evse, StopReason::immediate_reset, TriggerReason::reset_command);
    }
}

bool Reset::request_and_resume()
{
    const bool resumed = context_.registry.interval(Variable::resumption_timeout) > seconds(0);
    if (context_.going_down || !resumed) return false;
    begin(RestartKind::soft);
    resume_ = true;
    for (const Evse& evse : context_.evses.all) {
        Session* session = sessions_.of(evse);
        if (session != nullptr && evse.reading)
            sessions_.update(*session, evse, TriggerReason::reset_command, {});
    }
    keep_sessions();
    return true;
}

void Reset::shut_down()
{
    if (shutting_down_) return;
    context_.going_down = true;
    shutting_down_ = true;
    asked_at_ = context_.now;
    keep_sessions();
}

// What runs goes on in the next process.
void Reset::keep_sessions()
{
    bool any = false;
    for (const Evse& evse : context_.evses.all) {
        Session* session = sessions_.of(evse);
        if (session == nullptr || !evse.reading) continue;
        sessions_.checkpoint(*session, evse.reading->import_register);
        any = true;
    }
    if (any) context_.records.put(shutdown_key, messages::encode(journal::Shutdown{.at = stamp()}));
}

bool Reset::ready() const
{
    if (context_.now >= asked_at_ + store_patience) return true;
    if (!context_.records.all_durable()) return false;
    if (shutting_down_) return true;
    if (context_.online && context_.now < asked_at_ + answer_patience) return false;
    if (resume_) return true;
    if (transactions_.any_session()) return false;
    const bool wait = restart_ == RestartKind::soft && context_.online && outbox_.has_ended_facts();
    return !wait || context_.now >= asked_at_ + delivery_patience;
}

// The next process tells the backend why it was started. Not within the call that asks for it: a store that
// fails delays the restart, and is no reason to refuse it.
void Reset::record()
{
    if (!restart_ || std::exchange(recorded_, true)) return;
    context_.records.put(reset_key, messages::encode(journal::Reset{.at = stamp()}));
}

void Reset::advance()
{
    advance_evses();
    if (context_.idle_awaited && !any_transaction() && !shutting_down_) begin(RestartKind::soft);
    record();
    if (done_ || (!restart_ && !shutting_down_) || !ready()) return;
    done_ = true;
    if (shutting_down_) {
        context_.outputs.then(CloseLink{});
    } else {
        context_.outputs.then(Restart{*restart_});
    }
}

std::optional<Tick> Reset::next_deadline() const
{
    if (done_ || (!restart_ && !shutting_down_)) return std::nullopt;
    if (context_.now < asked_at_ + answer_patience) return asked_at_ + answer_patience;
    const Tick delivery = asked_at_ + delivery_patience;
    return context_.now < delivery ? delivery : asked_at_ + store_patience;
}

}  // namespace ladestrom::station
