// What a station tells of itself: its boot, its connectors, its events.
#pragma once

#include "csms/work.hpp"
#include "domain/session.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

// What goes into the station's log and asks for no answer. kind: "firmware_status", "log_status", ...;
// request_id: of the request that the status belongs to, where the message names one.
void note_status(std::string kind, std::string_view status, std::optional<std::int64_t> request_id,
                 Work& work);
void note_security_event(Instant at, std::string type, const std::optional<std::string>& tech_info,
                         Work& work);
// No certificate authority is behind this central system, so what asks for a certificate is refused.
void note_refused_certificate(Work& work);

Outcome<BootAnswer> boot(const BootFacts& facts, Work& work);
Outcome<ConnectorAnswer> connector_status(const ConnectorFacts& facts, Work& work);

// Whether a card may charge; how many sessions it has is judged when one starts (OCPP 1.6 section 7.2).
Outcome<IdTokenInfo> authorize(const IdToken& token, Work& work);

}  // namespace ladestrom::csms
