// One row per EVSE, one column per fact.
#include "hardware_state.hpp"

#include "local/names.hpp"

#include <array>

namespace ladestrom::app {
namespace {

using hardware::simulated::CarSettings;
using hardware::simulated::SavedEvse;
using store::sqlite::Database;
using store::sqlite::DatabaseResult;
using store::sqlite::Statement;
using store::sqlite::Transaction;

constexpr std::array<std::string_view, 1> schema{
    "CREATE TABLE evse (number INTEGER PRIMARY KEY,"
    " l1_microjoules INTEGER NOT NULL, l2_microjoules INTEGER NOT NULL, l3_microjoules INTEGER NOT NULL,"
    " plugged INTEGER NOT NULL, cable_rating REAL, locked INTEGER NOT NULL, welded INTEGER NOT NULL,"
    " jammed INTEGER NOT NULL, stuck_closed INTEGER NOT NULL,"
    " fault TEXT NOT NULL, fault_critical INTEGER NOT NULL, fault_info TEXT NOT NULL,"
    " fault_vendor_code TEXT NOT NULL, emergency_stop INTEGER NOT NULL,"
    " car_stored_microjoules INTEGER NOT NULL, car_capacity_wh INTEGER NOT NULL, car_max_current REAL NOT "
    "NULL,"
    " car_phases INTEGER NOT NULL, car_min_current REAL NOT NULL, car_taper_from REAL NOT NULL,"
    " car_taper_to REAL NOT NULL, car_efficiency REAL NOT NULL, car_wants_energy INTEGER NOT NULL,"
    " car_refuses INTEGER NOT NULL, car_onset_ms INTEGER NOT NULL, car_pause_ms INTEGER NOT NULL);"
    "CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id=1), offset_ms INTEGER NOT NULL)",
};

std::int64_t integer(bool truth)
{
    return truth ? 1 : 0;
}

void bind_car(Statement& put, int first, const CarSettings& car)
{
    put.bind(first, car.capacity.value)
        .bind(first + 1, car.max_current.value)
        .bind(first + 2, std::int64_t{car.phases})
        .bind(first + 3, car.min_current.value)
        .bind(first + 4, car.taper_from.value)
        .bind(first + 5, car.taper_to)
        .bind(first + 6, car.efficiency)
        .bind(first + 7, integer(car.wants_energy))
        .bind(first + 8, integer(car.refuses))
        .bind(first + 9, std::int64_t{car.onset.count()})
        .bind(first + 10, std::int64_t{car.pause.count()});
}

CarSettings read_car(const Statement& row, int first)
{
    CarSettings car;
    car.capacity = {row.integer(first)};
    car.max_current = {row.real(first + 1)};
    car.phases = static_cast<int>(row.integer(first + 2));
    car.min_current = {row.real(first + 3)};
    car.taper_from = {row.real(first + 4)};
    car.taper_to = row.real(first + 5);
    car.efficiency = row.real(first + 6);
    car.wants_energy = row.integer(first + 7) != 0;
    car.refuses = row.integer(first + 8) != 0;
    car.onset = Duration(row.integer(first + 9));
    car.pause = Duration(row.integer(first + 10));
    return car;
}

SavedEvse read_evse(const Statement& row)
{
    SavedEvse evse;
    evse.energy_microjoules = {row.integer(1), row.integer(2), row.integer(3)};
    if (row.integer(4) != 0) evse.car = read_car(row, 16);
    if (!row.is_null(5)) evse.cable_rating = Amperes{row.real(5)};
    evse.locked = row.integer(6) != 0;
    evse.welded = row.integer(7) != 0;
    evse.jammed = row.integer(8) != 0;
    evse.stuck_closed = row.integer(9) != 0;
    evse.fault.evse = EvseId{static_cast<std::int32_t>(row.integer(0))};
    evse.fault.error = local::value_named<ConnectorError>(row.text(10)).value_or(ConnectorError::other_error);
    evse.fault.critical = row.integer(11) != 0;
    evse.fault.info = row.text(12);
    evse.fault.vendor_error_code = row.text(13);
    evse.fault.emergency_stop = row.integer(14) != 0;
    evse.car_stored_microjoules = row.integer(15);
    return evse;
}

}  // namespace

DatabaseResult<HardwareState> HardwareState::open(const std::string& path)
{
    auto database = Database::open(path, {.exclusive = true, .durable = false, .busy_timeout_ms = 0});
    if (!database) return database.error();
    if (auto migrated = database->migrate(schema); !migrated) return migrated.error();
    auto put = database->prepare(
        "INSERT OR REPLACE INTO evse VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    if (!put) return put.error();
    return HardwareState(std::move(*database), std::move(*put));
}

DatabaseResult<std::vector<SavedEvse>> HardwareState::load()
{
    auto rows = database_.prepare("SELECT * FROM evse ORDER BY number");
    if (!rows) return rows.error();
    saved_.clear();
    while (true) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return saved_;
        saved_.push_back(read_evse(*rows));
    }
}

DatabaseResult<void> HardwareState::save(const std::vector<SavedEvse>& evses)
{
    if (evses == saved_) return {};
    auto transaction = Transaction::begin(database_);
    if (!transaction) return transaction.error();
    for (std::size_t i = 0; i < evses.size(); ++i) {
        if (i < saved_.size() && saved_[i] == evses[i]) continue;
        if (auto done = put(i + 1, evses[i]); !done) return done.error();
    }
    if (auto committed = transaction->commit(); !committed) return committed.error();
    saved_ = evses;
    return {};
}

DatabaseResult<void> HardwareState::put(std::size_t number, const SavedEvse& evse)
{
    put_.bind(1, static_cast<std::int64_t>(number));
    for (std::size_t phase = 0; phase < 3; ++phase) {
        put_.bind(2 + static_cast<int>(phase), evse.energy_microjoules[phase]);
    }
    put_.bind(5, integer(evse.car.has_value()));
    evse.cable_rating ? put_.bind(6, evse.cable_rating->value) : put_.bind_null(6);
    put_.bind(7, integer(evse.locked))
        .bind(8, integer(evse.welded))
        .bind(9, integer(evse.jammed))
        .bind(10, integer(evse.stuck_closed))
        .bind(11, local::name_of(evse.fault.error))
        .bind(12, integer(evse.fault.critical))
        .bind(13, std::string_view(evse.fault.info))
        .bind(14, std::string_view(evse.fault.vendor_error_code))
        .bind(15, integer(evse.fault.emergency_stop))
        .bind(16, evse.car_stored_microjoules);
    bind_car(put_, 17, evse.car.value_or(CarSettings{}));
    return put_.run();
}

DatabaseResult<Duration> HardwareState::load_clock_offset()
{
    auto row = database_.prepare("SELECT offset_ms FROM clock");
    if (!row) return row.error();
    auto found = row->step();
    if (!found) return found.error();
    return Duration(*found ? row->integer(0) : 0);
}

DatabaseResult<void> HardwareState::save_clock_offset(Duration offset)
{
    auto put = database_.prepare("INSERT OR REPLACE INTO clock VALUES (1,?)");
    if (!put) return put.error();
    return put->bind(1, std::int64_t{offset.count()}).run();
}

}  // namespace ladestrom::app
