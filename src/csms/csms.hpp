// One shard of the central system: a deterministic core that owns the stations connected to it.
// No clock, no socket, no disk. An adapter feeds inputs and carries out effects.
//
// Adapter's duty for each Effects value: when `writes` is not empty, commit them as one atomic batch; after
// the commit carry out `then` in order and call handle(Committed{batch}); after a failed commit drop `then`
// and call handle(CommitFailed{batch}). With no writes, carry out `then` at once. Batches of different
// stations may be in flight together; the core has at most one in flight per station. What depends on a
// commit (answers, Published rows, CommandDone) follows in the Effects of Committed, so the core never
// answers from memory what the store does not hold yet. Every Load is answered once, also after its socket is
// gone. A socket that is gone before AcceptSocket could be carried out is reported by SocketClosed, as is
// every accepted one at its end; a refused one is not.
#pragma once

#include "base/counters.hpp"
#include "base/id.hpp"
#include "base/time.hpp"
#include "base/version.hpp"
#include "messages/codec.hpp"
#include "rpc/peer.hpp"
#include "store/ledger.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ladestrom::csms {

// Never reused while the process lives; the newest accepted socket of a station wins.
using SocketId = std::uint64_t;
// Chosen by whoever asks; answered once by CommandDone.
using CommandId = std::uint64_t;
using BatchId = std::uint64_t;
using LoadId = std::uint64_t;

struct Now {
    Tick tick;     // deadlines
    Instant wall;  // records and answers
};

// ---- inputs -------------------------------------------------------------------------------------------

// An HTTP upgrade request waits for its answer (AcceptSocket or RefuseSocket).
struct UpgradeRequested {
    SocketId socket = 0;
    StationId identity;                // last path segment, percent-decoded
    std::string remote;                // address for the log
    std::vector<std::string> offered;  // Sec-WebSocket-Protocol, in the client's order
    bool has_credentials = false;      // HTTP Basic was sent
    std::string user, password;        // bytes
    bool tls = false;
};
struct FrameReceived {
    SocketId socket = 0;
    std::string text;
};
struct SocketClosed {
    SocketId socket = 0;
    std::string reason;
};

struct Committed {
    BatchId batch = 0;
};
struct CommitFailed {
    BatchId batch = 0;
    std::string reason;
};

// Answers to Load actions; error set when the store failed.
struct StationLoaded {
    LoadId load = 0;
    Result<store::StationState> state;
};
struct TokenLoaded {
    LoadId load = 0;
    Result<std::optional<store::TokenRow>> token;
    std::int64_t running = 0;
};
struct SessionLoaded {
    LoadId load = 0;
    Result<std::optional<store::SessionRow>> session;
};

// What a person wants of a station, in whichever version it speaks.
struct StartCharging {
    EvseId evse;
    IdToken token;
};
struct StopCharging {
    std::string transaction_id;
};
using Intent = std::variant<StartCharging, StopCharging>;

// Any OCPP call of the connection's version, unaltered (REST: POST /stations/{id}/calls).
struct CallCommand {
    CommandId command = 0;
    StationId station;
    std::string action;
    std::string payload;  // JSON text of an object
    Duration timeout = seconds(30);
    std::optional<Intent> intent = {};  // in place of action and payload, which the version's dialect finds
};
// Sets or changes what a person may set of a station; a station that does not exist is made.
struct PutStationCommand {
    CommandId command = 0;
    StationId station;
    std::optional<store::Admission> admission;
    std::optional<std::string> password;  // plain, 1 to 64 bytes; stored as keyed hash
    std::optional<std::string> name;
    std::optional<int> security_profile;
    // Those that it may speak; empty: all again. The first of them that it offers is picked (OCPP-J 1.6
    // section 3.1.2; 2.0.1 part 4 section 3). A connection in another one is closed with 1000 when this is
    // durable, so that the station comes back in one of these.
    std::optional<VersionSet> allowed_versions;
};
// The station's running sessions are closed with a flag.
struct DeleteStationCommand {
    CommandId command = 0;
    StationId station;
};
// Closes a running session that its station will not end, so that its token can be used again. What the
// station tells of it later still counts.
struct CloseSessionCommand {
    CommandId command = 0;
    StationId station;  // may have been deleted
    std::string session;
    std::string transaction_id;
};
struct PutTokenCommand {
    CommandId command = 0;
    store::TokenRow token;
};
struct DeleteTokenCommand {
    CommandId command = 0;
    std::string token;
};
struct Wake {};

using Input =
    std::variant<UpgradeRequested, FrameReceived, SocketClosed, Committed, CommitFailed, StationLoaded,
                 TokenLoaded, SessionLoaded, CallCommand, PutStationCommand, DeleteStationCommand,
                 CloseSessionCommand, PutTokenCommand, DeleteTokenCommand, Wake>;

// ---- effects ------------------------------------------------------------------------------------------

struct AcceptSocket {
    SocketId socket = 0;
    std::string subprotocol;  // empty: none agreed; the core closes at once (OCPP-J 1.6 section 3.1.2)
};
struct RefuseSocket {
    SocketId socket = 0;
    int http_status = 401;
    std::string reason;  // not sent; a Log action has said it already
};
struct SendFrame {
    SocketId socket = 0;
    std::string text;
};
struct CloseSocket {
    SocketId socket = 0;
    int code = 1000;
    std::string reason;
};

