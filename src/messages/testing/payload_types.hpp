// Every payload of a protocol family with its type erased, for tests that do the same to each of them:
// compiled once for all, not once for each.
#pragma once

#include "messages/decode.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::messages {

using AnyPayload = std::shared_ptr<const void>;

struct PayloadType {
    const ActionInfo* action;
    std::string_view kind;  // "Request" or "Response"
    std::shared_ptr<void> (*make)();
    ReadPayload read;
    void (*write)(const void* payload, OcppVersion version, std::string& out);

    std::string name() const { return std::string(action->name).append(kind); }

    Decoded<AnyPayload> decode(JsonValue value, const DecodeContext& context) const
    {
        const std::shared_ptr<void> payload = make();
        if (auto error = read_payload(value, context, read, payload.get())) return *std::move(error);
        return AnyPayload(payload);
    }
    std::string encode(const AnyPayload& payload, OcppVersion version) const
    {
        std::string out;
        write(payload.get(), version, out);
        return out;
    }
};

// Each payload of 1.6; of 2.0.1 and 2.1. PayloadType::action says which of them a version has.
const std::vector<PayloadType>& v16_payload_types();
const std::vector<PayloadType>& v2_payload_types();

}  // namespace ladestrom::messages
