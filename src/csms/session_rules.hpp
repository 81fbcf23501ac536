// What is done to the row of a session, whichever version told it: ends, readings, doubts.
#pragma once

#include "csms/work.hpp"
#include "domain/metering.hpp"
#include "store/ledger.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::csms {

// More than any meter of a charging station counts, and small enough that no sum of sessions overflows.
inline constexpr WattHours largest_register{1'000'000'000'000};

// A session with a flag is not billed until a person has looked at it; a matched stop alone is no such doubt.
void flag(store::SessionRow& session, store::SessionFlag doubt);
void unflag(store::SessionRow& session, store::SessionFlag doubt);
// flag() or unflag().
void set_flag(store::SessionRow& session, store::SessionFlag doubt, bool doubtful);

struct SessionEnd {
    Instant ended;
    WattHours meter_stop;
    StopReason reason = StopReason::local;
    std::optional<IdToken> token;
};

// Ends the session. Neither negative energy nor an end before the start is stored: the nearest possible value
// is, with a flag; a register of largest_register or more is flagged too. False when the values told were
// impossible.
bool end_session(store::SessionRow& session, const SessionEnd& end);

// Closes a session whose end nobody has told: it has no end and no last register until its station tells
// them.
void close_without_end(store::SessionRow& session, store::SessionFlag reason);

// Nobody has been identified for it yet: in 2.x a transaction may begin with the car.
bool is_anonymous(const store::SessionRow& session);

// Has its end been told? A session that another one replaced is closed without one.
bool end_is_known(const store::SessionRow& session);

// Is what is told the end that is known already? As end_session() keeps it.
bool is_same_end(const store::SessionRow& session, Instant ended, WattHours meter_stop);

// Newest register, power and state of charge. True when something changed.
bool note_readings(store::SessionRow& session, const std::vector<MeterValue>& readings);

// The energy register at the begin and at the end of what the readings tell: that of the context
// Transaction.Begin or Transaction.End, else the earliest or the latest.
std::optional<WattHours> first_register(const std::vector<MeterValue>& readings);
std::optional<WattHours> last_register(const std::vector<MeterValue>& readings);

// Adds the readings to the writes. `session` may be empty.
void write_readings(Work& work, EvseId evse, const std::string& session,
                    const std::vector<MeterValue>& readings);

// 16 hexadecimal digits.
std::string new_session_id(Random& random);

}  // namespace ladestrom::csms
