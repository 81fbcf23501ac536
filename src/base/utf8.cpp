#include "base/utf8.hpp"

#include <algorithm>

namespace ladestrom {
namespace {

bool is_continuation(std::string_view text, std::size_t at)
{
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

std::size_t character_length(std::string_view text, std::size_t at)
{
    return static_cast<unsigned char>(text[at]) < 0x80 ? 1
                                                       : std::max<std::size_t>(sequence_length(text, at), 1);
}

}  // namespace

// Overlong forms, surrogates and values past U+10FFFF are ill-formed (Unicode, table 3-7).
std::size_t sequence_length(std::string_view text, std::size_t at)
{
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text, at + i)) return 0;
    }
    const auto second = static_cast<unsigned char>(text[at + 1]);
    if (first == 0xE0 && second < 0xA0) return 0;
    if (first == 0xED && second > 0x9F) return 0;
    if (first == 0xF0 && second < 0x90) return 0;
    if (first == 0xF4 && second > 0x8F) return 0;
    return length;
}

std::size_t characters(std::string_view text)
{
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); at += character_length(text, at)) ++count;
    return count;
}

std::string_view first_characters(std::string_view text, std::size_t most)
{
    std::size_t at = 0;
    for (; at < text.size() && most > 0; --most) at += character_length(text, at);
    return text.substr(0, at);
}

}  // namespace ladestrom
