// What becomes of the sessions that a restart interrupted.
#include "station/transactions/transactions.hpp"

namespace ladestrom::station {
namespace {

// For the hardware's first reports after a restart.
constexpr Duration recovery_patience = seconds(30);

// All was there for energy: who, and a car.
bool is_ready(const Session& session)
{
    return session.paired || !session.told;
}

}  // namespace

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
        if (!session.stop) evse->cable_held_for.reset();
        evse->ended_because.clear();
        enter(*evse, Stage::recovering, context_.now);
    }
}

bool Transactions::resumes(const Evse& evse, const Session& session) const
{
    const bool over = session.stop && !lingers(evse, session, session.stop->reason);
    const bool fell = evse.reading && evse.reading->import_register < session.last_meter;
    // Who was identified and waited for the car is forgotten with the power.
    const bool known = is_ready(session) || session.anonymous();
    return !over && evse.car_present && evse.reading && !fell && known && !too_long_away(session);
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
    const bool late = context_.now >= recovery_deadline(evse);
    if (!late && (!evse.reading || !evse.pilot)) return;
    // The process ends in order and the session is not to: the next one finds it.
    if (context_.going_down && !session.stop) return;
    if (resumes(evse, session)) return resume(evse, session);
    // Where nobody needs a card the car goes on in a new session, unless somebody wanted the end.
    const bool again = (context_.config.free_charging || session.anonymous()) && !session.stop;
    end_interrupted(evse, session);
    evse.session.reset();
    evse.charging_state = ChargingState::idle;
    again ? leave(evse) : enter_finishing(evse);
}

void Transactions::resume(Evse& evse, Session& session)
{
    evse.charging_state = ChargingState::ev_connected;
    sessions_.resume(session, evse);
    if (session.stop) return enter_finishing(evse);
    if (!is_ready(session)) return enter(evse, Stage::vacant, context_.now);
    // Before the first energy nobody knows whether the cable was locked.
    const bool unproven = evse.capabilities.has_lock && !session.charged;
    enter(evse, unproven ? Stage::locking : Stage::running, context_.now);
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
    const bool connected = session.paired || session.anonymous() || evse.car_present;
    sessions_.end(session, connected ? ChargingState::ev_connected : ChargingState::idle, meter,
                  went_on ? session.last_at : session.stop->at, metering_.stop_register(meter));
}

Tick Transactions::recovery_deadline(const Evse& evse)
{
    return evse.stage_since + recovery_patience;
}

}  // namespace ladestrom::station
