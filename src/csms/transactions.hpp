// The ledger of sessions where the central system numbers the transactions (1.6): starts, stops and readings
// as stations tell them, each applied once however often it is told. A station's facts are never refused:
// what looks wrong is kept, flagged and left to a person (OCPP 1.6 sections 4.8 and 4.10).
#pragma once

#include "csms/work.hpp"
#include "domain/metering.hpp"
#include "domain/session.hpp"
#include "domain/token.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace ladestrom::csms {

struct StartFacts {
    EvseId evse;
    IdToken token;
    Instant started;
    WattHours meter_start;
};
struct StartAnswer {
    std::int64_t transaction_id = 0;
    IdTokenInfo token_info;
};

struct StopFacts {
    std::int64_t transaction_id = 0;  // -1: the station never learnt it (errata 3.18)
    std::optional<IdToken> token;     // who stopped it
    Instant ended;
    WattHours meter_stop;
    StopReason reason = StopReason::local;
    std::vector<MeterValue> readings;
};
struct StopAnswer {
    std::optional<IdTokenInfo> token_info;  // when a token was told
};

struct ReadingFacts {
    EvseId evse;
    std::optional<std::int64_t> transaction_id;
    std::vector<MeterValue> readings;
};
struct ReadingAnswer {};

Outcome<StartAnswer> start_transaction(const StartFacts& facts, Work& work);
Outcome<StopAnswer> stop_transaction(const StopFacts& facts, Work& work);
Outcome<ReadingAnswer> add_readings(const ReadingFacts& facts, Work& work);

}  // namespace ladestrom::csms
