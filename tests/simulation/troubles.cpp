#include "simulation/troubles.hpp"

#include <fmt/format.h>

#include <array>

namespace ladestrom::simulation {
namespace {

constexpr std::array<ConnectorError, 4> errors{ConnectorError::ground_failure,
                                               ConnectorError::over_current_failure,
                                               ConnectorError::other_error, ConnectorError::high_temperature};

}  // namespace

void Troubles::often(double times_per_day, std::string_view name, std::function<void()> act)
{
    if (times_per_day <= 0) return;
    around_.timeline.after(around_.until_next(times_per_day),
                           [this, times_per_day, name, act = std::move(act)] {
                               if (over_) return;
                               around_.chronicle.count(fmt::format("fault.{}", name));
                               act();
                               often(times_per_day, name, act);
                           });
}

void Troubles::for_a_while(Duration least, Duration most, std::function<void()> undo)
{
    around_.timeline.after(around_.between(least, most), [this, undo = std::move(undo)] {
        if (!over_) undo();
    });
}

void Troubles::begin()
{
    for (const auto& station : stations_) of_station(*station);
    of_csms();
}

void Troubles::of_station(StationNode& station)
{
    const Faults& faults = around_.options.faults;
    StationNode* one = &station;
    const auto back = [this, one](Duration most) {
        for_a_while(seconds(1), most, [one] { one->power_up(); });
    };
    often(faults.power_cuts, "power_cuts", [one, back] {
        one->power_cut();
        back(minutes(30));
    });
    often(faults.orderly_ends, "orderly_ends", [one, back] {
        one->end_in_order();
        back(minutes(5));
    });
    often(faults.outages, "outages", [this, one] {
        around_.tell(one->name(), "has no network");
        network_.set_route(*one, false);
        for_a_while(seconds(10), hours(3), [this, one] { network_.set_route(*one, true); });
    });
    often(faults.drops, "drops", [this, one] { network_.drop(*one); });
    often(faults.half_open, "half_open", [this, one] { network_.half_open(*one); });
    often(faults.overlaps, "overlaps", [this, one] { network_.overlap(*one); });
    often(faults.slow_links, "slow_links", [this, one] {
        network_.set_slow(*one, true);
        for_a_while(minutes(1), minutes(40), [this, one] { network_.set_slow(*one, false); });
    });
    often(faults.clock_jumps, "clock_jumps",
          [this, one] { one->set_clock(around_.between(-hours(1), hours(1))); });
    often(faults.hardware_faults, "hardware_faults", [this, one] { raise_fault(*one); });
    often(faults.disk_failures, "disk_failures", [this, one] {
        around_.tell(one->name(), "its disk fails");
        one->fail_disk(true);
        for_a_while(seconds(5), minutes(20), [one] { one->fail_disk(false); });
    });
}

void Troubles::raise_fault(StationNode& station)
{
    const EvseId evse(static_cast<std::int32_t>(around_.random.below(station.evses() + 1)));
    hardware::simulated::Fault fault;
    fault.error = errors[around_.random.below(errors.size())];
    fault.critical = around_.random.chance(0.7);
    fault.emergency_stop = around_.random.chance(0.1);
    station.set_fault(evse, fault);
    for_a_while(seconds(5), minutes(30), [&station, evse] { station.clear_fault(evse); });
}

void Troubles::of_csms()
{
    const Faults& faults = around_.options.faults;
    often(faults.csms_restarts, "csms_restarts", [this] {
        csms_.die();
        for_a_while(seconds(1), minutes(10), [this] { csms_.start(); });
    });
    often(faults.csms_clock_jumps, "csms_clock_jumps", [this] {
        csms_.set_clock(around_.between(-hours(1), hours(1)));
        for_a_while(minutes(1), hours(2), [this] { csms_.set_clock(Duration(0)); });
    });
}

void Troubles::end()
{
    over_ = true;
    network_.calm();
    csms_.calm();
    csms_.set_clock(Duration(0));
    csms_.start();
    for (const auto& station : stations_) {
        station->calm();
        station->fail_disk(false);
        network_.set_route(*station, true);
        network_.set_slow(*station, false);
        station->power_up();
        for (std::size_t evse = 0; evse <= station->evses(); ++evse) {
            station->clear_fault(EvseId(static_cast<std::int32_t>(evse)));
        }
    }
}

}  // namespace ladestrom::simulation
