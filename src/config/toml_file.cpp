// A TOML file as a flat list of settings with their lines.
#include "config/toml_file.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace ladestrom::config {
namespace {

class Flattener {
public:
    Flattener(TomlFile& file, const std::string& place) : file_(file), place_(place) {}

    void table(const toml::table& table, const std::string& prefix)
    {
        for (const auto& [key, node] : table) {
            const std::string name = prefix + std::string(key.str());
            const Origin origin{Source::file, fmt::format("{}:{}", place_, key.source().begin.line)};
            if (const auto* inner = node.as_table()) {
                this->table(*inner, name + ".");
            } else if (const auto* items = node.as_array(); items != nullptr && items->is_array_of_tables()) {
                tables(*items, name);
            } else if (auto value = scalar_or_list(node)) {
                file_.settings.push_back({name, std::move(*value), origin});
            } else {
                file_.problems.push_back(
                    fmt::format("{}: {}: expected text, a number, true or false, or a list of texts",
                                origin.place, name));
            }
        }
    }

private:
    void tables(const toml::array& items, const std::string& name)
    {
        file_.tables[name] = items.size();
        std::size_t number = 0;
        for (const toml::node& node : items) table(*node.as_table(), fmt::format("{}.{}.", name, ++number));
    }

    static std::optional<Value> scalar_or_list(const toml::node& node)
    {
        if (const auto* text = node.as_string()) return Value(text->get());
        if (const auto* number = node.as_integer()) return Value(number->get());
        if (const auto* number = node.as_floating_point()) return Value(number->get());
        if (const auto* flag = node.as_boolean()) return Value(flag->get());
        const auto* items = node.as_array();
        if (items == nullptr) return std::nullopt;
        std::vector<std::string> texts;
        for (const toml::node& entry : *items) {
            if (!entry.is_string()) return std::nullopt;
            texts.push_back(entry.as_string()->get());
        }
        return Value(std::move(texts));
    }

    TomlFile& file_;
    const std::string& place_;
};

std::size_t line_of(const Given& given)
{
    return std::stoul(given.origin.place.substr(given.origin.place.rfind(':') + 1));
}

}  // namespace

Result<TomlFile> parse_toml(std::string_view text, const std::string& place)
{
    try {
        const toml::table root = toml::parse(text, place);
        TomlFile file;
        Flattener(file, place).table(root, "");
        std::ranges::stable_sort(file.settings, {}, line_of);
        return file;
    } catch (const toml::parse_error& error) {
        return Error{fmt::format("{}:{}:{}: {}", place, error.source().begin.line,
                                 error.source().begin.column, error.description())};
    }
}

Result<TomlFile> read_toml(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) return Error{fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (file.bad()) return Error{fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
    return parse_toml(text, path);
}

}  // namespace ladestrom::config
