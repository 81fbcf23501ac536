// StatusNotification: always the latest state of each connector and of the station, never a queue of old
// ones.
#pragma once

#include "station/availability/connector_status.hpp"
#include "station/calls/source.hpp"
#include "station/core/context.hpp"

#include <vector>

namespace ladestrom::station {

class StatusReporter final : public Source {
public:
    StatusReporter(Context& context);

    // Follows the state of every EVSE; call after each input.
    void update();
    // The backend takes us for new: report everything once (errata 3.22).
    void report_all();
    // What was told in the words of another version is told again: 2.x says Occupied where 1.6 has five
    // words. In 2.x also what was told before a connection was away for OfflineThreshold (2.1 part 2,
    // B04.FR.01).
    void link_up(OcppVersion version);
    // Or an attempt to connect has failed.
    void link_lost();
    // TriggerMessage; 0: the station, none: all.
    void trigger(std::optional<EvseId> evse);

    ShownStatus shown(EvseId evse) const { return lines_[static_cast<std::size_t>(evse.value())].current; }

    std::optional<Outgoing> next(Gate gate) override;
    void answered(const Reply& reply) override;
    void failed(const Failure& failure) override;
    std::optional<Tick> next_deadline() const override;

private:
    struct Line {
        ShownStatus current;
        Tick since{};
        std::optional<Instant> at;
        std::optional<ShownStatus> reported;  // what the backend believes
        bool triggered = false;
        Tick not_before{};  // after a call that was not answered
    };
    Tick due(const Line& line) const;
    void follow(Line& line, const ShownStatus& shown);

    Context& context_;
    std::vector<Line> lines_;             // by connector number, 0 the station
    std::optional<OcppVersion> version_;  // of the newest connection
    std::optional<Tick> lost_at_;         // while there is none
    std::size_t in_flight_ = 0;
    ShownStatus sent_;
};

}  // namespace ladestrom::station
