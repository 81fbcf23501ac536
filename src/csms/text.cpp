#include "csms/text.hpp"

namespace ladestrom::csms {

std::string printable(std::string_view text)
{
    constexpr std::size_t longest = 128;
    std::string out(text.substr(0, longest));
    for (char& c : out) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) c = '?';
    }
    return out;
}

std::string bounded(std::string text, std::size_t bytes)
{
    if (text.size() <= bytes) return text;
    std::size_t end = bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
    return text;
}

std::string token_key(std::string_view value)
{
    std::string key(value);
    for (char& c : key) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return key;
}

}  // namespace ladestrom::csms
