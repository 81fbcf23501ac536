#include "csms/transaction_events.hpp"

#include "csms/session_begin.hpp"
#include "csms/session_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ladestrom::csms {
namespace {

using Kind = TransactionEventFacts::Kind;
using store::SessionRow;
using store::SessionState;

bool has_started(const SessionRow& session)
{
    return !session.start_message_id.empty();
}

// A station that begins to count anew after a reset: the same id, and yet another transaction.
bool is_reused_id(const SessionRow& session, const TransactionEventFacts& facts)
{
    return facts.kind == Kind::started && has_started(session) && session.state == SessionState::ended &&
           session.started < facts.at && session.ended && *session.ended <= facts.at;
}

SessionRow new_session(const TransactionEventFacts& facts, Work& work)
{
    SessionRow session{.id = new_session_id(work.random),
                       .station = work.id(),
                       .evse = facts.evse.value_or(EvseId(0)),
                       .transaction_id = facts.transaction_id,
                       .token = {.value = "", .type = IdTokenType::none},
                       .started = facts.at};
    flag(session, store::session_flag_start_register_missing);
    return session;
}

// What the event says of the session's beginning. The first started event stands.
void note_start(SessionRow& session, const TransactionEventFacts& facts, Work& work)
{
    if (facts.evse) session.evse = *facts.evse;
    if (has_started(session)) {
        if (facts.kind == Kind::started) work.counters.add("csms.session.start_contradicted");
        return;
    }
    if (facts.kind != Kind::started) {
        session.started = std::min(session.started, facts.at);
        return;
    }
    session.started = facts.at;
    session.start_message_id = work.message_id;
    if (!plausible(facts.at)) flag(session, store::session_flag_implausible_time);
    work.counters.add("csms.session.started");
    if (session.state == SessionState::running) {
        close_replaced({.evse = session.evse, .token = session.token, .started = session.started}, session.id,
                       work);
    }
}

// The register at the beginning: what the started event tells, else the least that any event has told.
void note_register(SessionRow& session, const TransactionEventFacts& facts)
{
    const auto energy = first_register(facts.readings);
    if (!energy) return;
    if (facts.kind == Kind::started) {
        session.meter_start = *energy;
        unflag(session, store::session_flag_start_register_missing);
    } else if ((session.flags & store::session_flag_start_register_missing) != 0) {
        session.meter_start = session.meter_last ? std::min(session.meter_start, *energy) : *energy;
    }
}

// Who charges. The first token that does not stop the transaction is its own. Whether this one is that.
bool note_token(SessionRow& session, const TransactionEventFacts& facts, const TokenFacts& token,
                TransactionEventAnswer& answer, Work& work)
{
    const Beginning beginning{.evse = session.evse, .token = *facts.token, .started = facts.at};
    IdTokenInfo info = judge_token_of(beginning, token, work);
    const bool books = is_anonymous(session) && !facts.token_stops;
    if (books) {
        book_token(session, beginning, token, info, work);
    } else if (same_token(session.token, *facts.token)) {
        info.status = session.authorization;
    }
    answer.token_info = std::move(info);
    return books;
}

void note_contradiction(SessionRow& session, const TransactionEventFacts& facts, Work& work)
{
    work.counters.add("csms.session.stop_contradicted");
    work.record_event(facts.at, "contradicting_stop",
                      fmt::format("session {}: ended {}, told to have ended {} as well", session.id,
                                  format_instant(*session.ended), format_instant(facts.at)));
    flag(session, store::session_flag_contradicted_stop);
}

void note_end(SessionRow& session, const TransactionEventFacts& facts, Work& work)
{
    const auto told = last_register(facts.readings);
    if (end_is_known(session)) {
        // Told in 1.6 before, and its answer was lost.
        const bool same = told && is_same_end(session, facts.at, *told);
        if (same) return work.counters.add("csms.session.stop_replayed");
        return note_contradiction(session, facts, work);
    }
    if (!told) flag(session, store::session_flag_end_register_missing);
    const SessionEnd end{.ended = facts.at,
                         .meter_stop = told.value_or(session.meter_last.value_or(session.meter_start)),
                         .reason = facts.reason.value_or(StopReason::local),
                         .token = facts.token_stops ? facts.token : std::nullopt};
    if (!end_session(session, end)) work.counters.add("csms.session.impossible_stop");
    work.counters.add("csms.session.stopped");
}

// A start that comes after the end was told: the energy is judged again.
void judge_late_start(SessionRow& session, Work& work)
{
    if (!end_is_known(session)) return;
    work.counters.add("csms.session.start_after_end");
    const bool end_told = (session.flags & store::session_flag_end_register_missing) == 0;
    const SessionEnd end{
        .ended = *session.ended,
        .meter_stop = end_told ? *session.meter_stop : std::max(*session.meter_stop, session.meter_start),
        .reason = session.stop_reason.value_or(StopReason::local),
        .token = session.stop_token};
    unflag(session, store::session_flag_negative_energy);
    end_session(session, end);
}

void judge_complete(SessionRow& session)
{
    const bool complete = has_started(session) && session.sequences.contiguous();
    set_flag(session, store::session_flag_events_missing, !complete);
}

// The tile of the EVSE follows what happens now, not what a queue tells of earlier.
void show_on_connector(const SessionRow& session, const TransactionEventFacts& facts, Work& work)
{
    if (facts.offline || session.evse == EvseId(0)) return;
    const store::ConnectorRow* before = work.station.connector(session.evse);
    if (before == nullptr || before->since > facts.at) return;
    if (before->status == ConnectorStatus::faulted || before->status == ConnectorStatus::unavailable) return;
    // The car has not come yet, or has left already: what the connector tells of itself comes first.
    if (before->status == ConnectorStatus::available) return;
    store::ConnectorRow row = *before;
    if (facts.kind == Kind::ended) {
        row.status = ConnectorStatus::finishing;
    } else if (facts.charging_state) {
        row.status = status_of(*facts.charging_state);
    }
    if (row.status == before->status) return;
    row.since = facts.at;
    work.writes.push_back(store::PutConnector{std::move(row)});
}

void apply(SessionRow& session, const TransactionEventFacts& facts, Work& work)
{
    const bool ran = session.state == SessionState::running;
    if (facts.kind != Kind::started || !has_started(session)) note_register(session, facts);
    note_start(session, facts, work);
    if (ran) note_readings(session, facts.readings);
    if (facts.kind == Kind::ended) note_end(session, facts, work);
    if (facts.kind == Kind::started && !ran) judge_late_start(session, work);
    judge_complete(session);
}

// The transaction under its id. Null: not known yet.
const std::optional<SessionRow>* find_named(const TransactionEventFacts& facts,
                                            std::optional<SessionRow>& running, Work& work)
{
    if (const SessionRow* found = work.station.running_transaction(facts.transaction_id)) {
        running = *found;
        return &running;
    }
    return work.lookups.transaction(work.id(), facts.transaction_id);
}

// What a start names its session by, should it have begun before. None: it does not say enough.
std::optional<NaturalKey> key_of(const TransactionEventFacts& facts)
{
    const auto meter = first_register(facts.readings);
    if (facts.kind != Kind::started || !facts.token || !facts.evse || !meter) return std::nullopt;
    return NaturalKey{.beginning = {.evse = *facts.evse, .token = *facts.token, .started = facts.at},
                      .meter_start = *meter};
}

// A start under an id that is not known may tell of a session that has another one: its station speaks 1.6
// now and then, and has not learnt the number. It goes on under the id that is told now.
const std::optional<SessionRow>* find_renamed(const std::optional<NaturalKey>& key,
                                              std::optional<SessionRow>& running, Work& work)
{
    static const std::optional<SessionRow> none;
    return key ? find_begun(*key, running, work) : &none;
}

}  // namespace

