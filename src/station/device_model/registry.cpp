// The registry of variables: initial values, the journal's, changes, and the OCPP 1.6 views.
#include "station/device_model/registry.hpp"

#include "base/letter_case.hpp"
#include "base/nearest.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace ladestrom::station {
namespace {

constexpr std::string_view record_prefix = "variable/";
constexpr std::size_t value_characters_max = 500;  // CiString500Type of ChangeConfiguration.req
constexpr std::size_t key_characters_max = 50;     // CiString50Type

constexpr std::size_t index_of(Variable variable)
{
    return static_cast<std::size_t>(variable);
}

std::string record_key(const VariableRow& row)
{
    return fmt::format("{}{}", record_prefix, full_name(row));
}

bool is_secret(const KeyRow& row)
{
    return std::ranges::any_of(row.variables,
                               [](Variable v) { return row_of(v).type == VariableType::bytes; });
}

const KeyRow* find_row(std::string_view key)
{
    const auto rows = configuration_key_table();
    const auto found =
        std::ranges::find_if(rows, [&](const KeyRow& row) { return same_ignoring_case(row.name, key); });
    return found == rows.end() ? nullptr : &*found;
}

// What no key of 1.6 shows, by its full name.
const VariableRow* find_variable(std::string_view name)
{
    const auto rows = variable_table();
    const auto found = std::ranges::find_if(
        rows, [&](const VariableRow& row) { return same_ignoring_case(full_name(row), name); });
    return found == rows.end() || !is_settable_alone(*found) ? nullptr : &*found;
}

bool beyond_the_first(MeterPhase phase)
{
    return phase != MeterPhase::none && phase != MeterPhase::l1 && phase != MeterPhase::l1_n;
}

Error unknown_key(std::string_view place, std::string_view key)
{
    std::vector<std::string> alone;
    for (const VariableRow& row : variable_table()) {
        if (is_settable_alone(row)) alone.push_back(full_name(row));
    }
    std::vector<std::string_view> names(alone.begin(), alone.end());
    for (const KeyRow& row : configuration_key_table()) names.push_back(row.name);
    const std::string suggestion = nearest(key, names);
    return Error{fmt::format("{}.{}: there is no such configuration key{}", place, key,
                             suggestion.empty() ? "" : fmt::format("; did you mean {}?", suggestion))};
}

Change refusal(ChangeOutcome outcome, std::string reason)
{
    Change change;
    change.outcome = outcome;
    change.reason = std::move(reason);
    return change;
}

// Profiles restrict; they cannot make writable what the station only reports.
bool may_become(Access from, Access to)
{
    return from == to || from == Access::read_write;
}

}  // namespace

std::span<const Measurand> default_measurands()
{
    static constexpr std::array measurands{
        Measurand::energy_active_import_register,
        Measurand::power_active_import,
        Measurand::power_offered,
        Measurand::current_import,
        Measurand::current_offered,
        Measurand::voltage,
        Measurand::frequency,
        Measurand::soc,
        Measurand::temperature,
    };
    return measurands;
}

Result<void> Registry::check(const RegistryOptions& options)
{
    Registry registry(options);
    if (auto adjusted = registry.adjust(options.adjustments); !adjusted) return adjusted;
    return registry.set_initial(options);
}

Registry::Registry(const RegistryOptions& options, const store::Batch& journal) : Registry(options)
{
    if (auto adjusted = adjust(options.adjustments); !adjusted)
        throw std::invalid_argument(adjusted.error().message);
    if (auto set = set_initial(options); !set) throw std::invalid_argument(set.error().message);
    load(journal);
    derive();
}

