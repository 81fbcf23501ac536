// ladestrom-station: an OCPP charging station with simulated hardware and a port to drive it, or several.
#include "configuration.hpp"
#include "host.hpp"

#include "base/exit_code.hpp"
#include "config/command_line.hpp"

#include <cstdio>
#include <exception>

namespace ladestrom::app {
namespace {

int fail(ExitCode code, const std::string& sentence)
{
    std::fprintf(stderr, "ladestrom-station: %s\n", sentence.c_str());
    return to_int(code);
}

Result<StationConfiguration> checked_configuration(const config::Values& values)
{
    auto configuration = station_configuration(values);
    if (!configuration) return configuration.error();
    if (auto checked = station::check(configuration->engine); !checked) return checked.error();
    return configuration;
}

int run(std::vector<StationConfiguration> configurations)
{
    StationHost host(std::move(configurations));
    if (auto opened = host.open(); !opened) return fail(opened.error().exit_code, opened.error().message);
    std::fputs(host.announcement().c_str(), stdout);
    std::fflush(stdout);
    return to_int(host.run());
}

int main(int argc, char** argv)
{
    ExitCode exit_code = ExitCode::ok;
    auto values = config::start(station_schema(), argc, argv, check_station, LADESTROM_VERSION, exit_code);
    if (!values) return to_int(exit_code);
    std::vector<config::Values> each = values->files();
    if (each.empty()) each.push_back(std::move(*values));
    std::vector<StationConfiguration> configurations;
    for (const config::Values& one : each) {
        auto configuration = checked_configuration(one);
        if (!configuration) return fail(ExitCode::configuration, configuration.error().message);
        configurations.push_back(std::move(*configuration));
    }
    return run(std::move(configurations));
}

}  // namespace
}  // namespace ladestrom::app

int main(int argc, char** argv)
{
    try {
        return ladestrom::app::main(argc, argv);
    } catch (const std::exception& error) {
        return ladestrom::app::fail(ladestrom::ExitCode::failed, error.what());
    }
}
