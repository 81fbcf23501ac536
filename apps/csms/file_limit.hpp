// How many files and sockets the process may have open.
#pragma once

#include <cstddef>

namespace ladestrom::app {

// Raises the limit to what the system allows this user, and returns it.
std::size_t raise_file_limit();

}  // namespace ladestrom::app
