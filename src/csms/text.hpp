// Text from outside on its way to a log or a row: bounded, and without control characters where people read
// it.
#pragma once

#include <string>
#include <string_view>

namespace ladestrom::csms {

// UTF-8 without control characters, and without those that turn the direction of text around.
bool is_printable(std::string_view text);

// For a quoted place in a log line: at most 128 bytes, with '?' for what is not printable and for quotes, so
// that no text can look like another line, or like another part of its line.
std::string printable(std::string_view text);

// For a row: at most `bytes`, cut between UTF-8 characters.
std::string bounded(std::string text, std::size_t bytes = 500);

// A token's value as a key: without regard to letter case (OCPP 1.6 section 7.28).
std::string token_key(std::string_view value);

}  // namespace ladestrom::csms
