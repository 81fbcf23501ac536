// What follows when a station comes back in another version of OCPP.
#pragma once

#include "csms/work.hpp"

namespace ladestrom::csms {

// The version is the row's from now on. Between 1.6, which numbers no events, and 2.x the events of what runs
// are counted anew, from the next that is told; a transaction of which one is missing already stays
// incomplete.
store::WriteBatch follow_version(const StationBook& station, OcppVersion version);

}  // namespace ladestrom::csms
