// Names and base units of what meters measure.
#include "domain/metering.hpp"

#include <array>
#include <string_view>

namespace ladestrom {
namespace {

struct MeasurandRow {
    std::string_view name;
    MeterUnit unit;
};

// In the order of Measurand.
constexpr std::array<MeasurandRow, 22> measurands{{
    {"Current.Export", MeterUnit::a},
    {"Current.Import", MeterUnit::a},
    {"Current.Offered", MeterUnit::a},
    {"Energy.Active.Export.Register", MeterUnit::wh},
    {"Energy.Active.Import.Register", MeterUnit::wh},
    {"Energy.Reactive.Export.Register", MeterUnit::varh},
    {"Energy.Reactive.Import.Register", MeterUnit::varh},
    {"Energy.Active.Export.Interval", MeterUnit::wh},
    {"Energy.Active.Import.Interval", MeterUnit::wh},
    {"Energy.Reactive.Export.Interval", MeterUnit::varh},
    {"Energy.Reactive.Import.Interval", MeterUnit::varh},
    {"Frequency", MeterUnit::hz},
    {"Power.Active.Export", MeterUnit::w},
    {"Power.Active.Import", MeterUnit::w},
    {"Power.Factor", MeterUnit::none},
    {"Power.Offered", MeterUnit::w},
    {"Power.Reactive.Export", MeterUnit::var},
    {"Power.Reactive.Import", MeterUnit::var},
    {"RPM", MeterUnit::none},
    {"SoC", MeterUnit::percent},
    {"Temperature", MeterUnit::celsius},
    {"Voltage", MeterUnit::v},
}};
static_assert(measurands.size() == static_cast<std::size_t>(Measurand::voltage) + 1);

constexpr std::array<std::string_view, 11> phases{"",     "L1",   "L2",    "L3",    "N",    "L1-N",
                                                  "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1"};
constexpr std::array<std::string_view, 6> locations{"Outlet", "Inlet", "Body", "Cable", "EV", "Upstream"};
constexpr std::array<std::string_view, 8> contexts{
    "Sample.Periodic",    "Sample.Clock",     "Transaction.Begin", "Transaction.End",
    "Interruption.Begin", "Interruption.End", "Trigger",           "Other"};
constexpr std::array<std::string_view, 11> units{"",  "Wh", "varh",    "W",       "var", "VA",
                                                 "A", "V",  "Celsius", "Percent", "Hz"};

template <class E>
constexpr std::size_t index(E value)
{
    return static_cast<std::size_t>(value);
}

}  // namespace

std::string_view to_string(Measurand measurand)
{
    return measurands[index(measurand)].name;
}

std::string_view to_string(MeterPhase phase)
{
    return phases[index(phase)];
}

std::string_view to_string(MeterLocation location)
{
    return locations[index(location)];
}

std::string_view to_string(MeterContext context)
{
    return contexts[index(context)];
}

std::string_view to_string(MeterUnit unit)
{
    return units[index(unit)];
}

std::optional<Measurand> measurand_from(std::string_view name)
{
    for (std::size_t i = 0; i < measurands.size(); ++i) {
        if (measurands[i].name == name) return static_cast<Measurand>(i);
    }
    return std::nullopt;
}

MeterUnit base_unit(Measurand measurand)
{
    return measurands[index(measurand)].unit;
}

}  // namespace ladestrom
