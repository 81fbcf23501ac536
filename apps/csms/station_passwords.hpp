// The core's port for station passwords over the server's keyed hash.
#pragma once

#include "crypto/keyed_hash.hpp"
#include "csms/csms.hpp"

namespace ladestrom::app {

class StationPasswords : public csms::PasswordHasher {
public:
    // hash outlives this.
    explicit StationPasswords(const crypto::KeyedHash& hash) : hash_(hash) {}

    std::string hash(const StationId& station, std::string_view password) const override
    {
        return hash_.hash(purpose, station.value(), password);
    }
    bool matches(std::string_view hash, const StationId& station, std::string_view password) const override
    {
        return hash_.matches(hash, purpose, station.value(), password);
    }

private:
    static constexpr std::string_view purpose = "station";

    const crypto::KeyedHash& hash_;
};

}  // namespace ladestrom::app
