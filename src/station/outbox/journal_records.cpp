// Facts and sessions as journal records, there and back.
#include "station/outbox/journal_records.hpp"

#include "messages/decode.hpp"
#include "messages/json.hpp"

#include <algorithm>

namespace ladestrom::station {
namespace {

// The enums of protocol/journal have the order of ours; the assertions hold them together.
template <class Kept, class Ours>
Kept kept(Ours value)
{
    return static_cast<Kept>(value);
}
template <class Ours, class Kept>
Ours ours(Kept value)
{
    return static_cast<Ours>(value);
}
template <class Kept, class Ours>
constexpr bool ends_at(Kept last_kept, Ours last)
{
    return static_cast<int>(last_kept) == static_cast<int>(last) &&
           messages::enum_values<Kept>.back() == last_kept;
}
static_assert(ends_at(journal::FactKind::Ended, FactKind::ended));
static_assert(ends_at(journal::TriggerReason::Other, TriggerReason::other));
static_assert(ends_at(journal::Pairing::Known, Pairing::known));
static_assert(ends_at(journal::ChargingState::SuspendedEVSE, ChargingState::suspended_evse));
static_assert(ends_at(journal::StopReason::UnlockCommand, StopReason::unlock_command));
static_assert(ends_at(journal::TokenType::None, IdTokenType::none));

journal::Stamp to_record(const Stamp& stamp)
{
    return {.boot = stamp.boot, .tick = stamp.tick.time_since_epoch().count(), .wall = stamp.wall};
}

Stamp from_record(const journal::Stamp& stamp)
{
    return {static_cast<std::uint32_t>(stamp.boot), Tick{Duration(stamp.tick)}, stamp.wall};
}

journal::Token to_record(const IdToken& token)
{
    return {.value = token.value, .type = kept<journal::TokenType>(token.type)};
}

IdToken from_record(const journal::Token& token)
{
    return {.value = token.value, .type = ours<IdTokenType>(token.type)};
}

std::optional<std::string> unless_empty(std::string_view text)
{
    if (text.empty()) return std::nullopt;
    return std::string(text);
}

// By name, among the values of a small enum.
template <class E>
E named(const std::optional<std::string>& name, E last, E otherwise)
{
    if (!name) return otherwise;
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        if (to_string(static_cast<E>(i)) == *name) return static_cast<E>(i);
    }
    return otherwise;
}

journal::SampleSet to_record(const SampleSet& set)
{
    journal::SampleSet record{.at = to_record(set.at), .samples = {}};
    for (const MeterSample& sample : set.samples) {
        record.samples.push_back({
            .measurand = std::string(to_string(sample.measurand)),
            .phase = unless_empty(to_string(sample.phase)),
            .location = unless_empty(to_string(sample.location)),
            .context = unless_empty(to_string(sample.context)),
            .value = sample.value,
        });
    }
    return record;
}

SampleSet from_record(const journal::SampleSet& record)
{
    SampleSet set{.at = from_record(record.at), .samples = {}};
    for (const journal::Sample& sample : record.samples) {
        const auto measurand = measurand_from(sample.measurand);
        if (!measurand) continue;  // of a later version of this program
        set.samples.push_back({
            .measurand = *measurand,
            .phase = named(sample.phase, MeterPhase::l3_l1, MeterPhase::none),
            .location = named(sample.location, MeterLocation::upstream, MeterLocation::outlet),
            .context = named(sample.context, MeterContext::other, MeterContext::sample_periodic),
            .unit = base_unit(*measurand),
            .value = sample.value,
            .signed_data = std::nullopt,
        });
    }
    return set;
}

journal::Stop to_record(const Stop& stop)
{
    journal::Stop record{
        .reason = kept<journal::StopReason>(stop.reason),
        .trigger = kept<journal::TriggerReason>(stop.trigger),
        .token = std::nullopt,
        .at = to_record(stop.at),
    };
    if (stop.token) record.token = to_record(*stop.token);
    return record;
}

Stop from_record(const journal::Stop& record)
{
    Stop stop{
        .reason = ours<StopReason>(record.reason),
        .trigger = ours<TriggerReason>(record.trigger),
        .token = std::nullopt,
        .at = from_record(record.at),
    };
    if (record.token) stop.token = from_record(*record.token);
    return stop;
}

Pairing usual_pairing(FactKind kind)
{
    return kind == FactKind::started ? Pairing::made : Pairing::known;
}

journal::Fact to_record(const Fact& fact)
{
    journal::Fact record{
        .kind = kept<journal::FactKind>(fact.kind),
        .pairing = std::nullopt,
        .session = to_text(fact.session),
        .evse = fact.evse.value(),
        .sequence = fact.sequence,
        .at = to_record(fact.at),
        .started = to_record(fact.started),
        .trigger = kept<journal::TriggerReason>(fact.trigger),
        .charging_state = kept<journal::ChargingState>(fact.charging_state),
        .meter = fact.meter.value,
        .token = std::nullopt,
        .reason = std::nullopt,
        .values = std::nullopt,
        .offline = std::nullopt,
        .remote_start_id = fact.remote_start_id,
        .transaction_id = fact.transaction_id,
        .resent = std::nullopt,
    };
    if (fact.pairing != usual_pairing(fact.kind)) record.pairing = kept<journal::Pairing>(fact.pairing);
    if (fact.offline) record.offline = true;
    if (fact.resent) record.resent = true;
    if (fact.token) record.token = to_record(*fact.token);
    if (fact.reason) record.reason = kept<journal::StopReason>(*fact.reason);
    if (!fact.values.empty()) {
        record.values.emplace();
        for (const SampleSet& set : fact.values) record.values->push_back(to_record(set));
    }
    return record;
}

}  // namespace

