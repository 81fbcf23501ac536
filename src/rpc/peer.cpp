// Framing of OCPP-J: [2,id,action,payload], [3,id,payload], [4,id,code,description,details]; since 2.1 also
// [5,id,code,description,details], the answer to an unusable result, and [6,id,action,payload], unanswered.
#include "rpc/peer.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <utility>

namespace ladestrom::rpc {
namespace {

using messages::ErrorCode;
using messages::JsonValue;

constexpr std::int64_t type_call = 2;
constexpr std::int64_t type_result = 3;
constexpr std::int64_t type_error = 4;
constexpr std::int64_t type_result_error = 5;
constexpr std::int64_t type_send = 6;
constexpr std::size_t max_description_characters = 255;  // OCPP-J 1.6 section 4.2.3
// Ids longer than the specification allows are taken up to here, and counted.
constexpr std::size_t max_tolerated_id_bytes = 255;

std::optional<std::string> text(JsonValue value)
{
    std::string_view view;
    if (value.get(view)) return std::nullopt;
    return std::string(view);
}

std::string frame_of(std::int64_t type, std::string_view id)
{
    std::string frame = "[" + std::to_string(type) + ",";
    messages::append_string(frame, id);
    return frame;
}

std::string error_items(ErrorCode code, OcppVersion version, std::string_view description)
{
    std::string items = ",\"";
    items.append(to_string(code, version)).append("\",");
    messages::append_string(items, first_characters(description, max_description_characters));
    items.append(",{}]");
    return items;
}

std::string located(const messages::DecodeError& error)
{
    return error.path.empty() ? error.message : error.path + ": " + error.message;
}

}  // namespace

Peer::Peer(OcppVersion version, Limits limits, messages::JsonParser& parser, Counters& counters)
    : version_(version), limits_(limits), parser_(&parser), counters_(&counters)
{
}

Received Peer::drop(std::string_view counter)
{
    counters_->add(counter);
    return {};
}

// Its id cannot be read. 1.6 defines no answer: dropped. 2.x answers with the id "-1" (OCPP-J 2.0.1
// section 4.3), and what was unreadable is never echoed.
Received Peer::unreadable(std::string_view counter, std::string_view description)
{
    counters_->add(counter);
    if (version_ == OcppVersion::v1_6) return {};
    return {.replies = {error_frame("-1", ErrorCode::rpc_framework_error, description)}, .event = {}};
}

Received Peer::receive(std::string_view frame, Tick /*now*/)
{
    if (frame.size() > limits_.max_frame_bytes) return drop("rpc.frame_too_long");
    const auto document = parser_->parse(frame);
    if (!document) return unreadable("rpc.not_json", "not a JSON document");
    simdjson::dom::array array;
    if (document->get(array)) return unreadable("rpc.not_an_array", "a message is a JSON array");
    std::vector<JsonValue> parts;
    for (const JsonValue part : array) {
        if (parts.size() == 6) break;
        parts.push_back(part);
    }
    std::int64_t type = 0;
    if (parts.empty() || parts[0].get(type)) {
        return unreadable("rpc.no_message_type", "a message begins with its type number");
    }
    switch (type) {
        case type_call: return receive_call(parts, frame);
        case type_result: return receive_result(parts);
        case type_error: return receive_error(parts);
        default: break;
    }
    if (version_ == OcppVersion::v2_1 && type == type_result_error) return receive_result_error(parts);
    if (version_ == OcppVersion::v2_1 && type == type_send) return receive_send(parts);
    return unknown_type(parts);
}

Received Peer::unknown_type(const std::vector<JsonValue>& parts)
{
    counters_->add("rpc.unknown_message_type");
    if (version_ != OcppVersion::v2_0_1) return {};
    const auto id = parts.size() > 1 ? text(parts[1]) : std::nullopt;
    const bool usable = id && !id->empty() && id->size() <= max_tolerated_id_bytes;
    return {.replies = {error_frame(usable ? *id : "-1", ErrorCode::message_type_not_supported,
                                    "unknown message type number")},
            .event = {}};
}

Received Peer::receive_call(const std::vector<JsonValue>& parts, std::string_view frame)
{
    const auto id = parts.size() > 1 ? text(parts[1]) : std::nullopt;
    if (!id || id->empty() || id->size() > max_tolerated_id_bytes) {
        return unreadable("rpc.unreadable_id", "the second item is the message id, a text");
    }
    if (characters(*id) > limits_.max_id_characters) counters_->add("tolerance.long_message_id");
    const auto refuse = [&](std::string_view description) {
        counters_->add("rpc.malformed_call");
        return Received{.replies = {error_frame(*id, ErrorCode::format_violation, description)}, .event = {}};
    };
    if (parts.size() != 4) return refuse("a call has four items: 2, id, action, payload");
    auto action = text(parts[2]);
    if (!action) return refuse("the third item is the action, a text");
    if (!parts[3].is_object()) return refuse("the payload is a JSON object");

    const auto content = std::hash<std::string_view>{}(frame);
    if (newest_ && newest_->id == *id && newest_->content == content) {
        counters_->add("rpc.repeated_call");
        if (owes_answer()) return {};
        return {.replies = {newest_->frame}, .event = {}};
    }
    if (owes_answer()) return keep_waiting(*id, frame);
    newest_ = Answered{*id, content, {}};
    return {.replies = {}, .event = Call{*id, std::move(*action), parts[3]}};
}

// The other side may have one call in flight; some do not keep to it.
Received Peer::keep_waiting(const std::string& id, std::string_view frame)
{
    if (std::find(waiting_.begin(), waiting_.end(), frame) != waiting_.end())
        return drop("rpc.repeated_call");
    if (waiting_.size() >= limits_.max_waiting_calls) {
        counters_->add("rpc.too_many_calls");
        return {.replies = {error_frame(id, ErrorCode::generic_error,
                                        "too many calls before the answer to the first")},
                .event = {}};
    }
    counters_->add("tolerance.call_before_answer");
    waiting_.emplace_back(frame);
    return {};
}

std::optional<Peer::InFlight> Peer::take_in_flight(std::string_view id)
{
    if (!in_flight_ || in_flight_->id != id) return std::nullopt;
    return std::exchange(in_flight_, std::nullopt);
}

// An answer to nothing is never answered, whatever it holds (late, unknown or repeated).
Received Peer::receive_result(const std::vector<JsonValue>& parts)
{
    const auto id = parts.size() > 1 ? text(parts[1]) : std::nullopt;
    auto call = id ? take_in_flight(*id) : std::nullopt;
    if (!call) return drop("rpc.answer_to_unknown_id");
    if (parts.size() != 3 || !parts[2].is_object()) {
        counters_->add("rpc.malformed_answer");
        constexpr std::string_view description = "the answer is not [3, id, payload]";
        std::vector<std::string> replies;
        if (version_ == OcppVersion::v2_1) {
            replies.push_back(result_error_frame(*id, ErrorCode::format_violation, description));
        }
        return {.replies = std::move(replies),
                .event = CallError{.id = std::move(call->id),
                                   .action = std::move(call->action),
                                   .code = ErrorCode::format_violation,
                                   .code_text = std::string(to_string(ErrorCode::format_violation, version_)),
                                   .description = std::string(description),
                                   .details = "{}"}};
    }
    return {.replies = {}, .event = CallResult{std::move(call->id), std::move(call->action), parts[2]}};
}

// Stations leave out description and details, or send null for them: taken, and counted.
Received Peer::receive_error(const std::vector<JsonValue>& parts)
{
    const auto id = parts.size() > 1 ? text(parts[1]) : std::nullopt;
    auto call = id ? take_in_flight(*id) : std::nullopt;
    if (!call) return drop("rpc.answer_to_unknown_id");
    const auto code = parts.size() > 2 ? text(parts[2]) : std::nullopt;
    const auto description = parts.size() > 3 ? text(parts[3]) : std::nullopt;
    const bool has_details = parts.size() > 4 && parts[4].is_object();
    if (!code || !description || !has_details || parts.size() > 5)
        counters_->add("tolerance.short_call_error");
    return {.replies = {},
            .event = CallError{.id = std::move(call->id),
                               .action = std::move(call->action),
                               .code = messages::error_code_from(code.value_or("")),
                               .code_text = code.value_or("GenericError"),
                               .description = description.value_or(""),
                               .details = has_details ? messages::to_text(parts[4]) : "{}"}};
}

// Only the newest answer is remembered; one that is older cannot be told from one we never gave.
Received Peer::receive_result_error(const std::vector<JsonValue>& parts)
{
    const auto id = parts.size() > 1 ? text(parts[1]) : std::nullopt;
    if (!id || !newest_ || newest_->id != *id || owes_answer()) return drop("rpc.answer_to_unknown_id");
    counters_->add("rpc.result_refused");
    const auto code = parts.size() > 2 ? text(parts[2]) : std::nullopt;
    const auto description = parts.size() > 3 ? text(parts[3]) : std::nullopt;
    return {.replies = {},
            .event = ResultRefused{*id, code.value_or("GenericError"), description.value_or("")}};
}

Received Peer::receive_send(const std::vector<JsonValue>& parts)
{
    const auto id = parts.size() == 4 ? text(parts[1]) : std::nullopt;
    const auto action = parts.size() == 4 ? text(parts[2]) : std::nullopt;
    if (!id || !action || !parts[3].is_object()) return drop("rpc.malformed_send");
    return {.replies = {}, .event = Sent{*id, *action, parts[3]}};
}

std::optional<Event> Peer::next_waiting_call()
{
    if (owes_answer() || waiting_.empty()) return std::nullopt;
    const std::string frame = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    return receive(frame, Tick{}).event;  // only well-formed calls wait, so nothing else follows from it
}

std::string Peer::answered(const std::string& id, std::string frame)
{
    if (newest_ && newest_->id == id) newest_->frame = frame;
    return frame;
}

std::string Peer::result(const std::string& id, std::string_view payload_json)
{
    std::string frame = frame_of(type_result, id);
    frame.append(",").append(payload_json).append("]");
    return answered(id, std::move(frame));
}

std::string Peer::error_frame(std::string_view id, ErrorCode code, std::string_view description) const
{
    return frame_of(type_error, id) + error_items(code, version_, description);
}

std::string Peer::result_error_frame(std::string_view id, ErrorCode code, std::string_view description) const
{
    return frame_of(type_result_error, id) + error_items(code, version_, description);
}

std::string Peer::error(const std::string& id, ErrorCode code, std::string_view description)
{
    return answered(id, error_frame(id, code, description));
}

std::string Peer::error(const std::string& id, const messages::DecodeError& error)
{
    return this->error(id, error.code, located(error));
}

std::optional<std::string> Peer::refuse_result(const CallResult& result, const messages::DecodeError& error)
{
    if (version_ != OcppVersion::v2_1) return std::nullopt;
    return result_error_frame(result.id, error.code, located(error));
}

std::string Peer::send(std::string_view id, std::string_view action, std::string_view payload_json) const
{
    assert(version_ == OcppVersion::v2_1 && "earlier versions have no SEND");
    std::string frame = frame_of(type_send, id);
    frame.append(",\"").append(action).append("\",").append(payload_json).append("]");
    return frame;
}

std::string Peer::call(std::string id, std::string_view action, std::string_view payload_json, Tick now)
{
    return call(std::move(id), action, payload_json, now, limits_.call_timeout);
}

std::string Peer::call(std::string id, std::string_view action, std::string_view payload_json, Tick now,
                       Duration timeout)
{
    assert(!in_flight_ && "one call in flight per direction");
    std::string frame = frame_of(type_call, id);
    frame.append(",\"").append(action).append("\",").append(payload_json).append("]");
    in_flight_ = InFlight{std::move(id), std::string(action), now + timeout};
    return frame;
}

std::optional<Tick> Peer::next_deadline() const
{
    if (!in_flight_) return std::nullopt;
    return in_flight_->deadline;
}

std::optional<CallError> Peer::expire(Tick now)
{
    if (!in_flight_ || now < in_flight_->deadline) return std::nullopt;
    counters_->add("rpc.call_timed_out");
    auto call = *std::exchange(in_flight_, std::nullopt);
    return CallError{.id = std::move(call.id),
                     .action = std::move(call.action),
                     .code = ErrorCode::generic_error,
                     .code_text = "GenericError",
                     .description = "no answer in time",
                     .details = "{}",
                     .timed_out = true};
}

}  // namespace ladestrom::rpc
