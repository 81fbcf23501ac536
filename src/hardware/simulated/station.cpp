// Steps from deadline to deadline, so that what happens does not depend on how often it is asked.
#include "hardware/simulated/station.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace ladestrom::hardware::simulated {

SimulatedStation::SimulatedStation(SimulatedConfig config, std::uint64_t seed, Tick now)
    : config_(std::move(config)), now_(now), alive_at_(now)
{
    config_.timing.sample = std::max(config_.timing.sample, Duration(10));
    Random seeds(seed);
    std::int32_t number = 0;
    for (const EvseCapabilities& capabilities : config_.evses) {
        evses_.emplace_back(EvseId{++number}, capabilities, config_.nominal_voltage, config_.timing,
                            seeds.next(), now);
    }
}

void SimulatedStation::restore(const std::vector<SavedEvse>& saved)
{
    for (std::size_t i = 0; i < std::min(saved.size(), evses_.size()); ++i) evses_[i].restore(saved[i]);
}

std::vector<SavedEvse> SimulatedStation::save() const
{
    std::vector<SavedEvse> saved;
    for (const SimulatedEvse& evse : evses_) saved.push_back(evse.save());
    return saved;
}

// ---- time ---------------------------------------------------------------------------------------------

std::optional<Tick> SimulatedStation::watchdog_at() const
{
    if (config_.timing.watchdog <= Duration(0)) return std::nullopt;
    Tick at = alive_at_ + config_.timing.watchdog;
    // Having acted, it acts again only after a sign of life.
    if (barked_ && at <= now_) return std::nullopt;
    return at;
}

Tick SimulatedStation::next_deadline() const
{
    Tick next = Tick::max();
    for (const SimulatedEvse& evse : evses_) next = std::min(next, evse.next_deadline());
    if (auto at = watchdog_at()) next = std::min(next, *at);
    return next;
}

void SimulatedStation::pass_to(Tick now, Events& out)
{
    if (now < now_) now = now_;
    while (true) {
        Tick next = std::min(next_deadline(), now);
        now_ = next;
        for (SimulatedEvse& evse : evses_) {
            if (evse.next_deadline() <= next || next == now) evse.pass_to(next, out);
        }
        if (auto at = watchdog_at(); at && *at <= next) {
            barked_ = true;
            for (SimulatedEvse& evse : evses_) {
                evse.pass_to(next, out);
                evse.fall_safe(out);
            }
        }
        if (next == now && next_deadline() > now) return;
    }
}

Events SimulatedStation::advance(Tick now)
{
    Events out;
    pass_to(now, out);
    return out;
}

Events SimulatedStation::start(Tick now)
{
    Events out;
    pass_to(now, out);
    alive_at_ = now_;
    barked_ = false;
    out.clear();
    for (SimulatedEvse& evse : evses_) evse.reset_controller();
    if (station_fault_.error != ConnectorError::no_error || station_fault_.emergency_stop) {
        out.push_back(station_fault_);
    }
    for (const SimulatedEvse& evse : evses_) evse.announce(out);
    return out;
}

// ---- orders and people --------------------------------------------------------------------------------

Events SimulatedStation::handle(const Command& command, Tick now)
{
    Events out;
    pass_to(now, out);
    alive_at_ = now_;
    barked_ = false;
    std::visit(
        [&](const auto& order) {
            if (SimulatedEvse* evse = find_mutable(order.evse)) evse->order(order, out);
        },
        command);
    return out;
}

template <class Act>
Result<Events> SimulatedStation::act(EvseId id, Act act)
{
    SimulatedEvse* evse = find_mutable(id);
    if (evse == nullptr) {
        return Error{"EVSE " + std::to_string(id.value()) + ": this station has " +
                     std::to_string(evses_.size())};
    }
    Events out;
    if (Result<void> done = act(*evse, out); !done) return done.error();
    return out;
}

Result<Events> SimulatedStation::plug(EvseId id, const Car& car, std::optional<Amperes> cable_rating)
{
    return act(id, [&](SimulatedEvse& evse, Events& out) { return evse.plug(car, cable_rating, out); });
}

Result<Events> SimulatedStation::unplug(EvseId id, bool pulled)
{
    return act(id, [&](SimulatedEvse& evse, Events& out) { return evse.unplug(pulled, out); });
}

Result<Events> SimulatedStation::set_car(EvseId id, const CarSettings& settings, std::optional<Percent> soc)
{
    return act(id, [&](SimulatedEvse& evse, Events& out) { return evse.set_car(settings, soc, out); });
}

Result<Events> SimulatedStation::swipe(EvseId id, const IdToken& token)
{
    if (id.value() == 0) {
        Events out;
        out.push_back(TokenPresented{id, token});
        return out;
    }
    return act(id, [&](SimulatedEvse&, Events& out) -> Result<void> {
        out.push_back(TokenPresented{id, token});
        return {};
    });
}

Result<Events> SimulatedStation::set_fault(EvseId id, const Fault& fault)
{
    if (id.value() == 0) {
        Events out;
        station_fault_ = {
            id, fault.error, fault.critical, fault.info, fault.vendor_error_code, fault.emergency_stop};
        out.push_back(station_fault_);
        return out;
    }
    return act(id, [&](SimulatedEvse& evse, Events& out) -> Result<void> {
        evse.set_fault(fault, out);
        return {};
    });
}

Result<Events> SimulatedStation::clear_fault(EvseId id)
{
    if (id.value() == 0) {
        Events out;
        station_fault_ = {};
        out.push_back(station_fault_);
        return out;
    }
    return act(id, [&](SimulatedEvse& evse, Events& out) -> Result<void> {
        evse.clear_fault(out);
        return {};
    });
}

// ---- to look at ---------------------------------------------------------------------------------------

SimulatedEvse* SimulatedStation::find_mutable(EvseId id)
{
    auto index = static_cast<std::size_t>(id.value()) - 1;
    return id.value() >= 1 && index < evses_.size() ? &evses_[index] : nullptr;
}

const SimulatedEvse* SimulatedStation::find(EvseId id) const
{
    return const_cast<SimulatedStation*>(this)->find_mutable(id);
}

}  // namespace ladestrom::hardware::simulated
