// The beginning of a session, whichever version told it: may its token charge, and what cannot run any more
// where it begins.
#pragma once

#include "base/units.hpp"
#include "csms/work.hpp"
#include "domain/token.hpp"

namespace ladestrom::csms {

// A clock that was never set tells times before this: 2020-01-01.
inline constexpr Instant earliest_plausible{std::chrono::seconds(1'577'836'800)};

bool plausible(Instant instant);

struct Beginning {
    EvseId evse;
    IdToken token;
    Instant started;
};

// What a start names its session by, in whichever version of OCPP it is told.
struct NaturalKey {
    Beginning beginning;
    WattHours meter_start;
};
// A session of nobody yet is begun by whoever begins at the same moment and register.
bool is_begun_by(const store::SessionRow& session, const NaturalKey& key, const Work& work);
// The session that this start began before: told again, or in another version, as stations do that change
// theirs while a session is open. Null: not known yet. running: where one that runs is kept.
const std::optional<store::SessionRow>* find_begun(const NaturalKey& key,
                                                   std::optional<store::SessionRow>& running, Work& work);

// What is known of the token when the session began. A token that has expired since is no reason not to bill
// it.
IdTokenInfo judge_token_of(const Beginning& beginning, const TokenFacts& token, const Work& work);

// Accepted, but not where the token runs elsewhere and may not (OCPP 1.6 section 7.2). token.running is asked
// for.
AuthorizationStatus judge_concurrent(const Beginning& beginning, const TokenFacts& token,
                                     AuthorizationStatus otherwise, const Work& work);

// Whose it is from now on. info: as judged by itself; what else the token does now is added.
void book_token(store::SessionRow& session, const Beginning& beginning, const TokenFacts& token,
                IdTokenInfo& info, const Work& work);

// Closes without an end what ran on the same EVSE before. id: of the session that begins, if it is known
// already.
void close_replaced(const Beginning& beginning, std::string_view id, Work& work);

}  // namespace ladestrom::csms
