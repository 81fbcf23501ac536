// Variables of the registry as OCPP 2.x sees them. What a key may not do to a variable, 2.x may not either.
#include "station/device_model/registry.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ladestrom::station {
namespace {

constexpr std::size_t shortest_password = 16;  // 2.1 part 2, A00.FR.205
constexpr std::size_t longest_password = 64;

Change refused(const VariableRow& row, std::string_view why)
{
    Change change;
    change.outcome = ChangeOutcome::rejected;
    change.reason = fmt::format("{}: {}", full_name(row), why);
    return change;
}

}  // namespace

const Registry::KeyView* Registry::key_of(Variable variable) const
{
    const auto found = std::ranges::find_if(views_, [&](const KeyView& view) {
        return view.row->variables.size() == 1 && view.row->variables.front() == variable &&
               view.row->of_value;
    });
    return found == views_.end() ? nullptr : &*found;
}

Access Registry::access(Variable variable) const
{
    if (row_of(variable).persistence == Persistence::derived) return Access::read_only;
    if (const KeyView* view = key_of(variable)) return view->access;
    // Hidden by a profile, or of 2.x alone.
    const bool hidden = std::ranges::any_of(configuration_key_table(), [&](const KeyRow& row) {
        return row.of_value && row.variables.size() == 1 && row.variables.front() == variable;
    });
    return hidden ? Access::read_only : Access::read_write;
}

Change Registry::prepare_text(Variable variable, std::string_view text) const
{
    const VariableRow& row = row_of(variable);
    if (access(variable) == Access::read_only) return refused(row, "read-only");
    if (row.type == VariableType::bytes) {
        if (text.size() < shortest_password || text.size() > longest_password) {
            return refused(row, fmt::format("{} bytes, expected {} to {}", text.size(), shortest_password,
                                            longest_password));
        }
        return prepare(variable, Value(std::string(text)));
    }
    auto value = parse_value(row.type, text);
    if (!value) return refused(row, value.error().message);
    Change change = prepare(variable, std::move(*value));
    const KeyView* view = key_of(variable);
    if (change.outcome == ChangeOutcome::accepted && view != nullptr && view->reboot_required) {
        change.outcome = ChangeOutcome::reboot_required;
    }
    return change;
}

}  // namespace ladestrom::station
