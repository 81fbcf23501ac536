// Transactions before energy may flow and after that: where TxStartPoint lets one begin with the car or the
// card alone, and TxStopPoint lets one last until the car leaves (2.1 part 2, E01 and E06).
#include "station/transactions/transactions.hpp"

namespace ladestrom::station {
namespace {

// Somebody wished the end; everything else means that the transaction cannot go on.
bool is_wished(StopReason reason)
{
    return reason == StopReason::local || reason == StopReason::remote || reason == StopReason::de_authorized;
}

}  // namespace

Session& Transactions::open(Evse& evse, const Permit* permit)
{
    Session& session = sessions_.begin(evse, permit, !points_.begins_with_energy());
    sessions_.keep(session, metering_.stop_samples(evse, MeterContext::transaction_begin));
    evse.session = session.serial;
    evse.charging_state = session.last_state;
    return session;
}

// With the car alone.
void Transactions::open_early(Evse& evse)
{
    const bool begins = points_.begins_at(TxPoint::ev_connected) && !evse.plug_used;
    if (begins && !evse.session && evse.car_present && evse.reading && usable(evse)) open(evse, nullptr);
}

// With the card, before the car or with it.
void Transactions::open_early(Evse& evse, const Permit& permit)
{
    const bool begins = points_.begins_at(TxPoint::authorized) ||
                        (points_.begins_at(TxPoint::ev_connected) && evse.car_present);
    if (begins && !evse.session && evse.reading) open(evse, &permit);
}

// To a transaction that had begun without it.
void Transactions::car_came(Evse& evse)
{
    Session* session = sessions_.of(evse);
    if (session == nullptr || session->last_state != ChargingState::idle) return;
    evse.charging_state = ChargingState::ev_connected;
    sessions_.connect(*session, evse);
}

// What lets a transaction that is open not go on to energy. That the EVSE is to be out of service when it is
// over does not (G03, B12).
bool Transactions::hindered(const Evse& evse) const
{
    if (!evse.session) return blocked(evse);
    return evse.lock_failed || evse.contactor_closed || context_.records.failed() ||
           critical_fault(context_.evses, evse) != nullptr;
}

// The backend has refused the token after all.
bool Transactions::refused_since(const Evse& evse) const
{
    const Session* session = sessions_.of(evse);
    return session != nullptr && session->refused_at &&
           context_.registry.boolean(Variable::stop_on_invalid_id);
}

// Nobody can charge here after all.
void Transactions::refuse(Evse& evse)
{
    flash(evse, hardware::Indication::authorization_refused, context_.now);
    const auto* fault = critical_fault(context_.evses, evse);
    end_early(evse, fault != nullptr ? reason_of(*fault) : StopReason::other,
              TriggerReason::abnormal_condition);
}

void Transactions::end_early(Evse& evse, StopReason reason, TriggerReason trigger,
                             std::optional<IdToken> token)
{
    evse.permit.reset();
    Session* session = sessions_.of(evse);
    if (session == nullptr) return leave(evse);
    const bool goes_on = lingers(evse, *session, reason);
    // Nobody charges whom the wish could end.
    if (goes_on && session->anonymous()) return sessions_.update(*session, evse, trigger, {});
    sessions_.note_stop(*session, {reason, trigger, std::move(token), {}});
    if (goes_on) return linger(evse, *session);
    close(evse, *session);
    evse.plug_used = evse.car_present;
    leave(evse);
}

bool Transactions::stop_where_energy_has_ended()
{
    if (!points_.ends_at(TxPoint::energy_transfer)) return false;
    bool any = false;
    for (Evse& evse : context_.evses.all) {
        const Session* session = sessions_.of(evse);
        if (session == nullptr || evse.stage != Stage::running || !session->charged) continue;
        const bool flows = evse.charging_state == ChargingState::charging ||
                           evse.charging_state == ChargingState::ev_connected;
        if (flows) continue;
        const bool by_car = evse.charging_state == ChargingState::suspended_ev;
        stop(evse, by_car ? StopReason::stopped_by_ev : StopReason::other,
             TriggerReason::charging_state_changed);
        any = true;
    }
    return any;
}

// The car has its transaction until it leaves, after whoever wished the end of the charging. What cannot go
// on ends at once (E06.FR.16).
bool Transactions::lingers(const Evse& evse, const Session& session, StopReason reason) const
{
    return session.told && is_wished(reason) && evse.car_present && points_.outlives_authorization() &&
           !evse.reset_awaited && critical_fault(context_.evses, evse) == nullptr;
}

// A wish is forgotten where there is no going on. Whether it was.
bool Transactions::outweighs(const Session& session, StopReason reason) const
{
    return points_.outlives_authorization() && is_wished(session.stop->reason) && !is_wished(reason);
}

void Transactions::linger(Evse& evse, Session& session)
{
    evse.charging_state = ChargingState::ev_connected;
    sessions_.stop_energy(session, evse);
    enter_finishing(evse);
}

void Transactions::lingering(Evse& evse)
{
    Session& session = *sessions_.of(evse);
    if (!evse.car_present) {
        session.stop->trigger = TriggerReason::ev_communication_lost;
        close(evse, session);
    } else if (const auto* fault = critical_fault(context_.evses, evse)) {
        stop(evse, reason_of(*fault), TriggerReason::abnormal_condition);
    }
}

void Transactions::close(Evse& evse, Session& session)
{
    const WattHours meter = evse.reading ? evse.reading->import_register : session.last_meter;
    const auto left = evse.car_present ? ChargingState::ev_connected : ChargingState::idle;
    sessions_.end(session, left, meter, sessions_.stamp(session),
                  metering_.stop_samples(evse, MeterContext::transaction_end));
    evse.session.reset();
    evse.charging_state = ChargingState::idle;
}

}  // namespace ladestrom::station
