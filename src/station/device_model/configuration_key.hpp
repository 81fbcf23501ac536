// OCPP 1.6 configuration keys: views of the registry with their own spelling, access and text form.
#pragma once

#include "station/device_model/variable.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::station {

class Registry;

// OCPP 1.6 feature profiles, in the order SupportedFeatureProfiles lists them.
enum class FeatureProfile : std::uint8_t {
    core,
    firmware_management,
    local_auth_list_management,
    reservation,
    smart_charging,
    remote_trigger,
};
std::string_view to_string(FeatureProfile profile);

struct Assignment {
    Variable variable;
    Value value;
};

struct KeyRow {
    std::string_view name;  // the standard spelling
    // The key is shown when its feature profile is enabled; none: always.
    std::optional<FeatureProfile> profile;
    Access access;
    bool reboot_required;
    std::span<const Variable> variables;  // what it shows or sets; may be none
    std::string (*read)(const KeyRow& row, const Registry& registry);
    Result<std::vector<Assignment>> (*write)(const KeyRow& row, const Registry& registry,
                                             std::string_view text);
    // What people are told; "" for the variable's own type and meaning.
    std::string_view type;
    std::string_view meaning;
    bool of_value = true;  // it shows the variable's value, not something else about it
};

std::span<const KeyRow> configuration_key_table();
// It may be set, and no key shows it: a configuration names it by its full name.
bool is_settable_alone(const VariableRow& row);

}  // namespace ladestrom::station
