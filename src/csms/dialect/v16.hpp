// OCPP 1.6 with its security extension.
#pragma once

#include "csms/dialect/dialect.hpp"

namespace ladestrom::csms {

const Dialect& v16_dialect();

}  // namespace ladestrom::csms
