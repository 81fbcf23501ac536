// The lowest limit wins.
#include "station/smart_charging/limit.hpp"

namespace ladestrom::station {

Limit offered_limit(const Evses& evses, const Evse& evse, std::size_t sharers)
{
    Limit limit{evse.capabilities.max_current, "hardware"};
    const auto lower = [&limit](Amperes current, std::string_view cause) {
        if (current < limit.current) limit = {current, cause};
    };
    if (evse.energy_manager_limit) lower(*evse.energy_manager_limit, "energy manager");
    if (evses.energy_manager_limit && sharers > 0) {
        lower({evses.energy_manager_limit->value / static_cast<double>(sharers)}, "energy manager, shared");
    }
    // Below its minimum the pilot can only say nothing at all (IEC 61851-1: 6 A).
    if (limit.current < evse.capabilities.min_current) limit.current = {0};
    return limit;
}

}  // namespace ladestrom::station
