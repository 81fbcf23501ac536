// Puts the settings together: default < file < environment < flag.
#include "config/load.hpp"

#include "base/letter_case.hpp"
#include "base/nearest.hpp"
#include "config/text.hpp"
#include "config/toml_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

namespace ladestrom::config {
namespace {

template <class Number>
std::optional<Number> number_in(std::string_view text)
{
    Number number{};
    const char* const end = text.data() + text.size();
    const auto [rest, failure] = std::from_chars(text.data(), end, number);
    if (text.empty() || failure != std::errc() || rest != end) return std::nullopt;
    return number;
}

std::vector<std::string> split(std::string_view text)
{
    std::vector<std::string> items;
    while (!text.empty()) {
        std::string_view entry = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), entry.size() + 1));
        while (entry.starts_with(' ')) entry.remove_prefix(1);
        while (entry.ends_with(' ')) entry.remove_suffix(1);
        if (!entry.empty()) items.emplace_back(entry);
    }
    return items;
}

// Of an environment variable, a flag or a default.
std::optional<Value> from_text(Kind kind, const std::string& text)
{
    switch (kind) {
        case Kind::text:
        case Kind::path:
        case Kind::choice: return Value(text);
        case Kind::list:
        case Kind::paths: return Value(split(text));
        case Kind::integer:
            if (const auto number = number_in<std::int64_t>(text)) return Value(*number);
            return std::nullopt;
        case Kind::decimal:
            if (const auto number = number_in<double>(text)) return Value(*number);
            return std::nullopt;
        case Kind::boolean:
            if (lower_case(text) == "true" || text == "1") return Value(true);
            if (lower_case(text) == "false" || text == "0") return Value(false);
            return std::nullopt;
    }
    return std::nullopt;
}

// Of a file, whose values have types.
std::optional<Value> from_toml(Kind kind, const Value& value)
{
    const auto* text = std::get_if<std::string>(&value);
    switch (kind) {
        case Kind::text:
        case Kind::path:
        case Kind::choice: return text == nullptr ? std::nullopt : std::optional(value);
        case Kind::list:
        case Kind::paths:
            if (text != nullptr) return Value(std::vector<std::string>{*text});
            return std::holds_alternative<std::vector<std::string>>(value) ? std::optional(value)
                                                                           : std::nullopt;
        case Kind::integer:
            return std::holds_alternative<std::int64_t>(value) ? std::optional(value) : std::nullopt;
        case Kind::decimal:
            if (const auto* whole = std::get_if<std::int64_t>(&value))
                return Value(static_cast<double>(*whole));
            return std::holds_alternative<double>(value) ? std::optional(value) : std::nullopt;
        case Kind::boolean: return std::holds_alternative<bool>(value) ? std::optional(value) : std::nullopt;
    }
    return std::nullopt;
}

bool within_limits(const Option& option, const Value& value)
{
    if (option.kind == Kind::choice) {
        return std::ranges::find(option.choices, std::get<std::string>(value)) != option.choices.end();
    }
    if (option.minimum == option.maximum) return true;
    double size = 0;
    if (const auto* number = std::get_if<std::int64_t>(&value)) size = static_cast<double>(*number);
    if (const auto* number = std::get_if<double>(&value)) size = *number;
    if (const auto* text = std::get_if<std::string>(&value)) size = static_cast<double>(text->size());
    if (const auto* items = std::get_if<std::vector<std::string>>(&value))
        size = static_cast<double>(items->size());
    return size >= option.minimum && size <= option.maximum;
}

std::string found(const Value& value, Source source)
{
    if (const auto* text = std::get_if<std::string>(&value)) {
        return fmt::format("{}\"{}\"", source == Source::file ? "text " : "", *text);
    }
    if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *number);
    if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    return fmt::format("a list of {}", std::get<std::vector<std::string>>(value).size());
}

std::string as_text(const Value& value)
{
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* items = std::get_if<std::vector<std::string>>(&value)) {
        return fmt::format("{}", fmt::join(*items, ","));
    }
    return found(value, Source::file);
}

Value fallback_of(const Option& option)
{
    if (auto value = from_text(option.kind, option.fallback)) return *value;
    switch (option.kind) {
        case Kind::integer: return std::int64_t{0};
        case Kind::decimal: return 0.0;
        default: return false;
    }
}

}  // namespace

Environment process_environment()
{
    Environment environment;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos)
            environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return environment;
}

class Loader {
public:
    explicit Loader(const Schema& schema) : schema_(schema) {}

