// ladestrom-station: an OCPP charging station with simulated hardware and a port to drive it.
#include "base/exit_code.hpp"
#include "configuration.hpp"
#include "local/control_port.hpp"
#include "logging.hpp"
#include "runner.hpp"

#include "config/command_line.hpp"

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <random>

namespace ladestrom::app {
namespace {

int fail(ExitCode code, const std::string& sentence)
{
    std::fprintf(stderr, "ladestrom-station: %s\n", sentence.c_str());
    return to_int(code);
}

std::uint64_t seed_of(const StationConfiguration& configuration)
{
    if (configuration.seed != 0) return configuration.seed;
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

Result<void> make_state_directory(const std::string& path)
{
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) {
        return Error{path + ": the state directory cannot be made (" + error.message() +
                     "); make it, or set state_directory to a place that can be written"};
    }
    // Journals hold passwords.
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
    return {};
}

Result<std::shared_ptr<const transport::TlsContext>> tls_of(const StationConfiguration& configuration)
{
    if (!configuration.engine.url.starts_with("wss:")) return std::shared_ptr<const transport::TlsContext>();
    transport::TlsClientOptions options;
    options.ca_file = configuration.tls_ca_file;
    options.allow_wildcards = configuration.tls_allow_wildcards;
    return transport::TlsContext::client(options);
}

RunnerOptions runner_options(const StationConfiguration& configuration)
{
    RunnerOptions options;
    options.engine = configuration.engine;
    options.hardware.evses.clear();
    for (const station::EvseConfig& evse : configuration.engine.evses) {
        options.hardware.evses.push_back(evse.capabilities);
    }
    options.hardware.nominal_voltage = configuration.nominal_voltage;
    options.meter_start = configuration.meter_start;
    options.state_directory = configuration.state_directory;
    options.has_clock = configuration.has_clock;
    options.seed = seed_of(configuration);
    options.backend_grace = configuration.backend_grace;
    return options;
}

int run(const StationConfiguration& configuration)
{
    if (auto made = make_state_directory(configuration.state_directory); !made) {
        return fail(ExitCode::store, made.error().message);
    }
    auto tls = tls_of(configuration);
    if (!tls) return fail(ExitCode::certificate, tls.error().message);

    transport::LogFunction log = make_log(configuration.log_level, configuration.log_format);
    transport::EventLoop loop;
    ExitCode outcome = ExitCode::ok;
    RunnerOptions options = runner_options(configuration);
    options.tls = *tls;
    options.log = log;
    options.failed = [&](const std::string&) {
        outcome = ExitCode::store;
        loop.stop();
    };
    auto runner = StationRunner::open(loop, std::move(options));
    if (!runner) return fail(ExitCode::store, runner.error().message);

    local::ControlPort control(loop, **runner, log);
    if (configuration.control_enabled) {
        auto port =
            control.listen({.address = configuration.control.address, .port = configuration.control.port});
        if (!port) return fail(ExitCode::cannot_listen, port.error().message);
        std::printf("control port http://%s:%u\n", configuration.control.address.c_str(), unsigned{*port});
        std::fflush(stdout);
    }

    bool asked = false;
    loop.on_signal({SIGTERM, SIGINT}, [&](int) {
        // A second signal does not wait for anything.
        if (std::exchange(asked, true)) {
            loop.stop();
            return;
        }
        log(transport::LogLevel::info, "shutting down");
        control.stop();
        (*runner)->shut_down([&] { loop.stop(); });
    });
    // Not from within this function: a failure to start stops the loop that runs then.
    loop.post([&] { (*runner)->start(); });
    loop.run();
    return to_int(outcome);
}

int main(int argc, char** argv)
{
    ExitCode exit_code = ExitCode::ok;
    auto values = config::start(station_schema(), argc, argv, check_station, LADESTROM_VERSION, exit_code);
    if (!values) return to_int(exit_code);
    auto configuration = station_configuration(*values);
    if (!configuration) return fail(ExitCode::configuration, configuration.error().message);
    if (auto checked = station::check(configuration->engine); !checked) {
        return fail(ExitCode::configuration, checked.error().message);
    }
    return run(*configuration);
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
