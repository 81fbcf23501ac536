// Times are milliseconds since 1970; enums are numbers, fixed in ledger_rows.cpp.
#include "store/sqlite/ledger_schema.hpp"

#include <array>

namespace ladestrom::store::sqlite {
namespace {

constexpr std::string_view step_1 = R"sql(
CREATE TABLE stations (
    id TEXT PRIMARY KEY,
    admission INTEGER NOT NULL,
    password_hash TEXT NOT NULL,
    security_profile INTEGER NOT NULL,
    name TEXT NOT NULL,
    vendor TEXT NOT NULL,
    model TEXT NOT NULL,
    serial_number TEXT NOT NULL,
    firmware_version TEXT NOT NULL,
    iccid TEXT NOT NULL,
    imsi TEXT NOT NULL,
    meter_type TEXT NOT NULL,
    meter_serial_number TEXT NOT NULL,
    version INTEGER,
    last_boot INTEGER,
    last_seen INTEGER,
    created INTEGER,
    last_transaction_id INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE connectors (
    station TEXT NOT NULL,
    evse INTEGER NOT NULL,
    status INTEGER NOT NULL,
    error INTEGER NOT NULL,
    info TEXT NOT NULL,
    vendor_error_code TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (station, evse)
) WITHOUT ROWID;

-- OCPP 1.6 section 7.28: idTags are compared without regard to letter case.
CREATE TABLE tokens (
    value TEXT PRIMARY KEY COLLATE NOCASE,
    type INTEGER NOT NULL,
    token_group TEXT NOT NULL,
    status INTEGER NOT NULL,
    valid_until INTEGER,
    concurrent_allowed INTEGER NOT NULL,
    note TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    station TEXT NOT NULL,
    evse INTEGER NOT NULL,
    transaction_id TEXT NOT NULL,
    token TEXT NOT NULL COLLATE NOCASE,
    token_type INTEGER NOT NULL,
    authorization INTEGER NOT NULL,
    state INTEGER NOT NULL,
    started INTEGER NOT NULL,
    meter_start INTEGER NOT NULL,
    ended INTEGER,
    meter_stop INTEGER,
    stop_reason INTEGER,
    stop_token TEXT COLLATE NOCASE,
    stop_token_type INTEGER,
    meter_last INTEGER,
    power_last REAL,
    soc_last REAL,
    start_message_id TEXT NOT NULL,
    flags INTEGER NOT NULL,
    billable INTEGER NOT NULL,
    ended_order INTEGER  -- counts the ends of a station's sessions as they are written
) WITHOUT ROWID;
CREATE INDEX sessions_by_start ON sessions (started, id);
CREATE INDEX sessions_of_station ON sessions (station, started, id);
CREATE INDEX sessions_of_token ON sessions (token, started, id);
CREATE INDEX sessions_by_transaction ON sessions (station, transaction_id);
CREATE INDEX sessions_ended_of_station ON sessions (station, ended_order) WHERE ended_order IS NOT NULL;
CREATE INDEX sessions_by_end ON sessions (ended) WHERE ended IS NOT NULL;
CREATE INDEX sessions_running ON sessions (station) WHERE state = 0;
CREATE INDEX sessions_running_of_token ON sessions (token) WHERE state = 0;
CREATE INDEX sessions_flagged ON sessions (started, id) WHERE flags <> 0;

-- What a station sent of one time; the unique key makes a repetition harmless.
CREATE TABLE meter_values (
    id INTEGER PRIMARY KEY,
    session TEXT NOT NULL,
    station TEXT NOT NULL,
    evse INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    content INTEGER NOT NULL
);
CREATE UNIQUE INDEX meter_values_once ON meter_values (session, station, evse, timestamp, content);

CREATE TABLE meter_samples (
    meter_value INTEGER NOT NULL,
    position INTEGER NOT NULL,
    measurand INTEGER NOT NULL,
    phase INTEGER NOT NULL,
    location INTEGER NOT NULL,
    context INTEGER NOT NULL,
    unit INTEGER NOT NULL,
    value REAL NOT NULL,
    signed_data TEXT,
    PRIMARY KEY (meter_value, position)
) WITHOUT ROWID;

CREATE TABLE station_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX station_events_of_station ON station_events (station, id);
CREATE UNIQUE INDEX station_events_once ON station_events (station, at, kind, detail);

CREATE TABLE users (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    scope INTEGER NOT NULL,
    password_hash TEXT NOT NULL,
    created INTEGER NOT NULL,
    last_login INTEGER
) WITHOUT ROWID;

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    scope INTEGER NOT NULL,
    key_hash TEXT NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_used INTEGER
) WITHOUT ROWID;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    status INTEGER NOT NULL,
    detail TEXT NOT NULL
);
)sql";

// Passwords that a station was told and has not used yet, one hash a line.
constexpr std::string_view step_2 = R"sql(
ALTER TABLE stations ADD COLUMN next_password_hashes TEXT NOT NULL DEFAULT '';
)sql";

// Which numbered events of a transaction of 2.x have come (SequenceSet).
constexpr std::string_view step_3 = R"sql(
ALTER TABLE sessions ADD COLUMN sequences TEXT NOT NULL DEFAULT '';
)sql";

// Which versions of OCPP a station may speak: bit n is the version with number n; 0: all.
constexpr std::string_view step_4 = R"sql(
ALTER TABLE stations ADD COLUMN allowed_versions INTEGER NOT NULL DEFAULT 0;
)sql";

constexpr std::array<std::string_view, 4> steps{step_1, step_2, step_3, step_4};

}  // namespace

std::span<const std::string_view> ledger_migrations()
{
    return steps;
}

}  // namespace ladestrom::store::sqlite
