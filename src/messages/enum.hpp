// Enums of the protocol: their values and how each is spelt on the wire.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace ladestrom::messages {

// Specialised by the generator: `static constexpr std::array<std::string_view, N> names`, in the order of the
// enumerators, which count from 0.
template <class E>
struct EnumTable;

template <class E>
concept ProtocolEnum = requires { EnumTable<E>::names; };

template <ProtocolEnum E>
inline constexpr std::array<E, EnumTable<E>::names.size()> enum_values = [] {
    std::array<E, EnumTable<E>::names.size()> values{};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<E>(i);
    return values;
}();

template <ProtocolEnum E>
constexpr std::string_view to_string(E value)
{
    return EnumTable<E>::names[static_cast<std::size_t>(value)];
}

template <ProtocolEnum E>
constexpr std::optional<E> parse_enum(std::string_view text)
{
    for (const E value : enum_values<E>) {
        if (to_string(value) == text) return value;
    }
    return std::nullopt;
}

}  // namespace ladestrom::messages