// The built-in values, and the keys of the enabled feature profiles.
Registry::Registry(const RegistryOptions& options)
    : feature_profiles_(options.feature_profiles),
      measurands_(options.measurands),
      number_of_connectors_(options.number_of_connectors),
      phases_(options.phases),
      tls_(options.tls)
{
    if (measurands_.empty()) measurands_.assign(default_measurands().begin(), default_measurands().end());
    std::ranges::sort(feature_profiles_);
    for (const VariableRow& row : variable_table()) {
        values_[index_of(row.variable)] = *parse_value(row.type, row.initial);
        ranges_[index_of(row.variable)] = row.range;
        if (auto* selections =
                std::get_if<std::vector<MeasurandSelection>>(&values_[index_of(row.variable)])) {
            std::erase_if(*selections, [&](const MeasurandSelection& selection) {
                return std::ranges::find(measurands_, selection.measurand) == measurands_.end();
            });
        }
    }
    std::string rotations = "0.RST";
    for (int i = 1; i <= number_of_connectors_; ++i) rotations += fmt::format(",{}.RST", i);
    values_[index_of(Variable::phase_rotation)] = rotations;
    ranges_[index_of(Variable::phase_rotation)].maximum = number_of_connectors_ + 1;
    values_[index_of(Variable::basic_auth_password)] = options.basic_password;
    if (!options.resumes) values_[index_of(Variable::resumption_timeout)] = std::int64_t{0};
    for (const KeyRow& row : configuration_key_table()) {
        if (row.profile && !enabled(*row.profile)) continue;
        views_.push_back({&row, std::string(row.name), row.access, row.reboot_required});
    }
    derive();
}

Result<void> Registry::adjust(const std::vector<KeyAdjustment>& adjustments)
{
    for (const KeyAdjustment& adjustment : adjustments) {
        const KeyRow* row = find_row(adjustment.key);
        if (row == nullptr) return unknown_key("adjustments", adjustment.key);
        const auto fail = [&](std::string_view what) {
            return Error{fmt::format("adjustments.{}: {}", row->name, what)};
        };
        if (adjustment.minimum || adjustment.maximum) {
            if (row->variables.size() != 1) return fail("has no range");
            Range& range = ranges_[index_of(row->variables.front())];
            const Range narrowed{adjustment.minimum.value_or(range.minimum),
                                 adjustment.maximum.value_or(range.maximum)};
            if (narrowed.minimum < range.minimum || narrowed.maximum > range.maximum ||
                narrowed.minimum > narrowed.maximum) {
                return fail(fmt::format("the range {} to {} is not within {} to {}", narrowed.minimum,
                                        narrowed.maximum, range.minimum, range.maximum));
            }
            range = narrowed;
        }
        const auto view = std::ranges::find(views_, row, &KeyView::row);
        if (view == views_.end()) continue;
        if (adjustment.hidden) {
            views_.erase(view);
            continue;
        }
        if (adjustment.access && !may_become(view->access, *adjustment.access)) {
            return fail("cannot be opened, only restricted");
        }
        view->access = adjustment.access.value_or(view->access);
        view->reboot_required = adjustment.reboot_required.value_or(view->reboot_required);
        if (adjustment.spelling) {
            if (adjustment.spelling->empty() || characters(*adjustment.spelling) > key_characters_max) {
                return fail("expected a spelling of 1 to 50 characters");
            }
            const KeyView* other = find(*adjustment.spelling);
            if (other != nullptr && other != &*view) {
                return fail(fmt::format("the spelling {} is taken", *adjustment.spelling));
            }
            view->spelling = *adjustment.spelling;
        }
    }
    return {};
}

Result<void> Registry::set_initial(const RegistryOptions& options)
{
    if (number_of_connectors_ < 1 || number_of_connectors_ > 1'000) {
        return Error{fmt::format("{} connectors, expected 1 to 1000", number_of_connectors_)};
    }
    for (const auto& [key, text] : options.keys) {
        if (const VariableRow* variable = find_variable(key)) {
            auto set = set_initial(*variable, text);
            if (!set) return Error{fmt::format("keys.{}: \"{}\": {}", key, text, set.error().message)};
            continue;
        }
        const KeyRow* row = find_row(key);
        if (row == nullptr) {
            const KeyView* view = find(key);
            if (view == nullptr) return unknown_key("keys", key);
            row = view->row;
        }
        const auto fail = [&](const Error& error) {
            return Error{is_secret(*row) ? fmt::format("keys.{}: {}", key, error.message)
                                         : fmt::format("keys.{}: \"{}\": {}", key, text, error.message)};
        };
        auto assignments = row->write(*row, *this, text);
        if (!assignments) return fail(assignments.error());
        for (Assignment& assignment : *assignments) {
            if (auto ok = acceptable(assignment.variable, assignment.value); !ok) return fail(ok.error());
            values_[index_of(assignment.variable)] = std::move(assignment.value);
        }
    }
    // A range that a profile narrowed may leave out the built-in value.
    for (const VariableRow& row : variable_table()) {
        if (auto ok = acceptable(row.variable, value(row.variable));
            !ok && row.persistence == Persistence::stored) {
            return Error{
                fmt::format("{}: the initial value does not fit: {}", full_name(row), ok.error().message)};
        }
    }
    derive();
    return {};
}

