// Rules about texts that the decoders share.
#include "messages/text_rules.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <string>

namespace ladestrom::messages {

std::size_t characters(std::string_view text)
{
    return ladestrom::characters(text);
}

bool equal_ignoring_case(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

bool is_uri(std::string_view text)
{
    const auto alpha = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || !alpha(text[0])) return false;
    const std::string_view scheme = text.substr(0, colon);
    if (!std::all_of(scheme.begin(), scheme.end(),
                     [&](char c) { return alpha(c) || digit(c) || c == '+' || c == '-' || c == '.'; })) {
        return false;
    }
    return std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F ||
               std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos;
    });
}

std::optional<RepairedTime> repaired_time(std::string_view text)
{
    if (text == "0") return RepairedTime{"tolerance.time_zero", Instant{}};
    if (const auto utc = parse_instant(std::string(text) + 'Z')) {
        return RepairedTime{"tolerance.time_without_zone", *utc};
    }
    const std::size_t sign = text.find_last_of("+-");
    if (sign == std::string_view::npos) return std::nullopt;
    std::string completed(text);
    if (text.size() - sign == 3) {
        completed += ":00";
    } else if (text.size() - sign == 5) {
        completed.insert(sign + 3, ":");
    }
    const auto instant = parse_instant(completed);
    if (!instant) return std::nullopt;
    return RepairedTime{"tolerance.short_offset", *instant};
}

}  // namespace ladestrom::messages
