// ChangeAvailability: in service or not, across restarts (OCPP 1.6 section 5.2).
#pragma once

#include "station/core/context.hpp"

#include <deque>
#include <optional>
#include <string_view>

namespace ladestrom::station {

enum class AvailabilityOutcome { accepted, rejected, scheduled };

class Availability {
public:
    explicit Availability(Context& context) : context_(context) {}

    void recover(std::string_view key, std::string_view value);
    // 0: the station. In 1.6 with all its EVSEs, each of which can be put back into service alone (section
    // 5.2); in 2.x beside them, so that each returns to what it was (2.1 part 2, G04.FR.08). A running
    // session is not disturbed. Holds once it is durable.
    enum class OfStation { with_evses, alone };
    AvailabilityOutcome change(EvseId evse, bool operative, OfStation of_station);
    void apply_durable();
    // Changes that are not durable were refused; what held before is recorded again.
    void take_back();

    static constexpr std::string_view prefix = "availability/";

private:
    struct Pending {
        Generation generation;
        std::int32_t evse;
        bool operative;
    };
    bool& operative(std::int32_t evse);
    void record(std::int32_t evse, bool operative);
    // What holds once everything asked for is durable.
    bool planned(std::int32_t evse);
    void plan(std::int32_t evse, bool operative);

    Context& context_;
    std::deque<Pending> pending_;
};

}  // namespace ladestrom::station