    Result<Values> load(const Sources& sources)
    {
        for (const Section& section : schema_.sections()) {
            for (const Option& option : section.options) fall_back(option, option.name);
        }
        for (const Table& table : schema_.tables()) values_.counts_[table.name] = table.minimum;
        for (const Map& map : schema_.maps()) values_.maps_[map.name];
        values_.file_ = sources.file;
        if (!sources.file.empty()) file(sources.file);
        for (const auto& [name, text] : sources.environment) environment(name, text);
        for (const Given& given : sources.flags) set(given);
        tables();
        for (const Section& section : schema_.sections()) {
            for (const Option& option : section.options) required(option);
        }
        if (problems_.empty()) return std::move(values_);
        for (std::string& problem : problems_) problem = printable(problem);
        return Error{fmt::format("{}", fmt::join(problems_, "\n"))};
    }

private:
    void fall_back(const Option& option, const std::string& name)
    {
        values_.settings_.try_emplace(name, Setting{fallback_of(option), {Source::fallback, "default"}});
    }

    void file(const std::string& path)
    {
        directory_ = std::filesystem::path(path).parent_path();
        const auto toml = read_toml(path);
        if (!toml) {
            problems_.push_back(toml.error().message);
            unread_ = true;
            return;
        }
        problems_.insert(problems_.end(), toml->problems.begin(), toml->problems.end());
        for (const auto& [name, count] : toml->tables) {
            if (find_table(name) == nullptr) {
                problems_.push_back(fmt::format("{}: [[{}]]: there is no such table{}", path, name,
                                                suggestion(name, table_names())));
                continue;
            }
            for (std::size_t number = 1; number <= count; ++number) numbers_[name].insert(number);
        }
        for (const Given& given : toml->settings) {
            const std::string_view top = std::string_view(given.name).substr(0, given.name.find('.'));
            if (toml->tables.contains(top) && find_table(top) == nullptr) continue;
            set(given);
        }
    }

    void environment(const std::string& name, const std::string& text)
    {
        const std::string prefix = schema_.environment_prefix();
        if (!name.starts_with(prefix) || name == schema_.environment_name("config")) return;
        const std::string rest = lower_case(std::string_view(name).substr(prefix.size()));
        const Origin origin{Source::environment, name};
        std::vector<std::string> known{schema_.environment_name("config")};
        for (const Section& section : schema_.sections()) {
            for (const Option& option : section.options) {
                known.push_back(schema_.environment_name(option.name));
                if (known.back() == name) return set({option.name, text, origin});
            }
        }
        for (const Table& table : schema_.tables()) {
            if (!rest.starts_with(table.name + "_")) continue;
            const std::string after = rest.substr(table.name.size() + 1);
            const std::size_t bar = after.find('_');
            if (bar == std::string::npos || !number_in<std::size_t>(after.substr(0, bar))) continue;
            return set({fmt::format("{}.{}.{}", table.name, after.substr(0, bar), after.substr(bar + 1)),
                        text, origin});
        }
        for (const Map& map : schema_.maps()) {
            if (!rest.starts_with(map.name + "_")) continue;
            return set({fmt::format("{}.{}", map.name, name.substr(prefix.size() + map.name.size() + 1)),
                        text, origin});
        }
        problems_.push_back(fmt::format("{}: there is no such setting{}", name, suggestion(name, known)));
    }

    void set(const Given& given)
    {
        if (const Option* option = schema_.find(given.name)) return put(*option, given);
        const std::size_t dot = given.name.find('.');
        const std::string top = given.name.substr(0, dot);
        if (const Table* table = find_table(top); table != nullptr && dot != std::string::npos) {
            return set_item(*table, given.name.substr(dot + 1), given);
        }
        if (values_.maps_.contains(top) && dot != std::string::npos) {
            return set_entry(values_.maps_[top], given.name.substr(dot + 1), given);
        }
        problems_.push_back(fmt::format("{}: {}: there is no such setting{}", given.origin.place, given.name,
                                        suggestion(given.name, option_names())));
    }

