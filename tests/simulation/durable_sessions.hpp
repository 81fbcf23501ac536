// What a station's journal says of sessions, batch by batch: which became durable, which run.
#pragma once

#include "base/id.hpp"
#include "base/units.hpp"
#include "messages/json.hpp"
#include "simulation/journal_store.hpp"

#include <map>
#include <string>
#include <tuple>

namespace ladestrom::simulation {

struct DurableSession {
    EvseId evse;
    std::string token;
    WattHours meter_start;
    bool ended = false;
    bool paired = true;  // a person and a car
    bool told = true;    // its start is, or was, to be told

    bool allows_energy() const { return !ended && (paired || !told); }
    auto identity() const { return std::tie(evse, meter_start, token); }
};

class DurableSessions {
public:
    // The content has changed from `before` to `after`.
    void follow(const Content& before, const Content& after);

    // One for which energy may flow.
    bool running(EvseId evse) const;
    // Every session whose start became durable and was not taken back, by its key.
    const std::map<std::string, DurableSession>& all() const { return all_; }

private:
    DurableSession read(const std::string& value);

    messages::JsonParser parser_;
    std::map<std::string, DurableSession> all_;
    std::map<std::string, DurableSession> present_;
};

}  // namespace ladestrom::simulation
