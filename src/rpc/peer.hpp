// OCPP-J without a socket: one Peer per connection frames calls and answers, keeps one call in flight
// per direction, bounds and checks what arrives, and says which frames to send back.
// OCPP-J 1.6 section 4; rules for broken frames: docs/reference/malformed.md.
#pragma once

#include "base/counters.hpp"
#include "base/time.hpp"
#include "messages/codec.hpp"
#include "messages/json.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ladestrom::rpc {

struct Limits {
    std::size_t max_frame_bytes = 256 * 1024;
    std::size_t max_id_characters = 36;      // OCPP-J 1.6 section 4.1.4
    std::size_t max_waiting_calls = 16;      // of the other side, while one of them is unanswered
    Duration call_timeout = seconds(30);
};

// The other side calls. It stays unanswered until result() or error() is called with its id; payload is
// valid until the next call of any member of this Peer.
struct Call {
    std::string id;
    std::string action;
    messages::JsonValue payload;
};

// Our call was answered.
struct CallResult {
    std::string id;
    std::string action;
    messages::JsonValue payload;
};

// Our call was refused, or not answered in time (code generic_error, timed_out).
struct CallError {
    std::string id;
    std::string action;
    messages::ErrorCode code = messages::ErrorCode::generic_error;
    std::string code_text;  // as received
    std::string description;
    std::string details;    // JSON text, "{}" when none
    bool timed_out = false;
};

using Event = std::variant<Call, CallResult, CallError>;

// What follows from one frame: frames to send back at once (answers to what is malformed, stored answers to
// a repeated call), and at most one event for the caller.
struct Received {
    std::vector<std::string> replies;
    std::optional<Event> event;
};

class Peer {
public:
    // counters outlives the Peer.
    Peer(OcppVersion version, Limits limits, Counters& counters);

    // One text frame from the wire.
    Received receive(std::string_view frame, Tick now);

    // Calls of the other side that arrived while one was unanswered are kept, in order, up to
    // max_waiting_calls. Ask for the next one after each answer.
    std::optional<Event> next_waiting_call();

    // The frame that answers the call with this id.
    std::string result(const std::string& id, std::string_view payload_json);
    std::string error(const std::string& id, messages::ErrorCode code, std::string_view description);
    std::string error(const std::string& id, const messages::DecodeError& error);

    // One call of ours may be in flight: call() only when !call_in_flight(). id: unique on this
    // connection, 1 to 36 characters; a retry of the same message may repeat its id (errata 3.1).
    bool call_in_flight() const { return in_flight_.has_value(); }
    std::string call(std::string id, std::string_view action, std::string_view payload_json, Tick now);
    std::string call(std::string id, std::string_view action, std::string_view payload_json, Tick now,
                     Duration timeout);

    std::optional<Tick> next_deadline() const;
    // The call in flight, if its time is up. A later answer to it is dropped and counted.
    std::optional<CallError> expire(Tick now);

    OcppVersion version() const { return version_; }

private:
    struct InFlight {
        std::string id;
        std::string action;
        Tick deadline;
    };

    OcppVersion version_;
    Limits limits_;
    Counters& counters_;
    messages::JsonParser parser_;
    std::optional<InFlight> in_flight_;
    std::optional<std::string> unanswered_;  // id of the other side's call that we owe an answer
    std::deque<std::string> waiting_;        // frames of further calls of the other side
    std::string last_answered_id_;           // to recognise a repeat
    std::string last_answered_frame_;
    std::size_t last_call_hash_ = 0;
};

}  // namespace ladestrom::rpc
