// The status table of OCPP 1.6 section 4.9, and what holds by the state of an EVSE.
#include "station/availability/connector_status.hpp"

#include <array>

namespace ladestrom::station {
namespace {

using enum ConnectorStatus;

constexpr std::size_t statuses = 9;

// The specification's columns are Available, Preparing, Charging, SuspendedEV, SuspendedEVSE, Finishing,
// Reserved, Unavailable, Faulted; rows A to I in the same order. B6 is in the errata (3.20).
constexpr std::array<std::array<std::string_view, statuses>, statuses> table{{
    //            1     2     3     4     5     6     7     8     9
    /* A */ {{"", "A2", "A3", "A4", "A5", "", "A7", "A8", "A9"}},
    /* B */ {{"B1", "", "B3", "B4", "B5", "B6", "", "", "B9"}},
    /* C */ {{"C1", "", "", "C4", "C5", "C6", "", "C8", "C9"}},
    /* D */ {{"D1", "", "D3", "", "D5", "D6", "", "D8", "D9"}},
    /* E */ {{"E1", "", "E3", "E4", "", "E6", "", "E8", "E9"}},
    /* F */ {{"F1", "F2", "", "", "", "", "", "F8", "F9"}},
    /* G */ {{"G1", "G2", "", "", "", "", "", "G8", "G9"}},
    /* H */ {{"H1", "H2", "H3", "H4", "H5", "", "", "", "H9"}},
    /* I */ {{"I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", ""}},
}};

constexpr std::size_t position(ConnectorStatus status)
{
    switch (status) {
        case available: return 0;
        case preparing: return 1;
        case charging: return 2;
        case suspended_ev: return 3;
        case suspended_evse: return 4;
        case finishing: return 5;
        case reserved: return 6;
        case unavailable: return 7;
        case faulted: return 8;
    }
    return 0;
}

ConnectorStatus in_session(const Evse& evse)
{
    switch (evse.charging_state) {
        case ChargingState::charging: return charging;
        case ChargingState::idle:  // the car is gone, the transaction stays (section 4.8)
        case ChargingState::suspended_ev: return suspended_ev;
        case ChargingState::suspended_evse: return suspended_evse;
        case ChargingState::ev_connected: break;
    }
    return preparing;
}

ConnectorStatus in_use(const Evses& evses, const Evse& evse)
{
    switch (evse.stage) {
        case Stage::permitted:
        case Stage::locking:
        case Stage::starting: return preparing;
        case Stage::running: return in_session(evse);
        case Stage::recovering: return suspended_evse;
        case Stage::stopping:
        case Stage::finishing: return finishing;
        case Stage::vacant: break;
    }
    const bool in_service = evse.operative && evses.station_operative;
    if (!in_service && !evse.session) return unavailable;  // a transaction first comes to its end
    if (!evse.car_present) return available;
    return evse.waited_too_long ? finishing : preparing;
}

ShownStatus with(ConnectorStatus status, const hardware::FaultChanged& fault)
{
    return {status, fault.error, fault.info, fault.vendor_error_code};
}

}  // namespace

std::string_view transition(ConnectorStatus from, ConnectorStatus to)
{
    return table[position(from)][position(to)];
}

ConnectorStatus next_status(ConnectorStatus from, ConnectorStatus to)
{
    if (from == to || !transition(from, to).empty()) return to;
    for (const ConnectorStatus between : {preparing, available, faulted}) {
        if (!transition(from, between).empty() && !transition(between, to).empty()) return between;
    }
    return to;
}

ShownStatus connector_status(const Evses& evses, const Evse& evse, bool store_failed)
{
    if (const auto* fault = critical_fault(evses, evse)) return with(faulted, *fault);
    if (evse.lock_failed) return {faulted, ConnectorError::connector_lock_failure, "", ""};
    if (evse.contactor_closed && !evse.in_use()) {
        return {faulted, ConnectorError::power_switch_failure, "contactor does not open", ""};
    }
    if (!evse.pilot) return {unavailable, ConnectorError::no_error, "", ""};
    const ConnectorStatus status = in_use(evses, evse);
    const bool session = evse.in_use();
    if (store_failed && !session && status != unavailable) {
        return {faulted, ConnectorError::internal_error, "storage failed", ""};
    }
    if (evse.pilot_failed() && session) return {status, ConnectorError::ev_communication_error, "", ""};
    if (evse.fault.error != ConnectorError::no_error) return with(status, evse.fault);
    if (evse.lock_stuck) return {status, ConnectorError::connector_lock_failure, "", ""};
    if (evse.stage == Stage::running && !evse.car_present) {
        return {status, ConnectorError::no_error, std::string(ev_side_disconnected), ""};
    }
    if (status == finishing) return {status, ConnectorError::no_error, evse.ended_because, ""};
    return {status, ConnectorError::no_error, "", ""};
}

ShownStatus station_status(const Evses& evses, bool store_failed)
{
    const auto& fault = evses.station_fault;
    if (critical(fault)) return with(faulted, fault);
    if (store_failed) return {faulted, ConnectorError::internal_error, "storage failed", ""};
    const ConnectorStatus status = evses.station_operative ? available : unavailable;
    if (fault.error != ConnectorError::no_error) return with(status, fault);
    return {status, ConnectorError::no_error, "", ""};
}

}  // namespace ladestrom::station
