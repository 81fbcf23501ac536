// Units of measure on the wire and the base units of the domain; their names are the same in every version.
#pragma once

#include "domain/metering.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace ladestrom::dialect {

struct UnitRow {
    std::string_view name;
    MeterUnit unit;
    double factor;
    double offset;  // value * factor + offset
};
inline constexpr std::array<UnitRow, 17> unit_rows{{
    {"Wh", MeterUnit::wh, 1, 0},
    {"kWh", MeterUnit::wh, 1000, 0},
    {"varh", MeterUnit::varh, 1, 0},
    {"kvarh", MeterUnit::varh, 1000, 0},
    {"W", MeterUnit::w, 1, 0},
    {"kW", MeterUnit::w, 1000, 0},
    {"VA", MeterUnit::va, 1, 0},
    {"kVA", MeterUnit::va, 1000, 0},
    {"var", MeterUnit::var, 1, 0},
    {"kvar", MeterUnit::var, 1000, 0},
    {"A", MeterUnit::a, 1, 0},
    {"V", MeterUnit::v, 1, 0},
    {"Hz", MeterUnit::hz, 1, 0},
    {"Percent", MeterUnit::percent, 1, 0},
    {"Celsius", MeterUnit::celsius, 1, 0},
    {"K", MeterUnit::celsius, 1, -273.15},
    {"Fahrenheit", MeterUnit::celsius, 5.0 / 9.0, -160.0 / 9.0},
}};

// Puts the sample's value, told in the unit of this name, into the base unit. False: no unit that the domain
// knows.
inline bool to_base_unit(std::string_view name, MeterSample& sample)
{
    const auto row = std::ranges::find(unit_rows, name, &UnitRow::name);
    if (row == unit_rows.end()) return false;
    sample.unit = row->unit;
    sample.value = sample.value * row->factor + row->offset;
    return true;
}

}  // namespace ladestrom::dialect
