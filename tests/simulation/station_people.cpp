// What people and the energy manager do to a station; it may be without power.
#include "simulation/station_node.hpp"

#include <fmt/format.h>

namespace ladestrom::simulation {

using hardware::simulated::Car;
using hardware::simulated::Events;
using hardware::simulated::Fault;

void StationNode::plug(EvseId evse, const Car& car)
{
    advance_hardware();
    if (auto events = hardware_.plug(evse, car, std::nullopt)) {
        around_.tell(name(), fmt::format("a car is plugged into {}", evse.value()));
        feed(std::move(*events));
    }
    plan();
}

void StationNode::unplug(EvseId evse, bool pulled)
{
    advance_hardware();
    if (auto events = hardware_.unplug(evse, pulled)) {
        around_.tell(name(), fmt::format("{} is unplugged", evse.value()));
        feed(std::move(*events));
    }
    plan();
}

void StationNode::set_car(EvseId evse, bool wants_energy)
{
    advance_hardware();
    const auto* found = hardware_.find(evse);
    if (found == nullptr || !found->car()) return;
    auto settings = found->car()->settings();
    settings.wants_energy = wants_energy;
    if (auto events = hardware_.set_car(evse, settings, std::nullopt)) {
        around_.tell(name(), fmt::format("the car at {} {}", evse.value(), wants_energy ? "asks" : "pauses"));
        feed(std::move(*events));
    }
    plan();
}

void StationNode::swipe(EvseId evse, const std::string& token)
{
    if (!engine_) return;
    around_.tell(name(), fmt::format("{} is presented at {}", token, evse.value()));
    advance_hardware();
    if (auto events = hardware_.swipe(evse, {token, IdTokenType::iso14443})) feed(std::move(*events));
    plan();
}

void StationNode::set_fault(EvseId evse, const Fault& fault)
{
    around_.tell(name(),
                 fmt::format("fault on {}, {}", evse.value(), fault.critical ? "critical" : "a warning"));
    advance_hardware();
    if (auto events = hardware_.set_fault(evse, fault)) feed(std::move(*events));
    plan();
}

void StationNode::clear_fault(EvseId evse)
{
    around_.tell(name(), fmt::format("no fault on {}", evse.value()));
    advance_hardware();
    if (auto events = hardware_.clear_fault(evse)) feed(std::move(*events));
    plan();
}

void StationNode::limit(EvseId evse, std::optional<Amperes> limit)
{
    around_.tell(name(), fmt::format("energy manager: EVSE {} {}", evse.value(),
                                     limit ? fmt::format("{:.1f} A", limit->value) : "without limit"));
    limits_[evse] = limit;
    feed(station::EnergyManagerLimit{evse, limit});
    plan();
}

void StationNode::set_clock(Duration error)
{
    clock_error_ = error;
    around_.tell(name(), fmt::format("its clock is set {} s off", error.count() / 1000));
    feed(station::ClockSet{around_.true_wall() + error});
    plan();
}

}  // namespace ladestrom::simulation