struct LoadStation {
    LoadId load = 0;
    StationId station;
};
struct LoadToken {
    LoadId load = 0;
    std::string token;
    bool count_running = false;
};
struct LoadSession {
    LoadId load = 0;
    store::SessionKey key;
};
struct LoadTransaction {
    LoadId load = 0;
    StationId station;
    std::string transaction_id;
};

// The outcome of a command.
enum class CommandStatus {
    result,      // json: the station's own answer, or {} for a write
    call_error,  // code, description, details: the station refused
    invalid,     // description: what is wrong with the command
    unknown_station,
    not_connected,
    no_answer,  // the deadline passed, or the connection was lost after the call was sent
    busy,       // too many commands wait for this station
    store_failed,
};
struct CommandDone {
    CommandId command = 0;
    CommandStatus status = CommandStatus::result;
    std::string json;
    std::string code, description, details;
};

// For live views; carries what changed, after it is durable.
enum class Direction : std::uint8_t { received, sent };
struct FrameTraced {
    StationId station;
    Direction direction = Direction::received;
    Instant at;
    std::string text;
};
struct StationChanged {
    StationId station;
    bool connected = false;
};
struct ConnectorChanged {
    store::ConnectorRow connector;
};
struct SessionChanged {
    store::SessionRow session;
};
struct MeterValueAdded {
    store::MeterValueRow row;
};
struct TokenChanged {
    std::string token;
};
using Published = std::variant<FrameTraced, StationChanged, ConnectorChanged, SessionChanged, MeterValueAdded,
                               TokenChanged>;

// A line for the log: why something was refused, and whose doing it was.
enum class LogLevel : std::uint8_t { info, warning, error };
struct Log {
    LogLevel level = LogLevel::info;
    std::string text;
};

using Action = std::variant<AcceptSocket, RefuseSocket, SendFrame, CloseSocket, LoadStation, LoadToken,
                            LoadSession, LoadTransaction, CommandDone, Published, Log>;

struct Effects {
    BatchId batch = 0;  // of writes; 0 when there are none
    store::WriteBatch writes;
    std::vector<Action> then;
};

// ---- the core ------------------------------------------------------------------------------------------

// Keyed hash of machine passwords (crypto port; HMAC-SHA-256 in production).
class PasswordHasher {
public:
    virtual ~PasswordHasher() = default;
    virtual std::string hash(const StationId& station, std::string_view password) const = 0;
    // Takes the same time whether equal or not.
    virtual bool matches(std::string_view hash, const StationId& station,
                         std::string_view password) const = 0;
};

struct Options {
    bool accept_unknown = false;      // labs: unknown stations are made, accepted, without password
    seconds heartbeat_interval{300};  // told in BootNotification
    seconds boot_retry_interval{60};  // told to pending and rejected stations
    rpc::Limits limits;
    std::size_t max_waiting_inputs = 64;    // per station, while a commit or load is under way
    std::size_t max_waiting_commands = 16;  // per station
    std::size_t token_cache_size = 100'000;
    seconds token_cache_time{60};
    bool tell_unknown = false;               // 404 for unknown identities instead of the uniform 401
    std::size_t max_unknown_stations = 256;  // kept for unknown_stations()
    std::size_t max_connectors = 64;         // kept per station; further ones are answered and counted
    seconds last_seen_interval{600};         // least time between writes of StationRow::last_seen alone
    messages::Mode decode_mode = messages::Mode::tolerant;
    bool trace_frames = true;  // publish FrameTraced; passwords in them are hidden
};

// What the API shows of connections; the rest is read from the store.
struct ConnectionView {
    StationId station;
    SocketId socket = 0;
    OcppVersion version = OcppVersion::v1_6;
    std::string remote;
    bool tls = false;
    Instant since;
    Instant last_frame;
    std::size_t waiting_commands = 0;
};

// An identity that tried to connect and is not registered: the inbox from which a person lets stations in
// (PutStationCommand). In memory only, bounded; the identity that tried least recently makes room.
struct UnknownStation {
    StationId identity;
    std::string remote;                // of the newest attempt, as what follows
    std::vector<std::string> offered;  // at most 8 subprotocols
    bool has_credentials = false;
    bool tls = false;
    // Why it was refused: a word for programs (UnknownStation.code in the API), and a sentence.
    std::string code, reason;
    Instant first_seen, last_seen;
    std::uint64_t attempts = 0;
};

// What is wrong with the identity of a station; nullopt: nothing.
std::optional<std::string> fault_of_identity(const StationId& id);

class Engine;

class Csms {
public:
    // hasher outlives the Csms. seed: of session ids and message ids.
    Csms(Options options, const PasswordHasher& hasher, std::uint64_t seed);
    ~Csms();

    // Several Effects values can follow from one input (of several stations); in order.
    std::vector<Effects> handle(Input input, Now now);
    std::optional<Tick> next_deadline() const;

    std::optional<ConnectionView> connection(const StationId& station) const;
    std::vector<ConnectionView> connections() const;       // by station id
    std::vector<UnknownStation> unknown_stations() const;  // newest attempt first
    const Counters& counters() const;

private:
    std::unique_ptr<Engine> engine_;
};

}  // namespace ladestrom::csms
