// Where calls to the backend come from. Nothing is queued for sending: when the connection is free, the
// sources are asked in order of urgency what should go out now, so what is sent is always the latest state.
#pragma once

#include "station/calls/request.hpp"

#include <optional>
#include <string>

namespace ladestrom::station {

// What may be sent, by the state of registration (OCPP 1.6 section 4.2).
enum class Gate {
    boot_only,       // nothing but BootNotification
    triggered_only,  // Pending: also what the backend has asked for
    all,
};

struct Outgoing {
    Request request;
    std::string message_id;  // empty: a fresh one
};

// One call of a source is in flight at a time; answered or failed follows each.
class Source {
public:
    virtual ~Source() = default;
    virtual std::optional<Outgoing> next(Gate gate) = 0;
    virtual void answered(const Reply& reply) = 0;
    virtual void failed(const Failure& failure) = 0;
    // When next() may have something that it has not now.
    virtual std::optional<Tick> next_deadline() const = 0;
};

}  // namespace ladestrom::station
