// Sessions as a restart finds them in the journal. A row that is damaged costs no transaction that the other
// rows still tell of: every session has its start among the facts until the backend's number is known, and
// its end from the end on, so what is missing is made again.
#include "station/outbox/journal_records.hpp"
#include "station/transactions/sessions.hpp"

#include <charconv>

namespace ladestrom::station {
namespace {

// Of a session whose own row is lost.
Session session_from(const Fact& started)
{
    Session session;
    session.serial = started.session;
    session.evse = started.evse;
    session.token = started.token.value_or(IdToken{"", IdTokenType::none});
    session.paired = started.pairing == Pairing::made;
    session.started = started.started;
    session.meter_start = started.meter;
    session.last_at = started.at;
    session.last_meter = started.meter;
    session.remote_start_id = started.remote_start_id;
    session.start_sequence = started.sequence;
    return session;
}

// A later fact of the same session.
void follow(Session& session, const Fact& fact)
{
    session.next_sequence = fact.sequence + 1;
    session.last_at = fact.at;
    session.last_meter = std::max(session.last_meter, fact.meter);
    if (session.anonymous() && fact.token && fact.kind == FactKind::updated) {
        session.token = *fact.token;
        session.remote_start_id = fact.remote_start_id;
    }
    session.paired = session.paired || fact.pairing == Pairing::made;
    if (fact.kind != FactKind::ended) return;
    session.ended = true;
    session.stop = Stop{fact.reason.value_or(StopReason::other), fact.trigger, fact.token, fact.at};
}

}  // namespace

void Sessions::recover_session(std::string_view key, std::string_view value)
{
    const auto serial = serial_of_key(key, session_prefix);
    auto session = serial ? decode_session(*serial, value) : std::nullopt;
    if (!session) {
        context_.counters.add("journal.unreadable");
        return;
    }
    context_.clock.recover(session->started);
    context_.clock.recover(session->last_at);
    if (session->stop) context_.clock.recover(session->stop->at);
    sessions_.emplace(*serial, std::move(*session));
}

void Sessions::recover_samples(std::string_view key, std::string_view value)
{
    const auto slash = key.rfind('/');
    const auto serial = serial_of_key(key.substr(0, slash), sample_prefix);
    auto samples = decode_samples(value);
    std::uint32_t number = 0;
    std::from_chars(key.data() + slash + 1, key.data() + key.size(), number);
    if (!serial || !samples) {
        context_.counters.add("journal.unreadable");
        return;
    }
    context_.clock.recover(samples->at);
    kept_[*serial].emplace(number, std::move(*samples));
}

bool Sessions::has_facts(Serial session) const
{
    return std::ranges::any_of(outbox_.facts(),
                               [&](const auto& entry) { return entry.second.session == session; });
}

bool Sessions::has_fact(Serial session, FactKind kind) const
{
    return std::ranges::any_of(outbox_.facts(), [&](const auto& entry) {
        return entry.second.session == session && entry.second.kind == kind;
    });
}

bool Sessions::has_pairing(Serial session) const
{
    return std::ranges::any_of(outbox_.facts(), [&](const auto& entry) {
        return entry.second.session == session && entry.second.pairing == Pairing::made;
    });
}

void Sessions::mend()
{
    const bool renamed = make_names();
    rebuild_sessions();
    for (auto& [serial, session] : sessions_) {
        // Under their new names the starts are told once more; they are known by what they say.
        if (renamed) session.told_by_name = false;
        const bool lost = session.paired && !has_fact(serial, FactKind::started) && !has_pairing(serial);
        if (lost && start_is_owed(session)) {
            context_.counters.add("journal.facts_rebuilt");
            restore_start(session);
        }
        if (session.ended && !has_fact(serial, FactKind::ended)) restore_end(session);
    }
    for (auto entry = kept_.begin(); entry != kept_.end();) {
        const Session* session = find(entry->first);
        const bool orphan = session == nullptr || session->ended;
        if (orphan) {
            for (const auto& [number, set] : entry->second) {
                context_.records.erase(sample_key(entry->first, number));
            }
        }
        entry = orphan ? kept_.erase(entry) : std::next(entry);
    }
}

// From the start that still waits to be delivered, and what came after it.
void Sessions::rebuild_sessions()
{
    std::map<Serial, Session> rebuilt;
    for (const auto& [serial, fact] : outbox_.facts()) {
        if (fact.resent) continue;
        if (fact.kind == FactKind::started && !sessions_.contains(fact.session)) {
            rebuilt.emplace(fact.session, session_from(fact)).first->second.next_sequence = fact.sequence + 1;
        } else if (const auto found = rebuilt.find(fact.session); found != rebuilt.end()) {
            follow(found->second, fact);
        }
    }
    for (auto& [serial, session] : rebuilt) {
        context_.counters.add("journal.sessions_rebuilt");
        record(sessions_.emplace(serial, std::move(session)).first->second);
    }
}

// What 1.6 has no word for was never told, and its numbers are used up.
std::int64_t Sessions::before_all_queued(const Session& session) const
{
    for (const auto& [serial, fact] : outbox_.facts()) {
        if (fact.session == session.serial && !fact.resent)
            return std::max<std::int64_t>(fact.sequence - 1, 0);
    }
    return std::max<std::int64_t>(session.next_sequence - 1, 0);
}

// Under the serial it had, so before all else of the session, and with the same message id.
void Sessions::restore_start(Session& session)
{
    Fact started;
    started.serial = start_serial(session);
    started.kind = FactKind::started;
    started.session = session.serial;
    started.evse = session.evse;
    if (!session.told_by_name) session.start_sequence = before_all_queued(session);
    started.sequence = session.start_sequence;
    started.at = session.started;
    started.started = session.started;
    const bool known = has_pairing(session.serial);
    started.pairing = session.paired && !known ? Pairing::made : Pairing::missing;
    const bool connected = session.paired || session.anonymous();
    started.trigger = session.anonymous() ? TriggerReason::cable_plugged_in : TriggerReason::authorized;
    started.charging_state = connected ? ChargingState::ev_connected : ChargingState::idle;
    started.meter = session.meter_start;
    // Whoever it was told of in 1.6, where no answer came, knows it by its token too.
    if (!session.anonymous()) started.token = session.token;
    started.remote_start_id = session.remote_start_id;
    started.offline = true;
    outbox_.restore(std::move(started));
    record(session);
}

void Sessions::restore_end(Session& session)
{
    Fact ended;
    ended.kind = FactKind::ended;
    ended.pairing = session.paired ? Pairing::known : Pairing::missing;
    ended.session = session.serial;
    ended.evse = session.evse;
    ended.sequence = std::max<std::int64_t>(session.next_sequence - 1, 1);  // its row counts it already
    ended.offline = true;
    ended.at = session.last_at;
    ended.started = session.started;
    ended.trigger = TriggerReason::other;
    ended.meter = session.last_meter;
    if (session.stop) {
        ended.trigger = session.stop->trigger;
        ended.reason = session.stop->reason;
        ended.token = session.stop->token;
    }
    context_.counters.add("journal.facts_rebuilt");
    outbox_.add(std::move(ended));
}

}  // namespace ladestrom::station
