// What a connector shows: the statuses of OCPP 1.6 section 4.9 and the changes it allows.
#pragma once

#include "domain/session.hpp"
#include "station/core/evse.hpp"

#include <string_view>

namespace ladestrom::station {

// The cell of the table in OCPP 1.6 section 4.9 ("B3"); "" when the change is not in it.
std::string_view transition(ConnectorStatus from, ConnectorStatus to);

// The next status on the way, `to` itself when the change is in the table.
ConnectorStatus next_status(ConnectorStatus from, ConnectorStatus to);

struct ShownStatus {
    ConnectorStatus status = ConnectorStatus::unavailable;
    ConnectorError error = ConnectorError::no_error;
    std::string info;
    std::string vendor_error_code;

    friend bool operator==(const ShownStatus&, const ShownStatus&) = default;
};

// What holds now. store_failed: no session can be started, because nothing can be made durable.
ShownStatus connector_status(const Evses& evses, const Evse& evse, bool store_failed);
ShownStatus station_status(const Evses& evses, bool store_failed);

}  // namespace ladestrom::station
