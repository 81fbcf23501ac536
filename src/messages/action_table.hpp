// Finding an action by name and checking its payloads: what the generated tables of actions share.
#pragma once

#include "messages/decode.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace ladestrom::messages {

using PayloadChecker = Decoded<void> (*)(JsonValue payload, const DecodeContext& context);

struct PayloadCheckers {
    PayloadChecker request;
    PayloadChecker response;  // nullptr: nobody answers
};

template <class T>
Decoded<void> decodes(JsonValue payload, const DecodeContext& context)
{
    T out{};
    if (auto error = read_payload(payload, context, out)) return *std::move(error);
    return {};
}

// `infos` is sorted by name.
inline const ActionInfo* find_action(std::span<const ActionInfo> infos, std::string_view name)
{
    const auto found = std::ranges::lower_bound(infos, name, {}, &ActionInfo::name);
    return found != infos.end() && found->name == name ? &*found : nullptr;
}

// `checkers` is in the order of `infos`.
inline Decoded<void> check_payload(std::span<const ActionInfo> infos,
                                   std::span<const PayloadCheckers> checkers,
                                   PayloadChecker PayloadCheckers::*which, std::string_view action,
                                   JsonValue payload, const DecodeContext& context)
{
    const ActionInfo* info = find_action(infos, action);
    if (info == nullptr || !info->known_in(context.version)) {
        return DecodeError{ErrorCode::not_implemented, "", "no such action in this version"};
    }
    const PayloadChecker check = checkers[static_cast<std::size_t>(info - infos.data())].*which;
    if (check == nullptr) return DecodeError{ErrorCode::protocol_error, "", "nobody answers this action"};
    return check(payload, context);
}

}  // namespace ladestrom::messages
