// The table of variables.
#include "station/device_model/variable.hpp"

#include <fmt/format.h>

#include <array>

namespace ladestrom::station {
namespace {

using enum Variable;
using enum VariableType;
using enum Persistence;

constexpr Range flag{0, 1};
constexpr Range day_seconds{0, 86'400};
constexpr Range measurand_items{0, 16};
// 2.1 TxStartStopPointEnumType without what needs a detector in the parking bay or a meter that signs.
constexpr std::string_view tx_points = "EVConnected,Authorized,PowerPathClosed,EnergyTransfer";

// Names of components and variables are those of OCPP 2.1; where it has none the component is the one the
// variable would belong to.
constexpr std::array<VariableRow, variable_count> variable_rows{{
    {offline_tx_for_unknown_id, "AuthCtrlr", "OfflineTxForUnknownIdEnabled", "", boolean, "", flag, stored,
     "false", "Whether an identifier that nobody knows may charge while there is no connection."},
    {authorize_remote_start, "AuthCtrlr", "AuthorizeRemoteStart", "", boolean, "", flag, stored, "false",
     "Whether a remote start is authorized first, as if the card had been presented here."},
    {local_authorize_offline, "AuthCtrlr", "LocalAuthorizeOffline", "", boolean, "", flag, stored, "true",
     "Whether identifiers known locally may charge while there is no connection."},
    {local_pre_authorize, "AuthCtrlr", "LocalPreAuthorize", "", boolean, "", flag, stored, "false",
     "Whether identifiers known locally may charge without waiting for the backend's answer."},
    {stop_on_ev_side_disconnect, "TxCtrlr", "StopTxOnEVSideDisconnect", "", boolean, "", flag, stored, "true",
     "Whether unplugging at the car ends the transaction; otherwise it is suspended."},
    {stop_on_invalid_id, "TxCtrlr", "StopTxOnInvalidId", "", boolean, "", flag, stored, "true",
     "Whether a transaction ends when the backend answers its start with an identifier that is not "
     "accepted."},
    {unlock_on_ev_side_disconnect, "OCPPCommCtrlr", "UnlockOnEVSideDisconnect", "", boolean, "", flag, stored,
     "true", "Whether unplugging at the car also releases the cable at the station."},

    {heartbeat_interval,
     "OCPPCommCtrlr",
     "HeartbeatInterval",
     "",
     integer,
     "s",
     {1, 86'400},
     stored,
     "300",
     "Silence after which a Heartbeat is sent."},
    {connection_timeout,
     "TxCtrlr",
     "EVConnectionTimeOut",
     "",
     integer,
     "s",
     {1, 86'400},
     stored,
     "60",
     "Time from authorization until the car must be plugged in."},
    {websocket_ping_interval, "OCPPCommCtrlr", "WebSocketPingInterval", "", integer, "s", day_seconds, stored,
     "60", "Time between the station's WebSocket pings; 0 sends none."},
    {message_attempts,
     "OCPPCommCtrlr",
     "MessageAttempts",
     "TransactionEvent",
     integer,
     "",
     {1, 1'000},
     stored,
     "3",
     "How often a transaction message is sent when the backend fails to process it."},
    {message_attempt_interval, "OCPPCommCtrlr", "MessageAttemptInterval", "TransactionEvent", integer, "s",
     day_seconds, stored, "60",
     "Wait before a transaction message is sent again, multiplied by the failed attempts so far."},
    {reset_retries,
     "OCPPCommCtrlr",
     "ResetRetries",
     "",
     integer,
     "",
     {0, 10},
     stored,
     "0",
     "How often an unsuccessful reset is tried again."},
    {minimum_status_duration,
     "ChargingStation",
     "MinimumStatusDuration",
     "",
     integer,
     "s",
     {0, 3'600},
     stored,
     "0",
     "How long a connector status must last before it is reported."},
    {max_energy_on_invalid_id,
     "TxCtrlr",
     "MaxEnergyOnInvalidId",
     "",
     integer,
     "Wh",
     {0, 1'000'000},
     stored,
     "0",
     "Energy still delivered after the identifier of a running transaction turned out invalid."},
    {aligned_data_interval, "AlignedDataCtrlr", "Interval", "", integer, "s", day_seconds, stored, "0",
     "Time between clock-aligned meter values, counted from midnight UTC; 0 takes none."},
    {sampled_data_interval, "SampledDataCtrlr", "TxUpdatedInterval", "", integer, "s", day_seconds, stored,
     "60", "Time between meter values of a running transaction; 0 takes none."},
    {items_per_message,
     "DeviceDataCtrlr",
     "ItemsPerMessage",
     "GetVariables",
     integer,
     "",
     {1, 1'000},
     stored,
     "100",
     "How many keys one request may ask for by name."},
    {number_of_connectors,
     "ChargingStation",
     "AvailableConnectors",
     "",
     integer,
     "",
     {1, 1'000},
     derived,
     "1",
     "Connectors of this station."},
    {security_profile,
     "SecurityCtrlr",
     "SecurityProfile",
     "",
     integer,
     "",
     {0, 3},
     derived,
     "0",
     "0: none, 1: password, 2: TLS and password."},
    {offline_threshold, "OCPPCommCtrlr", "OfflineThreshold", "", integer, "s", day_seconds, stored, "300",
     "Time without a connection after which the status of every connector is told again (2.x)."},
    {resumption_timeout,
     "TxCtrlr",
     "ResumptionTimeout",
     "",
     integer,
     "s",
     {0, 31'536'000},
     stored,
     "31536000",
     "How long the power may have been away for a transaction to go on (2.x); 0: it ends, as with "
     "interrupted_session \"close\"."},

    {aligned_data_measurands, "AlignedDataCtrlr", "Measurands", "", VariableType::measurands, "",
     measurand_items, stored, "Energy.Active.Import.Register", "Contents of clock-aligned meter values."},
    {sampled_data_measurands, "SampledDataCtrlr", "TxUpdatedMeasurands", "", VariableType::measurands, "",
     measurand_items, stored,
     "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Current.Offered,Voltage,SoC",
     "Contents of the meter values of a running transaction."},
    {stop_aligned_measurands, "AlignedDataCtrlr", "TxEndedMeasurands", "", VariableType::measurands, "",
     measurand_items, stored, "",
     "Contents of the clock-aligned meter values that the end of a transaction carries."},
    {stop_sampled_measurands, "SampledDataCtrlr", "TxEndedMeasurands", "", VariableType::measurands, "",
     measurand_items, stored, "",
     "Contents of the sampled meter values that the end of a transaction carries."},

    {tx_start_point,
     "TxCtrlr",
     "TxStartPoint",
     "",
     list,
     "",
     {1, 4},
     stored,
     "PowerPathClosed",
     "What begins a transaction, whichever comes first.",
     tx_points},
    {tx_stop_point,
     "TxCtrlr",
     "TxStopPoint",
     "",
     list,
     "",
     {1, 4},
     stored,
     "Authorized",
     "What ends a transaction when it is over, whichever comes first; at the latest the car's departure.",
     tx_points},

    {phase_rotation,
     "Connector",
     "PhaseRotation",
     "",
     list,
     "",
     {0, 1'001},
     stored,
     "",
     "How the phases of the grid connection reach each connector's meter."},
    {feature_profiles,
     "OCPPCommCtrlr",
     "FeatureProfiles",
     "",
     list,
     "",
     {1, 6},
     derived,
     "",
     "Feature profiles of OCPP 1.6 that the station supports."},
    {file_transfer_protocols,
     "OCPPCommCtrlr",
     "FileTransferProtocols",
     "",
     list,
     "",
     {0, 8},
     derived,
     "",
     "Protocols for firmware and log files; empty while the station transfers none."},
    {organization_name,
     "SecurityCtrlr",
     "OrganizationName",
     "",
     VariableType::text,
     "",
     {0, 64},
     stored,
     "",
     "Operator's name, as certificates carry it."},
    {basic_auth_password,
     "SecurityCtrlr",
     "BasicAuthPassword",
     "",
     bytes,
     "",
     {0, 64},
     stored,
     "",
     "Password of HTTP Basic authentication."},
}};

constexpr bool rows_in_order()
{
    for (std::size_t i = 0; i < variable_rows.size(); ++i) {
        if (static_cast<std::size_t>(variable_rows[i].variable) != i) return false;
    }
    return true;
}
static_assert(rows_in_order(), "the rows stand in the order of the enumerators");

}  // namespace

std::span<const VariableRow, variable_count> variable_table()
{
    return variable_rows;
}

const VariableRow& row_of(Variable variable)
{
    return variable_rows.at(static_cast<std::size_t>(variable));
}

std::string full_name(const VariableRow& row)
{
    if (row.instance.empty()) return fmt::format("{}.{}", row.component, row.name);
    return fmt::format("{}.{}[{}]", row.component, row.name, row.instance);
}

std::string_view to_string(VariableType type)
{
    switch (type) {
        case boolean: return "boolean";
        case integer: return "integer";
        case VariableType::measurands: return "measurands";
        case list: return "list";
        case VariableType::text: return "text";
        case bytes: return "bytes";
    }
    return "";
}

}  // namespace ladestrom::station
