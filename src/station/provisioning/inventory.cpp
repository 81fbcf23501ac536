// Components and variables with the names of OCPP 2.1.
#include "station/provisioning/inventory.hpp"

#include "domain/dialect/v2.hpp"
#include "messages/enum.hpp"
#include "rpc/peer.hpp"
#include "station/availability/status_reporter.hpp"
#include "station/core/context.hpp"
#include "station/link/backoff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ladestrom::station {
namespace {

// What 2.x has no variable for: it is said in another way there, or belongs to 1.6 alone.
constexpr std::array only_in_16{Variable::phase_rotation, Variable::feature_profiles,
                                Variable::number_of_connectors};

// Functions that a backend may look for and this station has not.
constexpr std::array absent_controllers{"AuthCacheCtrlr",     "DisplayMessageCtrlr", "ISO15118Ctrlr",
                                        "LocalAuthListCtrlr", "MonitoringCtrlr",     "ReservationCtrlr",
                                        "SmartChargingCtrlr", "TariffCostCtrlr"};

ShownType type_of(VariableType type)
{
    switch (type) {
        case VariableType::boolean: return ShownType::boolean;
        case VariableType::integer: return ShownType::integer;
        case VariableType::measurands:
        case VariableType::list: return ShownType::member_list;
        case VariableType::text:
        case VariableType::bytes: break;
    }
    return ShownType::string;
}

void add_to_list(std::string& list, std::string_view item)
{
    if (!list.empty()) list += ',';
    list += item;
}

// What follows from hardware and program, and nobody sets.
ShownVariable fixed(std::string_view component, std::string_view name, ShownType type, std::string value)
{
    ShownVariable shown;
    shown.component = component;
    shown.name = name;
    shown.type = type;
    shown.constant = true;
    shown.value = std::move(value);
    return shown;
}

ShownVariable state(std::string_view component, ConnectorStatus status)
{
    const auto told = dialect::v2::to_wire(status);
    ShownVariable shown =
        fixed(component, "AvailabilityState", ShownType::option_list, std::string(messages::to_string(told)));
    for (const v2::ConnectorStatus value : messages::enum_values<v2::ConnectorStatus>)
        add_to_list(shown.values, messages::to_string(value));
    shown.constant = false;
    return shown;
}

// 2.x has fewer measurands, and no phases in their lists.
std::string names_of(std::span<const Measurand> measurands)
{
    std::string names;
    for (const Measurand measurand : measurands) {
        const std::string_view name = to_string(measurand);
        if (messages::parse_enum<v2::Measurand>(name)) add_to_list(names, name);
    }
    return names;
}

std::string names_of(const std::vector<MeasurandSelection>& selections)
{
    std::vector<Measurand> measurands;
    for (const MeasurandSelection& selection : selections) {
        if (std::ranges::find(measurands, selection.measurand) == measurands.end())
            measurands.push_back(selection.measurand);
    }
    return names_of(measurands);
}

}  // namespace

std::vector<ShownVariable> Inventory::all() const
{
    std::vector<ShownVariable> all;
    add_registry(all);
    add_station(all);
    add_controllers(all);
    add_limits(all);
    add_evses(all);
    return all;
}

std::string Inventory::text_of(const VariableRow& row) const
{
    const Registry& registry = context_.registry;
    if (row.type == VariableType::measurands) return names_of(registry.measurands(row.variable));
    return print_value(row.type, registry.value(row.variable));
}

void Inventory::add_registry(std::vector<ShownVariable>& all) const
{
    const Registry& registry = context_.registry;
    for (const VariableRow& row : variable_table()) {
        if (std::ranges::find(only_in_16, row.variable) != only_in_16.end()) continue;
        ShownVariable shown;
        shown.component = row.component;
        shown.name = row.name;
        shown.instance = row.instance;
        shown.type = type_of(row.type);
        shown.unit = row.unit;
        shown.access = registry.access(row.variable);
        shown.persistent = row.persistence == Persistence::stored;
        if (shown.access != Access::write_only) shown.value = text_of(row);
        shown.variable = row.variable;
        const Range range = registry.range(row.variable);
        // Of a list the limit would be that of its text.
        const bool text = row.type == VariableType::text || row.type == VariableType::bytes;
        if (row.type == VariableType::integer) shown.minimum = static_cast<double>(range.minimum);
        if (text || row.type == VariableType::integer) shown.maximum = static_cast<double>(range.maximum);
        if (row.type == VariableType::measurands) shown.values = names_of(registry.measurands());
        if (!row.items.empty()) shown.values = row.items;
        all.push_back(std::move(shown));
    }
}