template <class T>
std::optional<T> decode_record(std::string_view text)
{
    messages::JsonParser parser;
    const auto parsed = parser.parse(text);
    if (!parsed) return std::nullopt;
    auto decoded =
        messages::decode<T>(*parsed, {.version = OcppVersion::v1_6, .mode = messages::Mode::tolerant});
    if (!decoded) return std::nullopt;
    return std::move(*decoded);
}

template std::optional<journal::JournalFormat> decode_record(std::string_view);
template std::optional<journal::Boot> decode_record(std::string_view);
template std::optional<journal::BootClock> decode_record(std::string_view);
template std::optional<journal::Availability> decode_record(std::string_view);
template std::optional<journal::Finishing> decode_record(std::string_view);
template std::optional<journal::TransactionNames> decode_record(std::string_view);
template std::optional<journal::DeadLetter> decode_record(std::string_view);
template std::optional<journal::Fact> decode_record(std::string_view);
template std::optional<journal::Session> decode_record(std::string_view);
template std::optional<journal::SampleSet> decode_record(std::string_view);

journal::Token token_record(const IdToken& token)
{
    return to_record(token);
}

IdToken token_from(const journal::Token& record)
{
    return from_record(record);
}

std::string encode_fact(const Fact& fact)
{
    return messages::encode(to_record(fact));
}

std::string encode_session(const Session& session)
{
    journal::Session record{
        .evse = session.evse.value(),
        .token = to_record(session.token),
        .group = session.group,
        .unpaired = std::nullopt,
        .start_pending = std::nullopt,
        .started = to_record(session.started),
        .meter_start = session.meter_start.value,
        .last_at = to_record(session.last_at),
        .last_meter = session.last_meter.value,
        .next_sequence = session.next_sequence,
        .start_sequence = std::nullopt,
        .transaction_id = session.transaction_id,
        .id_never_learnt = std::nullopt,
        .told = std::nullopt,
        .remote_start_id = session.remote_start_id,
        .refused_at = std::nullopt,
        .stop = std::nullopt,
        .ended = std::nullopt,
    };
    if (session.start_sequence > 0) record.start_sequence = session.start_sequence;
    if (!session.paired) record.unpaired = true;
    if (!session.told) record.start_pending = true;
    if (session.id_never_learnt) record.id_never_learnt = true;
    if (session.told_by_name) record.told = true;
    if (session.refused_at) record.refused_at = session.refused_at->value;
    if (session.stop) record.stop = to_record(*session.stop);
    if (session.ended) record.ended = true;
    return messages::encode(record);
}

