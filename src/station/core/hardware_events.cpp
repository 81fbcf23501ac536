// Hardware events, one by one.
#include "station/core/hardware_events.hpp"

namespace ladestrom::station {

Evse* HardwareEvents::find(EvseId id)
{
    Evse* evse = context_.evses.find(id);
    if (evse == nullptr) context_.counters.add("hardware.unknown_evse");
    return evse;
}

void HardwareEvents::take(const hardware::PilotChanged& event)
{
    Evse* evse = find(event.evse);
    if (evse == nullptr) return;
    evse->pilot = event.state;
    if (evse->pilot_failed()) return;
    const bool present = event.state != hardware::PilotState::a;
    if (present == evse->car_present) return;
    evse->car_present = present;
    evse->plugged_order = present ? ++arrivals_ : 0;
    evse->waiting_since.reset();
    if (present) evse->waiting_since = context_.now;
    evse->waited_too_long = false;
    evse->plug_used = false;
    if (!present) evse->lock_failed = false;
}

// A register that runs backwards was reset, or the meter was replaced: no session may see it fall.
void HardwareEvents::read(Evse& evse, const hardware::MeterReading& reading)
{
    if (evse.reading && reading.import_register < evse.reading->import_register) {
        context_.counters.add("hardware.register_fell");
    }
    evse.reading = reading;
}

void HardwareEvents::take(const hardware::MeterRead& event)
{
    if (Evse* evse = find(event.evse)) read(*evse, event.reading);
}

void HardwareEvents::take(const hardware::ContactorMoved& event)
{
    Evse* evse = find(event.evse);
    if (evse == nullptr) return;
    read(*evse, event.reading);
    evse->contactor_closed = event.closed;
    evse->contactor_unsettled = event.closed;
}

void HardwareEvents::take(const hardware::LockMoved& event)
{
    Evse* evse = find(event.evse);
    if (evse == nullptr) return;
    evse->locked = event.locked;
    ++evse->lock_reports;
    evse->lock_stuck = event.jammed;
    if (event.jammed) {
        context_.counters.add("hardware.lock_jammed");
        if (evse->stage == Stage::locking) evse->lock_failed = true;
    }
}

void HardwareEvents::take(const hardware::FaultChanged& event)
{
    if (event.evse == EvseId(0)) {
        context_.evses.station_fault = event;
    } else if (Evse* evse = find(event.evse)) {
        evse->fault = event;
    }
}

}  // namespace ladestrom::station
