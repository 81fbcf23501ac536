// OCPP 2.0.1 and 2.1.
#pragma once

#include "csms/dialect/dialect.hpp"

namespace ladestrom::csms {

// 2.0.1 or 2.1.
const Dialect& v2_dialect(OcppVersion version);

}  // namespace ladestrom::csms
