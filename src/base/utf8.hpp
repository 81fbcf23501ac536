// UTF-8 text measured in characters, as the protocols' limits are.
#pragma once

#include <cstddef>
#include <string_view>

namespace ladestrom {

// Every byte but continuation bytes begins a character.
constexpr bool begins_character(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

constexpr std::size_t characters(std::string_view utf8)
{
    std::size_t count = 0;
    for (const char byte : utf8) count += begins_character(byte) ? 1 : 0;
    return count;
}

// The text, or its first characters when it has more.
constexpr std::string_view first_characters(std::string_view utf8, std::size_t most)
{
    std::size_t count = 0;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        if (begins_character(utf8[i]) && ++count > most) return utf8.substr(0, i);
    }
    return utf8;
}

}  // namespace ladestrom
