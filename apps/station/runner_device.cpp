// What the control port may do to the running station.
#include "runner.hpp"

#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <utility>

namespace ladestrom::app {
namespace {

store::DiskMode disk_mode(local::DiskMode mode)
{
    switch (mode) {
        case local::DiskMode::ok: return store::DiskMode::ok;
        case local::DiskMode::full: return store::DiskMode::full;
        case local::DiskMode::fail: return store::DiskMode::fail;
        case local::DiskMode::slow: return store::DiskMode::slow;
    }
    return store::DiskMode::ok;
}

local::DiskMode disk_mode(store::DiskMode mode)
{
    switch (mode) {
        case store::DiskMode::ok: return local::DiskMode::ok;
        case store::DiskMode::full: return local::DiskMode::full;
        case store::DiskMode::fail: return local::DiskMode::fail;
        case store::DiskMode::slow: return local::DiskMode::slow;
    }
    return local::DiskMode::ok;
}

}  // namespace

local::DeviceState StationRunner::state()
{
    local::DeviceState state;
    state.identity = options_.engine.identity;
    state.url = options_.engine.url;
    state.wall = wall();
    state.tick = now();
    state.starts = boots_;
    state.network_up = network_up_;
    state.disk = disk_mode(journal_->disk());
    state.disk_reserve = journal_->reserve_intact();
    state.damaged_records = journal_->damaged();
    state.stored_records = stored_records_;
    if (station_) {
        state.view = station_->view(now());
        state.counters = &station_->counters();
    }
    state.hardware = &hardware_;
    return state;
}

Result<void> StationRunner::take(Result<Events> events)
{
    if (events) take(*events);
    drain();
    if (!events) return events.error();
    return {};
}

Result<void> StationRunner::plug(EvseId evse, const hardware::simulated::Car& car,
                                 std::optional<Amperes> cable_rating)
{
    catch_up();
    return take(hardware_.plug(evse, car, cable_rating));
}

Result<void> StationRunner::unplug(EvseId evse, bool pulled)
{
    catch_up();
    return take(hardware_.unplug(evse, pulled));
}

Result<void> StationRunner::set_car(EvseId evse, const hardware::simulated::CarSettings& settings,
                                    std::optional<Percent> soc)
{
    catch_up();
    auto done = take(hardware_.set_car(evse, settings, soc));
    save_hardware();
    return done;
}

Result<void> StationRunner::swipe(EvseId evse, const IdToken& token)
{
    catch_up();
    return take(hardware_.swipe(evse, token));
}

Result<void> StationRunner::set_fault(EvseId evse, const hardware::simulated::Fault& fault)
{
    catch_up();
    return take(hardware_.set_fault(evse, fault));
}

Result<void> StationRunner::clear_fault(EvseId evse)
{
    catch_up();
    return take(hardware_.clear_fault(evse));
}

std::vector<station::DeadLetterView> StationRunner::dead_letters()
{
    if (!station_) return {};
    return station_->dead_letters();
}

Result<void> StationRunner::resend_dead_letter(const std::string& serial)
{
    const auto letters = dead_letters();
    if (std::ranges::find(letters, serial, &station::DeadLetterView::serial) == letters.end()) {
        return Error{"dead letter " + serial + ": there is no such"};
    }
    feed(station::ResendDeadLetter{serial});
    drain();
    return {};
}

void StationRunner::set_network(bool up)
{
    network_up_ = up;
    if (up) return;
    open_when_closed_.reset();
    if (client_->connected() || client_->connecting()) client_->abort();
}

void StationRunner::set_clock(Instant wall)
{
    set_wall(wall);
    feed(station::ClockSet{wall});
    drain();
}

void StationRunner::limit(EvseId evse, std::optional<Amperes> amperes)
{
    feed(station::EnergyManagerLimit{evse, amperes});
    drain();
}

void StationRunner::set_disk(local::DiskMode mode)
{
    journal_->set_disk(disk_mode(mode));
}

void StationRunner::kill()
{
    while (true) {
        ::kill(::getpid(), SIGKILL);
        ::pause();
    }
}

}  // namespace ladestrom::app