Outcome<TransactionEventAnswer> transaction_event(const TransactionEventFacts& facts, Work& work)
{
    const TokenFacts* token = facts.token ? work.token(facts.token->value, !facts.token_stops) : nullptr;
    std::optional<SessionRow> running;
    const auto* named = find_named(facts, running, work);
    if (named == nullptr) return Waiting{};
    std::optional<SessionRow> known = *named;
    const bool reused = known && is_reused_id(*known, facts);
    if (reused) known.reset();
    const auto key = key_of(facts);
    bool renamed = false;
    if (!known) {
        const auto* begun = find_renamed(key, running, work);
        if (begun == nullptr) return Waiting{};
        known = *begun;
        renamed = known.has_value();
    }
    if (facts.token && token == nullptr) return Waiting{};

    if (reused) work.counters.add("csms.session.transaction_id_reused");
    SessionRow session = known ? *std::move(known) : new_session(facts, work);
    TransactionEventAnswer answer;
    if (renamed) {
        session.transaction_id = facts.transaction_id;
        work.counters.add("csms.session.continued_in_another_version");
    }
    // Between changes of version events are counted anew, and the start with them only the first time.
    const bool repeated = key && is_begun_by(session, *key, work);
    const bool news = !repeated && session.sequences.insert(facts.sequence);
    const bool booked = facts.token && note_token(session, facts, *token, answer, work);
    if (news) apply(session, facts, work);
    // The readings of a repetition may be more than those of the first.
    write_readings(work, session.evse, session.id, facts.readings);
    if (!news) work.counters.add("csms.session.event_replayed");
    if (!news && !renamed && !booked) return answer;
    if (news) show_on_connector(session, facts, work);
    work.writes.push_back(store::PutSession{std::move(session)});
    return answer;
}

}  // namespace ladestrom::csms
