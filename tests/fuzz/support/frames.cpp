#include "support/frames.hpp"

#include "support/reference_json.hpp"
#include "support/require.hpp"

#include "messages/text_rules.hpp"
#include "messages/v16.hpp"
#include "messages/v2.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace ladestrom::fuzz {
namespace {

using messages::ErrorCode;
using messages::JsonValue;

constexpr std::size_t longest_id = 36;
// Ids of the other side that are longer than the standard allows are taken, and given back.
constexpr std::size_t longest_tolerated_id = 255;
constexpr std::size_t longest_description = 255;

std::string text_item(JsonValue value, std::string_view what, std::string_view frame)
{
    std::string_view text;
    require(!value.get(text), what, frame);
    return std::string(text);
}

void require_known_code(std::string_view code, OcppVersion version, std::string_view frame)
{
    static constexpr std::array known{ErrorCode::not_implemented,
                                      ErrorCode::not_supported,
                                      ErrorCode::internal_error,
                                      ErrorCode::protocol_error,
                                      ErrorCode::security_error,
                                      ErrorCode::format_violation,
                                      ErrorCode::property_constraint_violation,
                                      ErrorCode::occurrence_constraint_violation,
                                      ErrorCode::type_constraint_violation,
                                      ErrorCode::generic_error,
                                      ErrorCode::message_type_not_supported,
                                      ErrorCode::rpc_framework_error};
    require(std::ranges::any_of(known, [&](ErrorCode one) { return to_string(one, version) == code; }),
            "the error code is one of the version's", frame);
}

std::vector<JsonValue> items_of(messages::JsonParser& parser, const std::string& text)
{
    require(reference_json(text).accepted, "a frame of ours is JSON to everybody", text);
    const auto document = parser.parse(text);
    require(document.has_value(), "a frame of ours is JSON", text);
    simdjson::dom::array array;
    require(!document->get(array), "a frame of ours is an array", text);
    return {array.begin(), array.end()};
}

void require_standard(const messages::Decoded<void>& checked, const std::string& text)
{
    if (!checked)
        fail("a payload of ours is what the standard says: " + checked.error().path + ": " +
                 checked.error().message,
             text);
}

}  // namespace

SentFrame require_ocpp_j(messages::JsonParser& parser, const std::string& text, OcppVersion version)
{
    const auto items = items_of(parser, text);
    std::int64_t type = 0;
    require(items.size() >= 3 && !items[0].get(type), "a frame of ours begins with its type", text);
    SentFrame frame;
    frame.id = text_item(items[1], "the id is a text", text);
    const std::size_t most = type == 2 ? longest_id : longest_tolerated_id;
    require(!frame.id.empty() && messages::characters(frame.id) <= most, "the id has a length", text);
    if (type == 2) {
        require(items.size() == 4, "a call has four items", text);
        frame.action = text_item(items[2], "the action is a text", text);
        require(items[3].is_object(), "the payload is an object", text);
        frame.payload = items[3];
    } else if (type == 3) {
        require(items.size() == 3 && items[2].is_object(), "a result has three items", text);
        frame.type = SentFrame::Type::result;
        frame.payload = items[2];
    } else {
        const bool refuses_result = type == 5 && version == OcppVersion::v2_1;
        require((type == 4 || refuses_result) && items.size() == 5, "an error has five items", text);
        frame.type = refuses_result ? SentFrame::Type::result_error : SentFrame::Type::error;
        frame.code = text_item(items[2], "the code is a text", text);
        require_known_code(frame.code, version, text);
        const std::string description = text_item(items[3], "the description is a text", text);
        require(messages::characters(description) <= longest_description, "the description is short", text);
        require(items[4].is_object(), "the details are an object", text);
    }
    return frame;
}

std::optional<ReceivedCall> call_in(messages::JsonParser& parser, std::string_view text)
{
    const auto document = parser.parse(text);
    simdjson::dom::array array;
    if (!document || document->get(array)) return std::nullopt;
    const std::vector<JsonValue> items(array.begin(), array.end());
    std::int64_t type = 0;
    std::string_view id;
    if (items.size() < 2 || items[0].get(type) || type != 2 || items[1].get(id)) return std::nullopt;
    std::string_view action;
    if (items.size() > 2 && items[2].get(action)) action = {};
    return ReceivedCall{std::string(id), std::string(action)};
}

void Ledger::received(std::string_view text)
{
    auto call = call_in(parser_, text);
    if (!call) return;
    Owed& owed = owed_[std::move(call->id)];
    ++owed.answers;
    owed.actions.insert(std::move(call->action));
}

const messages::ActionInfo* Ledger::find(std::string_view action) const
{
    const auto* info = version_ == OcppVersion::v1_6 ? v16::find_action(action) : v2::find_action(action);
    return info != nullptr && info->known_in(version_) ? info : nullptr;
}

messages::Decoded<void> Ledger::check_request(std::string_view action, JsonValue payload) const
{
    return version_ == OcppVersion::v1_6 ? v16::validate_request(action, payload, {})
                                         : v2::validate_request(action, payload, {.version = version_});
}

messages::Decoded<void> Ledger::check_response(std::string_view action, JsonValue payload) const
{
    return version_ == OcppVersion::v1_6 ? v16::validate_response(action, payload, {})
                                         : v2::validate_response(action, payload, {.version = version_});
}

SentFrame Ledger::sent(const std::string& text, Options options)
{
    SentFrame frame = require_ocpp_j(parser_, text, version_);
    if (frame.type == SentFrame::Type::result_error) return frame;
    if (frame.type == SentFrame::Type::call) {
        const auto* info = find(frame.action);
        require(info != nullptr && (info->sender == us_ || info->sender == messages::Sender::both),
                "a call of ours is one that we make", std::string(to_string(version_)) + " " + text);
        if (!options.unaltered_calls) require_standard(check_request(frame.action, frame.payload), text);
        return frame;
    }
    // The answers of 2.x to what is no message at all (2.0.1 part 4, section 4.3).
    const bool framework = frame.code == "RpcFrameworkError" || frame.code == "MessageTypeNotSupported";
    if (framework && version_ != OcppVersion::v1_6) return frame;
    Owed& owed = owed_[frame.id];
    require(owed.answers-- > 0, "an answer answers a call, once", text);
    if (frame.type == SentFrame::Type::result) {
        // Of several calls with this id, it answers one.
        messages::Decoded<void> checked = messages::DecodeError{ErrorCode::not_implemented, "", "no action"};
        for (const std::string& action : owed.actions) {
            if (!checked) checked = check_response(action, frame.payload);
        }
        require_standard(checked, text);
    }
    if (owed.answers == 0) owed_.erase(frame.id);
    return frame;
}

}  // namespace ladestrom::fuzz
