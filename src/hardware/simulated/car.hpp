// An electric car as a charging station sees it: a battery behind an on-board charger that takes what it is
// offered, less and less as the battery fills.
#pragma once

#include "base/time.hpp"
#include "base/units.hpp"

#include <cstdint>

namespace ladestrom::hardware::simulated {

// Energy in whole microjoules, so that sums are exact: 1 Wh is 3.6e9, and 63 bits hold 2.5 GWh.
inline constexpr std::int64_t microjoules_per_watt_hour = 3'600'000'000;

struct CarSettings {
    WattHours capacity{60'000};
    Amperes max_current{16};  // of its charger, per phase
    int phases = 3;           // 1 or 3
    // IEC 61851-1 defines no current below 6 A: a car that is offered less takes nothing.
    Amperes min_current{6};
    Percent taper_from{80};    // from here on the accepted current falls in a straight line,
    double taper_to = 0.1;     // to this share of max_current at 100 %
    double efficiency = 1.0;   // share of the metered energy that reaches the battery
    bool wants_energy = true;  // false: plugged in, but does not ask (timer, full by its own limit)
    bool refuses = false;      // does not start although it asked for nothing else: an error in the car
    Duration onset{2000};      // from an offer until it asks for energy (state B to C)
    Duration pause{1000};      // from the end of an offer until it stops asking (state C to B)

    friend bool operator==(const CarSettings&, const CarSettings&) = default;
};

class Car {
public:
    Car(CarSettings settings, Percent soc);
    // stored: the battery's content, exactly.
    Car(CarSettings settings, std::int64_t stored_microjoules);

    const CarSettings& settings() const { return settings_; }
    // Keeps the content of the battery; a smaller battery is at most full.
    void set_settings(const CarSettings& settings);
    void set_soc(Percent soc);

    Percent soc() const;
    bool full() const { return stored_ >= capacity_microjoules(); }
    std::int64_t stored_microjoules() const { return stored_; }

    // Whether it asks for energy when it is offered `offer` per phase.
    bool asks(Amperes offer) const;
    // What it takes per phase of an offer, at its present state of charge.
    Amperes takes(Amperes offer) const;
    // Energy out of the socket has arrived.
    void receive(std::int64_t microjoules);
    // How long until it is full at this power; zero or less when it never will be.
    Duration time_to_full(std::int64_t milliwatts) const;

private:
    std::int64_t capacity_microjoules() const;

    CarSettings settings_;
    std::int64_t stored_ = 0;
    std::int64_t remainder_ = 0;  // of the division by a million in receive()
};

}  // namespace ladestrom::hardware::simulated
