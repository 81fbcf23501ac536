// What the dialects share in serving the backend's calls: from the payload to a typed function and back, by
// one table for each version.
#pragma once

#include "messages/decode.hpp"
#include "messages/json.hpp"
#include "station/availability/availability.hpp"
#include "station/dialect/dialect.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

namespace ladestrom::station {

// A response, or why there is none.
template <class Response>
using Outcome = Result<Response, Refusal>;
// A response that may come later.
template <class Response>
using Later = std::optional<Response>;

template <class Response>
Answer answer(const Outcome<Response>& outcome, OcppVersion version)
{
    if (!outcome) return outcome.error();
    return messages::encode(*outcome, version);
}

template <class Response>
Answer answer(const Later<Response>& outcome, OcppVersion version)
{
    if (!outcome) return Deferred{};
    return messages::encode(*outcome, version);
}

// Status: the version's word for it.
template <class Status>
Status status_of(AvailabilityOutcome outcome)
{
    switch (outcome) {
        case AvailabilityOutcome::accepted: return Status::Accepted;
        case AvailabilityOutcome::scheduled: return Status::Scheduled;
        case AvailabilityOutcome::rejected: break;
    }
    return Status::Rejected;
}

// Served: a class with context(), the decoding of its version.
template <class Served, class Message, auto function>
Answer typed(Served& station, messages::JsonValue payload)
{
    static_assert(Message::sender != messages::Sender::station);
    const auto request = messages::decode<typename Message::Request>(payload, station.context());
    if (!request) return request.error();
    return answer((station.*function)(*request), station.version());
}

template <class Served>
struct CallRow {
    std::string_view action;
    Answer (*handle)(Served& station, messages::JsonValue payload);
    bool while_pending = true;  // OCPP 1.6 section 4.2
};

template <class Served>
Answer serve(std::span<const CallRow<Served>> rows, Served& station, std::string_view action,
             messages::JsonValue payload, Gate gate)
{
    using messages::ErrorCode;
    if (gate == Gate::boot_only) return Refusal{ErrorCode::security_error, "not accepted yet"};
    const auto row = std::ranges::find(rows, action, &CallRow<Served>::action);
    if (row == rows.end() || !station.knows(action)) {
        if (!station.knows(action)) return Refusal{ErrorCode::not_implemented, "unknown action"};
        return Refusal{ErrorCode::not_supported, "this station does not support it"};
    }
    if (gate == Gate::triggered_only && !row->while_pending) {
        return Refusal{ErrorCode::security_error, "not allowed while registration is pending"};
    }
    return row->handle(station, payload);
}

}  // namespace ladestrom::station
