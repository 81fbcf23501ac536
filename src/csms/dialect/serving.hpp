// What the dialects share: from the frame's payload to a typed function and back to the payload of its
// answer.
#pragma once

#include "csms/dialect/dialect.hpp"
#include "csms/work.hpp"
#include "messages/decode.hpp"
#include "messages/json.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace ladestrom::csms {

// Turns the answer of a block into the answer of the wire; waiting and refusals pass as they are.
template <class Response, class Answer, class Encode>
Outcome<Response> answered(Outcome<Answer> outcome, Encode encode)
{
    if (std::holds_alternative<Waiting>(outcome)) return Waiting{};
    if (auto* refused = std::get_if<Refused>(&outcome)) return std::move(*refused);
    return encode(std::get<Answer>(std::move(outcome)));
}

// None: no number of a connector or EVSE.
inline std::optional<EvseId> connector(std::int64_t id)
{
    if (id < 0 || id > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
    return EvseId(static_cast<std::int32_t>(id));
}

// A transaction's message is never refused for its content, that would destroy it in the end: what names no
// connector is kept with the station as a whole.
inline EvseId connector_or_station(std::int64_t id, Work& work)
{
    const auto evse = connector(id);
    if (!evse) work.counters.add("csms.call.bad_connector");
    return evse.value_or(EvseId(0));
}

inline std::string text_or_empty(const std::optional<std::string>& value)
{
    return value.value_or(std::string());
}

// Status: the version's RegistrationStatus.
template <class Status>
Status registration_status(store::Admission admission)
{
    switch (admission) {
        case store::Admission::accepted: return Status::Accepted;
        case store::Admission::pending: return Status::Pending;
        case store::Admission::rejected: break;
    }
    return Status::Rejected;
}

using Begin = Outcome<std::string> (*)(messages::JsonValue payload, const messages::DecodeContext& context,
                                       Work* work, Serve& serve);

struct Row {
    std::string_view action;
    Begin begin;
};

template <class Message, auto function>
Outcome<std::string> serve_message(const typename Message::Request& request, Work& work)
{
    return answered<std::string>(function(request, work), [&](const typename Message::Response& response) {
        return messages::encode(response, work.version);
    });
}

template <class Message, auto function>
Outcome<std::string> begin_message(messages::JsonValue payload, const messages::DecodeContext& context,
                                   Work* work, Serve& serve)
{
    auto request = messages::decode<typename Message::Request>(payload, context);
    if (!request) return request.error();
    Outcome<std::string> outcome = Waiting{};
    if (work != nullptr) outcome = serve_message<Message, function>(*request, *work);
    if (std::holds_alternative<Waiting>(outcome)) {
        serve = [kept = *std::move(request)](Work& later) {
            return serve_message<Message, function>(kept, later);
        };
    }
    return outcome;
}

template <class Message, auto function>
constexpr Row row()
{
    static_assert(Message::sender != messages::Sender::csms);
    return {Message::action, begin_message<Message, function>};
}

}  // namespace ladestrom::csms
