// From the state of an EVSE to its light.
#include "station/display/indications.hpp"

namespace ladestrom::station {
namespace {

using enum hardware::Indication;

hardware::Indication of_running(const Evse& evse)
{
    switch (evse.charging_state) {
        case ChargingState::charging: return charging;
        case ChargingState::suspended_ev: return paused_by_ev;
        case ChargingState::suspended_evse: return paused_by_evse;
        case ChargingState::idle:
        case ChargingState::ev_connected: break;
    }
    return preparing;
}

}  // namespace

hardware::Indication Indications::indication(const Evse& evse) const
{
    if (critical_fault(context_.evses, evse) != nullptr || evse.lock_failed) return fault;
    if (evse.flash_until && context_.now < *evse.flash_until) return evse.flash;
    if (!evse.pilot) return booting;
    switch (evse.stage) {
        case Stage::permitted:
        case Stage::locking:
        case Stage::starting: return preparing;
        case Stage::running: return of_running(evse);
        case Stage::recovering: return booting;
        case Stage::stopping:
        case Stage::finishing: return finished_unplug;
        case Stage::vacant: break;
    }
    if (context_.records.failed()) return fault;
    if (!evse.operative || !context_.evses.station_operative) return unavailable;
    if (!evse.car_present) return available;
    return context_.config.free_charging ? preparing : waiting_for_authorization;
}

void Indications::update()
{
    for (Evse& evse : context_.evses.all) {
        const hardware::Indicate wanted{evse.id, indication(evse), !context_.online};
        const bool same = evse.indicated && evse.indicated->indication == wanted.indication &&
                          evse.indicated->offline == wanted.offline;
        if (same) continue;
        evse.indicated = wanted;
        context_.outputs.then(hardware::Command(wanted));
    }
}

std::optional<Tick> Indications::next_deadline() const
{
    std::optional<Tick> next;
    for (const Evse& evse : context_.evses.all) next = context_.sooner(next, evse.flash_until);
    return next;
}

}  // namespace ladestrom::station
