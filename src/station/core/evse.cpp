// Small rules about an EVSE that more than one block needs.
#include "station/core/evse.hpp"

namespace ladestrom::station {

bool critical(const hardware::FaultChanged& fault)
{
    return (fault.critical || fault.emergency_stop) && fault.error != ConnectorError::no_error;
}

void enter(Evse& evse, Stage stage, Tick now)
{
    evse.stage = stage;
    evse.stage_since = now;
}

const hardware::FaultChanged* critical_fault(const Evses& evses, const Evse& evse)
{
    if (critical(evses.station_fault)) return &evses.station_fault;
    if (critical(evse.fault)) return &evse.fault;
    return nullptr;
}

}  // namespace ladestrom::station
