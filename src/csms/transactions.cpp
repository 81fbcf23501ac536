#include "csms/transactions.hpp"

#include "csms/session_begin.hpp"
#include "csms/session_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace ladestrom::csms {
namespace {

using store::SessionRow;
using store::SessionState;

std::int64_t seconds_since_2020(Instant now)
{
    return std::chrono::duration_cast<seconds>(now - earliest_plausible).count();
}

// Never used twice, also when the store was restored from a backup: a number follows the clock when it can.
std::int64_t next_transaction_id(const Work& work)
{
    return std::max(
        {work.station.row.last_transaction_id + 1, seconds_since_2020(work.now.wall), std::int64_t{1}});
}

Beginning beginning(const StartFacts& facts)
{
    return {.evse = facts.evse, .token = facts.token, .started = facts.started};
}

// Of a transaction that this system has numbered; a station may have named one that looks like a number.
std::optional<std::int64_t> number_of(const SessionRow& session, const Work& work)
{
    std::int64_t number = 0;
    const char* const end = session.transaction_id.data() + session.transaction_id.size();
    const auto parsed = std::from_chars(session.transaction_id.data(), end, number);
    const bool ours = number > 0 && number <= work.station.row.last_transaction_id &&
                      std::to_string(number) == session.transaction_id;
    if (parsed.ec != std::errc{} || parsed.ptr != end || !ours) return std::nullopt;
    return number;
}

// The station goes on in 1.6 with what it began in 2.x: from here on the transaction is named by its number.
std::int64_t give_number(SessionRow& session, Work& work)
{
    const std::int64_t id = next_transaction_id(work);
    work.changed_station().last_transaction_id = id;
    session.transaction_id = std::to_string(id);
    work.counters.add("csms.session.continued_in_another_version");
    return id;
}

StartAnswer answer_replay(SessionRow session, const StartFacts& facts, const TokenFacts& token,
                          IdTokenInfo info, Work& work)
{
    work.counters.add("csms.session.start_replayed");
    const bool books = is_anonymous(session) && !facts.token.value.empty();
    if (books) book_token(session, beginning(facts), token, info, work);
    info.status = session.authorization;
    const auto known = number_of(session, work);
    const std::int64_t number = known ? *known : give_number(session, work);
    if (books || !known) work.writes.push_back(store::PutSession{std::move(session)});
    return {.transaction_id = number, .token_info = std::move(info)};
}

StartAnswer begin_session(const StartFacts& facts, const TokenFacts& token, IdTokenInfo info, Work& work)
{
    info.status = judge_concurrent(beginning(facts), token, info.status, work);
    const std::int64_t id = next_transaction_id(work);
    work.changed_station().last_transaction_id = id;
    close_replaced(beginning(facts), "", work);
    SessionRow session{.id = new_session_id(work.random),
                       .station = work.id(),
                       .evse = facts.evse,
                       .transaction_id = std::to_string(id),
                       .token = facts.token,
                       .authorization = info.status,
                       .started = facts.started,
                       .meter_start = facts.meter_start,
                       .start_message_id = std::string(work.message_id)};
    if (!plausible(facts.started)) flag(session, store::session_flag_implausible_time);
    if (info.status != AuthorizationStatus::accepted) flag(session, store::session_flag_unauthorized);
    work.writes.push_back(store::PutSession{std::move(session)});
    work.counters.add("csms.session.started");
    return {.transaction_id = id, .token_info = std::move(info)};
}

}  // namespace

Outcome<StartAnswer> start_transaction(const StartFacts& facts, Work& work)
{
    std::optional<SessionRow> running;
    const auto* known =
        find_begun({.beginning = beginning(facts), .meter_start = facts.meter_start}, running, work);
    const TokenFacts* token = work.token(facts.token.value, true);
    if (token == nullptr || known == nullptr) return Waiting{};

    IdTokenInfo info = judge_token_of(beginning(facts), *token, work);
    if (*known) return answer_replay(**known, facts, *token, std::move(info), work);
    return begin_session(facts, *token, std::move(info), work);
}

// ---- stop ---------------------------------------------------------------------------------------------

