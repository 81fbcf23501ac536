// What the control port can do to a simulated station: the programs that run one implement it.
#pragma once

#include "base/counters.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "hardware/simulated/station.hpp"
#include "station/station.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ladestrom::local {

enum class DiskMode { ok, full, fail, slow };

struct DeviceState {
    std::string identity;
    std::string url;
    Instant wall;            // the device's own clock
    Tick tick;               // time since the program's start, skipped time included
    int starts = 0;          // of the engine in this process
    bool network_up = true;  // as POST /link has it
    DiskMode disk = DiskMode::ok;
    bool disk_reserve = true;  // the space set aside is still there
    std::size_t damaged_records = 0;
    std::size_t stored_records = 0;  // at the engine's start
    // Empty while the engine restarts.
    std::optional<station::View> view;
    const Counters* counters = nullptr;
    const hardware::simulated::SimulatedStation* hardware = nullptr;
};

class Device {
public:
    virtual ~Device() = default;

    virtual DeviceState state() = 0;
    virtual std::size_t evse_count() const = 0;

    // Refusals of the hardware are errors; an EVSE number that does not exist is not passed on.
    virtual Result<void> plug(EvseId evse, const hardware::simulated::Car& car,
                              std::optional<Amperes> cable_rating) = 0;
    virtual Result<void> unplug(EvseId evse, bool pulled) = 0;
    virtual Result<void> set_car(EvseId evse, const hardware::simulated::CarSettings& settings,
                                 std::optional<Percent> soc) = 0;
    virtual Result<void> swipe(EvseId evse, const IdToken& token) = 0;
    virtual Result<void> set_fault(EvseId evse, const hardware::simulated::Fault& fault) = 0;
    virtual Result<void> clear_fault(EvseId evse) = 0;

    virtual std::vector<station::DeadLetterView> dead_letters() = 0;
    // Fails when there is no such.
    virtual Result<void> resend_dead_letter(const std::string& serial) = 0;

    virtual void set_network(bool up) = 0;
    virtual void set_clock(Instant wall) = 0;
    // Wall and engine time move; every deadline fires in order before `done`.
    virtual void advance_clock(Duration time, std::function<void(Result<void>)> done) = 0;
    virtual void limit(EvseId evse, std::optional<Amperes> limit) = 0;
    virtual void set_disk(DiskMode mode) = 0;
    // The process dies on the spot.
    [[noreturn]] virtual void kill() = 0;
};

}  // namespace ladestrom::local
