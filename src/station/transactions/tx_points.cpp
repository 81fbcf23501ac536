#include "station/transactions/tx_points.hpp"

namespace ladestrom::station {

std::string_view to_string(TxPoint point)
{
    switch (point) {
        case TxPoint::ev_connected: return "EVConnected";
        case TxPoint::authorized: return "Authorized";
        case TxPoint::power_path_closed: return "PowerPathClosed";
        case TxPoint::energy_transfer: break;
    }
    return "EnergyTransfer";
}

}  // namespace ladestrom::station
