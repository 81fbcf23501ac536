// The simulated hardware's state in a file: what a real meter, lock and clock would remember by themselves.
// A reading is stored before the engine hears of it, so that the register never steps back.
#pragma once

#include "hardware/simulated/station.hpp"
#include "store/sqlite/database.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ladestrom::app {

class HardwareState {
public:
    static store::sqlite::DatabaseResult<HardwareState> open(const std::string& path);

    // Of EVSE 1, 2, ...; empty when nothing has been saved yet.
    store::sqlite::DatabaseResult<std::vector<hardware::simulated::SavedEvse>> load();
    // Writes what has changed since the last time. Survives the death of the process; without a sync, so a
    // power cut of the machine may cost the newest second.
    store::sqlite::DatabaseResult<void> save(const std::vector<hardware::simulated::SavedEvse>& evses);

    // The device's clock minus that of the machine.
    store::sqlite::DatabaseResult<Duration> load_clock_offset();
    store::sqlite::DatabaseResult<void> save_clock_offset(Duration offset);

private:
    HardwareState(store::sqlite::Database database, store::sqlite::Statement put)
        : database_(std::move(database)), put_(std::move(put))
    {
    }

    store::sqlite::DatabaseResult<void> put(std::size_t number, const hardware::simulated::SavedEvse& evse);

    store::sqlite::Database database_;
    store::sqlite::Statement put_;
    std::vector<hardware::simulated::SavedEvse> saved_;
};

}  // namespace ladestrom::app
