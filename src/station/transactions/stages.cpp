// The stages of an EVSE's use:
//
//   vacant --permit--> permitted --car--> locking --locked--> starting --durable--> running
//   permitted --time-out, second presentation--> vacant       starting --store failed--> vacant
//   running --stop--> stopping --contactor open, last reading--> finishing --car and cable gone--> vacant
//   finishing --permit--> permitted                            (the same car charges again)
//   restart: recovering --> running | locking | vacant | finishing   (resumed as it was | closed)
//
// TxStartPoint and TxStopPoint let a transaction be open from vacant to locking already, and in finishing
// still: around_energy.cpp.
#include "station/transactions/transactions.hpp"

#include <array>

namespace ladestrom::station {
namespace {

constexpr Duration lock_patience = seconds(10);
// For the last reading, after which the one before it counts.
constexpr Duration stop_patience = seconds(5);
// For a status that would otherwise be over before it is reported.
constexpr Duration telling_time = seconds(1);
// No chain of stages is longer without an input in between.
constexpr int most_steps = 8;

}  // namespace

void Transactions::step(Evse& evse)
{
    using Handler = void (Transactions::*)(Evse&);
    static constexpr std::array<Handler, 8> handlers{
        &Transactions::vacant,  &Transactions::permitted,  &Transactions::locking,  &Transactions::starting,
        &Transactions::running, &Transactions::recovering, &Transactions::stopping, &Transactions::finishing,
    };
    (this->*handlers[static_cast<std::size_t>(evse.stage)])(evse);
}

void Transactions::advance()
{
    note_refusals();
    honour_remote_stops();
    for (Evse& evse : context_.evses.all) {
        for (int steps = 0; steps < most_steps; ++steps) {
            const Stage before = evse.stage;
            step(evse);
            if (evse.stage == before) break;
        }
    }
}

void Transactions::vacant(Evse& evse)
{
    const auto* fault = critical_fault(context_.evses, evse);
    if (evse.session && !evse.car_present) {
        end_early(evse, StopReason::ev_disconnected, TriggerReason::ev_communication_lost);
    } else if (evse.session && fault != nullptr) {
        end_early(evse, reason_of(*fault), TriggerReason::abnormal_condition);
    }
    if (!evse.car_present) return;
    open_early(evse);
    if (context_.config.free_charging && usable(evse)) {
        permit(evse, {.token = {context_.config.free_charging_token, IdTokenType::no_authorization},
                      .group = std::nullopt,
                      .remote = false,
                      .expires = std::nullopt});
        return;
    }
    // B6: where drivers share a reader, a car that nobody identified for must not charge on the next one's
    // card.
    if (context_.evses.all.size() > 1 && evse.waiting_since &&
        context_.now >= *evse.waiting_since + context_.registry.interval(Variable::connection_timeout)) {
        evse.waited_too_long = true;
    }
}

void Transactions::permitted(Evse& evse)
{
    if (hindered(evse)) return refuse(evse);
    open_early(evse, *evse.permit);
    if (context_.going_down) return;  // the next process finds it
    if (refused_since(evse)) {
        end_early(evse, StopReason::de_authorized, TriggerReason::deauthorized);
    } else if (evse.car_present && evse.reading) {
        car_came(evse);
        enter(evse, Stage::locking, context_.now);
    } else if (context_.now >= *evse.permit->expires) {
        end_early(evse, StopReason::timeout, TriggerReason::ev_connect_timeout);
    }
}

void Transactions::locking(Evse& evse)
{
    if (context_.now >= evse.stage_since + lock_patience) evse.lock_failed = true;
    if (hindered(evse)) return refuse(evse);
    if (context_.going_down) return;
    if (evse.session && !evse.car_present) {
        end_early(evse, StopReason::ev_disconnected, TriggerReason::ev_communication_lost);
    } else if (!evse.car_present) {
        evse.permit->expires = permit_deadline();
        enter(evse, Stage::permitted, context_.now);
    } else if (!evse.capabilities.has_lock || (evse.locked && evse.lock_ordered == true)) {
        begin(evse);
    }
}

void Transactions::starting(Evse& evse)
{
    if (context_.records.durable(sessions_.of(evse)->start_generation)) {
        enter(evse, Stage::running, context_.now);
    } else if (context_.records.failed()) {
        context_.counters.add("transactions.refused_by_store");
        if (context_.records.durable(sessions_.of(evse)->begin_generation)) return refuse(evse);
        sessions_.abandon(*evse.session);
        evse.session.reset();
        flash(evse, hardware::Indication::authorization_refused, context_.now);
        leave(evse);
    }
}

void Transactions::stopping(Evse& evse)
{
    const bool late = context_.now >= evse.stage_since + stop_patience;
    if (evse.contactor_unsettled && !late) return;
    if (evse.contactor_unsettled) context_.counters.add("transactions.ended_without_last_reading");
    finish(evse, *sessions_.of(evse));
}

// Why the session has ended is told once, in Finishing, although nothing is there any more.
Tick Transactions::told_by(const Evse& evse) const
{
    if (evse.ended_because.empty()) return evse.stage_since;
    return evse.stage_since + telling_time + context_.registry.interval(Variable::minimum_status_duration);
}

void Transactions::finishing(Evse& evse)
{
    if (!evse.pilot) return;
    if (evse.session) lingering(evse);
    if (!evse.car_present && !evse.cable_held_for) evse.use_over = true;
    if (evse.use_over && context_.now >= told_by(evse)) leave(evse);
}

std::optional<Tick> Transactions::next_deadline() const
{
    std::optional<Tick> next;
    for (const Evse& evse : context_.evses.all) {
        switch (evse.stage) {
            case Stage::vacant:
                if (evse.waiting_since && !evse.waited_too_long) {
                    next = context_.sooner(
                        next, *evse.waiting_since + context_.registry.interval(Variable::connection_timeout));
                }
                break;
            case Stage::permitted: next = context_.sooner(next, evse.permit->expires); break;
            case Stage::locking: next = context_.sooner(next, evse.stage_since + lock_patience); break;
            case Stage::stopping: next = context_.sooner(next, evse.stage_since + stop_patience); break;
            case Stage::recovering: next = context_.sooner(next, recovery_deadline(evse)); break;
            case Stage::finishing:
                if (evse.use_over) next = context_.sooner(next, told_by(evse));
                break;
            case Stage::starting:
            case Stage::running: break;
        }
    }
    return next;
}

}  // namespace ladestrom::station
