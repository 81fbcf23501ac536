// Ends of the process: Reset from the backend (sessions end and are durable first, or go on afterwards) and
// ShutDown from the device (sessions stay in the journal).
#pragma once

#include "messages/journal.hpp"
#include "station/core/context.hpp"
#include "station/outbox/outbox.hpp"
#include "station/transactions/transactions.hpp"

namespace ladestrom::station {

class Reset {
public:
    Reset(Context& context, Transactions& transactions, Sessions& sessions, const Outbox& outbox)
        : context_(context), transactions_(transactions), sessions_(sessions), outbox_(outbox)
    {
    }

    // False when one is under way.
    bool request(RestartKind kind, StopReason reason);
    // Once no session runs any more (2.1 part 2, B12).
    enum class IdleOutcome { now, scheduled, refused };
    IdleOutcome request_on_idle();
    // One EVSE alone: its transaction ends, and what it remembers of its use and of its lock is forgotten.
    IdleOutcome request_evse(EvseId evse, bool on_idle);
    // At once; sessions go on after the restart (2.1 part 2, B13). False where they are closed instead.
    bool request_and_resume();
    void shut_down();
    void advance();
    // The last action is out: the engine does nothing any more.
    bool done() const { return done_; }
    std::optional<Tick> next_deadline() const;

    static constexpr const char* shutdown_key = "shutdown";
    static constexpr const char* reset_key = "reset";

private:
    bool ready() const;
    bool any_transaction() const;
    void advance_evses();
    void begin(RestartKind kind);
    void record();
    void keep_sessions();
    journal::Stamp stamp() const;

    Context& context_;
    Transactions& transactions_;
    Sessions& sessions_;
    const Outbox& outbox_;
    std::optional<RestartKind> restart_;
    bool shutting_down_ = false;
    bool resume_ = false;  // sessions are kept
    bool recorded_ = false;
    bool done_ = false;
    Tick asked_at_{};
};

}  // namespace ladestrom::station
