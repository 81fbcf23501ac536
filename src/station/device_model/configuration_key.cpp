// The table of OCPP 1.6 configuration keys: those whose behaviour the station has.
#include "station/device_model/configuration_key.hpp"

#include "station/device_model/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ladestrom::station {
namespace {

using enum Access;

using Assignments = Result<std::vector<Assignment>>;

std::string read_value(const KeyRow& row, const Registry& registry)
{
    const Variable variable = row.variables.front();
    return print_value(row_of(variable).type, registry.value(variable));
}

Assignments write_value(const KeyRow& row, const Registry&, std::string_view text)
{
    const Variable variable = row.variables.front();
    auto value = parse_value(row_of(variable).type, text);
    if (!value) return value.error();
    return std::vector<Assignment>{{variable, std::move(*value)}};
}

// How many items the variable may hold.
std::string read_maximum(const KeyRow& row, const Registry& registry)
{
    return std::to_string(registry.range(row.variables.front()).maximum);
}

Assignments refuse(const KeyRow&, const Registry&, std::string_view)
{
    return Error{"follows from the rest of the configuration and cannot be set"};
}

std::string read_nothing(const KeyRow&, const Registry&)
{
    return {};
}

// Security white paper section 7.2: 16 to 20 bytes as 32 to 40 hexadecimal digits. Backends also send the
// password itself; a text of 16 to 40 bytes that is not such a number is taken as it is.
Assignments write_password(const KeyRow& row, const Registry&, std::string_view text)
{
    if (text.size() < 16 || text.size() > 40) {
        return Error{fmt::format("{} characters, expected 32 to 40 hexadecimal digits or 16 to 40 bytes",
                                 text.size())};
    }
    if (text.size() >= 32) {
        auto decoded = parse_value(VariableType::bytes, text);
        if (decoded) return std::vector<Assignment>{{row.variables.front(), std::move(*decoded)}};
    }
    return std::vector<Assignment>{{row.variables.front(), Value(std::string(text))}};
}

constexpr bool is_rotation(std::string_view text)
{
    constexpr std::array<std::string_view, 8> rotations{"NotApplicable", "Unknown", "RST", "RTS",
                                                        "SRT",           "STR",     "TRS", "TSR"};
    return std::ranges::find(rotations, text) != rotations.end();
}

// "<connector>.<rotation>", or a rotation alone for the whole station.
bool is_rotation_item(std::string_view item, std::int64_t connectors)
{
    const std::size_t dot = item.find('.');
    if (dot == std::string_view::npos) return is_rotation(item);
    const auto connector = parse_value(VariableType::integer, item.substr(0, dot));
    if (!connector) return false;
    const auto number = std::get<std::int64_t>(*connector);
    return number >= 0 && number <= connectors && is_rotation(item.substr(dot + 1));
}

Assignments write_phase_rotation(const KeyRow& row, const Registry& registry, std::string_view text)
{
    auto parsed = write_value(row, registry, text);
    if (!parsed) return parsed;
    const std::int64_t connectors = registry.integer(Variable::number_of_connectors);
    std::string_view rest = std::get<std::string>(parsed->front().value);
    while (!rest.empty()) {
        const std::string_view item = rest.substr(0, rest.find(','));
        if (!is_rotation_item(item, connectors)) {
            return Error{
                fmt::format("\"{}\", expected <connector>.<rotation> with a connector from 0 to {} and RST, "
                            "RTS, SRT, STR, TRS, TSR, NotApplicable or Unknown",
                            item, connectors)};
        }
        rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    }
    return parsed;
}

// Storage for KeyRow::variables.
template <Variable... variables>
constexpr std::array<Variable, sizeof...(variables)> of{variables...};

constexpr KeyRow setting(std::string_view name, std::span<const Variable> variables)
{
    return {name, FeatureProfile::core, read_write, false, variables, read_value, write_value, "", ""};
}

// write: what the program's own configuration may do.
constexpr KeyRow fixed(std::string_view name, std::span<const Variable> variables,
                       decltype(KeyRow::write) write = refuse)
{
    return {name, FeatureProfile::core, read_only, false, variables, read_value, write, "", ""};
}

constexpr KeyRow length_of(std::string_view name, std::span<const Variable> variables)
{
    return {name,
            FeatureProfile::core,
            read_only,
            false,
            variables,
            read_maximum,
            refuse,
            "integer",
            "How many items the list may hold.",
            false};
}

using V = Variable;

// Nobody may set over OCPP what the station would not follow: phase rotation, local authorization, retries of
// a reset and the operator's name are told as the program's configuration gives them.
constexpr std::array table{
    setting("AllowOfflineTxForUnknownId", of<V::offline_tx_for_unknown_id>),
    setting("AuthorizeRemoteTxRequests", of<V::authorize_remote_start>),
    setting("ClockAlignedDataInterval", of<V::aligned_data_interval>),
    setting("ConnectionTimeOut", of<V::connection_timeout>),
    fixed("ConnectorPhaseRotation", of<V::phase_rotation>, write_phase_rotation),
    length_of("ConnectorPhaseRotationMaxLength", of<V::phase_rotation>),
    fixed("GetConfigurationMaxKeys", of<V::items_per_message>, write_value),
    setting("HeartbeatInterval", of<V::heartbeat_interval>),
    fixed("LocalAuthorizeOffline", of<V::local_authorize_offline>, write_value),
    fixed("LocalPreAuthorize", of<V::local_pre_authorize>, write_value),
    setting("MaxEnergyOnInvalidId", of<V::max_energy_on_invalid_id>),
    setting("MeterValuesAlignedData", of<V::aligned_data_measurands>),
    length_of("MeterValuesAlignedDataMaxLength", of<V::aligned_data_measurands>),
    setting("MeterValuesSampledData", of<V::sampled_data_measurands>),
    length_of("MeterValuesSampledDataMaxLength", of<V::sampled_data_measurands>),
    setting("MeterValueSampleInterval", of<V::sampled_data_interval>),
    setting("MinimumStatusDuration", of<V::minimum_status_duration>),
    fixed("NumberOfConnectors", of<V::number_of_connectors>),
    fixed("ResetRetries", of<V::reset_retries>, write_value),
    setting("StopTransactionOnEVSideDisconnect", of<V::stop_on_ev_side_disconnect>),
    setting("StopTransactionOnInvalidId", of<V::stop_on_invalid_id>),
    setting("StopTxnAlignedData", of<V::stop_aligned_measurands>),
    length_of("StopTxnAlignedDataMaxLength", of<V::stop_aligned_measurands>),
    setting("StopTxnSampledData", of<V::stop_sampled_measurands>),
    length_of("StopTxnSampledDataMaxLength", of<V::stop_sampled_measurands>),
    fixed("SupportedFeatureProfiles", of<V::feature_profiles>),
    length_of("SupportedFeatureProfilesMaxLength", of<V::feature_profiles>),
    fixed("SupportedFileTransferProtocols", of<V::file_transfer_protocols>),
    setting("TransactionMessageAttempts", of<V::message_attempts>),
    setting("TransactionMessageRetryInterval", of<V::message_attempt_interval>),
    setting("UnlockConnectorOnEVSideDisconnect", of<V::unlock_on_ev_side_disconnect>),
    setting("WebSocketPingInterval", of<V::websocket_ping_interval>),
    // Security white paper, edition 3, section 7.
    KeyRow{"AuthorizationKey", std::nullopt, write_only, false, of<V::basic_auth_password>, read_nothing,
           write_password, "text",
           "Password of HTTP Basic authentication: 32 to 40 hexadecimal digits, or its 16 to 40 bytes."},
    KeyRow{"CpoName", std::nullopt, read_only, false, of<V::organization_name>, read_value, write_value, "",
           ""},
    KeyRow{"SecurityProfile", std::nullopt, read_only, false, of<V::security_profile>, read_value, refuse, "",
           ""},
};

}  // namespace

std::string_view to_string(FeatureProfile profile)
{
    switch (profile) {
        case FeatureProfile::core: return "Core";
        case FeatureProfile::firmware_management: return "FirmwareManagement";
        case FeatureProfile::local_auth_list_management: return "LocalAuthListManagement";
        case FeatureProfile::reservation: return "Reservation";
        case FeatureProfile::smart_charging: return "SmartCharging";
        case FeatureProfile::remote_trigger: return "RemoteTrigger";
    }
    return "";
}

std::span<const KeyRow> configuration_key_table()
{
    return table;
}

bool is_settable_alone(const VariableRow& row)
{
    const bool shown = std::ranges::any_of(configuration_key_table(), [&](const KeyRow& key) {
        return std::ranges::find(key.variables, row.variable) != key.variables.end();
    });
    return row.persistence == Persistence::stored && !shown;
}

}  // namespace ladestrom::station
