// One EVSE as the blocks share it: what the hardware told, what was ordered of it, and where its use stands.
#pragma once

#include "base/time.hpp"
#include "station/core/serial.hpp"
#include "station/station.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::station {

// An identification that was accepted and waits for what else a session needs.
struct Permit {
    IdToken token;
    std::optional<std::string> group;
    bool remote = false;
    std::optional<Tick> expires;                  // until a car is there
    std::optional<std::int64_t> remote_start_id;  // 2.x
    bool car_waited = false;                      // it was there first
};

// Whose return the locked cable waits for.
struct HeldCable {
    IdToken token;
    std::optional<std::string> group;
};

// Where the use of an EVSE stands. Transitions: transactions/stages.cpp.
enum class Stage {
    vacant,      // nobody may charge; a car may be plugged in
    permitted,   // identified, waiting for the car
    locking,     // car and permit are there; the cable is being locked
    starting,    // the start is recorded, not yet durable: no energy
    running,     // energy may flow
    recovering,  // interrupted by a restart, waiting for the hardware to report
    stopping,    // told to end; waiting for the last reading
    finishing,   // ended; the car or the cable is still there
};

struct Evse {
    EvseId id;
    hardware::EvseCapabilities capabilities;

    // What the hardware told.
    std::optional<hardware::PilotState> pilot;
    std::optional<hardware::MeterReading> reading;
    bool contactor_closed = false;
    bool locked = false;
    std::uint64_t lock_reports = 0;  // LockMoved so far
    bool lock_stuck = false;         // it was last reported jammed
    hardware::FaultChanged fault;

    // What follows from it. E and F say nothing about the plug, so the car counts as before.
    bool car_present = false;
    std::uint64_t plugged_order = 0;    // of arrival; 0 without a car
    std::optional<Tick> waiting_since;  // a car without a permit
    bool plug_used = false;             // this car had a transaction that ended before any energy
    bool waited_too_long = false;       // ConnectionTimeOut passed while waiting
    bool lock_failed = false;           // until the car is gone
    bool reset_awaited = false;         // at the backend's wish, once no session runs here

    // In service.
    bool operative = true;
    std::optional<Amperes> energy_manager_limit;

    // Use.
    Stage stage = Stage::vacant;
    Tick stage_since{};
    std::optional<Permit> permit;
    std::optional<Serial> session;            // the transaction, as long as it is open
    std::optional<HeldCable> cable_held_for;  // stays locked until this one returns
    std::string ended_because;                // for people, while finishing
    bool use_over = false;                    // car and cable have left, while finishing
    bool finishing_recorded = false;
    ChargingState charging_state = ChargingState::idle;

    // What was ordered.
    bool close_ordered = false;
    bool contactor_unsettled = false;  // closed at some time since it was last reported open, perhaps
    Tick contactor_ordered_at{};
    std::optional<Amperes> offered;  // none: not known to the hardware yet
    std::string limited_by;
    std::optional<bool> lock_ordered;
    std::optional<hardware::Indicate> indicated;

    // Shown for a moment in place of what holds otherwise.
    hardware::Indication flash = hardware::Indication::booting;
    std::optional<Tick> flash_until;

    // Energy flows, is about to, or has just flowed: a transaction may be open before and after that.
    bool in_use() const { return session && stage >= Stage::starting && stage <= Stage::stopping; }
    bool wants_energy() const { return pilot == hardware::PilotState::c || pilot == hardware::PilotState::d; }
    bool pilot_failed() const { return pilot == hardware::PilotState::e || pilot == hardware::PilotState::f; }
};

// The station's EVSEs, numbered from 1, and what concerns them all.
struct Evses {
    std::vector<Evse> all;
    hardware::FaultChanged station_fault;  // evse 0
    bool station_operative = true;
    std::optional<Amperes> energy_manager_limit;

    Evse* find(EvseId id)
    {
        const auto index = static_cast<std::size_t>(id.value() - 1);
        return id.value() >= 1 && index < all.size() ? &all[index] : nullptr;
    }
    const Evse* find(EvseId id) const { return const_cast<Evses*>(this)->find(id); }
};

// OCPP 1.6 section 4.9 asks for this text.
inline constexpr std::string_view ev_side_disconnected = "EV side disconnected";

void enter(Evse& evse, Stage stage, Tick now);

// No energy may flow; an emergency stop is never a mere warning.
bool critical(const hardware::FaultChanged& fault);
// The fault that lets no energy flow, if there is one.
const hardware::FaultChanged* critical_fault(const Evses& evses, const Evse& evse);

}  // namespace ladestrom::station
