// Writing JSON strings.
#pragma once

#include <string>
#include <string_view>

namespace ladestrom::messages {

// Appends text as a JSON string, quotes included, to out. Invalid UTF-8 becomes U+FFFD.
void append_string(std::string& out, std::string_view text);

}  // namespace ladestrom::messages
