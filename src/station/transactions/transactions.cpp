// What others may ask of the sessions, and what follows for them.
#include "station/transactions/transactions.hpp"

#include "station/outbox/journal_records.hpp"

#include <charconv>
#include <utility>

namespace ladestrom::station {
namespace {

constexpr Duration flash_duration = seconds(3);
constexpr std::size_t most_remote_stops = 8;

std::string remote_stop_key(std::int64_t transaction_id)
{
    return std::string(Transactions::remote_stop_prefix) + std::to_string(transaction_id);
}

std::string finishing_key(const Evse& evse)
{
    return std::string(Transactions::finishing_prefix) + std::to_string(evse.id.value());
}

std::string_view text_of(StopReason reason)
{
    return reason == StopReason::ev_disconnected ? ev_side_disconnected : "";
}

}  // namespace

StopReason reason_of(const hardware::FaultChanged& fault)
{
    if (fault.emergency_stop) return StopReason::emergency_stop;
    switch (fault.error) {
        case ConnectorError::ground_failure: return StopReason::ground_fault;
        case ConnectorError::over_current_failure: return StopReason::overcurrent_fault;
        default: return StopReason::other;
    }
}

void flash(Evse& evse, hardware::Indication indication, Tick now)
{
    evse.flash = indication;
    evse.flash_until = now + flash_duration;
}

bool Transactions::blocked(const Evse& evse) const
{
    return !evse.operative || !context_.evses.station_operative || evse.lock_failed || evse.reset_awaited ||
           evse.contactor_closed || critical_fault(context_.evses, evse) != nullptr ||
           context_.records.failed() || context_.going_down || context_.idle_awaited;
}

bool Transactions::usable(const Evse& evse) const
{
    const bool again = evse.stage == Stage::finishing && evse.car_present && !evse.use_over && !evse.session;
    const bool free = evse.stage == Stage::vacant || again;
    return free && !evse.cable_held_for && !blocked(evse);
}

Tick Transactions::permit_deadline() const
{
    return context_.now + context_.registry.interval(Variable::connection_timeout);
}

bool Transactions::permit(Evse& evse, Permit permit)
{
    if (!usable(evse)) return false;
    permit.expires = permit_deadline();
    permit.car_waited = evse.car_present;
    evse.permit = std::move(permit);
    if (Session* session = sessions_.of(evse)) sessions_.authorize(*session, evse, *evse.permit);
    evse.ended_because.clear();
    flash(evse, hardware::Indication::authorization_accepted, context_.now);
    enter(evse, Stage::permitted, context_.now);
    return true;
}

// Kept across restarts: the car is not free for the next card, and the cable not for whoever pulls.
void Transactions::record_finishing(const Evse& evse)
{
    journal::Finishing record;
    if (evse.cable_held_for) {
        record.held_for = token_record(evse.cable_held_for->token);
        record.group = evse.cable_held_for->group;
    }
    if (!evse.ended_because.empty()) record.because = evse.ended_because;
    context_.records.put(finishing_key(evse), messages::encode(record));
}

void Transactions::enter_finishing(Evse& evse)
{
    enter(evse, Stage::finishing, context_.now);
    evse.use_over = false;
    evse.finishing_recorded = true;
    record_finishing(evse);
}

void Transactions::recover_finishing(std::string_view key, std::string_view value)
{
    key.remove_prefix(finishing_prefix.size());
    std::int32_t number = 0;
    const auto parsed = std::from_chars(key.data(), key.data() + key.size(), number);
    const auto record = decode_record<journal::Finishing>(value);
    if (parsed.ec != std::errc{} || !record) {
        context_.counters.add("journal.unreadable");
        return;
    }
    Evse* evse = context_.evses.find(EvseId(number));
    if (evse == nullptr) return;
    if (record->held_for) evse->cable_held_for = HeldCable{token_from(*record->held_for), record->group};
    evse->ended_because = record->because.value_or("");
    evse->finishing_recorded = true;
    enter(*evse, Stage::finishing, context_.now);
}

void Transactions::release_cable(Evse& evse)
{
    if (!evse.cable_held_for) return;
    evse.cable_held_for.reset();
    if (evse.finishing_recorded) record_finishing(evse);
}

void Transactions::leave(Evse& evse)
{
    if (std::exchange(evse.finishing_recorded, false)) context_.records.erase(finishing_key(evse));
    evse.permit.reset();
    evse.ended_because.clear();
    evse.charging_state = ChargingState::idle;
    evse.waiting_since.reset();
    if (evse.car_present) evse.waiting_since = context_.now;
    evse.waited_too_long = false;
    enter(evse, Stage::vacant, context_.now);
}

void Transactions::stop(Evse& evse, StopReason reason, TriggerReason trigger, std::optional<IdToken> token)
{
    Session* session = sessions_.of(evse);
    if (session == nullptr || (session->stop && !outweighs(*session, reason))) return;
    if (!evse.in_use() && evse.stage != Stage::finishing)
        return end_early(evse, reason, trigger, std::move(token));
    sessions_.note_stop(*session, {reason, trigger, std::move(token), {}});
    if (evse.stage == Stage::finishing) return close(evse, *session);
    if (evse.stage != Stage::running) return;
    evse.ended_because = text_of(reason);
    enter(evse, Stage::stopping, context_.now);
}

void Transactions::stop_all(StopReason reason, TriggerReason trigger)
{
    for (Evse& evse : context_.evses.all) stop(evse, reason, trigger);
}

bool Transactions::remote_stop(std::int64_t transaction_id)
{
    for (Evse& evse : context_.evses.all) {
        const Session* session = sessions_.of(evse);
        if (session == nullptr || session->transaction_id != transaction_id) continue;
        stop(evse, StopReason::remote, TriggerReason::remote_stop);
        return true;
    }
    if (!sessions_.start_in_doubt() || remote_stops_.size() >= most_remote_stops) return false;
    remote_stops_.insert(transaction_id);
    context_.records.put(remote_stop_key(transaction_id),
                         messages::encode(journal::RemoteStop{.transaction_id = transaction_id}));
    return true;
}

bool Transactions::remote_stop(std::string_view name)
{
    for (Evse& evse : context_.evses.all) {
        const Session* session = sessions_.of(evse);
        if (session == nullptr || sessions_.name(*session) != name) continue;
        stop(evse, StopReason::remote, TriggerReason::remote_stop);
        return true;
    }
    return false;
}

TransactionState Transactions::state_of(std::string_view name) const
{
    for (const auto& [serial, session] : sessions_.all()) {
        if (sessions_.name(session) != name) continue;
        return {.ongoing = !session.ended, .queued = sessions_.has_facts(serial)};
    }
    return {};
}

void Transactions::recover_remote_stop(std::string_view key)
{
    key.remove_prefix(remote_stop_prefix.size());
    std::int64_t number = 0;
    const auto parsed = std::from_chars(key.data(), key.data() + key.size(), number);
    if (parsed.ec == std::errc{}) {
        remote_stops_.insert(number);
    } else {
        context_.counters.add("journal.unreadable");
    }
}

// The backend knows the number of a transaction before we do when its answer to the start is on the way or
// was lost: the stop is honoured once the number is known, be it after a restart.
void Transactions::honour_remote_stops()
{
    if (remote_stops_.empty()) return;
    for (Evse& evse : context_.evses.all) {
        const Session* session = sessions_.of(evse);
        if (session == nullptr || !session->transaction_id) continue;
        if (!remote_stops_.contains(*session->transaction_id)) continue;
        stop(evse, StopReason::remote, TriggerReason::remote_stop);
    }
    if (sessions_.start_in_doubt()) return;
    for (const std::int64_t number : std::exchange(remote_stops_, {})) {
        context_.records.erase(remote_stop_key(number));
    }
}

bool Transactions::authorized(EvseId id) const
{
    const Evse* evse = context_.evses.find(id);
    return evse != nullptr && (evse->in_use() || evse->permit);
}

bool Transactions::any_session() const
{
    return std::ranges::any_of(
        context_.evses.all, [](const Evse& evse) { return evse.session && evse.stage != Stage::recovering; });
}

void Transactions::begin(Evse& evse)
{
    Session* begun = sessions_.of(evse);
    Session& session = begun != nullptr ? *begun : open(evse, &*evse.permit);
    sessions_.await_energy(session);
    evse.permit.reset();
    evse.charging_state = ChargingState::ev_connected;
    enter(evse, Stage::starting, context_.now);
}

void Transactions::finish(Evse& evse, Session& session)
{
    const StopReason reason = session.stop->reason;
    const bool departed = reason == StopReason::ev_disconnected &&
                          !context_.registry.boolean(Variable::unlock_on_ev_side_disconnect);
    // OCPP 1.6 section 4.8: locked until the owner presents the identifier.
    if (evse.capabilities.has_lock && (departed || reason == StopReason::de_authorized)) {
        evse.cable_held_for = HeldCable{session.token, session.group};
    }
    evse.ended_because = text_of(reason);
    if (lingers(evse, session, reason)) return linger(evse, session);
    close(evse, session);
    enter_finishing(evse);
}

void Transactions::note_refusals()
{
    for (const Serial serial : sessions_.take_refused()) {
        Session* session = sessions_.find(serial);
        if (session == nullptr || session->refused_at) continue;
        const Evse* evse = context_.evses.find(session->evse);
        const bool read = evse != nullptr && evse->reading;
        sessions_.note_refusal(*session, read ? evse->reading->import_register : session->last_meter);
    }
}

bool Transactions::grace_used(const Evse& evse, const Session& session) const
{
    const WattHours grace{context_.registry.integer(Variable::max_energy_on_invalid_id)};
    return !evse.reading || evse.reading->import_register >= *session.refused_at + grace;
}

void Transactions::running(Evse& evse)
{
    Session& session = *sessions_.of(evse);
    if (session.stop) {
        // Wished for while it was starting.
        evse.ended_because = text_of(session.stop->reason);
        enter(evse, Stage::stopping, context_.now);
    } else if (const auto* fault = critical_fault(context_.evses, evse)) {
        stop(evse, reason_of(*fault), TriggerReason::abnormal_condition);
    } else if (!evse.car_present && (points_.ends_without_car() || !session.told ||
                                     context_.registry.boolean(Variable::stop_on_ev_side_disconnect))) {
        stop(evse, StopReason::ev_disconnected, TriggerReason::ev_communication_lost);
    } else if (session.refused_at && grace_used(evse, session) &&
               context_.registry.boolean(Variable::stop_on_invalid_id)) {
        stop(evse, StopReason::de_authorized, TriggerReason::deauthorized);
    }
}

}  // namespace ladestrom::station
