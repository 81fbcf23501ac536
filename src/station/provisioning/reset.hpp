// Ends of the process: Reset from the backend (sessions end and are durable first) and ShutDown from the
// device (sessions stay in the journal).
#pragma once

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
    bool request(RestartKind kind);
    void shut_down();
    void advance();
    // The last action is out: the engine does nothing any more.
    bool done() const { return done_; }
    std::optional<Tick> next_deadline() const;

    static constexpr const char* shutdown_key = "shutdown";

private:
    bool ready() const;

    Context& context_;
    Transactions& transactions_;
    Sessions& sessions_;
    const Outbox& outbox_;
    std::optional<RestartKind> restart_;
    bool shutting_down_ = false;
    bool done_ = false;
    Tick asked_at_{};
};

}  // namespace ladestrom::station
