// The settings a program runs with.
#include "config/values.hpp"

#include "config/text.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace ladestrom::config {
namespace {

constexpr std::size_t longest_first_line = 4096;

}  // namespace

const Setting& Values::setting(std::string_view name) const
{
    const auto found = settings_.find(name);
    if (found == settings_.end()) throw std::logic_error(fmt::format("no setting {} is declared", name));
    return found->second;
}

const std::string& Values::text(std::string_view name) const
{
    return std::get<std::string>(setting(name).value);
}

std::int64_t Values::integer(std::string_view name) const
{
    return std::get<std::int64_t>(setting(name).value);
}

double Values::decimal(std::string_view name) const
{
    return std::get<double>(setting(name).value);
}

bool Values::boolean(std::string_view name) const
{
    return std::get<bool>(setting(name).value);
}

const std::vector<std::string>& Values::list(std::string_view name) const
{
    return std::get<std::vector<std::string>>(setting(name).value);
}

Result<std::string> Values::secret(const std::string& name) const
{
    const std::string file = name + "_file";
    const std::string& path = text(file);
    if (path.empty()) return {boost::system::in_place_value, text(name)};
    if (!text(name).empty()) return problem(name, fmt::format("given here and by {}; expected one", file));
    auto line = read_first_line(path);
    if (!line) return problem(file, line.error().message);
    if (line->empty()) return problem(file, fmt::format("{}: the first line is empty", path));
    return line;
}

std::size_t Values::count(std::string_view table) const
{
    const auto found = counts_.find(table);
    if (found == counts_.end()) throw std::logic_error(fmt::format("no table {} is declared", table));
    return found->second;
}

const std::map<std::string, Setting, std::less<>>& Values::entries(std::string_view map) const
{
    const auto found = maps_.find(map);
    if (found == maps_.end()) throw std::logic_error(fmt::format("no map {} is declared", map));
    return found->second;
}

Error Values::problem(std::string_view name, std::string_view what) const
{
    const std::size_t dot = name.find('.');
    const Origin* origin = nullptr;
    if (const auto found = settings_.find(name); found != settings_.end()) {
        origin = &found->second.origin;
    } else if (const auto map = maps_.find(name.substr(0, dot)); map != maps_.end() && dot != name.npos) {
        const auto entry = map->second.find(name.substr(dot + 1));
        if (entry != map->second.end()) origin = &entry->second.origin;
    }
    if (origin == nullptr) return Error{printable(fmt::format("{}: {}", name, what))};
    return Error{printable(fmt::format("{}: {}: {}", origin->place, name, what))};
}

std::string item(std::string_view table, std::size_t number, std::string_view option)
{
    return fmt::format("{}.{}.{}", table, number, option);
}

Result<std::string> read_first_line(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) return Error{fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
    // A device, or a file that is no text, may go on for ever.
    std::string line(longest_first_line + 1, '\0');
    file.get(line.data(), static_cast<std::streamsize>(line.size()));
    if (file.bad()) return Error{fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
    line.resize(static_cast<std::size_t>(file.gcount()));
    if (line.size() == longest_first_line)
        return Error{fmt::format("{}: the first line is longer than {} bytes", path, longest_first_line - 1)};
    if (line.ends_with('\r')) line.pop_back();
    return {boost::system::in_place_value, std::move(line)};
}

}  // namespace ladestrom::config
