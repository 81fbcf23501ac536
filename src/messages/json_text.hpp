// Writing JSON strings.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ladestrom::messages {

// Appends text as a JSON string, quotes included, to out. Invalid UTF-8 becomes U+FFFD.
void append_string(std::string& out, std::string_view text);

// Bytes of the well-formed UTF-8 sequence of two to four bytes at `at`; 0: there is none.
std::size_t sequence_length(std::string_view text, std::size_t at);

}  // namespace ladestrom::messages
