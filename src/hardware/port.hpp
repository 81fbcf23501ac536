// The hardware port: what the engine is told by the charging hardware, and what it may order.
// An adapter (simulated, Modbus, ...) turns these into its device's terms. All of it on the station's one
// thread of control.
#pragma once

#include "base/id.hpp"
#include "base/units.hpp"
#include "domain/session.hpp"
#include "domain/token.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace ladestrom::hardware {

// IEC 61851-1 control-pilot states. A: no car. B: car plugged in. C, D: car wants energy.
// E, F: pilot shorted, or not available.
enum class PilotState : std::uint8_t { a, b, c, d, e, f };

struct MeterReading {
    WattHours import_register;         // never decreases, survives power cuts
    std::array<Amperes, 3> current{};  // L1..L3
    std::array<Volts, 3> voltage{};    // L1..L3 against N
    std::array<Watts, 3> power{};      // L1..L3, active import
    double frequency_hz = 50;
    std::optional<Percent> soc;  // what the car tells, if it does
    std::optional<Celsius> temperature;

    friend bool operator==(const MeterReading&, const MeterReading&) = default;
};

// ---- what the hardware tells ----------------------------------------------------------------------

// At start-up once per EVSE, then at every change. On leaving C or D for A the hardware has opened its
// contactor by itself and has said so first (ContactorMoved).
struct PilotChanged {
    EvseId evse;
    PilotState state;
};

// At start-up once per EVSE, then about every second and at every order that needs one.
struct MeterRead {
    EvseId evse;
    MeterReading reading;
};

// The contactor reached a position. The reading is taken after an opening, before a closing.
struct ContactorMoved {
    EvseId evse;
    bool closed;
    MeterReading reading;
};

// A card, PIN or other local identification. evse 0: a reader that serves the whole station.
struct TokenPresented {
    EvseId evse;
    IdToken token;
};

// The lock reached a position, or could not (jammed).
struct LockMoved {
    EvseId evse;
    bool locked;
    bool jammed = false;
};

// Replaces the fault of this EVSE (0: the station). no_error clears it.
// critical: no energy may flow; otherwise a warning that is reported while charging goes on.
struct FaultChanged {
    EvseId evse;
    ConnectorError error = ConnectorError::no_error;
    bool critical = true;
    std::string info;               // up to 50 characters reach the wire
    std::string vendor_error_code;  // up to 50 characters
    bool emergency_stop = false;    // the emergency-stop button: running sessions end with that reason
};

using Event = std::variant<PilotChanged, MeterRead, ContactorMoved, TokenPresented, LockMoved, FaultChanged>;

// ---- what the engine orders -------------------------------------------------------------------------

// The current offered over the pilot, per phase; 0 suspends. phases: 1 or 3.
struct OfferCurrent {
    EvseId evse;
    Amperes limit;
    int phases = 3;
};
struct CloseContactor {
    EvseId evse;
};
struct OpenContactor {
    EvseId evse;
};
struct LockCable {
    EvseId evse;
};
struct UnlockCable {
    EvseId evse;
};

// What a person sees at the station (LED, display).
enum class Indication : std::uint8_t {
    booting,
    available,
    waiting_for_authorization,
    authorization_accepted,
    authorization_refused,
    preparing,
    charging,
    paused_by_ev,
    paused_by_evse,
    finished_unplug,
    reserved,
    unavailable,
    updating,
    fault,
};
struct Indicate {
    EvseId evse;
    Indication indication;
    bool offline = false;
};

using Command = std::variant<OfferCurrent, CloseContactor, OpenContactor, LockCable, UnlockCable, Indicate>;

// What the hardware can do; fixed while the station runs.
struct EvseCapabilities {
    Amperes max_current{32};
    Amperes min_current{6};
    int phases = 3;
    bool has_lock = true;  // detachable cable
    bool reports_soc = false;
};

}  // namespace ladestrom::hardware
