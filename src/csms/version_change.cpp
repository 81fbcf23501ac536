#include "csms/version_change.hpp"

#include <utility>

namespace ladestrom::csms {

store::WriteBatch follow_version(const StationBook& station, OcppVersion version)
{
    store::WriteBatch writes;
    store::StationRow row = station.row;
    const bool numbered_before = row.version != OcppVersion::v1_6;
    row.version = version;
    writes.push_back(store::PutStation{std::move(row)});
    if (numbered_before == (version != OcppVersion::v1_6)) return writes;
    for (const store::SessionRow& running : station.running) {
        if (running.sequences == SequenceSet{} || !running.sequences.contiguous()) continue;
        store::SessionRow session = running;
        session.sequences = {};
        writes.push_back(store::PutSession{std::move(session)});
    }
    return writes;
}

}  // namespace ladestrom::csms
