// The reference page of configuration keys, drawn from the tables.
#include "station/device_model/reference.hpp"

#include "station/device_model/configuration_key.hpp"
#include "station/device_model/registry.hpp"

#include <fmt/format.h>

namespace ladestrom::station {
namespace {

std::string_view describe(Access access)
{
    switch (access) {
        case Access::read_only: return "read";
        case Access::read_write: return "read, write";
        case Access::write_only: return "write";
    }
    return "";
}

std::string describe_range(const VariableRow& row)
{
    switch (row.type) {
        case VariableType::boolean: return "true, false";
        case VariableType::integer:
            return fmt::format("{} to {}{}{}", row.range.minimum, row.range.maximum,
                               row.unit.empty() ? "" : " ", row.unit);
        case VariableType::measurands:
        case VariableType::list: return fmt::format("{} to {} items", row.range.minimum, row.range.maximum);
        case VariableType::text:
        case VariableType::bytes: return fmt::format("{} to {} bytes", row.range.minimum, row.range.maximum);
    }
    return "";
}

std::string breakable(std::string text)
{
    for (std::size_t at = text.find(','); at != std::string::npos; at = text.find(',', at + 1)) {
        text.insert(at + 1, " ");
    }
    return text;
}

std::string key_line(const KeyRow& row, const Registry& fresh)
{
    const VariableRow& variable = row_of(row.variables.front());
    const bool as_variable = row.type.empty();
    return fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", row.name,
                       as_variable ? to_string(variable.type) : row.type, describe(row.access),
                       as_variable ? describe_range(variable) : "", breakable(row.read(row, fresh)),
                       full_name(variable), row.meaning.empty() ? variable.meaning : row.meaning);
}

std::string variable_line(const VariableRow& row, const Registry& fresh)
{
    return fmt::format("| {} | {} | {} | {} | {} |\n", full_name(row), to_string(row.type),
                       row.items.empty() ? describe_range(row) : breakable(std::string(row.items)),
                       breakable(print_value(row.type, fresh.value(row.variable))), row.meaning);
}

}  // namespace

std::string configuration_key_reference()
{
    std::string page =
        "# Configuration keys of the station\n\n"
        "Generated from `src/station/device_model`; a test compares this page with the program. A maker "
        "sets\n"
        "initial values under `[keys]` of the station's configuration file; what the backend changed later\n"
        "outlives restarts and wins.\n\n"
        "Keys are matched in any case. Values: `true`/`false` in any case, whole numbers, lists separated "
        "by\n"
        "commas with or without blanks, at most 500 characters. `initial` is that of a station with one\n"
        "connector.\n\n"
        "| key (OCPP 1.6) | type | access | range | initial | variable (OCPP 2.x) | meaning |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n";
    const Registry fresh(RegistryOptions{}, {});
    for (const KeyRow& row : configuration_key_table()) page += key_line(row, fresh);
    page +=
        "\n## Variables of OCPP 2.x alone\n\n"
        "No key of 1.6 shows these; under `[keys]` they stand by their full name, in quotes:\n"
        "`\"TxCtrlr.TxStartPoint\" = \"EVConnected\"`.\n\n"
        "| variable | type | range | initial | meaning |\n"
        "| --- | --- | --- | --- | --- |\n";
    for (const VariableRow& row : variable_table()) {
        if (is_settable_alone(row)) page += variable_line(row, fresh);
    }
    page +=
        "\n## Measurands\n\n"
        "A list of measurands takes these names; `Current.Import` and `Power.Active.Import` also with "
        "`.L1`,\n"
        "`.L2` or `.L3` appended, `Voltage` with those or `.L1-N`, `.L2-N`, `.L3-N`.\n\n";
    for (const Measurand measurand : default_measurands())
        page += fmt::format("- `{}`\n", to_string(measurand));
    return page;
}

}  // namespace ladestrom::station
