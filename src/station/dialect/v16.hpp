// OCPP 1.6 as the station speaks it.
#pragma once

#include "station/dialect/dialect.hpp"

#include <memory>

namespace ladestrom::station {

std::unique_ptr<Dialect> make_v16(const Blocks& blocks);

}  // namespace ladestrom::station
