// What the hardware tells, taken into the picture of the EVSEs.
#pragma once

#include "station/core/context.hpp"

namespace ladestrom::station {

// TokenPresented is not among them: it is a person's wish, not a state.
class HardwareEvents {
public:
    explicit HardwareEvents(Context& context) : context_(context) {}

    void take(const hardware::PilotChanged& event);
    void take(const hardware::MeterRead& event);
    void take(const hardware::ContactorMoved& event);
    void take(const hardware::LockMoved& event);
    void take(const hardware::FaultChanged& event);

private:
    Evse* find(EvseId id);
    void read(Evse& evse, const hardware::MeterReading& reading);

    Context& context_;
    std::uint64_t arrivals_ = 0;
};

}  // namespace ladestrom::station
