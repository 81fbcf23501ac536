// Orders to contactor, pilot and lock.
#include "station/transactions/energy.hpp"

namespace ladestrom::station {
namespace {

// An order that had no effect is given again after this; a contactor is not closed more often than this.
constexpr Duration contactor_patience = seconds(5);
// A car that was just offered current gets this long before it counts as not wanting any: connectors would
// otherwise show SuspendedEV for a moment at every start.
constexpr Duration start_grace = seconds(5);

// The session may take energy as far as its backend is concerned.
bool allowed(const Session& session, const Evse& evse, const Registry& registry)
{
    if (!session.refused_at) return true;
    const WattHours grace{registry.integer(Variable::max_energy_on_invalid_id)};
    return evse.reading && evse.reading->import_register < *session.refused_at + grace;
}

ChargingState state_of(const Evse& evse, bool offered, Tick now)
{
    if (evse.stage == Stage::starting) return ChargingState::ev_connected;
    if (evse.stage != Stage::running) return evse.charging_state;
    if (!evse.car_present) return ChargingState::idle;
    if (!offered) return ChargingState::suspended_evse;
    if (evse.contactor_closed && evse.wants_energy()) return ChargingState::charging;
    if (evse.charging_state == ChargingState::ev_connected && now < evse.stage_since + start_grace) {
        return ChargingState::ev_connected;
    }
    return ChargingState::suspended_ev;
}

}  // namespace

void Energy::start()
{
    for (Evse& evse : context_.evses.all) {
        context_.outputs.now(hardware::OpenContactor{evse.id});
        context_.outputs.now(hardware::OfferCurrent{evse.id, {0}, evse.capabilities.phases});
        evse.offered = Amperes{0};
        evse.contactor_ordered_at = context_.now;
    }
}

Energy::Target Energy::target(const Evse& evse, std::size_t sharers) const
{
    Target target{offered_limit(context_.evses, evse, sharers), false};
    const Session* session = sessions_.of(evse);
    const bool open_to_all = evse.stage == Stage::running && session != nullptr && !context_.going_down &&
                             context_.records.durable(session->start_generation) &&
                             critical_fault(context_.evses, evse) == nullptr;
    if (!open_to_all) {
        target.limit = {{0}, "no session"};
    } else if (!allowed(*session, evse, context_.registry)) {
        target.limit = {{0}, "not authorized"};
    }
    target.close = target.limit.current > Amperes{0} && evse.wants_energy();
    return target;
}

void Energy::update()
{
    const auto sharers = static_cast<std::size_t>(std::ranges::count_if(
        context_.evses.all, [](const Evse& evse) { return evse.stage == Stage::running; }));
    // Less for everybody before more for anybody: together they never exceed the station's limit.
    for (Evse& evse : context_.evses.all) {
        const Target wanted = target(evse, sharers);
        if (!wanted.close) open(evse);
        offer(evse, wanted.limit, true);
    }
    for (Evse& evse : context_.evses.all) {
        const Target wanted = target(evse, sharers);
        offer(evse, wanted.limit, false);
        if (wanted.close) close(evse);
        lock(evse);
        evse.charging_state = state_of(evse, wanted.limit.current > Amperes{0}, context_.now);
    }
}

void Energy::open(Evse& evse)
{
    const bool stuck =
        evse.contactor_closed && context_.now >= evse.contactor_ordered_at + contactor_patience;
    if (!evse.close_ordered && !stuck) return;
    context_.outputs.now(hardware::OpenContactor{evse.id});
    if (stuck && !evse.close_ordered) context_.counters.add("hardware.contactor_stuck");
    evse.close_ordered = false;
    evse.contactor_ordered_at = context_.now;
}

void Energy::close(Evse& evse)
{
    const bool patient = context_.now < evse.contactor_ordered_at + contactor_patience;
    if (evse.contactor_closed && evse.close_ordered) return;
    if (evse.close_ordered && patient) return;
    context_.outputs.then(hardware::Command(hardware::CloseContactor{evse.id}));
    evse.close_ordered = true;
    evse.contactor_unsettled = true;
    evse.contactor_ordered_at = context_.now;
}

void Energy::offer(Evse& evse, const Limit& limit, bool lower)
{
    const Amperes offered = evse.offered.value_or(Amperes{0});
    if (lower ? limit.current >= offered : limit.current <= offered) {
        if (limit.current == offered) evse.limited_by = limit.cause;
        return;
    }
    const hardware::Command order = hardware::OfferCurrent{evse.id, limit.current, evse.capabilities.phases};
    if (lower) {
        context_.outputs.now(order);
    } else {
        context_.outputs.then(order);
    }
    evse.offered = limit.current;
    evse.limited_by = limit.cause;
}

// The cable is held from the moment it is needed until the use has ended, or until its owner is back.
void Energy::lock(Evse& evse)
{
    if (!evse.capabilities.has_lock) return;
    const bool hold = evse.stage == Stage::locking || evse.in_use() || evse.cable_held_for;
    if (hold == evse.lock_ordered) return;
    evse.lock_ordered = hold;
    if (hold) {
        context_.outputs.then(hardware::Command(hardware::LockCable{evse.id}));
    } else {
        context_.outputs.then(hardware::Command(hardware::UnlockCable{evse.id}));
    }
}

std::optional<Tick> Energy::next_deadline() const
{
    std::optional<Tick> next;
    for (const Evse& evse : context_.evses.all) {
        if (evse.contactor_closed != evse.close_ordered) {
            next = context_.sooner(next, evse.contactor_ordered_at + contactor_patience);
        }
        if (evse.stage == Stage::running && evse.charging_state == ChargingState::ev_connected) {
            next = context_.sooner(next, evse.stage_since + start_grace);
        }
    }
    return next;
}

}  // namespace ladestrom::station
