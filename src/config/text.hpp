// Text that ends up on somebody's terminal.
#pragma once

#include <string>
#include <string_view>

namespace ladestrom::config {

// Control characters as TOML escapes them, so that a name or value in a message is one line and steers no
// terminal. text is UTF-8.
std::string printable(std::string_view text);

}  // namespace ladestrom::config
