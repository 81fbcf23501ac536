// Where a transaction begins and ends: TxStartPoint and TxStopPoint (2.1 part 2, E01 and E06). A transaction
// lasts at most from the first sign of its use to the car's departure, whatever they say.
#pragma once

#include "station/device_model/registry.hpp"

#include <string_view>

namespace ladestrom::station {

// 2.1 TxStartStopPointEnumType.
enum class TxPoint {
    ev_connected,
    authorized,
    power_path_closed,  // both
    energy_transfer,
};

std::string_view to_string(TxPoint point);

// By the registry's present values.
struct TxPoints {
    const Registry& registry;

    bool begins_at(TxPoint point) const
    {
        return has_item(registry.text(Variable::tx_start_point), to_string(point));
    }
    bool ends_at(TxPoint point) const
    {
        return has_item(registry.text(Variable::tx_stop_point), to_string(point));
    }
    // It begins when energy flows, and at no earlier point.
    bool begins_with_energy() const
    {
        return begins_at(TxPoint::energy_transfer) && !begins_at(TxPoint::ev_connected) &&
               !begins_at(TxPoint::authorized) && !begins_at(TxPoint::power_path_closed);
    }
    // Also when nobody may charge any more, it goes on until the car has left.
    bool outlives_authorization() const
    {
        return !ends_at(TxPoint::authorized) && !ends_at(TxPoint::power_path_closed) &&
               !ends_at(TxPoint::energy_transfer);
    }
    // StopTxOnEVSideDisconnect decides otherwise.
    bool ends_without_car() const
    {
        return ends_at(TxPoint::ev_connected) || ends_at(TxPoint::power_path_closed);
    }
};

}  // namespace ladestrom::station
