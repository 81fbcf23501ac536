// Energy flow: what follows for contactor, pilot and lock from where the use of each EVSE stands. Orders are
// derived anew after every input and given when they differ from what was ordered, so none is forgotten.
// Less energy goes out at once; more only from a session whose start is durable.
#pragma once

#include "station/core/context.hpp"
#include "station/smart_charging/limit.hpp"
#include "station/transactions/sessions.hpp"

#include <optional>

namespace ladestrom::station {

class Energy {
public:
    Energy(Context& context, const Sessions& sessions) : context_(context), sessions_(sessions) {}

    // Everything off: the state of the hardware is unknown.
    void start();
    void update();
    std::optional<Tick> next_deadline() const;

private:
    struct Target {
        Limit limit;
        bool close = false;
    };
    Target target(const Evse& evse, std::size_t sharers) const;
    void open(Evse& evse);
    void close(Evse& evse);
    void offer(Evse& evse, const Limit& limit, bool lower);
    void lock(Evse& evse);

    Context& context_;
    const Sessions& sessions_;
};

}  // namespace ladestrom::station
