// UnlockConnector: ends the session first, then opens the lock; answered when the lock has moved
// (OCPP 1.6 section 5.18).
#pragma once

#include "station/core/context.hpp"
#include "station/transactions/transactions.hpp"

namespace ladestrom::station {

enum class UnlockOutcome { unlocked, failed, not_supported };

class Unlock {
public:
    Unlock(Context& context, Transactions& transactions) : context_(context), transactions_(transactions) {}

    // None: the outcome follows, see take_outcome().
    std::optional<UnlockOutcome> request(EvseId evse);
    void advance();
    std::optional<UnlockOutcome> take_outcome() { return std::exchange(outcome_, std::nullopt); }
    std::optional<Tick> next_deadline() const;

private:
    struct Pending {
        EvseId evse;
        Tick deadline;
        std::optional<std::uint64_t> reports_before;  // set when the lock was ordered to open
    };
    void conclude(UnlockOutcome outcome);

    Context& context_;
    Transactions& transactions_;
    std::optional<Pending> pending_;
    std::optional<UnlockOutcome> outcome_;
};

}  // namespace ladestrom::station
