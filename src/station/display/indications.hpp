// What a person sees at each EVSE.
#pragma once

#include "station/core/context.hpp"

namespace ladestrom::station {

class Indications {
public:
    explicit Indications(Context& context) : context_(context) {}

    void update();
    std::optional<Tick> next_deadline() const;

private:
    hardware::Indication indication(const Evse& evse) const;
    Context& context_;
};

}  // namespace ladestrom::station
