// Declarations of settings, and the names that follow from them.
#include "config/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace ladestrom::config {
namespace {

char upper(char c)
{
    if (c == '.' || c == '-') return '_';
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
}

std::string limits(const Option& option, std::string_view of)
{
    if (option.minimum == option.maximum) return "";
    return fmt::format(" {} {} to {}{}{}", of, option.minimum, option.maximum, option.unit.empty() ? "" : " ",
                       option.unit);
}

}  // namespace

Schema::Schema(std::string program, std::string purpose)
    : program_(std::move(program)), purpose_(std::move(purpose))
{
}

void Schema::section(std::string title)
{
    sections_.push_back({std::move(title), {}});
}

void Schema::add(Option option)
{
    if (sections_.empty()) section("General");
    if (find(option.name) != nullptr) throw std::logic_error(option.name + " is declared twice");
    sections_.back().options.push_back(std::move(option));
}

void Schema::add_secret(std::string name, std::string help)
{
    Option file{.name = name + "_file", .kind = Kind::path};
    file.help = fmt::format("File whose first line is `{}`.", name);
    Option secret{.name = std::move(name), .kind = Kind::text, .help = std::move(help)};
    secret.secret = true;
    add(std::move(secret));
    add(std::move(file));
}

const Option* Schema::find(std::string_view name) const
{
    for (const Section& section : sections_) {
        const auto found = std::ranges::find(section.options, name, &Option::name);
        if (found != section.options.end()) return &*found;
    }
    return nullptr;
}

std::string Schema::environment_prefix() const
{
    return environment_name("");
}

std::string Schema::environment_name(std::string_view name) const
{
    std::string text = fmt::format("ladestrom_{}_{}", program_, name);
    std::ranges::transform(text, text.begin(), upper);
    return text;
}

std::string flag_name(std::string_view name)
{
    std::string flag = fmt::format("--{}", name);
    std::ranges::replace(flag, '.', '-');
    std::ranges::replace(flag, '_', '-');
    return flag;
}

std::string expectation(const Option& option)
{
    switch (option.kind) {
        case Kind::text: return "text" + limits(option, "of");
        case Kind::integer: return "a whole number" + limits(option, "from");
        case Kind::decimal: return "a number" + limits(option, "from");
        case Kind::boolean: return "true or false";
        case Kind::path: return "a path";
        case Kind::list: return "a list of texts" + limits(option, "of");
        case Kind::paths: return "a list of paths" + limits(option, "of");
        case Kind::choice: {
            std::string text;
            for (std::size_t i = 0; i < option.choices.size(); ++i) {
                const bool last = i + 1 == option.choices.size();
                text += fmt::format("{}\"{}\"", i == 0 ? "" : last ? " or " : ", ", option.choices[i]);
            }
            return text;
        }
    }
    return "";
}

}  // namespace ladestrom::config