namespace {

// Writes the end of a session, and what of it was impossible.
void apply_stop(SessionRow session, const StopFacts& facts, Work& work)
{
    write_readings(work, session.evse, session.id, facts.readings);
    note_readings(session, facts.readings);
    const bool possible = end_session(
        session,
        {.ended = facts.ended, .meter_stop = facts.meter_stop, .reason = facts.reason, .token = facts.token});
    if (!possible) {
        work.counters.add("csms.session.impossible_stop");
        work.record_event(work.now.wall, "impossible_stop",
                          fmt::format("session {}: started {} at {} Wh, told to have ended {} at {} Wh",
                                      session.id, format_instant(session.started), session.meter_start.value,
                                      format_instant(facts.ended), facts.meter_stop.value));
    }
    work.counters.add("csms.session.stopped");
    work.writes.push_back(store::PutSession{std::move(session)});
}

// An end that has been told before is applied once. Another end of the same session is kept for a person, and
// the first one stands.
void note_repeated_stop(const SessionRow& session, const StopFacts& facts, Work& work)
{
    // The readings of the repetition may be more than those of the first.
    write_readings(work, session.evse, session.id, facts.readings);
    if (is_same_end(session, facts.ended, facts.meter_stop))
        return work.counters.add("csms.session.stop_replayed");
    work.counters.add("csms.session.stop_contradicted");
    // At the time told: the repetition of a contradiction is no further event.
    work.record_event(facts.ended, "contradicting_stop",
                      fmt::format("session {}: ended {} at {} Wh, told to have ended {} at {} Wh", session.id,
                                  format_instant(*session.ended), session.meter_stop->value,
                                  format_instant(facts.ended), facts.meter_stop.value));
    if ((session.flags & store::session_flag_contradicted_stop) != 0) return;
    SessionRow doubtful = session;
    flag(doubtful, store::session_flag_contradicted_stop);
    work.writes.push_back(store::PutSession{std::move(doubtful)});
}

// Was this stop, whose transaction id says nothing, applied already?
const SessionRow* find_applied(const std::vector<SessionRow>& recent, const StopFacts& facts)
{
    const auto found = std::ranges::find_if(recent, [&](const SessionRow& session) {
        const bool same_stopper = session.stop_token.has_value() == facts.token.has_value() &&
                                  (!facts.token || same_token(*session.stop_token, *facts.token));
        return same_stopper && session.ended == facts.ended && session.meter_stop == facts.meter_stop;
    });
    return found == recent.end() ? nullptr : &*found;
}

// The one running session that this stop, whose transaction id says nothing, can belong to. Without a token
// it could be any session of the station, so then none.
const SessionRow* find_stopped(const std::vector<SessionRow>& running, const StopFacts& facts)
{
    if (!facts.token) return nullptr;
    const auto fits = [&](const SessionRow& session) {
        return same_token(session.token, *facts.token) && session.started <= facts.ended &&
               session.meter_start <= facts.meter_stop;
    };
    if (std::ranges::count_if(running, fits) != 1) return nullptr;
    return &*std::ranges::find_if(running, fits);
}

// A stop whose start the central system never heard of: kept for a person.
void add_orphan(const StopFacts& facts, Work& work)
{
    const std::int64_t id = facts.transaction_id;
    SessionRow orphan{.id = new_session_id(work.random),
                      .station = work.id(),
                      .evse = EvseId(0),
                      .transaction_id = std::to_string(id),
                      .token = facts.token.value_or(IdToken{}),
                      .authorization = AuthorizationStatus::unknown,
                      .state = SessionState::ended,
                      .started = facts.ended,
                      .meter_start = facts.meter_stop,
                      .ended = facts.ended,
                      .meter_stop = facts.meter_stop,
                      .stop_reason = facts.reason,
                      .stop_token = facts.token,
                      .start_message_id = std::string(work.message_id)};
    flag(orphan, store::session_flag_orphan_stop);
    write_readings(work, orphan.evse, orphan.id, facts.readings);
    // A number that might come up soon is used up.
    const std::int64_t soon = seconds_since_2020(work.now.wall) + 86'400;
    if (id > work.station.row.last_transaction_id && id <= soon)
        work.changed_station().last_transaction_id = id;
    work.counters.add("csms.session.orphan_stop");
    work.writes.push_back(store::PutSession{std::move(orphan)});
}

// A stop without an id had been taken for this session's; now its own has come. The other one is nobody's
// again.
void correct_matched_stop(SessionRow session, const StopFacts& facts, Work& work)
{
    work.counters.add("csms.session.match_corrected");
    add_orphan({.transaction_id = -1,
                .token = session.stop_token,
                .ended = *session.ended,
                .meter_stop = *session.meter_stop,
                .reason = session.stop_reason.value_or(StopReason::other),
                .readings = {}},
               work);
    // What the other stop said of the end goes with it.
    unflag(session, store::session_flag_matched_stop);
    unflag(session, store::session_flag_negative_energy);
    session.ended.reset();
    session.meter_stop.reset();
    session.meter_last.reset();
    session.stop_reason.reset();
    session.stop_token.reset();
    apply_stop(std::move(session), facts, work);
}

// The session with this transaction id: among the running ones, else as stored. Null: not known yet.
const std::optional<SessionRow>* find_transaction(std::int64_t id, std::optional<SessionRow>& running,
                                                  Work& work)
{
    const std::string wire_id = std::to_string(id);
    if (const SessionRow* found = work.station.running_transaction(wire_id)) {
        running = *found;
        return &running;
    }
    return work.lookups.transaction(work.id(), wire_id);
}

}  // namespace

