// Passwords and keys of machines: HMAC-SHA-256 under a secret of the server. Cheap enough for every
// connection of a hundred thousand stations, useless to whoever steals the database without the secret.
// Machine passwords are long and random; people's are not, and go through people_password.hpp.
#pragma once

#include <string>
#include <string_view>

namespace ladestrom::crypto {

class KeyedHash {
public:
    // secret: 32 bytes, see secret_file.hpp.
    explicit KeyedHash(std::string secret);

    // Printable. `purpose` and `owner` are hashed along, so that no hash is good elsewhere or for another.
    std::string hash(std::string_view purpose, std::string_view owner, std::string_view text) const;
    // Takes the same time whether equal or not.
    bool matches(std::string_view hash, std::string_view purpose, std::string_view owner,
                 std::string_view text) const;

private:
    std::string secret_;
};

// Takes the same time for texts of equal length.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace ladestrom::crypto
