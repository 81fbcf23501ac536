// Upper and lower case of ASCII letters, which most names on the wire are compared without regard to
// (CiString of OCPP 1.6, identifierString of 2.x, header names of HTTP).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace ladestrom {

constexpr char lower_case(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

inline std::string lower_case(std::string_view text)
{
    std::string copy(text);
    for (char& c : copy) c = lower_case(c);
    return copy;
}

constexpr bool same_ignoring_case(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, [](char x, char y) { return lower_case(x) == lower_case(y); });
}

}  // namespace ladestrom
