// What the dialects share in saying and reading.
#pragma once

#include "messages/decode.hpp"
#include "messages/json.hpp"
#include "station/calls/request.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ladestrom::station {

inline std::optional<std::string> unless_empty(const std::string& text)
{
    if (text.empty()) return std::nullopt;
    return text;
}

// Status: the version's RegistrationStatus.
template <class Status>
Registration registration_from(Status status)
{
    switch (status) {
        case Status::Accepted: return Registration::accepted;
        case Status::Pending: return Registration::pending;
        case Status::Rejected: break;
    }
    return Registration::rejected;
}

// The answer to a Message, read as its version has it; make: a Reply's alternative from the response.
template <class Message, class Make>
messages::Decoded<Reply> read_answer(messages::JsonValue payload, const messages::DecodeContext& context,
                                     Make make)
{
    const auto decoded = messages::decode<typename Message::Response>(payload, context);
    if (!decoded) return decoded.error();
    return Reply{make(*decoded)};
}

template <class Message>
messages::Decoded<Reply> read_empty(messages::JsonValue payload, const messages::DecodeContext& context)
{
    return read_answer<Message>(payload, context, [](const auto&) { return EmptyReply{}; });
}

// These two have the same fields in every version.
template <class Message>
messages::Decoded<Reply> read_boot(messages::JsonValue payload, const messages::DecodeContext& context)
{
    return read_answer<Message>(payload, context, [](const auto& response) {
        return BootReply{registration_from(response.status), response.current_time, response.interval};
    });
}

template <class Message>
messages::Decoded<Reply> read_heartbeat(messages::JsonValue payload, const messages::DecodeContext& context)
{
    return read_answer<Message>(payload, context,
                                [](const auto& response) { return HeartbeatReply{response.current_time}; });
}

// Of an answer that is wrong elsewhere, where that says what it thinks of the token; none: nowhere.
// Status: the version's AuthorizationStatus.
template <class Status>
std::optional<Status> salvage_status(messages::JsonValue payload, std::string_view info)
{
    std::string_view text;
    if (payload[info]["status"].get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
    return messages::parse_enum<Status>(text);
}

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace ladestrom::station
