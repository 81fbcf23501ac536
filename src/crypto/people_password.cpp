#include "crypto/people_password.hpp"

#include "crypto/random_token.hpp"

#include <argon2.h>

namespace ladestrom::crypto {
namespace {

constexpr std::uint32_t lanes = 1;
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;

}  // namespace

Result<std::string> hash_password(std::string_view password, Argon2Cost cost)
{
    const std::string salt = random_bytes(salt_bytes);
    std::string encoded(
        argon2_encodedlen(cost.passes, cost.memory_kib, lanes, salt_bytes, hash_bytes, Argon2_id), '\0');
    const int code =
        argon2id_hash_encoded(cost.passes, cost.memory_kib, lanes, password.data(), password.size(),
                              salt.data(), salt.size(), hash_bytes, encoded.data(), encoded.size());
    if (code != ARGON2_OK)
        return Error{std::string("password: cannot be hashed: ") + argon2_error_message(code)};
    encoded.resize(encoded.find('\0'));
    return {boost::system::in_place_value, std::move(encoded)};
}

bool password_matches(const std::string& hash, std::string_view password)
{
    return argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

}  // namespace ladestrom::crypto
