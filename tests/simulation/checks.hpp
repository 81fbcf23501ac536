// What must be true when peace has returned, against physics: the true meter of each EVSE.
#pragma once

#include "simulation/people.hpp"

namespace ladestrom::simulation {

void check_all(Surroundings& around, const Stations& stations, CsmsNode& csms, const Network& network);

}  // namespace ladestrom::simulation
