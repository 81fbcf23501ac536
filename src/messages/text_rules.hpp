// What a text may be: lengths, URIs, and times that are not quite RFC 3339.
#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace ladestrom::messages {

// Code points, as JSON schema counts them. `text` is valid UTF-8.
std::size_t characters(std::string_view text);

// ASCII letters only.
bool equal_ignoring_case(std::string_view a, std::string_view b);

// RFC 3986: a scheme, a colon, and no character that a URI cannot hold.
bool is_uri(std::string_view text);

struct RepairedTime {
    std::string_view tolerance;
    Instant instant;
};

// What stations send in place of RFC 3339: no zone (UTC is meant), an offset without minutes or colon, and
// "0".
std::optional<RepairedTime> repaired_time(std::string_view text);

}  // namespace ladestrom::messages
