// A payload from its JSON, whole.
#pragma once

#include "messages/codec.hpp"
#include "messages/json.hpp"

#include <optional>
#include <utility>

namespace ladestrom::messages {

// Codec<T>::read for a T whose type is not known here.
using ReadPayload = bool (*)(Reader& reader, JsonValue value, void* out);

// What decode() does, compiled once for all types.
std::optional<DecodeError> read_payload(JsonValue value, const DecodeContext& context, ReadPayload read,
                                        void* out);

template <class T>
std::optional<DecodeError> read_payload(JsonValue value, const DecodeContext& context, T& out)
{
    const auto read = [](Reader& reader, JsonValue from, void* to) {
        return Codec<T>::read(reader, from, *static_cast<T*>(to));
    };
    return read_payload(value, context, read, &out);
}

template <class T>
Decoded<T> decode(JsonValue value, const DecodeContext& context)
{
    T out{};
    if (auto error = read_payload(value, context, out)) return *std::move(error);
    return out;
}

}  // namespace ladestrom::messages
