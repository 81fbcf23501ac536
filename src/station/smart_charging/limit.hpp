// The one place that says how much current an EVSE may offer, and why.
#pragma once

#include "station/core/evse.hpp"

#include <string_view>

namespace ladestrom::station {

struct Limit {
    Amperes current{0};      // per phase; 0 when less than the car could use is left
    std::string_view cause;  // what made it so low
};

// sharers: EVSEs that share the station's limit, this one included.
Limit offered_limit(const Evses& evses, const Evse& evse, std::size_t sharers);

}  // namespace ladestrom::station
