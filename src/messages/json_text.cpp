// Escaping and UTF-8 repair in one pass; a run of ordinary ASCII is appended in one piece.
#include "messages/json_text.hpp"

#include "base/utf8.hpp"

#include <array>
#include <cstdint>

namespace ladestrom::messages {
namespace {

bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

void append_escaped(std::string& out, unsigned char c)
{
    switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    constexpr std::string_view digits = "0123456789abcdef";
    out += "\\u00";
    out += digits[c >> 4];
    out += digits[c & 15];
}

}  // namespace

void append_string(std::string& out, std::string_view text)
{
    out += '"';
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t run = at;
        while (run < text.size() && is_plain(static_cast<unsigned char>(text[run]))) ++run;
        out.append(text, at, run - at);
        at = run;
        if (at == text.size()) break;
        const auto c = static_cast<unsigned char>(text[at]);
        if (c < 0x80) {
            append_escaped(out, c);
            ++at;
        } else if (const std::size_t length = sequence_length(text, at); length != 0) {
            out.append(text, at, length);
            at += length;
        } else {
            out += "\xEF\xBF\xBD";
            ++at;
        }
    }
    out += '"';
}

}  // namespace ladestrom::messages
