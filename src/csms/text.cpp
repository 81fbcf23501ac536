#include "csms/text.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace ladestrom::csms {
namespace {

// The bytes of the printable character at `at`; 0: what stands there is none.
std::size_t printable_length(std::string_view text, std::size_t at)
{
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80) return first < 0x20 || first == 0x7F ? 0 : 1;
    const std::size_t length = sequence_length(text, at);
    const std::string_view character = text.substr(at, length);
    // U+0080 to U+009F: terminals obey them as they obey ESC.
    const bool control = character >= "\xC2\x80" && character <= "\xC2\x9F";
    // U+2028 to U+202E, U+2066 to U+2069: separators of lines and overrides of direction.
    const bool turns = (character >= "\xE2\x80\xA8" && character <= "\xE2\x80\xAE") ||
                       (character >= "\xE2\x81\xA6" && character <= "\xE2\x81\xA9");
    return control || turns ? 0 : length;
}

}  // namespace

bool is_printable(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = printable_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

std::string printable(std::string_view text)
{
    constexpr std::size_t longest = 128;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = printable_length(text, at);
        if (out.size() + std::max<std::size_t>(length, 1) > longest) break;
        if (length == 0 || text[at] == '"') {
            out += '?';
        } else {
            out += text.substr(at, length);
        }
        at += std::max<std::size_t>(length, 1);
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
