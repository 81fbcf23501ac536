// The ledger of sessions where the station numbers the transactions (2.x): its events as they come, in any
// order, each applied once however often it is told. A station's facts are never refused: what is missing or
// looks wrong is flagged, and with a flag a session is not billed (OCPP 2.1 part 2, block E).
#pragma once

#include "csms/work.hpp"
#include "domain/metering.hpp"
#include "domain/session.hpp"
#include "domain/token.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ladestrom::csms {

struct TransactionEventFacts {
    enum class Kind { started, updated, ended };
    Kind kind = Kind::updated;
    std::string transaction_id;  // unique at its station
    std::int64_t sequence = 0;
    Instant at;
    bool offline = false;  // it happened while the station was not connected
    std::optional<EvseId> evse;
    std::optional<ChargingState> charging_state;
    std::optional<IdToken> token;
    bool token_stops = false;          // the token is that of who stops it
    std::optional<StopReason> reason;  // of an end
    std::vector<MeterValue> readings;
};
struct TransactionEventAnswer {
    std::optional<IdTokenInfo> token_info;  // when a token was told
};

Outcome<TransactionEventAnswer> transaction_event(const TransactionEventFacts& facts, Work& work);

}  // namespace ladestrom::csms
