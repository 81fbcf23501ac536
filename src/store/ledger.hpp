// The central system's store port: rows, the writes a core may order, and the reads the API may make.
// Rows carry domain types; text only where the wire carries text.
#pragma once

#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "base/version.hpp"
#include "domain/metering.hpp"
#include "domain/sequence_set.hpp"
#include "domain/session.hpp"
#include "domain/token.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ladestrom::store {

// ---- rows ---------------------------------------------------------------------------------------------

enum class Admission : std::uint8_t { pending, accepted, rejected };  // what BootNotification answers

struct StationRow {
    StationId id;
    Admission admission = Admission::pending;
    std::string password_hash;  // keyed hash; empty: no password set
    // Of passwords the station was told over OCPP and has not used yet, newest first. Printable, one line
    // each.
    std::vector<std::string> next_password_hashes;
    int security_profile = 1;     // least profile: 0 none, 1 Basic, 2 TLS + Basic, 3 mutual TLS
    std::string name;             // for people; may be empty
    VersionSet allowed_versions;  // that it may speak; empty: all
    // From BootNotification.
    std::string vendor, model, serial_number, firmware_version, iccid, imsi, meter_type, meter_serial_number;
    std::optional<OcppVersion> version;  // that it spoke last
    std::optional<Instant> last_boot, last_seen, created;
    std::int64_t last_transaction_id = 0;  // 1.6: newest id given out to this station

    friend bool operator==(const StationRow&, const StationRow&) = default;
};

struct ConnectorRow {
    StationId station;
    EvseId evse;  // 1.6: connector id; 0 is the station
    ConnectorStatus status = ConnectorStatus::unavailable;
    ConnectorError error = ConnectorError::no_error;
    std::string info, vendor_error_code;
    Instant since;

    friend bool operator==(const ConnectorRow&, const ConnectorRow&) = default;
};

struct TokenRow {
    IdToken token;
    std::string group;  // 1.6 parentIdTag
    AuthorizationStatus status = AuthorizationStatus::accepted;
    std::optional<Instant> valid_until;
    bool concurrent_allowed = false;  // more than one running session
    std::string note;
};

enum class SessionState : std::uint8_t { running, ended };

// Why a session needs a person's eye; bit flags, 0 when it does not.
enum SessionFlag : std::uint32_t {
    session_flag_orphan_stop = 1,       // a stop whose start is unknown
    session_flag_implausible_time = 2,  // timestamp before 2020
    session_flag_negative_energy = 4,
    session_flag_unauthorized = 8,    // the token was not accepted
    session_flag_never_stopped = 16,  // a later session began on the same connector
    // Ended by a stop without its id, found by token, time and meter. Alone it does not keep from billing.
    session_flag_matched_stop = 32,
    session_flag_station_removed = 64,     // its station was removed while it ran
    session_flag_closed_by_hand = 128,     // a person closed it without its station
    session_flag_contradicted_stop = 256,  // another end of it was told as well
    session_flag_events_missing = 512,  // 2.x: its start, or a number between two of its events, has not come
    session_flag_start_register_missing = 1024,  // 2.x: its start told no energy register
    session_flag_end_register_missing = 2048,    // 2.x: its end told none
};

struct SessionRow {
    std::string id;  // opaque, unique, ours: 16 hexadecimal digits
    StationId station;
    EvseId evse;
    std::string transaction_id;  // the wire's: 1.6 a decimal integer; "-1" and unique no more when the
                                 // station never learnt one
    IdToken token;
    AuthorizationStatus authorization = AuthorizationStatus::accepted;
    SessionState state = SessionState::running;
    Instant started;
    WattHours meter_start;
    std::optional<Instant> ended;
    std::optional<WattHours> meter_stop;
    std::optional<StopReason> stop_reason;
    std::optional<IdToken> stop_token;
    // Newest energy register and power known, for lists and tiles.
    std::optional<WattHours> meter_last;
    std::optional<Watts> power_last;
    std::optional<Percent> soc_last;
    std::string start_message_id;  // of the StartTransaction or started event; empty: none has come
    SequenceSet sequences;         // 2.x: of the events that have come
    std::uint32_t flags = 0;
    bool billable = true;
};

struct MeterValueRow {
    StationId station;
    EvseId evse;
    std::string session;  // SessionRow::id; empty outside a session
    MeterValue value;
};

// ---- writes -------------------------------------------------------------------------------------------

struct PutStation {
    StationRow row;
};
struct DeleteStation {
    StationId id;
};
struct PutConnector {
    ConnectorRow row;
};
struct PutToken {
    TokenRow row;
};
struct DeleteToken {
    std::string value;
};
struct PutSession {
    SessionRow row;
};
struct AddMeterValue {
    MeterValueRow row;
};                        // (station, evse, session, timestamp, content) stored once
struct AddStationEvent {  // boots, security events, firmware status, ...; equal ones once
    StationId station;
    Instant at;
    std::string kind;
    std::string detail;
};

using Write = std::variant<PutStation, DeleteStation, PutConnector, PutToken, DeleteToken, PutSession,
                           AddMeterValue, AddStationEvent>;
using WriteBatch = std::vector<Write>;

// What a core needs of a station when it connects.
struct StationState {
    std::optional<StationRow> station;
    std::vector<ConnectorRow> connectors;
    std::vector<SessionRow> running;  // open sessions
    std::vector<SessionRow> recent;   // newest ended ones, up to 20, newest first: to recognise replays
                                      // of a stop without a transaction id
};

// A session by its natural key, to recognise the replay of its start. Tokens are compared without regard to
// letter case here and wherever this port takes one; an empty one on either side is equal to any.
struct SessionKey {
    StationId station;
    EvseId evse;
    std::string token;
    Instant started;
    WattHours meter_start;
    std::string start_message_id;  // when not empty, this too must be equal
};

// ---- the core's side: used by the adapter that carries out a core's effects -------------------------------

// Done-callbacks run on the caller's event loop. Answers to loads may come in any order between stations.
class Ledger {
public:
    virtual ~Ledger() = default;

    // All of batch or nothing; batches of many stations share one sync (group commit).
    virtual void commit(WriteBatch batch, std::function<void(Result<void>)> done) = 0;

    virtual void load_station(StationId id, std::function<void(Result<StationState>)> done) = 0;
    virtual void load_token(std::string value, std::function<void(Result<std::optional<TokenRow>>)> done) = 0;
    virtual void load_session(SessionKey key,
                              std::function<void(Result<std::optional<SessionRow>>)> done) = 0;
    // By the transaction id on the wire.
    virtual void load_transaction(StationId station, std::string transaction_id,
                                  std::function<void(Result<std::optional<SessionRow>>)> done) = 0;
    // Running sessions of a token, over all stations (ConcurrentTx).
    virtual void count_running(std::string token, std::function<void(Result<std::int64_t>)> done) = 0;
};

}  // namespace ladestrom::store