Result<void> Registry::set_initial(const VariableRow& row, std::string_view text)
{
    auto value = parse_value(row.type, text);
    if (!value) return value.error();
    if (auto ok = acceptable(row.variable, *value); !ok) return ok;
    values_[index_of(row.variable)] = *std::move(value);
    return {};
}

void Registry::load(const store::Batch& journal)
{
    for (const store::Record& record : journal) {
        if (!record.key.starts_with(record_prefix) || !record.value) continue;
        const std::string_view name = std::string_view(record.key).substr(record_prefix.size());
        const auto row = std::ranges::find_if(
            variable_table(), [&](const VariableRow& candidate) { return full_name(candidate) == name; });
        if (row == variable_table().end() || row->persistence == Persistence::derived) {
            unusable_.push_back(record.key);
            continue;
        }
        auto parsed = parse_value(row->type, *record.value);
        if (!parsed || !acceptable(row->variable, *parsed)) {
            unusable_.push_back(record.key);
            continue;
        }
        values_[index_of(row->variable)] = std::move(*parsed);
        changed_[index_of(row->variable)] = true;
    }
}

void Registry::derive()
{
    std::string profiles;
    for (const FeatureProfile profile : feature_profiles_) {
        if (!profiles.empty()) profiles += ',';
        profiles += to_string(profile);
    }
    values_[index_of(Variable::feature_profiles)] = profiles;
    values_[index_of(Variable::number_of_connectors)] = std::int64_t{number_of_connectors_};
    const std::int64_t with_password = tls_ ? 2 : 1;
    values_[index_of(Variable::security_profile)] =
        text(Variable::basic_auth_password).empty() ? 0 : with_password;
}

Result<void> Registry::acceptable(Variable variable, const Value& value) const
{
    const VariableRow& row = row_of(variable);
    if (value.index() != values_[index_of(variable)].index()) {
        return Error{fmt::format("expected {}", to_string(row.type))};
    }
    if (const auto* selections = std::get_if<std::vector<MeasurandSelection>>(&value)) {
        for (const MeasurandSelection& selection : *selections) {
            if (std::ranges::find(measurands_, selection.measurand) == measurands_.end()) {
                return Error{fmt::format("the meter does not measure {}", to_string(selection.measurand))};
            }
            if (phases_ == 1 && beyond_the_first(selection.phase)) {
                return Error{fmt::format("{}: there is one phase", to_string(selection.phase))};
            }
        }
    }
    return check_range(row, range(variable), value);
}

// ---- reading --------------------------------------------------------------------------------------------

bool Registry::boolean(Variable variable) const
{
    return std::get<bool>(value(variable));
}

std::int64_t Registry::integer(Variable variable) const
{
    return std::get<std::int64_t>(value(variable));
}

std::chrono::seconds Registry::interval(Variable variable) const
{
    return std::chrono::seconds(integer(variable));
}

const std::string& Registry::text(Variable variable) const
{
    return std::get<std::string>(value(variable));
}

const std::vector<MeasurandSelection>& Registry::measurands(Variable variable) const
{
    return std::get<std::vector<MeasurandSelection>>(value(variable));
}

const Value& Registry::value(Variable variable) const
{
    return values_.at(index_of(variable));
}

Range Registry::range(Variable variable) const
{
    return ranges_.at(index_of(variable));
}

bool Registry::enabled(FeatureProfile profile) const
{
    return std::ranges::find(feature_profiles_, profile) != feature_profiles_.end();
}

// ---- changing -------------------------------------------------------------------------------------------

