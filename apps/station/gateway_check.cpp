// For each thing that only one station may have: the file of whoever had it first.
#include "gateway_check.hpp"

#include "configuration.hpp"

#include "config/text.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace ladestrom::app {
namespace {

namespace fs = std::filesystem;

// The same file or directory by whatever way it is named. What does not exist yet has no links to follow.
std::string place_of(const std::string& path)
{
    std::error_code error;
    const fs::path absolute = fs::absolute(path, error);
    fs::path canonical = fs::weakly_canonical(absolute, error);
    if (error) canonical = absolute.lexically_normal();
    if (!canonical.has_filename()) canonical = canonical.parent_path();
    return canonical.string();
}

// As the backend knows a station: by where it connects, and its identity, however the URL spells that.
std::string station_of(const station::Config& engine)
{
    return fmt::format("{}\n{}", engine.url.substr(0, engine.url.rfind('/')), engine.identity);
}

class GatewayCheck {
public:
    void add(const config::Values& values, const StationConfiguration& configuration)
    {
        const std::string& file = values.file();
        const auto told = [&](std::string_view name, const std::string& what) {
            const config::Origin& origin = values.origin(name);
            const std::string& place = origin.source == config::Source::file ? origin.place : file;
            problems.push_back({config::printable(fmt::format("{}: {}: {}", place, name, what))});
        };
        if (owner(files_, place_of(file), file) != nullptr) {
            problems.push_back({config::printable(file + ": given twice; name each file once")});
            return;
        }
        if (const auto* other = owner(stations_, station_of(configuration.engine), file)) {
            told(values.given("identity") ? "identity" : "url",
                 fmt::format("{} at this backend is the station of {}; give each its own identity",
                             configuration.engine.identity, *other));
        }
        const std::string& directory = configuration.state_directory;
        if (const auto* other = owner(directories_, place_of(directory), file)) {
            told("state_directory",
                 fmt::format("{} is that of {}; give each station its own", directory, *other));
        }
        const auto& [address, port] = configuration.control;
        if (!configuration.control_enabled || port == 0) return;
        if (const auto* other = owner(ports_, fmt::format("{} {}", address, port), file)) {
            told("control.port",
                 fmt::format("{} is that of {}; give each station its own, or 0 for any free one", port,
                             *other));
        }
    }

    std::vector<Error> problems;

private:
    using Owners = std::map<std::string, std::string>;

    // The file of whoever has the thing already; nullptr: it is this one's from now on.
    static const std::string* owner(Owners& owners, std::string thing, const std::string& file)
    {
        const auto [found, fresh] = owners.try_emplace(std::move(thing), file);
        return fresh ? nullptr : &found->second;
    }

    Owners files_, stations_, directories_, ports_;
};

}  // namespace

std::vector<Error> check_gateway(const std::vector<config::Values>& files)
{
    GatewayCheck check;
    for (const config::Values& values : files) {
        if (const auto configuration = station_configuration(values)) check.add(values, *configuration);
    }
    return std::move(check.problems);
}

}  // namespace ladestrom::app
