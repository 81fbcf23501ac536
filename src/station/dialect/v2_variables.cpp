// Finding variables by what a request names them, and showing them (2.1 part 2, B05 to B08).
#include "station/dialect/v2_variables.hpp"

#include "base/letter_case.hpp"
#include "base/utf8.hpp"

#include <algorithm>

namespace ladestrom::station::v2_variables {
namespace {

using GetStatus = v2::GetVariableStatus;
using SetStatus = v2::SetVariableStatus;

// Exactly this component: where the request names no EVSE, that of the whole station.
bool is_of(const ShownVariable& variable, const v2::Component& component)
{
    if (!same_ignoring_case(variable.component, component.name) || component.instance) return false;
    if (!component.evse) return variable.evse == EvseId(0);
    const bool connector = component.evse->connector_id.has_value();
    if (connector && component.evse->connector_id != 1) return false;
    return variable.evse.value() == component.evse->id && variable.of_connector == connector;
}

// Any that fits: an EVSE or connector that is not named stands for all (B08.FR.22 and 23).
bool is_among(const ShownVariable& variable, const v2::Component& component)
{
    if (!same_ignoring_case(variable.component, component.name) || component.instance) return false;
    if (!component.evse) return true;
    if (variable.evse.value() != component.evse->id) return false;
    return !component.evse->connector_id ||
           (variable.of_connector && component.evse->connector_id == std::int64_t{1});
}

struct Found {
    bool component = false;
    const ShownVariable* variable = nullptr;
};

Found find(const v2::Component& component, const v2::Variable& name, const std::vector<ShownVariable>& all)
{
    Found found;
    for (const ShownVariable& variable : all) {
        if (!is_of(variable, component)) continue;
        found.component = true;
        if (same_ignoring_case(variable.name, name.name) &&
            same_ignoring_case(variable.instance, name.instance.value_or("")))
            found.variable = &variable;
    }
    return found;
}

bool is_actual(const std::optional<v2::Attribute>& attribute)
{
    return !attribute || *attribute == v2::Attribute::Actual;
}

v2::Data to_wire(ShownType type)
{
    switch (type) {
        case ShownType::decimal: return v2::Data::decimal;
        case ShownType::integer: return v2::Data::integer;
        case ShownType::date_time: return v2::Data::dateTime;
        case ShownType::boolean: return v2::Data::boolean;
        case ShownType::option_list: return v2::Data::OptionList;
        case ShownType::sequence_list: return v2::Data::SequenceList;
        case ShownType::member_list: return v2::Data::MemberList;
        case ShownType::string: break;
    }
    return v2::Data::string;
}

v2::Mutability to_wire(Access access)
{
    switch (access) {
        case Access::read_write: return v2::Mutability::ReadWrite;
        case Access::write_only: return v2::Mutability::WriteOnly;
        case Access::read_only: break;
    }
    return v2::Mutability::ReadOnly;
}

v2::Component component_of(const ShownVariable& variable)
{
    v2::Component component{.name = variable.component};
    if (variable.evse != EvseId(0)) {
        component.evse = v2::EVSE{.id = variable.evse.value()};
        if (variable.of_connector) component.evse->connector_id = 1;
    }
    return component;
}

v2::Variable name_of(const ShownVariable& variable)
{
    v2::Variable name{.name = variable.name};
    if (!variable.instance.empty()) name.instance = variable.instance;
    return name;
}

SetStatus to_wire(ChangeOutcome outcome)
{
    switch (outcome) {
        case ChangeOutcome::accepted: return SetStatus::Accepted;
        case ChangeOutcome::reboot_required: return SetStatus::RebootRequired;
        case ChangeOutcome::rejected:
        case ChangeOutcome::not_supported: break;
    }
    return SetStatus::Rejected;
}

// Whether the component of this variable meets the criterion: it has no such variable, or says true; a
// problem it must say (B08.FR.07 to 10).
bool meets(const ShownVariable& variable, v2::ComponentCriterion criterion,
           const std::vector<ShownVariable>& all)
{
    const auto told = std::ranges::find_if(all, [&](const ShownVariable& other) {
        return other.component == variable.component && other.evse == variable.evse &&
               other.name == messages::to_string(criterion);
    });
    if (told == all.end()) return criterion != v2::ComponentCriterion::Problem;
    return told->value == "true";
}

bool is_asked_for(const ShownVariable& variable, const v2::GetReportRequest& asked)
{
    if (!asked.component_variable) return true;
    return std::ranges::any_of(*asked.component_variable, [&](const v2::ComponentVariable& one) {
        if (!is_among(variable, one.component)) return false;
        if (!one.variable) return true;
        return same_ignoring_case(variable.name, one.variable->name) &&
               (!one.variable->instance || same_ignoring_case(variable.instance, *one.variable->instance));
    });
}

constexpr std::size_t longest_name = 50;

bool fits(const std::optional<std::string>& name)
{
    return !name || characters(*name) <= longest_name;
}

}  // namespace

bool can_be_told(const v2::Component& component, const v2::Variable& variable)
{
    const auto& evse = component.evse;
    const bool numbers = !evse || (evse->id >= 0 && evse->connector_id.value_or(0) >= 0);
    return numbers && fits(component.name) && fits(component.instance) && fits(variable.name) &&
           fits(variable.instance);
}

v2::ReportData report_of(const ShownVariable& variable)
{
    v2::VariableCharacteristics characteristics{.data_type = to_wire(variable.type),
                                                .supports_monitoring = false};
    if (!variable.unit.empty()) characteristics.unit = variable.unit;
    characteristics.min_limit = variable.minimum;
    characteristics.max_limit = variable.maximum;
    if (!variable.values.empty()) characteristics.values_list = variable.values;
    v2::VariableAttribute attribute{.type = v2::Attribute::Actual,
                                    .value = variable.value,
                                    .mutability = to_wire(variable.access),
                                    .persistent = variable.persistent,
                                    .constant = variable.constant};
    return {.component = component_of(variable),
            .variable = name_of(variable),
            .variable_attribute = {std::move(attribute)},
            .variable_characteristics = std::move(characteristics)};
}

v2::GetVariableResult get(const v2::GetVariableData& asked, const std::vector<ShownVariable>& all)
{
    v2::GetVariableResult result{.attribute_status = GetStatus::Accepted,
                                 .component = asked.component,
                                 .variable = asked.variable,
                                 .attribute_type = asked.attribute_type.value_or(v2::Attribute::Actual)};
    const Found found = find(asked.component, asked.variable, all);
    if (!found.component) {
        result.attribute_status = GetStatus::UnknownComponent;
    } else if (found.variable == nullptr) {
        result.attribute_status = GetStatus::UnknownVariable;
    } else if (!is_actual(asked.attribute_type)) {
        result.attribute_status = GetStatus::NotSupportedAttributeType;
    } else if (!found.variable->value) {
        result.attribute_status = GetStatus::Rejected;
    } else {
        result.attribute_value = found.variable->value;
    }
    return result;
}

v2::SetVariableResult set(const v2::SetVariableData& asked, const std::vector<ShownVariable>& all,
                          Settings& settings)
{
    v2::SetVariableResult result{.attribute_status = SetStatus::Rejected,
                                 .component = asked.component,
                                 .variable = asked.variable,
                                 .attribute_type = asked.attribute_type.value_or(v2::Attribute::Actual)};
    const Found found = find(asked.component, asked.variable, all);
    if (!found.component) {
        result.attribute_status = SetStatus::UnknownComponent;
    } else if (found.variable == nullptr) {
        result.attribute_status = SetStatus::UnknownVariable;
    } else if (!is_actual(asked.attribute_type)) {
        result.attribute_status = SetStatus::NotSupportedAttributeType;
    } else if (found.variable->variable) {
        result.attribute_status = to_wire(settings.change(*found.variable->variable, asked.attribute_value));
    }
    return result;
}

std::vector<ShownVariable> base_report(v2::ReportBase base, std::vector<ShownVariable> all)
{
    switch (base) {
        case v2::ReportBase::FullInventory: break;
        case v2::ReportBase::ConfigurationInventory:
            std::erase_if(all, [](const ShownVariable& one) { return one.access == Access::read_only; });
            break;
        case v2::ReportBase::SummaryInventory:
            std::erase_if(all, [](const ShownVariable& one) { return one.name != "AvailabilityState"; });
            break;
    }
    return all;
}

std::vector<ShownVariable> custom_report(const v2::GetReportRequest& asked, std::vector<ShownVariable> all)
{
    const std::vector<ShownVariable> everything = all;
    std::erase_if(all, [&](const ShownVariable& one) {
        const bool met =
            !asked.component_criteria ||
            std::ranges::any_of(*asked.component_criteria, [&](v2::ComponentCriterion criterion) {
                return meets(one, criterion, everything);
            });
        return !met || !is_asked_for(one, asked);
    });
    return all;
}

}  // namespace ladestrom::station::v2_variables
