#include "csms/session_begin.hpp"

#include "csms/session_rules.hpp"

#include <algorithm>
#include <utility>

namespace ladestrom::csms {
namespace {

// Starts older than this were queued at the station: what runs elsewhere now says nothing about then.
constexpr Duration late_start = minutes(10);

// Sessions of the same EVSE that cannot run any more, as a newer one has begun there.
bool is_replaced(const store::SessionRow& session, const Beginning& beginning)
{
    if (session.evse != beginning.evse || beginning.evse == EvseId(0)) return false;
    return session.started <= beginning.started || !plausible(beginning.started);
}

}  // namespace

// With a dead clock two real sessions may look alike, so then the message must be the same too.
bool is_begun_by(const store::SessionRow& session, const NaturalKey& key, const Work& work)
{
    const bool no_start =
        session.start_message_id.empty() ||
        (session.flags & (store::session_flag_orphan_stop | store::session_flag_start_register_missing)) != 0;
    const Beginning& told = key.beginning;
    // Nobody yet, nobody in the words of 2.x, or somebody whom 1.6 cannot name: a token of more than 20
    // characters.
    const bool unsaid = told.token.value.empty() || session.token.value.empty();
    const bool same = unsaid || same_token(session.token, told.token);
    return !no_start && session.evse == told.evse && same && session.started == told.started &&
           session.meter_start == key.meter_start &&
           (plausible(told.started) || session.start_message_id == work.message_id);
}

const std::optional<store::SessionRow>* find_begun(const NaturalKey& key,
                                                   std::optional<store::SessionRow>& running, Work& work)
{
    const auto known = std::ranges::find_if(work.station.running, [&](const store::SessionRow& session) {
        return is_begun_by(session, key, work);
    });
    if (known != work.station.running.end()) {
        running = *known;
        return &running;
    }
    const Beginning& told = key.beginning;
    const auto* stored = work.lookups.session(
        {.station = work.id(),
         .evse = told.evse,
         .token = told.token.value,
         .started = told.started,
         .meter_start = key.meter_start,
         .start_message_id = plausible(told.started) ? std::string() : std::string(work.message_id)});
    static const std::optional<store::SessionRow> none;
    if (stored != nullptr && *stored && !is_begun_by(**stored, key, work)) return &none;
    return stored;
}

bool plausible(Instant instant)
{
    return instant >= earliest_plausible;
}

IdTokenInfo judge_token_of(const Beginning& beginning, const TokenFacts& token, const Work& work)
{
    const Instant at =
        plausible(beginning.started) ? std::min(beginning.started, work.now.wall) : work.now.wall;
    // Nobody had to identify, and nobody is asked for (2.1 part 2, C02.FR.02).
    if (beginning.token.type == IdTokenType::no_authorization)
        return {.status = AuthorizationStatus::accepted, .cache_expiry = {}, .group = {}};
    return judge_token(token.row, at);
}

AuthorizationStatus judge_concurrent(const Beginning& beginning, const TokenFacts& token,
                                     AuthorizationStatus otherwise, const Work& work)
{
    if (otherwise != AuthorizationStatus::accepted || !token.row || token.row->concurrent_allowed)
        return otherwise;
    if (plausible(beginning.started) && work.now.wall - beginning.started > late_start) return otherwise;
    const auto replaced = std::ranges::count_if(work.station.running, [&](const store::SessionRow& session) {
        return is_replaced(session, beginning) && same_token(session.token, beginning.token);
    });
    return token.running > replaced ? AuthorizationStatus::concurrent_tx : otherwise;
}

void book_token(store::SessionRow& session, const Beginning& beginning, const TokenFacts& token,
                IdTokenInfo& info, const Work& work)
{
    info.status = judge_concurrent(beginning, token, info.status, work);
    session.token = beginning.token;
    session.authorization = info.status;
    // It may come after an end that looked as if nobody had been authorized.
    set_flag(session, store::session_flag_unauthorized, info.status != AuthorizationStatus::accepted);
}

void close_replaced(const Beginning& beginning, std::string_view id, Work& work)
{
    for (const store::SessionRow& before : work.station.running) {
        if (before.id == id || !is_replaced(before, beginning)) continue;
        store::SessionRow closed = before;
        close_without_end(closed, store::session_flag_never_stopped);
        work.counters.add("csms.session.never_stopped");
        work.writes.push_back(store::PutSession{std::move(closed)});
    }
}

}  // namespace ladestrom::csms
