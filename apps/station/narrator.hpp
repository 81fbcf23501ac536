// Tells the log what has changed at a station, one line per event of note. Secrets are never told.
#pragma once

#include "station/station.hpp"
#include "transport/log.hpp"

#include <map>
#include <string>

namespace ladestrom::app {

class Narrator {
public:
    explicit Narrator(transport::LogFunction log) : log_(std::move(log)) {}

    // Compares with the last view.
    void tell(const station::View& view);
    // An engine that starts anew has nothing in common with the last view.
    void forget() { last_ = {}; }

private:
    void tell_evse(const station::EvseView& was, const station::EvseView& is);
    void line(transport::LogLevel level, std::string text) const;

    transport::LogFunction log_;
    station::View last_;
};

}  // namespace ladestrom::app