Outcome<StopAnswer> stop_transaction(const StopFacts& facts, Work& work)
{
    const TokenFacts* token = facts.token ? work.token(facts.token->value, false) : nullptr;
    std::optional<SessionRow> running;
    const std::optional<SessionRow> none;
    const auto* session =
        facts.transaction_id > 0 ? find_transaction(facts.transaction_id, running, work) : &none;
    if (session == nullptr || (facts.token && token == nullptr)) return Waiting{};

    if (*session && end_is_known(**session)) {
        const bool matched = (*session)->flags & store::session_flag_matched_stop;
        if (matched && !is_same_end(**session, facts.ended, facts.meter_stop)) {
            correct_matched_stop(**session, facts, work);
        } else {
            note_repeated_stop(**session, facts, work);
        }
    } else if (*session) {
        apply_stop(**session, facts, work);
    } else if (facts.transaction_id > 0) {
        // A number says which session it means: one that was never heard of here, not one that looks like it.
        add_orphan(facts, work);
    } else {
        const auto* recent = work.lookups.recent(work.id());
        if (recent == nullptr) return Waiting{};
        if (const SessionRow* applied = find_applied(*recent, facts)) {
            note_repeated_stop(*applied, facts, work);
        } else if (const SessionRow* stopped = find_stopped(work.station.running, facts)) {
            work.counters.add("csms.session.stop_matched");
            SessionRow matched = *stopped;
            flag(matched, store::session_flag_matched_stop);
            apply_stop(std::move(matched), facts, work);
        } else {
            add_orphan(facts, work);
        }
    }
    StopAnswer answer;
    if (token != nullptr) answer.token_info = judge_token(token->row, work.now.wall);
    return answer;
}

// ---- readings -----------------------------------------------------------------------------------------

namespace {

// A station that never learnt the transaction's id says -1: then it is what runs on the connector.
const SessionRow* running_on(EvseId evse, const ReadingFacts& facts, const Work& work)
{
    const SessionRow* newest = nullptr;
    for (const SessionRow& session : work.station.running) {
        if (session.evse != evse) continue;
        if (!facts.readings.empty() && session.started > facts.readings.front().timestamp) continue;
        newest = &session;
    }
    return newest;
}

}  // namespace

Outcome<ReadingAnswer> add_readings(const ReadingFacts& facts, Work& work)
{
    std::optional<SessionRow> session;
    if (facts.transaction_id && *facts.transaction_id > 0) {
        std::optional<SessionRow> running;
        const auto* found = find_transaction(*facts.transaction_id, running, work);
        if (found == nullptr) return Waiting{};
        session = *found;
        if (!session) work.counters.add("csms.readings.unknown_transaction");
    } else if (facts.transaction_id) {
        if (const SessionRow* running = running_on(facts.evse, facts, work)) session = *running;
    }
    write_readings(work, facts.evse, session ? session->id : std::string(), facts.readings);
    const bool runs = session && session->state == SessionState::running;
    if (runs && note_readings(*session, facts.readings)) {
        work.writes.push_back(store::PutSession{*std::move(session)});
    }
    return ReadingAnswer{};
}

}  // namespace ladestrom::csms
