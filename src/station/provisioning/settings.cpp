// Preparing, recording and applying changes of the registry.
#include "station/provisioning/settings.hpp"

#include <set>

namespace ladestrom::station {

ChangeOutcome Settings::change(std::string_view key, std::string_view text)
{
    return take(context_.registry.prepare(key, text));
}

ChangeOutcome Settings::change(Variable variable, std::string_view text)
{
    return take(context_.registry.prepare_text(variable, text));
}

ChangeOutcome Settings::take(Change change)
{
    const bool password = std::ranges::any_of(change.assignments, [](const Assignment& assignment) {
        return assignment.variable == Variable::basic_auth_password;
    });
    if (password && !credentials_.may_change()) change = Change{.outcome = ChangeOutcome::rejected};
    const ChangeOutcome outcome = change.outcome;
    if (outcome == ChangeOutcome::rejected) context_.counters.add("configuration.rejected");
    if (password && outcome != ChangeOutcome::rejected) credentials_.keep_previous();
    keep(std::move(change), true);
    return outcome;
}

void Settings::set(Variable variable, std::int64_t value)
{
    const Range range = context_.registry.range(variable);
    value = std::clamp(value, range.minimum, range.maximum);
    if (context_.registry.integer(variable) == value) return;
    keep(context_.registry.prepare(variable, value), false);
}

void Settings::keep(Change change, bool asked)
{
    if (change.records.empty()) return;
    context_.records.put(change.records);
    pending_.push_back({context_.records.current(), std::move(change), asked});
}

void Settings::take_back()
{
    std::set<Variable> refused;
    std::erase_if(pending_, [&](const Pending& entry) {
        if (!entry.asked || context_.records.durable(entry.generation)) return false;
        for (const Assignment& assignment : entry.change.assignments) refused.insert(assignment.variable);
        return true;
    });
    if (refused.contains(Variable::basic_auth_password)) credentials_.taken_back();
    for (const Variable variable : refused) context_.records.put({context_.registry.stored(variable)});
    // What the engine itself has set meanwhile stands.
    for (const Pending& entry : pending_) context_.records.put(entry.change.records);
}

std::vector<Variable> Settings::apply_durable()
{
    std::vector<Variable> changed;
    while (!pending_.empty() && context_.records.durable(pending_.front().generation)) {
        for (const Variable variable : context_.registry.apply(pending_.front().change)) {
            changed.push_back(variable);
        }
        pending_.pop_front();
    }
    return changed;
}

}  // namespace ladestrom::station