Change Registry::prepare(std::string_view key, std::string_view text) const
{
    const KeyView* view = find(key);
    if (view == nullptr) return refusal(ChangeOutcome::not_supported, fmt::format("{}: no such key", key));
    const auto refuse = [&](std::string_view why) {
        return refusal(ChangeOutcome::rejected, fmt::format("{}: {}", view->spelling, why));
    };
    if (view->access == Access::read_only) return refuse("read-only");
    if (characters(text) > value_characters_max) return refuse("the value has more than 500 characters");
    auto assignments = view->row->write(*view->row, *this, text);
    if (!assignments) return refuse(assignments.error().message);
    Change change = prepare(std::move(*assignments));
    if (change.outcome == ChangeOutcome::rejected) return refuse(change.reason);
    if (change.outcome == ChangeOutcome::accepted && view->reboot_required) {
        change.outcome = ChangeOutcome::reboot_required;
    }
    return change;
}

Change Registry::prepare(Variable variable, Value value) const
{
    return prepare(std::vector<Assignment>{{variable, std::move(value)}});
}

Change Registry::prepare(std::vector<Assignment> assignments) const
{
    Change change;
    for (const Assignment& assignment : assignments) {
        const VariableRow& row = row_of(assignment.variable);
        if (row.persistence == Persistence::derived) {
            return refusal(ChangeOutcome::rejected, fmt::format("{}: cannot be set", full_name(row)));
        }
        if (auto ok = acceptable(assignment.variable, assignment.value); !ok) {
            return refusal(ChangeOutcome::rejected,
                           fmt::format("{}: {}", full_name(row), ok.error().message));
        }
        // Recorded even when equal to the present value: it was chosen, and now outlives the configuration's.
        change.records.push_back({record_key(row), print_value(row.type, assignment.value)});
    }
    change.outcome = ChangeOutcome::accepted;
    change.assignments = std::move(assignments);
    return change;
}

std::vector<Variable> Registry::apply(const Change& change)
{
    const auto before = values_;
    for (const Assignment& assignment : change.assignments) {
        values_[index_of(assignment.variable)] = assignment.value;
        changed_[index_of(assignment.variable)] = true;
    }
    derive();
    std::vector<Variable> changed;
    for (const VariableRow& row : variable_table()) {
        if (values_[index_of(row.variable)] != before[index_of(row.variable)])
            changed.push_back(row.variable);
    }
    return changed;
}

store::Record Registry::stored(Variable variable) const
{
    const VariableRow& row = row_of(variable);
    if (!changed_.at(index_of(variable))) return {record_key(row), std::nullopt};
    return {record_key(row), print_value(row.type, value(variable))};
}

// ---- OCPP 1.6 GetConfiguration
// -----------------------------------------------------------------------------

Result<KeyReport> Registry::report(std::span<const std::string> keys) const
{
    KeyReport report;
    if (keys.empty()) {
        for (const KeyView& view : views_) report.known.push_back(show(view));
        return report;
    }
    const std::int64_t maximum = integer(Variable::items_per_message);
    if (static_cast<std::int64_t>(keys.size()) > maximum) {
        return Error{fmt::format("{} keys asked for, at most {} at once", keys.size(), maximum)};
    }
    for (const std::string& key : keys) {
        const KeyView* view = find(key);
        if (view == nullptr) {
            report.unknown.push_back(key);
            continue;
        }
        const bool twice = std::ranges::any_of(
            report.known, [&](const KeyValue& shown) { return shown.key == view->spelling; });
        if (!twice) report.known.push_back(show(*view));
    }
    return report;
}

const Registry::KeyView* Registry::find(std::string_view key) const
{
    const auto found = std::ranges::find_if(
        views_, [&](const KeyView& view) { return same_ignoring_case(view.spelling, key); });
    return found == views_.end() ? nullptr : &*found;
}

KeyValue Registry::show(const KeyView& view) const
{
    KeyValue shown{view.spelling, view.access == Access::read_only, std::nullopt};
    if (view.access != Access::write_only) shown.value = view.row->read(*view.row, *this);
    return shown;
}

}  // namespace ladestrom::station
