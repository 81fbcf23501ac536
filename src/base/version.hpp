// The OCPP versions this project speaks, their WebSocket subprotocol names, and sets of them.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace ladestrom {

enum class OcppVersion { v1_6, v2_0_1, v2_1 };

// Oldest first.
constexpr std::array all_versions{OcppVersion::v1_6, OcppVersion::v2_0_1, OcppVersion::v2_1};

constexpr std::string_view to_string(OcppVersion version)
{
    switch (version) {
        case OcppVersion::v1_6: return "1.6";
        case OcppVersion::v2_0_1: return "2.0.1";
        case OcppVersion::v2_1: return "2.1";
    }
    return {};
}

constexpr std::optional<OcppVersion> version_from(std::string_view text)
{
    for (const OcppVersion version : all_versions) {
        if (to_string(version) == text) return version;
    }
    return std::nullopt;
}

constexpr std::string_view subprotocol(OcppVersion version)
{
    switch (version) {
        case OcppVersion::v1_6: return "ocpp1.6";
        case OcppVersion::v2_0_1: return "ocpp2.0.1";
        case OcppVersion::v2_1: return "ocpp2.1";
    }
    return {};
}

// Compression of WebSocket messages belongs to OCPP-J since 2.0 (part 4: 2.0.1, 3.3; 2.1, 3.4).
constexpr bool knows_compression(OcppVersion version)
{
    return version != OcppVersion::v1_6;
}

constexpr std::optional<OcppVersion> version_of_subprotocol(std::string_view name)
{
    if (name == "ocpp1.6") return OcppVersion::v1_6;
    if (name == "ocpp2.0.1") return OcppVersion::v2_0_1;
    if (name == "ocpp2.1") return OcppVersion::v2_1;
    return std::nullopt;
}

class VersionSet {
public:
    constexpr VersionSet() = default;
    constexpr VersionSet(std::initializer_list<OcppVersion> versions)
    {
        for (const OcppVersion version : versions) add(version);
    }
    // As bits() of it; what is no version is left out.
    static constexpr VersionSet from_bits(std::uint32_t bits)
    {
        VersionSet set;
        for (const OcppVersion version : all_versions) {
            if ((bits & bit(version)) != 0) set.add(version);
        }
        return set;
    }

    constexpr void add(OcppVersion version) { bits_ |= bit(version); }
    constexpr bool contains(OcppVersion version) const { return (bits_ & bit(version)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    // Bit n is the version with number n.
    constexpr std::uint32_t bits() const { return bits_; }

    friend constexpr bool operator==(const VersionSet&, const VersionSet&) = default;

private:
    static constexpr std::uint32_t bit(OcppVersion version)
    {
        return std::uint32_t{1} << static_cast<unsigned>(version);
    }

    std::uint32_t bits_ = 0;
};

}  // namespace ladestrom
