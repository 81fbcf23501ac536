// Percent-decoding of URL parts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ladestrom::transport {

// nullopt: an escape is malformed. Bytes that should have been escaped are taken as they are, as browsers
// send them.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

}  // namespace ladestrom::transport
