// The words both sides use for a charging session (OCPP: transaction), in OCPP 2.1 terms.
#pragma once

#include <cstdint>

namespace ladestrom {

// Why a session ended: OCPP 2.1 ReasonEnumType, plus the 1.6-only hard_reset, soft_reset and unlock_command
// (2.x: ImmediateReset, ImmediateReset and Other when mapped up).
enum class StopReason : std::uint8_t {
    de_authorized,
    emergency_stop,
    energy_limit_reached,
    ev_disconnected,
    ground_fault,
    hard_reset,
    immediate_reset,
    local,
    local_out_of_credit,
    master_pass,
    other,
    overcurrent_fault,
    power_loss,
    power_quality,
    reboot,
    remote,
    soc_limit_reached,
    soft_reset,
    stopped_by_ev,
    time_limit_reached,
    timeout,
    unlock_command,
};

// OCPP 2.1 ChargingStateEnumType.
enum class ChargingState : std::uint8_t { idle, ev_connected, charging, suspended_ev, suspended_evse };

// What a connector shows: OCPP 1.6 ChargePointStatus is the finer of the two vocabularies, so it is kept;
// 2.x maps preparing..finishing to Occupied (1.6 section 7.7, 2.1 ConnectorStatusEnumType).
enum class ConnectorStatus : std::uint8_t {
    available,
    preparing,
    charging,
    suspended_evse,
    suspended_ev,
    finishing,
    reserved,
    unavailable,
    faulted,
};

// What a connector shows while a transaction on it is in this state.
constexpr ConnectorStatus status_of(ChargingState state)
{
    switch (state) {
        case ChargingState::charging: return ConnectorStatus::charging;
        case ChargingState::suspended_ev: return ConnectorStatus::suspended_ev;
        case ChargingState::suspended_evse: return ConnectorStatus::suspended_evse;
        case ChargingState::idle: return ConnectorStatus::finishing;
        case ChargingState::ev_connected: break;
    }
    return ConnectorStatus::preparing;
}

// OCPP 1.6 ChargePointErrorCode.
enum class ConnectorError : std::uint8_t {
    no_error,
    connector_lock_failure,
    ev_communication_error,
    ground_failure,
    high_temperature,
    internal_error,
    local_list_conflict,
    other_error,
    over_current_failure,
    over_voltage,
    power_meter_failure,
    power_switch_failure,
    reader_failure,
    reset_failure,
    under_voltage,
    weak_signal,
};

}  // namespace ladestrom
