// Passwords of people: argon2id, with its parameters and salt in the text it gives.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ladestrom::crypto {

// RFC 9106 section 4, second recommendation, in one lane: one core checks one password.
struct Argon2Cost {
    std::uint32_t passes = 3;
    std::uint32_t memory_kib = 64 * 1024;
};

// "$argon2id$v=19$m=65536,t=3,p=1$<salt>$<hash>". Takes a tenth of a second and its memory: not on an event
// loop.
Result<std::string> hash_password(std::string_view password, Argon2Cost cost = {});
// False also for a text that is no such hash.
bool password_matches(const std::string& hash, std::string_view password);

}  // namespace ladestrom::crypto
