// The stages of an EVSE's use:
//
//   vacant --permit--> permitted --car--> locking --locked--> starting --durable--> running
//   permitted --time-out, second presentation--> vacant       starting --store failed--> vacant
//   running --stop--> stopping --contactor open, last reading--> finishing --car and cable gone--> vacant
//   finishing --permit--> permitted                  (the same car charges again)
//   restart: recovering --> running | finishing      (resumed | closed)
//
// TxStartPoint and TxStopPoint let a transaction be open in vacant and permitted already, and in finishing
// still.
#include "station/transactions/transactions.hpp"

#include <array>

namespace ladestrom::station {
namespace {

constexpr Duration lock_patience = seconds(10);
// For the last reading, after which the one before it counts.
constexpr Duration stop_patience = seconds(5);
// For the hardware's first reports after a restart.
constexpr Duration recovery_patience = seconds(30);
// For a status that would otherwise be over before it is reported.
constexpr Duration telling_time = seconds(1);
// All was there for energy: who, and a car.
bool is_ready(const Session& session)
{
    return session.paired || !session.told;
}

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
        cancel_permit(evse, StopReason::ev_disconnected, TriggerReason::ev_communication_lost);
    } else if (evse.session && fault != nullptr) {
        cancel_permit(evse, reason_of(*fault), TriggerReason::abnormal_condition);
    }
    if (!evse.car_present || evse.stage != Stage::vacant) return;
    if (!evse.session && evse.reading && points_.begins_at(TxPoint::ev_connected) && usable(evse))
        open(evse, nullptr);
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
    if (blocked(evse)) return refuse(evse);
    if (!evse.session && evse.reading && points_.begins_at(TxPoint::authorized)) open(evse, &*evse.permit);
    if (evse.car_present && evse.reading) {
        car_came(evse);
        enter(evse, Stage::locking, context_.now);
    } else if (context_.now >= *evse.permit->expires) {
        cancel_permit(evse, StopReason::timeout, TriggerReason::ev_connect_timeout);
    }
}

// To a transaction that had begun without it.
void Transactions::car_came(Evse& evse)
{
    Session* session = sessions_.of(evse);
    if (session == nullptr || session->last_state != ChargingState::idle) return;
    evse.charging_state = ChargingState::ev_connected;
    sessions_.connect(*session, evse);
}

// Nobody can charge here after all.
void Transactions::refuse(Evse& evse)
{
    flash(evse, hardware::Indication::authorization_refused, context_.now);
    const auto* fault = critical_fault(context_.evses, evse);
    cancel_permit(evse, fault != nullptr ? reason_of(*fault) : StopReason::other,
                  TriggerReason::abnormal_condition);
}

void Transactions::locking(Evse& evse)
{
    if (context_.now >= evse.stage_since + lock_patience) evse.lock_failed = true;
    if (blocked(evse)) return refuse(evse);
    if (!evse.car_present) {
        if (evse.session)
            return cancel_permit(evse, StopReason::ev_disconnected, TriggerReason::ev_communication_lost);
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
    if (evse.session && !evse.car_present) end_lingering(evse);
    if (!evse.car_present && !evse.cable_held_for) evse.use_over = true;
    if (evse.use_over && context_.now >= told_by(evse)) leave(evse);
}

void Transactions::recover(bool orderly, bool by_order)
{
    interrupted_by_order_ = orderly && by_order;
    interruption_ = orderly ? StopReason::reboot : StopReason::power_loss;
    for (auto next = sessions_.all().begin(); next != sessions_.all().end();) {
        auto& [serial, session] = *next++;  // it may be no more after this
        if (session.ended) continue;
        Evse* evse = context_.evses.find(session.evse);
        if (evse == nullptr || evse->session) {
            // The configuration has fewer EVSEs now: the last durable reading is all there is.
            Evse gone{.id = session.evse};
            end_interrupted(gone, session);
            continue;
        }
        evse->session = serial;
        evse->cable_held_for.reset();
        evse->ended_because.clear();
        enter(*evse, Stage::recovering, context_.now);
    }
}

bool Transactions::resumes(const Evse& evse, const Session& session) const
{
    const bool fell = evse.reading && evse.reading->import_register < session.last_meter;
    // Who was identified and waited for the car is forgotten with the power.
    const bool known = is_ready(session) || session.anonymous();
    return !session.stop && evse.car_present && evse.reading && !fell && known && !too_long_away(session);
}

// 2.1 part 2, E17; after ImmediateAndResume everything goes on (B13). Where one of the two times is not
// known, nothing was too long.
bool Transactions::too_long_away(const Session& session) const
{
    const auto longest = context_.registry.interval(Variable::resumption_timeout);
    if (longest == seconds(0)) return true;
    const auto now = context_.clock.wall(context_.now);
    const auto last = context_.clock.resolve(session.last_at);
    return !interrupted_by_order_ && now && last && *now - *last > longest;
}

void Transactions::recovering(Evse& evse)
{
    Session& session = *sessions_.of(evse);
    const bool late = context_.now >= evse.stage_since + recovery_patience;
    if (!late && (!evse.reading || !evse.pilot)) return;
    // The process ends in order and the session is not to: the next one finds it.
    if (context_.going_down && !session.stop) return;
    if (!resumes(evse, session)) {
        // Where nobody needs a card the car goes on in a new session, unless somebody wanted the end.
        const bool again = (context_.config.free_charging || session.anonymous()) && !session.stop;
        end_interrupted(evse, session);
        evse.session.reset();
        evse.charging_state = ChargingState::idle;
        again ? leave(evse) : enter_finishing(evse);
        return;
    }
    evse.charging_state = ChargingState::ev_connected;
    sessions_.resume(session, evse);
    enter(evse, is_ready(session) ? Stage::running : Stage::vacant, context_.now);
}

// Energy flowed until the power went, so the register of today closes the session; the time is the last that
// is known of it.
void Transactions::end_interrupted(Evse& evse, Session& session)
{
    if (!session.stop) {
        session.stop = Stop{interruption_, TriggerReason::abnormal_condition, std::nullopt, session.last_at};
    }
    const WattHours meter =
        evse.reading ? std::max(evse.reading->import_register, session.last_meter) : session.last_meter;
    const bool went_on = context_.clock.resolve(session.stop->at) < context_.clock.resolve(session.last_at);
    sessions_.end(session, ChargingState::ev_connected, meter, went_on ? session.last_at : session.stop->at,
                  metering_.stop_register(meter));
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
            case Stage::recovering: next = context_.sooner(next, evse.stage_since + recovery_patience); break;
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