std::string encode_samples(const SampleSet& samples)
{
    return messages::encode(to_record(samples));
}

std::string encode_dead_letter(const DeadLetter& letter)
{
    return messages::encode(journal::DeadLetter{.fact = to_record(letter.fact),
                                                .transaction_id = letter.transaction_id,
                                                .reason = letter.reason,
                                                .at = to_record(letter.at)});
}

namespace {

std::optional<Fact> from_record(Serial serial, const journal::Fact& record)
{
    const auto session = serial_from(record.session);
    if (!session) return std::nullopt;
    Fact fact{
        .serial = serial,
        .kind = ours<FactKind>(record.kind),
        .pairing = usual_pairing(ours<FactKind>(record.kind)),
        .session = *session,
        .evse = EvseId(static_cast<std::int32_t>(record.evse)),
        .sequence = record.sequence,
        .at = from_record(record.at),
        .started = from_record(record.started),
        .trigger = ours<TriggerReason>(record.trigger),
        .charging_state = ours<ChargingState>(record.charging_state),
        .meter = {record.meter},
        .token = std::nullopt,
        .reason = std::nullopt,
        .values = {},
        .offline = record.offline.value_or(false),
        .remote_start_id = record.remote_start_id,
        .resent = record.resent.value_or(false),
        .transaction_id = record.transaction_id,
        .generation = 0,
    };
    if (record.pairing) fact.pairing = ours<Pairing>(*record.pairing);
    if (record.token) fact.token = from_record(*record.token);
    if (record.reason) fact.reason = ours<StopReason>(*record.reason);
    if (record.values) {
        for (const journal::SampleSet& set : *record.values) fact.values.push_back(from_record(set));
    }
    return fact;
}

}  // namespace

std::optional<Fact> decode_fact(Serial serial, std::string_view text)
{
    const auto record = decode_record<journal::Fact>(text);
    if (!record) return std::nullopt;
    return from_record(serial, *record);
}

std::optional<DeadLetter> decode_dead_letter(Serial serial, std::string_view text)
{
    const auto record = decode_record<journal::DeadLetter>(text);
    if (!record) return std::nullopt;
    auto fact = from_record(serial, record->fact);
    if (!fact) return std::nullopt;
    return DeadLetter{std::move(*fact), record->transaction_id, record->reason, from_record(record->at)};
}

std::optional<Session> decode_session(Serial serial, std::string_view text)
{
    const auto record = decode_record<journal::Session>(text);
    if (!record) return std::nullopt;
    Session session;
    session.serial = serial;
    session.evse = EvseId(static_cast<std::int32_t>(record->evse));
    session.token = from_record(record->token);
    session.group = record->group;
    session.paired = !record->unpaired.value_or(false);
    session.told = !record->start_pending.value_or(false);
    session.started = from_record(record->started);
    session.meter_start = {record->meter_start};
    session.last_at = from_record(record->last_at);
    session.last_meter = {record->last_meter};
    session.next_sequence = record->next_sequence;
    session.start_sequence = record->start_sequence.value_or(0);
    session.transaction_id = record->transaction_id;
    session.id_never_learnt = record->id_never_learnt.value_or(false);
    session.told_by_name = record->told.value_or(false);
    session.remote_start_id = record->remote_start_id;
    if (record->refused_at) session.refused_at = WattHours{*record->refused_at};
    if (record->stop) session.stop = from_record(*record->stop);
    session.ended = record->ended.value_or(false);
    return session;
}

std::optional<SampleSet> decode_samples(std::string_view text)
{
    const auto record = decode_record<journal::SampleSet>(text);
    if (!record) return std::nullopt;
    return from_record(*record);
}

std::optional<Serial> serial_of_key(std::string_view key, std::string_view prefix)
{
    if (!key.starts_with(prefix)) return std::nullopt;
    return serial_from(key.substr(prefix.size()));
}

}  // namespace ladestrom::station
