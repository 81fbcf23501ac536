#include "crypto/keyed_hash.hpp"

#include "crypto/random_token.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace ladestrom::crypto {
namespace {

constexpr std::string_view scheme = "hmac-sha256:";

void append_sized(std::string& out, std::string_view part)
{
    const auto size = static_cast<std::uint64_t>(part.size());
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((size >> shift) & 0xFF);
    out += part;
}

}  // namespace

KeyedHash::KeyedHash(std::string secret) : secret_(std::move(secret)) {}

std::string KeyedHash::hash(std::string_view purpose, std::string_view owner, std::string_view text) const
{
    // Sizes first: no two triples may give the same message.
    std::string message;
    append_sized(message, purpose);
    append_sized(message, owner);
    append_sized(message, text);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const auto* done =
        HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
             reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(), &size);
    OPENSSL_cleanse(message.data(), message.size());
    if (done == nullptr) throw std::runtime_error("OpenSSL: HMAC-SHA-256 is not available");
    return std::string(scheme) + to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

bool KeyedHash::matches(std::string_view expected, std::string_view purpose, std::string_view owner,
                        std::string_view text) const
{
    return equal_in_constant_time(expected, hash(purpose, owner, text));
}

bool equal_in_constant_time(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace ladestrom::crypto
