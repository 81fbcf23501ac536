// Recording sessions and their facts.
#include "station/transactions/sessions.hpp"

#include "station/metering/sampler.hpp"
#include "station/outbox/journal_records.hpp"

#include <fmt/format.h>

namespace ladestrom::station {
namespace {

// Values that the end of a session carries at most: its message stays below common limits of frames, however
// many measurands are selected (errata 3.91).
constexpr std::size_t most_kept = 100;
constexpr std::size_t most_kept_bytes = 30'000;

// About what one value makes of the message, by its longest names.
std::size_t message_bytes(const SampleSet& set)
{
    return 60 + 150 * set.samples.size();
}

bool too_many(const std::map<std::uint32_t, SampleSet>& sets)
{
    std::size_t bytes = 0;
    for (const auto& [number, set] : sets) bytes += message_bytes(set);
    return sets.size() > most_kept || (sets.size() > 1 && bytes > most_kept_bytes);
}

std::string session_key(Serial serial)
{
    return std::string(session_prefix) + to_key(serial);
}

}  // namespace

std::string Sessions::sample_key(Serial serial, std::uint32_t number)
{
    return fmt::format("{}{}/{:06}", sample_prefix, to_key(serial), number);
}

Session* Sessions::find(Serial serial)
{
    const auto found = sessions_.find(serial);
    return found == sessions_.end() ? nullptr : &found->second;
}

const Session* Sessions::find(Serial serial) const
{
    const auto found = sessions_.find(serial);
    return found == sessions_.end() ? nullptr : &found->second;
}

void Sessions::record(Session& session)
{
    context_.records.put(session_key(session.serial), encode_session(session));
    session.generation = context_.records.current();
}

Stamp Sessions::stamp(const Session& session)
{
    return context_.clock.stamp_after(session.time_base, context_.now);
}

Fact Sessions::fact(Session& session, FactKind kind) const
{
    Fact fact;
    fact.kind = kind;
    fact.pairing = session.paired ? Pairing::known : Pairing::missing;
    fact.session = session.serial;
    fact.evse = session.evse;
    fact.sequence = session.next_sequence++;
    fact.at = session.last_at;
    fact.started = session.started;
    fact.meter = session.last_meter;
    fact.offline = !context_.online;
    return fact;
}

// The fact makes the pairing, if somebody is identified and a car is there for the first time.
void Sessions::pair(Session& session, Fact& fact, bool car) const
{
    if (session.paired || session.anonymous() || !car) return;
    session.paired = true;
    fact.pairing = Pairing::made;
    fact.token = session.token;
    fact.meter = session.meter_start;
}

Session& Sessions::begin(const Evse& evse, const Permit* permit, bool told)
{
    Session session;
    session.serial = context_.serials.next();
    context_.serials.next();  // its start's, whenever that is told
    session.evse = evse.id;
    session.token.type = IdTokenType::none;
    session.told = told;
    session.started = context_.clock.stamp(context_.now);
    session.time_base = session.started;
    session.meter_start = evse.reading->import_register;
    session.last_at = session.started;
    session.last_meter = session.meter_start;
    session.last_sampled = context_.now;
    session.last_checkpoint = context_.now;
    session.last_state = evse.car_present ? ChargingState::ev_connected : ChargingState::idle;
    auto trigger = TriggerReason::cable_plugged_in;
    if (permit != nullptr) {
        session.token = permit->token;
        session.group = permit->group;
        session.remote_start_id = permit->remote_start_id;
        if (permit->car_waited || !evse.car_present) trigger = TriggerReason::authorized;
        if (permit->remote) trigger = TriggerReason::remote_start;
    }
    Session& stored = sessions_.emplace(session.serial, std::move(session)).first->second;
    if (stored.told) tell_start(stored, trigger);
    record(stored);
    stored.begin_generation = stored.generation;
    await_energy(stored);
    return stored;
}

void Sessions::tell_start(Session& session, TriggerReason trigger)
{
    session.told = true;
    Fact started = fact(session, FactKind::started);
    session.start_sequence = started.sequence;
    if (!session.anonymous()) started.token = session.token;
    started.trigger = trigger;
    started.charging_state = session.last_state;
    started.meter = session.meter_start;
    started.remote_start_id = session.remote_start_id;
    pair(session, started, session.last_state != ChargingState::idle);
    started.serial = start_serial(session);
    outbox_.restore(std::move(started));
}

void Sessions::authorize(Session& session, const Evse& evse, const Permit& permit)
{
    session.token = permit.token;
    session.group = permit.group;
    session.remote_start_id = permit.remote_start_id;
    Fact authorized =
        news(session, evse, permit.remote ? TriggerReason::remote_start : TriggerReason::authorized);
    authorized.token = permit.token;
    authorized.remote_start_id = permit.remote_start_id;
    pair(session, authorized, evse.car_present);
    tell(session, std::move(authorized));
}

void Sessions::connect(Session& session, const Evse& evse)
{
    session.last_state = evse.charging_state;
    Fact connected = news(session, evse, TriggerReason::cable_plugged_in);
    pair(session, connected, true);
    tell(session, std::move(connected));
}

void Sessions::stop_energy(Session& session, const Evse& evse)
{
    session.last_state = evse.charging_state;
    Fact stopped = news(session, evse, session.stop->trigger);
    stopped.token = session.stop->token;
    tell(session, std::move(stopped));
}

void Sessions::resume(Session& session, const Evse& evse)
{
    session.time_base = context_.clock.stamp(context_.now);
    if (const auto last = context_.clock.resolve(session.last_at); last && session.time_base.wall) {
        session.time_base.wall = std::max(*session.time_base.wall, *last);
    }
    session.charged = evse.reading->import_register > session.meter_start;
    session.last_sampled = context_.now;
    session.last_checkpoint = context_.now;
    if (context_.tells_charging_states()) update(session, evse, TriggerReason::tx_resumed, {});
}

void Sessions::follow_state(Session& session, const Evse& evse)
{
    const bool charges = evse.charging_state == ChargingState::charging;
    if (charges) session.charged = true;
    if (context_.records.failed()) return;
    if (charges && !session.told) tell_late_start(session, evse);
    if (!context_.tells_charging_states() || session.last_state == evse.charging_state) return;
    const bool back = session.last_state == ChargingState::idle;
    session.last_state = evse.charging_state;
    auto trigger = back ? TriggerReason::cable_plugged_in : TriggerReason::charging_state_changed;
    if (evse.charging_state == ChargingState::idle) trigger = TriggerReason::ev_communication_lost;
    update(session, evse, trigger, {});
}

void Sessions::tell_late_start(Session& session, const Evse& evse)
{
    session.started = stamp(session);
    session.last_at = session.started;
    session.last_state = evse.charging_state;
    tell_start(session, TriggerReason::charging_state_changed);
    record(session);
}

Fact Sessions::news(Session& session, const Evse& evse, TriggerReason trigger)
{
    session.last_at = stamp(session);
    session.last_meter = std::max(session.last_meter, evse.reading->import_register);
    session.last_checkpoint = context_.now;
    Fact updated = fact(session, FactKind::updated);
    updated.trigger = trigger;
    updated.charging_state = evse.charging_state;
    return updated;
}

void Sessions::tell(Session& session, Fact fact)
{
    outbox_.add(std::move(fact));
    record(session);
}

void Sessions::update(Session& session, const Evse& evse, TriggerReason trigger,
                      std::vector<MeterSample> samples)
{
    if (!session.told) return checkpoint(session, evse.reading->import_register);
    // While nothing can be stored, samples would fill the memory that the end of the session needs.
    if (context_.records.failed()) {
        context_.counters.add("metering.samples_dropped");
        return;
    }
    Fact updated = news(session, evse, trigger);
    if (!samples.empty()) updated.values.push_back({session.last_at, std::move(samples)});
    tell(session, std::move(updated));
}

void Sessions::checkpoint(Session& session, WattHours meter)
{
    session.last_checkpoint = context_.now;
    if (context_.records.failed()) return;
    session.last_at = stamp(session);
    session.last_meter = std::max(session.last_meter, meter);
    record(session);
}

void Sessions::keep(Session& session, std::vector<MeterSample> samples)
{
    if (samples.empty() || context_.records.failed()) return;
    auto& sets = kept_[session.serial];
    if (!session.told && !sets.empty()) return;
    const std::uint32_t number = sets.empty() ? 1 : sets.rbegin()->first + 1;
    const auto& kept = sets.emplace(number, SampleSet{stamp(session), std::move(samples)}).first->second;
    context_.records.put(sample_key(session.serial, number), encode_samples(kept));
    while (too_many(sets)) {
        bool drop = false;  // the first one stays: the begin of the session
        for (auto entry = sets.begin(); entry != sets.end();) {
            if (drop) context_.records.erase(sample_key(session.serial, entry->first));
            entry = drop ? sets.erase(entry) : std::next(entry);
            drop = !drop;
        }
    }
}

void Sessions::note_stop(Session& session, Stop stop)
{
    stop.at = stamp(session);
    session.stop = std::move(stop);
    record(session);
}

void Sessions::note_refusal(Session& session, WattHours meter)
{
    session.refused_at = meter;
    record(session);
}

// Since it was taken.
bool Sessions::switched_off(const MeterSample& sample) const
{
    const bool sampled = selects(context_.registry.measurands(Variable::stop_sampled_measurands), sample);
    const bool aligned = selects(context_.registry.measurands(Variable::stop_aligned_measurands), sample);
    switch (sample.context) {
        case MeterContext::sample_periodic: return !sampled;
        case MeterContext::sample_clock: return !aligned;
        default: return !sampled && !aligned;
    }
}

void Sessions::end(Session& session, ChargingState state, WattHours meter, Stamp at,
                   std::vector<MeterSample> samples)
{
    const WattHours last = std::max({session.last_meter, session.meter_start, meter});
    if (!session.told) {
        if (last == session.meter_start) return abandon(session.serial);
        tell_start(session, TriggerReason::charging_state_changed);
    }
    session.last_at = at;
    session.last_meter = last;
    session.ended = true;
    Fact ended = fact(session, FactKind::ended);
    ended.charging_state = state;
    ended.trigger = session.stop->trigger;
    ended.reason = session.stop->reason;
    ended.token = session.stop->token;
    for (auto& [number, set] : kept_[session.serial]) {
        context_.records.erase(sample_key(session.serial, number));
        std::erase_if(set.samples, [&](const MeterSample& sample) { return switched_off(sample); });
        if (!set.samples.empty()) ended.values.push_back(std::move(set));
    }
    kept_.erase(session.serial);
    if (!samples.empty()) ended.values.push_back({at, std::move(samples)});
    outbox_.add(std::move(ended));
    record(session);
}

void Sessions::abandon(Serial serial)
{
    outbox_.withdraw(serial);
    for (const auto& [number, set] : kept_[serial]) context_.records.erase(sample_key(serial, number));
    kept_.erase(serial);
    forget(serial);
}

void Sessions::forget(Serial serial)
{
    context_.records.erase(session_key(serial));
    sessions_.erase(serial);
}

// Of the transaction as the backend's version has it.
bool Sessions::is_start(const Fact& fact) const
{
    return context_.backend_numbers ? fact.pairing == Pairing::made : fact.kind == FactKind::started;
}

void Sessions::delivered(const Fact& fact, const FactReply& reply)
{
    Session* session = find(fact.session);
    if (session == nullptr) return;
    if (fact.kind == FactKind::ended) {
        forget(session->serial);
        return;
    }
    if (is_start(fact)) {
        settle_start(*session, reply);
    } else if (reply.info && fact.token && !session->stop) {
        if (reply.info->group) session->group = reply.info->group;
        record(*session);
        note_judgement(*session, *reply.info);
    }
}

void Sessions::settle_start(Session& session, const FactReply& reply)
{
    if (context_.backend_numbers) {
        session.transaction_id = reply.transaction_id;
        session.id_never_learnt = !reply.transaction_id;
    } else {
        session.told_by_name = true;
    }
    if (reply.info && reply.info->group) session.group = reply.info->group;
    record(session);
    session.number_generation = session.generation;
    if (reply.info) note_judgement(session, *reply.info);
}

void Sessions::note_judgement(const Session& session, const IdTokenInfo& info)
{
    if (info.status != AuthorizationStatus::accepted && !session.ended) refused_.push_back(session.serial);
}

void Sessions::given_up(const Fact& fact)
{
    Session* session = find(fact.session);
    if (session == nullptr) return;
    if (fact.kind == FactKind::ended) {
        forget(session->serial);
    } else if (is_start(fact)) {
        session->id_never_learnt = true;
        record(*session);
        session->number_generation = session->generation;
    }
}

}  // namespace ladestrom::station
