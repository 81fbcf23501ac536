// The small texts of HTTP that Beast leaves to its users.
#pragma once

#include "base/time.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ladestrom::transport {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7)
std::string http_date(Instant instant);

// A header value must not start a new line: what would becomes a space.
std::string one_line(std::string value);

// nullopt: an escape is malformed.
std::optional<std::multimap<std::string, std::string, std::less<>>> parse_query(std::string_view query);

// One server-sent event with its closing empty line (HTML, 9.2.5).
std::string event_text(std::string_view name, std::string_view data, std::string_view id);

}  // namespace ladestrom::transport
