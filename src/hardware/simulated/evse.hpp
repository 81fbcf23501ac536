// One simulated EVSE: pilot, contactor, lock, meter, faults, and the car that may stand before it.
// Time passes only by pass_to(); every change that the engine is to know is appended to the given events.
#pragma once

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "hardware/port.hpp"
#include "hardware/simulated/car.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ladestrom::hardware::simulated {

using Events = std::vector<Event>;

struct Timing {
    Duration contactor{50};  // from the order until it has moved
    Duration lock{300};      // likewise
    Duration sample{1000};   // between meter readings
    // The engine has been silent for so long: contactors open, offers end. 0: never.
    Duration watchdog{30'000};
};

// What of an EVSE outlives a power cut. Export it, keep it, give it back.
struct SavedEvse {
    std::array<std::int64_t, 3> energy_microjoules{};  // the meter, per phase
    std::optional<CarSettings> car;                    // the cable is plugged in
    std::int64_t car_stored_microjoules = 0;
    std::optional<Amperes> cable_rating;
    bool locked = false;
    bool welded = false;
    bool jammed = false;
    bool stuck_closed = false;  // welded while it was closed
    FaultChanged fault;

    friend bool operator==(const SavedEvse& a, const SavedEvse& b);
};

struct Fault {
    ConnectorError error = ConnectorError::other_error;
    bool critical = true;
    std::string info;
    std::string vendor_error_code;
    bool emergency_stop = false;
    bool welded = false;  // the contactor does not open any more
    bool jammed = false;  // the lock does not move any more
};

class SimulatedEvse {
public:
    SimulatedEvse(EvseId id, EvseCapabilities capabilities, Volts nominal, const Timing& timing,
                  std::uint64_t seed, Tick now);

    // ---- time -------------------------------------------------------------------------------------------

    // The next change by itself; a sample is always due.
    Tick next_deadline() const;
    // Integrates energy up to `now`, which is not past next_deadline(), and carries out what is due.
    void pass_to(Tick now, Events& out);

    // ---- the engine's orders; time has passed to `now` before -------------------------------------------

    void order(const OfferCurrent& command, Events& out);
    void order(const CloseContactor& command, Events& out);
    void order(const OpenContactor& command, Events& out);
    void order(const LockCable& command, Events& out);
    void order(const UnlockCable& command, Events& out);
    void order(const Indicate& command, Events& out);

    // Contactor open and offer ended without an order and without delay: what the watchdog does.
    void fall_safe(Events& out);
    // The controller was reset: as fall_safe, and the pilot is at rest.
    void reset_controller();
    // What is told at start-up.
    void announce(Events& out) const;

    // ---- people -----------------------------------------------------------------------------------------

    Result<void> plug(const Car& car, std::optional<Amperes> cable_rating, Events& out);
    // pulled: with force, out of a closed lock.
    Result<void> unplug(bool pulled, Events& out);
    Result<void> set_car(const CarSettings& settings, std::optional<Percent> soc, Events& out);
    void set_fault(const Fault& fault, Events& out);
    void clear_fault(Events& out);

    // ---- to look at -------------------------------------------------------------------------------------

    EvseId id() const { return id_; }
    const EvseCapabilities& capabilities() const { return capabilities_; }
    const std::optional<Car>& car() const { return car_; }
    std::optional<Amperes> cable_rating() const { return cable_rating_; }
    PilotState pilot() const { return pilot_; }
    bool contactor_closed() const { return closed_; }
    bool locked() const { return locked_; }
    bool welded() const { return welded_; }
    bool jammed() const { return jammed_; }
    Amperes offered() const { return offered_; }
    int offered_phases() const { return offered_phases_; }
    const FaultChanged& fault() const { return fault_; }
    Indication indication() const { return indication_; }
    const std::array<std::int64_t, 3>& energy_microjoules() const { return energy_; }
    MeterReading reading() const;

    SavedEvse save() const;
    // In place of a fresh state, before anything else.
    void restore(const SavedEvse& saved);

private:
    struct Move {
        bool on;
        Tick at;
    };

    Amperes effective_offer() const;
    bool interlocked() const;
    PilotState wanted_pilot() const;
    void integrate(Tick now);
    void move_contactor(bool close, Events& out);
    void finish_lock(bool lock, Events& out);
    void set_pilot(PilotState state, Events& out);
    void follow_pilot(Events& out);
    void settle(Events& out);
    void warm_up();
    void sample_voltage();

    EvseId id_;
    EvseCapabilities capabilities_;
    Volts nominal_;
    Timing timing_;
    Random random_;
    Tick at_;

    std::optional<Car> car_;
    std::optional<Amperes> cable_rating_;
    PilotState pilot_ = PilotState::a;
    bool closed_ = false;
    bool meant_closed_ = false;  // by the newest order
    bool locked_ = false;
    bool welded_ = false;
    bool jammed_ = false;
    Amperes offered_{0};
    int offered_phases_ = 3;
    FaultChanged fault_;
    Indication indication_ = Indication::booting;

    std::array<double, 3> voltage_{};
    std::array<double, 3> current_{};
    std::array<std::int64_t, 3> milliwatts_{};
    std::array<std::int64_t, 3> energy_{};  // microjoules
    double temperature_ = 20;

    std::optional<Move> contactor_move_;
    std::optional<Move> lock_move_;
    std::optional<Move> pilot_move_;  // on: to C
    std::optional<Tick> full_at_;
    Tick sample_at_;
};

}  // namespace ladestrom::hardware::simulated
