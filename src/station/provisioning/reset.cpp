// Going down in order.
#include "station/provisioning/reset.hpp"

#include "messages/journal.hpp"

namespace ladestrom::station {
namespace {

// A soft reset gives the backend this long to take the ends of the sessions; they are durable in any case.
constexpr Duration delivery_patience = seconds(10);
// When nothing can be stored, waiting for ever would leave the station out of order.
constexpr Duration store_patience = seconds(30);

}  // namespace

bool Reset::request(RestartKind kind)
{
    if (context_.going_down) return false;
    context_.going_down = true;
    restart_ = kind;
    asked_at_ = context_.now;
    transactions_.stop_all(kind == RestartKind::soft ? StopReason::soft_reset : StopReason::hard_reset,
                           TriggerReason::reset_command);
    return true;
}

void Reset::shut_down()
{
    if (shutting_down_) return;
    context_.going_down = true;
    shutting_down_ = true;
    asked_at_ = context_.now;
    bool any = false;
    for (const Evse& evse : context_.evses.all) {
        Session* session = sessions_.of(evse);
        if (session == nullptr || !evse.reading) continue;
        sessions_.checkpoint(*session, evse.reading->import_register);
        any = true;
    }
    if (!any) return;
    const Stamp at = context_.clock.stamp(context_.now);
    context_.records.put(
        shutdown_key,
        messages::encode(journal::Shutdown{
            .at = {.boot = at.boot, .tick = at.tick.time_since_epoch().count(), .wall = at.wall}}));
}

bool Reset::ready() const
{
    if (context_.now >= asked_at_ + store_patience) return true;
    if (!context_.records.all_durable()) return false;
    if (shutting_down_) return true;
    if (transactions_.any_session()) return false;
    const bool wait = restart_ == RestartKind::soft && context_.online && outbox_.has_ended_facts();
    return !wait || context_.now >= asked_at_ + delivery_patience;
}

void Reset::advance()
{
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
    const Tick delivery = asked_at_ + delivery_patience;
    return context_.now < delivery ? delivery : asked_at_ + store_patience;
}

}  // namespace ladestrom::station
