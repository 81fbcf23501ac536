// What every block of the engine works with.
#pragma once

#include "base/counters.hpp"
#include "base/random.hpp"
#include "station/core/evse.hpp"
#include "station/core/outputs.hpp"
#include "station/core/records.hpp"
#include "station/core/serial.hpp"
#include "station/device_model/registry.hpp"
#include "station/provisioning/clock.hpp"

#include <algorithm>
#include <optional>

namespace ladestrom::station {

struct Context {
    const Config& config;
    Registry& registry;
    Records& records;
    Outputs& outputs;
    Clock& clock;
    Evses& evses;
    SerialSource& serials;
    Random& random;
    Counters& counters;
    Tick now{};

    // Set by the link and by registration, read by everybody.
    bool online = false;        // connected and accepted: the backend can be asked
    bool going_down = false;    // a reset or a shutdown was accepted: nothing new starts
    bool idle_awaited = false;  // a restart waits for the sessions to end: no new one begins
    // Who gives transactions their ids on this connection: the backend (1.6) or the station (2.x).
    bool backend_numbers = true;

    // Some version that may be spoken tells of charging states (2.x), and not only of energy.
    bool tells_charging_states() const
    {
        return std::ranges::any_of(config.versions,
                                   [](OcppVersion version) { return version != OcppVersion::v1_6; });
    }

    // The sooner of two deadlines. What is due by now has been dealt with, so it counts no longer.
    std::optional<Tick> sooner(std::optional<Tick> so_far, std::optional<Tick> deadline) const
    {
        if (!deadline || *deadline <= now) return so_far;
        return so_far ? std::min(*so_far, *deadline) : deadline;
    }
};

}  // namespace ladestrom::station
