// GET /state: the engine's view and the simulated hardware's truth, side by side.
#pragma once

#include "local/device.hpp"

#include <string>

namespace ladestrom::local {

std::string state_json(const DeviceState& state);
// GET /dead-letters
std::string dead_letters_json(const std::vector<station::DeadLetterView>& letters);

}  // namespace ladestrom::local
