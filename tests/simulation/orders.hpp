// What operators order of a station, in the words of its version.
#pragma once

#include "base/id.hpp"
#include "base/version.hpp"

#include <string>

namespace ladestrom::simulation {

struct Order {
    std::string action;
    std::string payload;
};

Order unlock(OcppVersion version, EvseId evse);
// evse 0: the station.
Order change_availability(OcppVersion version, EvseId evse, bool operative);
// gently: 1.6 Soft, 2.x OnIdle.
Order reset(OcppVersion version, bool gently);
Order set_sample_interval(OcppVersion version, int seconds);
Order trigger_meter_values(OcppVersion version);
Order tell_configuration(OcppVersion version);

}  // namespace ladestrom::simulation
