// What a station tells of itself: its boot, its connectors, its events.
#pragma once

#include "csms/work.hpp"
#include "domain/session.hpp"

#include <optional>
#include <string>

namespace ladestrom::csms {

struct BootFacts {
    std::string vendor, model, serial_number, firmware_version, iccid, imsi, meter_type, meter_serial_number;
};
struct BootAnswer {
    store::Admission admission = store::Admission::pending;
    Instant current_time;
    seconds interval{};  // accepted: between heartbeats; else: until the next attempt
};

struct ConnectorFacts {
    EvseId evse;
    ConnectorStatus status = ConnectorStatus::unavailable;
    ConnectorError error = ConnectorError::no_error;
    std::string info, vendor_error_code;
    std::optional<Instant> since;
};
struct ConnectorAnswer {};

Outcome<BootAnswer> boot(const BootFacts& facts, Work& work);
Outcome<ConnectorAnswer> connector_status(const ConnectorFacts& facts, Work& work);

// Whether a card may charge; how many sessions it has is judged when one starts (OCPP 1.6 section 7.2).
Outcome<IdTokenInfo> authorize(const IdToken& token, Work& work);

}  // namespace ladestrom::csms
