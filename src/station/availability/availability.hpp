// ChangeAvailability: in service or not, across restarts (OCPP 1.6 section 5.2).
#pragma once

#include "station/core/context.hpp"

#include <optional>
#include <string_view>

namespace ladestrom::station {

enum class AvailabilityOutcome { accepted, rejected, scheduled };

class Availability {
public:
    explicit Availability(Context& context) : context_(context) {}

    void recover(std::string_view key, std::string_view value);
    // 0: the station and all its EVSEs. A running session is not disturbed.
    AvailabilityOutcome change(EvseId evse, bool operative);

    static constexpr std::string_view prefix = "availability/";

private:
    void record(std::int32_t evse, bool operative);
    Context& context_;
};

}  // namespace ladestrom::station
