// OCPP 2.0.1 and 2.1 as the station speaks them.
#pragma once

#include "station/dialect/dialect.hpp"

#include <memory>

namespace ladestrom::station {

std::unique_ptr<Dialect> make_v2(OcppVersion version, const Blocks& blocks);

}  // namespace ladestrom::station
