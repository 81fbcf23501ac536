// The OCPP versions this project speaks, and their WebSocket subprotocol names.
#pragma once

#include <optional>
#include <string_view>

namespace ladestrom {

enum class OcppVersion { v1_6, v2_0_1, v2_1 };

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
    for (const auto version : {OcppVersion::v1_6, OcppVersion::v2_0_1, OcppVersion::v2_1}) {
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

}  // namespace ladestrom
