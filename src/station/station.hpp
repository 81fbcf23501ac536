// The station engine's one door. Deterministic: no clock, no socket, no disk. An adapter feeds inputs and
// carries out effects.
//
// Adapter's duty for the Effects of every call, in this order:
//   1. now:     carried out at once; only actions that reduce energy.
//   2. records: if not empty, committed as one atomic batch.
//   3. then:    carried out after the commit (at once when there are no records), followed by
//               handle(Committed{}) if there were records. After a failed commit `then` is dropped and
//               handle(CommitFailed{}) is called.
// While a batch is in flight the adapter goes on to call handle(); the engine keeps what has to wait and
// returns no second batch before it is told of the first.
#pragma once

#include "base/counters.hpp"
#include "base/id.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "base/version.hpp"
#include "domain/session.hpp"
#include "domain/token.hpp"
#include "hardware/port.hpp"
#include "store/journal.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ladestrom::station {

// ---- inputs -------------------------------------------------------------------------------------------

// The WebSocket is open and this subprotocol was agreed.
struct LinkUp {
    OcppVersion version = OcppVersion::v1_6;
};
// The WebSocket closed, or an attempt to open it failed; reason is for people. http_status: the answer to the
// upgrade request when that was not 101.
struct LinkDown {
    std::string reason;
    std::optional<int> http_status = std::nullopt;
};
struct FrameReceived {
    std::string text;
};
struct Committed {};
struct CommitFailed {
    std::string reason;
};
// The device's clock was set from outside (RTC, NTP, a person).
struct ClockSet {
    Instant wall;
};
// next_deadline() has come. Harmless at any other time.
struct Wake {};
// A limit from the energy manager on the spot; none lifts it. Current per phase.
struct EnergyManagerLimit {
    EvseId evse;
    std::optional<Amperes> limit;
};
// A person wants a dead letter sent again (DeadLetterView::serial). Unknown ones are counted.
struct ResendDeadLetter {
    std::string serial;
};
// A person at the station, or its operating system, asks for an orderly stop of the process: running
// sessions stay in the journal. Once everything is durable (or 30 s have passed) the engine's last action is
// CloseLink, whether a connection is open or not; then the process may end.
struct ShutDown {};

using Input = std::variant<hardware::Event, LinkUp, LinkDown, FrameReceived, Committed, CommitFailed,
                           ClockSet, Wake, EnergyManagerLimit, ResendDeadLetter, ShutDown>;

// ---- effects ------------------------------------------------------------------------------------------

// Open the WebSocket. Answered by LinkUp or LinkDown.
struct OpenLink {
    std::string url;                        // ws:// or wss://, complete
    std::vector<OcppVersion> versions;      // in order of preference
    std::optional<std::string> basic_user;  // HTTP Basic, bytes
    std::string basic_password;
    seconds ping_interval{0};  // 0: no pings
};
// Close it. Answered by LinkDown when it was open or opening.
struct CloseLink {};
struct SetPingInterval {
    seconds interval;
};
struct SendFrame {
    std::string text;
};
// Restart: soft ends the program in order, hard is a power cycle. The engine is not called again.
enum class RestartKind { soft, hard };
struct Restart {
    RestartKind kind;
};
// The device's own clock should show this (the backend's time, BootNotification and Heartbeat).
struct AdjustClock {
    Instant wall;
};

using Action =
    std::variant<hardware::Command, OpenLink, CloseLink, SetPingInterval, SendFrame, Restart, AdjustClock>;

struct Effects {
    std::vector<hardware::Command> now;
    store::Batch records;
    std::vector<Action> then;
};

// ---- configuration --------------------------------------------------------------------------------------

struct EvseConfig {
    hardware::EvseCapabilities capabilities;
};

enum class InterruptedSession { resume, close };  // after a power cut: go on, or StopTransaction PowerLoss

struct Config {
    std::string identity;  // last segment of the URL
    std::string url;       // complete, identity included
    std::optional<std::string>
        basic_password;  // HTTP Basic with user = identity; overridden by AuthorizationKey
    std::vector<OcppVersion> versions{OcppVersion::v1_6};