    void set_item(const Table& table, const std::string& rest, const Given& given)
    {
        const std::size_t dot = rest.find('.');
        const auto number = number_in<std::size_t>(std::string_view(rest).substr(0, dot));
        if (!number || *number == 0 || dot == std::string::npos) {
            problems_.push_back(fmt::format("{}: {}: expected {}", given.origin.place, given.name,
                                            given.origin.source == Source::file
                                                ? fmt::format("[[{}]], in double brackets", table.name)
                                                : fmt::format("{}.<number from 1>.<setting>", table.name)));
            return;
        }
        const std::string name = rest.substr(dot + 1);
        const auto option = std::ranges::find(table.options, name, &Option::name);
        if (option == table.options.end()) {
            std::vector<std::string> names;
            for (const Option& known : table.options) names.push_back(known.name);
            problems_.push_back(fmt::format("{}: {}: there is no such setting{}", given.origin.place,
                                            given.name, suggestion(name, names)));
            return;
        }
        numbers_[table.name].insert(*number);
        put(*option, given);
    }

    // Keys of maps are equal in any case; the first spelling stays.
    static void set_entry(std::map<std::string, Setting, std::less<>>& entries, const std::string& key,
                          const Given& given)
    {
        const auto same = std::ranges::find_if(
            entries, [&](const auto& entry) { return lower_case(entry.first) == lower_case(key); });
        Setting& setting = same == entries.end() ? entries[key] : same->second;
        setting = {as_text(given.value), given.origin};
    }

    void put(const Option& option, const Given& given)
    {
        const bool typed = given.origin.source == Source::file;
        auto value = typed ? from_toml(option.kind, given.value)
                           : from_text(option.kind, std::get<std::string>(given.value));
        if (!value || !within_limits(option, *value)) {
            problems_.push_back(fmt::format(
                "{}: {}: {}expected {}", given.origin.place, given.name,
                option.secret ? "" : fmt::format("found {}, ", found(given.value, given.origin.source)),
                expectation(option)));
            return;
        }
        if (typed && option.kind == Kind::path) place(std::get<std::string>(*value));
        if (typed && option.kind == Kind::paths) {
            for (std::string& path : std::get<std::vector<std::string>>(*value)) place(path);
        }
        values_.settings_[given.name] = {std::move(*value), given.origin};
    }

    void place(std::string& path) const
    {
        if (!path.empty()) path = (directory_ / path).lexically_normal().string();
    }

    // Every number up to the highest must have been named; options that were not named take defaults.
    void tables()
    {
        for (const Table& table : schema_.tables()) {
            const auto& numbers = numbers_[table.name];
            const std::size_t count = std::max(table.minimum, numbers.empty() ? 0 : *numbers.rbegin());
            if (count > table.maximum) {
                problems_.push_back(fmt::format("[[{}]]: found {}, expected {} to {}", table.name, count,
                                                table.minimum, table.maximum));
                continue;
            }
            for (std::size_t number = 1; number <= count; ++number) {
                if (number > table.minimum && !numbers.contains(number)) {
                    problems_.push_back(
                        fmt::format("{}.{} is missing below {}.{}", table.name, number, table.name, count));
                }
                for (const Option& option : table.options)
                    fall_back(option, item(table.name, number, option.name));
            }
            values_.counts_[table.name] = count;
        }
    }

    void required(const Option& option)
    {
        if (!option.required || unread_ || values_.given(option.name)) return;
        problems_.push_back(fmt::format(
            "{}: not set; expected {} in the configuration file, as {}{}", option.name, expectation(option),
            schema_.environment_name(option.name), option.secret ? "" : " or as " + flag_name(option.name)));
    }

    const Table* find_table(std::string_view name) const
    {
        const auto found_table = std::ranges::find(schema_.tables(), name, &Table::name);
        return found_table == schema_.tables().end() ? nullptr : &*found_table;
    }

    std::vector<std::string> table_names() const
    {
        std::vector<std::string> names;
        for (const Table& table : schema_.tables()) names.push_back(table.name);
        return names;
    }

    std::vector<std::string> option_names() const
    {
        std::vector<std::string> names = table_names();
        for (const Map& map : schema_.maps()) names.push_back(map.name);
        for (const Section& section : schema_.sections()) {
            for (const Option& option : section.options) names.push_back(option.name);
        }
        return names;
    }

    static std::string suggestion(std::string_view name, const std::vector<std::string>& known)
    {
        const std::string best = nearest(name, known);
        return best.empty() ? "" : fmt::format("; did you mean {}?", best);
    }

    const Schema& schema_;
    Values values_;
    std::map<std::string, std::set<std::size_t>, std::less<>> numbers_;
    std::filesystem::path directory_;
    bool unread_ = false;  // what the file gives is unknown
    std::vector<std::string> problems_;
};

Result<Values> load(const Schema& schema, const Sources& sources)
{
    return Loader(schema).load(sources);
}

}  // namespace ladestrom::config
