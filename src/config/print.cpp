// Settings and their declarations as text for people.
#include "config/print.hpp"

#include "base/letter_case.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ladestrom::config {
namespace {

std::string toml_string(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            (out += '\\') += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    return out += '"';
}

// Bare keys need no quotes.
std::string key_of(std::string_view key)
{
    const bool bare = !key.empty() && std::ranges::all_of(key, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    });
    return bare ? std::string(key) : toml_string(key);
}

class Printer {
public:
    Printer(const Schema& schema, const Values& values, bool origins)
        : schema_(schema), values_(values), origins_(origins)
    {
    }

    std::string print()
    {
        for (const Section& section : schema_.sections()) {
            for (const Option& option : section.options) plain(option);
        }
        for (const auto& [table, body] : tables_) text_ += fmt::format("\n[{}]\n{}", table, body);
        for (const Table& table : schema_.tables()) {
            for (std::size_t number = 1; number <= values_.count(table.name); ++number) {
                text_ += fmt::format("\n[[{}]]\n", table.name);
                for (const Option& option : table.options) {
                    text_ +=
                        line(option.name, option, values_.setting(item(table.name, number, option.name)));
                }
            }
        }
        for (const Map& map : schema_.maps()) entries(map);
        return std::move(text_);
    }

private:
    void plain(const Option& option)
    {
        const std::size_t dot = option.name.find('.');
        const Setting& setting = values_.setting(option.name);
        if (dot == std::string::npos) {
            text_ += line(option.name, option, setting);
            return;
        }
        const std::string table = option.name.substr(0, dot);
        auto found = std::ranges::find(tables_, table, &std::pair<std::string, std::string>::first);
        if (found == tables_.end()) found = tables_.insert(found, {table, ""});
        found->second += line(option.name.substr(dot + 1), option, setting);
    }

    void entries(const Map& map)
    {
        if (values_.entries(map.name).empty()) return;
        text_ += fmt::format("\n[{}]\n", map.name);
        for (const auto& [key, setting] : values_.entries(map.name)) {
            const bool secret = std::ranges::any_of(
                map.secrets, [&](const std::string& name) { return same_ignoring_case(name, key); });
            const std::string line = secret ? fmt::format("# {} is set, not shown", key_of(key))
                                            : fmt::format("{} = {}", key_of(key), to_toml(setting.value));
            text_ += with_origin(line, setting.origin);
        }
    }

    std::string line(const std::string& name, const Option& option, const Setting& setting) const
    {
        if (option.secret) {
            const bool set = setting.origin.source != Source::fallback;
            return with_origin(fmt::format("# {} is {}", name, set ? "set, not shown" : "not set"),
                               setting.origin);
        }
        return with_origin(fmt::format("{} = {}", name, to_toml(setting.value)), setting.origin);
    }

    std::string with_origin(const std::string& text, const Origin& origin) const
    {
        return origins_ ? fmt::format("{:<48} # {}\n", text, origin.place) : text + '\n';
    }

    const Schema& schema_;
    const Values& values_;
    bool origins_;
    std::string text_;
    std::vector<std::pair<std::string, std::string>> tables_;  // [name] and its lines, in order of appearance
};

std::string option_line(const Option& option, const std::string& environment, const std::string& flag)
{
    std::string fallback = option.fallback.empty() ? "" : fmt::format("`{}`", option.fallback);
    if (option.required) fallback = "required";
    return fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", option.name, expectation(option), fallback,
                       option.help, environment, flag);
}

}  // namespace

std::string to_toml(const Value& value)
{
    if (const auto* text = std::get_if<std::string>(&value)) return toml_string(*text);
    if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *number);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<double>(&value)) {
        std::string text = fmt::format("{}", *number);
        return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
    }
    std::string text = "[";
    for (const std::string& entry : std::get<std::vector<std::string>>(value)) {
        text += (text.size() > 1 ? ", " : "") + toml_string(entry);
    }
    return text + ']';
}

std::string show(const Schema& schema, const Values& values, bool origins)
{
    return Printer(schema, values, origins).print();
}

std::string reference(const Schema& schema)
{
    constexpr std::string_view head =
        "| setting | expected | default | meaning | environment | flag |\n"
        "| --- | --- | --- | --- | --- | --- |\n";
    std::string page = fmt::format("## ladestrom-{}\n\n{}\n", schema.program(), schema.purpose());
    for (const Section& section : schema.sections()) {
        page += fmt::format("\n### {}\n\n{}", section.title, head);
        for (const Option& option : section.options) {
            page += option_line(option, fmt::format("`{}`", schema.environment_name(option.name)),
                                option.secret ? "none" : fmt::format("`{}`", flag_name(option.name)));
        }
    }
    for (const Table& table : schema.tables()) {
        page += fmt::format("\n### [[{}]]\n\n{} {} to {} of them.\n\n{}", table.name, table.help,
                            table.minimum, table.maximum, head);
        for (const Option& option : table.options) {
            const std::string name = item(table.name, 1, option.name);
            page += option_line(option, fmt::format("`{}`", schema.environment_name(name)),
                                fmt::format("`--set {}=...`", name));
        }
    }
    for (const Map& map : schema.maps()) {
        page += fmt::format(
            "\n### [{}]\n\n{} Elsewhere: `{}`, `--set {}.NAME=...`; names are equal in any case.\n", map.name,
            map.help, schema.environment_name(map.name + "_NAME"), map.name);
    }
    return page;
}

}  // namespace ladestrom::config