    std::string vendor = "Ladestrom";  // 1 to 20 characters
    std::string model = "Station";     // 1 to 20 characters
    std::string serial_number;         // up to 25
    std::string firmware_version;      // up to 50
    std::string meter_type;            // up to 25
    std::string meter_serial_number;   // up to 25
    std::string iccid, imsi;           // up to 20

    std::vector<EvseConfig> evses{EvseConfig{}};
    InterruptedSession interrupted_session = InterruptedSession::resume;
    bool free_charging = false;  // no authorization: free_charging_token is sent instead in 1.6
    std::string free_charging_token = "no-card";

    // Initial values of configuration keys, by their OCPP 1.6 name, or by the full name of a variable that
    // none shows ("TxCtrlr.TxStartPoint"); what the backend changed later wins.
    std::map<std::string, std::string, std::less<>> keys;
    std::size_t max_queued_facts = 100'000;
};

// Fails with the place and the fix ("vendor: 21 characters, at most 20").
Result<void> check(const Config& config);
// One key of Config::keys alone, at such a station: what it asks of a meter, its EVSEs must be able to tell.
Result<void> check_key(Config config, const std::string& key, const std::string& value);

// ---- what others may see ----------------------------------------------------------------------------------

enum class ConnectionState { disconnected, connecting, connected, accepted };

struct SessionView {
    std::string id;                              // the journal's own number
    std::optional<std::int64_t> transaction_id;  // the backend's number, once known (1.6)
    std::string transaction;                     // what it is called in 2.x; "" in 1.6
    std::optional<IdToken> token;
    std::optional<Instant> started;  // empty while the clock is unset
    WattHours meter_start;
    WattHours energy;
    ChargingState charging_state = ChargingState::idle;
};

struct EvseView {
    EvseId evse;
    ConnectorStatus status = ConnectorStatus::unavailable;
    ConnectorError error = ConnectorError::no_error;
    hardware::PilotState pilot = hardware::PilotState::a;
    bool contactor_closed = false;
    bool locked = false;
    bool operative = true;
    Amperes offered{0};
    std::string limited_by;  // "hardware", "energy manager", ...
    hardware::MeterReading meter;
    hardware::Indication indication = hardware::Indication::booting;
    std::optional<SessionView> session;
};

struct View {
    ConnectionState connection = ConnectionState::disconnected;
    std::optional<OcppVersion> version;
    std::string last_link_error;
    std::string registration;     // "", "Accepted", "Pending", "Rejected"
    std::optional<Instant> wall;  // empty while the clock is unset
    std::size_t queued_facts = 0;
    std::size_t dead_letters = 0;
    bool store_failed = false;
    std::vector<EvseView> evses;
};

// What the backend refused to the last: a start, update or end of a session.
struct DeadLetterView {
    std::string serial;
    std::string kind;  // "Started", "Updated", "Ended"
    std::string session;
    EvseId evse;
    std::optional<std::int64_t> transaction_id;  // -1: the backend never accepted the start
    std::optional<IdToken> token;
    std::optional<Instant> at;  // of what happened; empty while the clock is unset
    WattHours meter;
    std::string reason;  // the backend's last words
    std::optional<Instant> given_up_at;
};

class Engine;

class Station {
public:
    // journal: everything durable (store::Journal::load). Checked configuration. seed: of jitter and ids.
    // wall: what the device's clock shows, if it has one that was set.
    Station(Config config, const store::Batch& journal, std::optional<Instant> wall, Tick now,
            std::uint64_t seed);
    ~Station();
    Station(Station&&) noexcept;
    Station& operator=(Station&&) noexcept;

    // Call once, first: recovery and the first effects.
    Effects start(Tick now);
    // now never decreases from call to call.
    Effects handle(Input input, Tick now);
    // When to call handle(Wake{}); none when nothing is due.
    std::optional<Tick> next_deadline() const;

    View view(Tick now) const;
    const Counters& counters() const;
    std::vector<DeadLetterView> dead_letters() const;

private:
    std::unique_ptr<Engine> engine_;
};

}  // namespace ladestrom::station
