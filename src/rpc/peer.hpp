// OCPP-J without a socket: one Peer per connection frames calls and answers, keeps one call in flight
// per direction, bounds and checks what arrives, and says which frames to send back.
// OCPP-J 1.6 section 4, OCPP-J 2.1 section 4; rules for broken frames: docs/reference/malformed.md.
#pragma once

#include "base/counters.hpp"
#include "base/time.hpp"
#include "messages/codec.hpp"
#include "messages/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ladestrom::rpc {

struct Limits {
    std::size_t max_frame_bytes = 256 * 1024;
    std::size_t max_id_characters = 36;  // OCPP-J 1.6 section 4.1.4
    std::size_t max_waiting_calls = 16;  // of the other side, while one of them is unanswered
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
    std::string details;  // JSON text, "{}" when none
    bool timed_out = false;
};

// The other side could not use our answer to its call (CALLRESULTERROR, 2.1). Nothing is to be answered; its
// call counts as processed.
struct ResultRefused {
    std::string id;
    std::string code_text;  // as received
    std::string description;
};

// The other side tells something that nobody answers (SEND, 2.1). payload as in Call.
struct Sent {
    std::string id;
    std::string action;
    messages::JsonValue payload;
};

using Event = std::variant<Call, CallResult, CallError, ResultRefused, Sent>;

// What follows from one frame: frames to send back at once (answers to what is malformed, stored answers to
// a repeated call), and at most one event for the caller.
struct Received {
    std::vector<std::string> replies;
    std::optional<Event> event;
};

class Peer {
public:
    // parser and counters outlive the Peer. One parser serves all Peers of a thread, but a Call's payload is
    // valid only until the parser parses again: deal with an event before the next frame of any Peer.
    Peer(OcppVersion version, Limits limits, messages::JsonParser& parser, Counters& counters);

    // One text frame from the wire. Never throws for what the frame holds.
    Received receive(std::string_view frame, Tick now);

    // Calls of the other side that arrived while one was unanswered are kept, in order, up to
    // max_waiting_calls. Ask for the next one after each answer.
    std::optional<Event> next_waiting_call();

    // The frame that answers the call with this id.
    std::string result(const std::string& id, std::string_view payload_json);
    std::string error(const std::string& id, messages::ErrorCode code, std::string_view description);
    std::string error(const std::string& id, const messages::DecodeError& error);

    // The answer to our call could not be used. In 2.1 the frame that says so; before, nothing is sent.
    std::optional<std::string> refuse_result(const CallResult& result, const messages::DecodeError& error);

    // A SEND of 2.1; others may be on their way and a call may be in flight. id as for call().
    std::string send(std::string_view id, std::string_view action, std::string_view payload_json) const;

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
    // The newest call of the other side and our answer to it, to recognise a repeat.
    struct Answered {
        std::string id;
        std::size_t content = 0;  // hash of action and payload
        std::string frame;        // empty while we owe the answer
    };

    Received receive_call(const std::vector<messages::JsonValue>& parts, std::string_view frame);
    Received keep_waiting(const std::string& id, std::string_view frame);
    Received receive_result(const std::vector<messages::JsonValue>& parts);
    Received receive_error(const std::vector<messages::JsonValue>& parts);
    Received receive_result_error(const std::vector<messages::JsonValue>& parts);
    Received receive_send(const std::vector<messages::JsonValue>& parts);
    Received unknown_type(const std::vector<messages::JsonValue>& parts);
    Received drop(std::string_view counter);
    Received unreadable(std::string_view counter, std::string_view description);
    std::optional<InFlight> take_in_flight(std::string_view id);
    std::string answered(const std::string& id, std::string frame);
    std::string error_frame(std::string_view id, messages::ErrorCode code,
                            std::string_view description) const;
    std::string result_error_frame(std::string_view id, messages::ErrorCode code,
                                   std::string_view description) const;
    bool owes_answer() const { return newest_ && newest_->frame.empty(); }

    OcppVersion version_;
    Limits limits_;
    messages::JsonParser* parser_;
    Counters* counters_;
    std::optional<InFlight> in_flight_;
    std::optional<Answered> newest_;
    // A vector, because an empty deque would hold 600 bytes for every connection.
    std::vector<std::string> waiting_;  // frames of calls that came while we owed an answer
};

}  // namespace ladestrom::rpc
