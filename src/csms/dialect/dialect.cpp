#include "csms/dialect/dialect.hpp"

#include "csms/dialect/v16.hpp"
#include "csms/dialect/v2.hpp"

namespace ladestrom::csms {

const Dialect* dialect_of(OcppVersion version)
{
    switch (version) {
        case OcppVersion::v1_6: return &v16_dialect();
        case OcppVersion::v2_0_1:
        case OcppVersion::v2_1: return &v2_dialect(version);
    }
    return nullptr;
}

}  // namespace ladestrom::csms
