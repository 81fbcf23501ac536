// Meter samples as both sides keep them: typed columns, never text.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom {

// OCPP measurands (1.6 section 7.31, 2.1 MeasurandEnumType, the common ones).
enum class Measurand : std::uint8_t {
    current_export,
    current_import,
    current_offered,
    energy_active_export_register,
    energy_active_import_register,
    energy_reactive_export_register,
    energy_reactive_import_register,
    energy_active_export_interval,
    energy_active_import_interval,
    energy_reactive_export_interval,
    energy_reactive_import_interval,
    frequency,
    power_active_export,
    power_active_import,
    power_factor,
    power_offered,
    power_reactive_export,
    power_reactive_import,
    rpm,
    soc,
    temperature,
    voltage,
};

enum class MeterPhase : std::uint8_t { none, l1, l2, l3, n, l1_n, l2_n, l3_n, l1_l2, l2_l3, l3_l1 };
enum class MeterLocation : std::uint8_t { outlet, inlet, body, cable, ev, upstream };
enum class MeterContext : std::uint8_t {
    sample_periodic,
    sample_clock,
    transaction_begin,
    transaction_end,
    interruption_begin,
    interruption_end,
    trigger,
    other,
};
// Values are kept in these base units: Wh, W, varh, var, VA, A, V, Celsius, Percent, Hz, none.
enum class MeterUnit : std::uint8_t { none, wh, varh, w, var, va, a, v, celsius, percent, hz };

struct MeterSample {
    Measurand measurand = Measurand::energy_active_import_register;
    MeterPhase phase = MeterPhase::none;
    MeterLocation location = MeterLocation::outlet;
    MeterContext context = MeterContext::sample_periodic;
    MeterUnit unit = MeterUnit::wh;
    double value = 0;
    std::optional<std::string> signed_data;  // 1.6 format SignedData: the text as received, value unused
};

// Samples taken at one time.
struct MeterValue {
    Instant timestamp;
    std::vector<MeterSample> samples;
};

// OCPP names: "Energy.Active.Import.Register", "L1-N", "Outlet", "Sample.Periodic", "Wh".
std::string_view to_string(Measurand);
std::string_view to_string(MeterPhase);  // "" for none
std::string_view to_string(MeterLocation);
std::string_view to_string(MeterContext);
std::string_view to_string(MeterUnit);  // "" for none
std::optional<Measurand> measurand_from(std::string_view name);
MeterUnit base_unit(Measurand measurand);

// One item of MeterValuesSampledData and the like: a measurand, in 1.6 with a phase appended
// ("Current.Import.L1").
struct MeasurandSelection {
    Measurand measurand;
    MeterPhase phase = MeterPhase::none;
    friend bool operator==(const MeasurandSelection&, const MeasurandSelection&) = default;
};

}  // namespace ladestrom