void Inventory::add_station(std::vector<ShownVariable>& all) const
{
    const Config& config = context_.config;
    const auto text = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) all.push_back(fixed("ChargingStation", name, ShownType::string, value));
    };
    all.push_back(state("ChargingStation", statuses_.shown(EvseId(0)).status));
    all.push_back(fixed("ChargingStation", "Available", ShownType::boolean, "true"));
    text("VendorName", config.vendor);
    text("Model", config.model);
    text("SerialNumber", config.serial_number);
    text("FirmwareVersion", config.firmware_version);
    int phases = 1;
    for (const EvseConfig& evse : config.evses) phases = std::max(phases, evse.capabilities.phases);
    all.push_back(fixed("ChargingStation", "SupplyPhases", ShownType::integer, std::to_string(phases)));
}

void Inventory::add_controllers(std::vector<ShownVariable>& all) const
{
    all.push_back(fixed("SampledDataCtrlr", "TxStartedMeasurands", ShownType::member_list,
                        std::string(to_string(Measurand::energy_active_import_register))));
    all.back().values = to_string(Measurand::energy_active_import_register);
    if (const auto wall = context_.clock.wall(context_.now)) {
        all.push_back(fixed("ClockCtrlr", "DateTime", ShownType::date_time, format_instant(*wall)));
        all.back().constant = false;
    }
    // There is one, of the configuration.
    all.push_back(fixed("OCPPCommCtrlr", "NetworkConfigurationPriority", ShownType::sequence_list, "1"));
    all.back().values = "1";
    all.push_back(fixed("ClockCtrlr", "TimeSource", ShownType::sequence_list, "Heartbeat"));
    all.back().values = "Heartbeat";
    for (const std::string_view controller : absent_controllers) {
        all.push_back(fixed(controller, "Available", ShownType::boolean, "false"));
        all.push_back(fixed(controller, "Enabled", ShownType::boolean, "false"));
    }
}

// What the station keeps to and nobody sets.
void Inventory::add_limits(std::vector<ShownVariable>& all) const
{
    const auto add = [&](std::string_view component, std::string_view name, std::string_view instance,
                         std::string_view unit, std::int64_t value) {
        all.push_back(fixed(component, name, ShownType::integer, std::to_string(value)));
        all.back().instance = instance;
        all.back().unit = unit;
    };
    const Registry& registry = context_.registry;
    const rpc::Limits limits;
    // What the end of a transaction carries is taken with the rest.
    add("SampledDataCtrlr", "TxEndedInterval", "", "s", registry.integer(Variable::sampled_data_interval));
    add("AlignedDataCtrlr", "TxEndedInterval", "", "s", registry.integer(Variable::aligned_data_interval));
    add("OCPPCommCtrlr", "MessageTimeout", "Default", "s", limits.call_timeout / seconds(1));
    // The wait is between half of what backoff() doubles and all of it.
    const std::int64_t half = reconnect_range.first / 2 / seconds(1);
    std::int64_t doublings = 0;
    for (Duration wait = reconnect_range.first; wait < reconnect_range.last; wait *= 2) ++doublings;
    add("OCPPCommCtrlr", "RetryBackOffWaitMinimum", "", "s", half);
    add("OCPPCommCtrlr", "RetryBackOffRandomRange", "", "s", half);
    add("OCPPCommCtrlr", "RetryBackOffRepeatTimes", "", "", doublings);
    for (const std::string_view instance : {"GetReport", "SetVariables"})
        add("DeviceDataCtrlr", "ItemsPerMessage", instance, "",
            registry.integer(Variable::items_per_message));
    for (const std::string_view instance : {"GetReport", "GetVariables", "SetVariables"})
        add("DeviceDataCtrlr", "BytesPerMessage", instance, "",
            static_cast<std::int64_t>(limits.max_frame_bytes));
}

void Inventory::add_evses(std::vector<ShownVariable>& all) const
{
    for (const Evse& evse : context_.evses.all) {
        const ConnectorStatus status = statuses_.shown(evse.id).status;
        const auto add = [&](ShownVariable shown) {
            shown.evse = evse.id;
            shown.of_connector = shown.component == "Connector";
            all.push_back(std::move(shown));
        };
        const std::string phases = std::to_string(evse.capabilities.phases);
        for (const std::string_view component : {"EVSE", "Connector"}) {
            add(state(component, status));
            add(fixed(component, "Available", ShownType::boolean, "true"));
            add(fixed(component, "SupplyPhases", ShownType::integer, phases));
        }
        add(fixed("Connector", "ConnectorType", ShownType::string,
                  evse.capabilities.has_lock ? "sType2" : "cType2"));
        add(fixed("EVSE", "AllowReset", ShownType::boolean, "true"));
        if (!evse.reading) continue;
        double watts = 0;
        for (const Watts& phase : evse.reading->power) watts += phase.value;
        ShownVariable power = fixed("EVSE", "Power", ShownType::decimal, fmt::format("{:.1f}", watts));
        power.unit = "W";
        power.constant = false;
        add(std::move(power));
    }
}

}  // namespace ladestrom::station
