// What the engine wants done. Actions never wait in the adapter: an Effects carries either records or
// actions, so `then` is always carried out at once and in order. An energising command that waited behind a
// commit could otherwise overtake, when it is released, the command that took it back.
#pragma once

#include "station/core/records.hpp"
#include "station/station.hpp"

namespace ladestrom::station {

class Outputs {
public:
    // Only what reduces energy; takes back energising commands for this EVSE that are not out yet.
    void now(hardware::Command command);
    void then(Action action) { then_.push_back(std::move(action)); }

    // Frames that belong to a connection that is gone.
    void drop_frames();

    // The effects of this call; something may be left for the next one, see waiting().
    Effects take(Records& records, Tick now);
    // Call again at once.
    bool waiting(const Records& records, Tick now) const;

private:
    std::vector<hardware::Command> now_;
    std::vector<Action> then_;
    bool records_were_last_ = false;  // records and actions take turns, neither starves the other
};

}  // namespace ladestrom::station
