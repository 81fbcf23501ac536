// Secrets from the operating system's random source, and how bytes are printed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ladestrom::crypto {

// Stops the process when the system has no random source: nothing safe could follow.
std::string random_bytes(std::size_t count);
std::uint64_t random_seed();

std::string to_hex(std::string_view bytes);
// Letters, digits, '-' and '_'; goes into URLs and headers as it is. 4 characters for 3 bytes.
std::string to_base64url(std::string_view bytes);
std::string random_token(std::size_t bytes);
// SHA-256, in hexadecimal: to look up a random token without keeping it.
std::string fingerprint(std::string_view token);

}  // namespace ladestrom::crypto
