// UTF-8 text measured in characters, as the protocols' limits are. Text from outside need not be UTF-8: a
// byte that belongs to no character counts as one, which is what it becomes when it is written.
#pragma once

#include <cstddef>
#include <string_view>

namespace ladestrom {

// Bytes of the well-formed sequence of two to four bytes at `at`; 0: there is none.
std::size_t sequence_length(std::string_view text, std::size_t at);

std::size_t characters(std::string_view text);

// The text, or its first characters when it has more.
std::string_view first_characters(std::string_view text, std::size_t most);

}  // namespace ladestrom
