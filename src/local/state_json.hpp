// GET /state: the engine's view and the simulated hardware's truth, side by side.
#pragma once

#include "local/device.hpp"

#include <string>

namespace ladestrom::local {

std::string state_json(const DeviceState& state);

}  // namespace ladestrom::local
