// Every variable the station has, in the terms of OCPP 2.x: component, variable, type, unit, range,
// persistence, access. To add one: an enumerator here and a row in variable.cpp; when OCPP 1.6 shows it, also
// a row in configuration_key.cpp.
#pragma once

#include "base/result.hpp"
#include "domain/metering.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ladestrom::station {

// In the comments: the OCPP 1.6 key, where its name differs.
enum class Variable : std::uint8_t {
    // boolean
    offline_tx_for_unknown_id,  // AllowOfflineTxForUnknownId
    authorize_remote_start,     // AuthorizeRemoteTxRequests
    local_authorize_offline,
    local_pre_authorize,
    stop_on_ev_side_disconnect,    // StopTransactionOnEVSideDisconnect
    stop_on_invalid_id,            // StopTransactionOnInvalidId
    unlock_on_ev_side_disconnect,  // UnlockConnectorOnEVSideDisconnect
    // integer; intervals in seconds
    heartbeat_interval,
    connection_timeout,        // plugged or authorized, until the other comes too
    websocket_ping_interval,   // 0: no pings
    message_attempts,          // TransactionMessageAttempts
    message_attempt_interval,  // TransactionMessageRetryInterval, times the failed attempts so far
    reset_retries,
    minimum_status_duration,
    max_energy_on_invalid_id,  // Wh
    aligned_data_interval,     // ClockAlignedDataInterval; 0: off
    sampled_data_interval,     // MeterValueSampleInterval; 0: off
    items_per_message,         // GetConfigurationMaxKeys
    number_of_connectors,
    security_profile,
    offline_threshold,   // 2.x alone
    resumption_timeout,  // 2.x alone; 0: never
    // measurands
    aligned_data_measurands,  // MeterValuesAlignedData
    sampled_data_measurands,  // MeterValuesSampledData
    stop_aligned_measurands,  // StopTxnAlignedData
    stop_sampled_measurands,  // StopTxnSampledData
    // lists of points
    tx_start_point,  // 2.x alone
    tx_stop_point,   // 2.x alone
    // text
    phase_rotation,           // ConnectorPhaseRotation: "0.RST,1.RST"
    feature_profiles,         // SupportedFeatureProfiles: "Core,RemoteTrigger"
    file_transfer_protocols,  // SupportedFileTransferProtocols
    organization_name,        // CpoName
    // bytes
    basic_auth_password,  // AuthorizationKey; empty: none
};
inline constexpr std::size_t variable_count = static_cast<std::size_t>(Variable::basic_auth_password) + 1;

// bytes: any bytes, printed and stored as hexadecimal digits.
enum class VariableType : std::uint8_t { boolean, integer, measurands, list, text, bytes };

// stored: changes outlive a restart. derived: follows from the hardware and the program's configuration, so
// nobody sets it.
enum class Persistence : std::uint8_t { stored, derived };

enum class Access : std::uint8_t { read_only, read_write, write_only };

// list and text hold std::string, bytes too.
using Value = std::variant<bool, std::int64_t, std::vector<MeasurandSelection>, std::string>;

// Inclusive. Of an integer: its value; of measurands and lists: items; of text and bytes: bytes.
struct Range {
    std::int64_t minimum = 0;
    std::int64_t maximum = 0;
    friend bool operator==(const Range&, const Range&) = default;
};

struct VariableRow {
    Variable variable;
    std::string_view component;
    std::string_view name;
    std::string_view instance;  // "" for none
    VariableType type;
    std::string_view unit;  // "" for none
    Range range;
    Persistence persistence;
    std::string_view initial;  // as text, see parse_value
    std::string_view meaning;  // one sentence for people
    std::string_view items{};  // of a list, all that may stand in it, separated by commas; "": anything
};

std::span<const VariableRow, variable_count> variable_table();
const VariableRow& row_of(Variable variable);

// "OCPPCommCtrlr.MessageAttempts[TransactionEvent]": names the variable for people and in journals, so it is
// never changed.
std::string full_name(const VariableRow& row);

std::string_view to_string(VariableType type);

// Whether a list, as its value is written, has this item.
bool has_item(std::string_view list, std::string_view item);

// Text as OCPP 1.6 writes it: booleans in any case, blanks around items tolerated. Fails with what is
// expected. Checks the type alone; check_range the rest.
Result<Value> parse_value(VariableType type, std::string_view text);
std::string print_value(VariableType type, const Value& value);
Result<void> check_range(const VariableRow& row, Range range, const Value& value);

}  // namespace ladestrom::station
