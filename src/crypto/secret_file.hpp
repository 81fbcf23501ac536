// The server's own secret, in a file that only its user can read.
#pragma once

#include "base/result.hpp"

#include <string>

namespace ladestrom::crypto {

// 32 random bytes; made, with mode 0600, when the file does not exist. A file that others may read, or of
// another size, is refused: without the right secret no stored machine password fits any more.
Result<std::string> load_or_make_secret(const std::string& path);

}  // namespace ladestrom::crypto
