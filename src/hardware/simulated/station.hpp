// The simulated charging hardware of a whole station: its EVSEs, its card reader, its watchdog.
// Deterministic and without I/O, like the engine: orders and the actions of people come in with the time,
// events come out; the same calls with the same seed give the same events.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "hardware/port.hpp"
#include "hardware/simulated/evse.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace ladestrom::hardware::simulated {

struct SimulatedConfig {
    std::vector<EvseCapabilities> evses{EvseCapabilities{}};
    Volts nominal_voltage{230};
    Timing timing;
};

class SimulatedStation {
public:
    SimulatedStation(SimulatedConfig config, std::uint64_t seed, Tick now);

    // In place of a fresh state, before start(); EVSEs that the station no longer has are left out.
    void restore(const std::vector<SavedEvse>& saved);
    std::vector<SavedEvse> save() const;

    // Time: these first let it pass to `now`, and return the events of that time as well. `now` never
    // decreases from call to call.

    // Tells the engine of the state at its start-up. Called again for an engine that starts anew: the
    // controller was reset, so contactors have opened and offers have ended, cars and cables are where they
    // were.
    Events start(Tick now);
    Events handle(const Command& command, Tick now);
    Events advance(Tick now);
    Tick next_deadline() const;
    // The engine is alive: feeds the watchdog. handle() does too.
    void alive(Tick now) { alive_at_ = now; }

    // ---- people: at the time of the last call above; a refusal says why and changes nothing ---------------

    Result<Events> plug(EvseId evse, const Car& car, std::optional<Amperes> cable_rating);
    // pulled: out of a closed lock, with force.
    Result<Events> unplug(EvseId evse, bool pulled);
    Result<Events> set_car(EvseId evse, const CarSettings& settings, std::optional<Percent> soc);
    // evse 0: the reader of the whole station.
    Result<Events> swipe(EvseId evse, const IdToken& token);
    // evse 0: the station.
    Result<Events> set_fault(EvseId evse, const Fault& fault);
    Result<Events> clear_fault(EvseId evse);

    // ---- to look at -------------------------------------------------------------------------------------

    const std::vector<SimulatedEvse>& evses() const { return evses_; }
    const SimulatedEvse* find(EvseId evse) const;
    const FaultChanged& station_fault() const { return station_fault_; }

private:
    SimulatedEvse* find_mutable(EvseId evse);
    void pass_to(Tick now, Events& out);
    std::optional<Tick> watchdog_at() const;
    template <class Act>
    Result<Events> act(EvseId evse, Act act);

    SimulatedConfig config_;
    std::vector<SimulatedEvse> evses_;
    FaultChanged station_fault_;
    Tick now_;
    Tick alive_at_;
    bool barked_ = false;  // the watchdog has acted and waits for a sign of life
};

}  // namespace ladestrom::hardware::simulated
