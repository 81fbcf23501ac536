// From settings to a station that can start.
#include "hosted_station.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <random>

namespace ladestrom::app {
namespace {

StartError failure(ExitCode code, const Error& error)
{
    return StartError{error, code};
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
    if (configuration.compression) options.compression = transport::Compression::on;
    return options;
}

}  // namespace

Result<std::shared_ptr<const transport::TlsContext>> TlsContexts::context_of(
    const StationConfiguration& configuration)
{
    if (!configuration.engine.url.starts_with("wss:")) return std::shared_ptr<const transport::TlsContext>();
    transport::TlsClientOptions options;
    options.ca_file = configuration.tls_ca_file;
    options.allow_wildcards = configuration.tls_allow_wildcards;
    auto& known = contexts_[{options.ca_file, options.allow_wildcards}];
    if (known) return known;
    auto made = transport::TlsContext::client(options);
    if (made) known = *made;
    return made;
}

StartResult<std::unique_ptr<HostedStation>> HostedStation::open(transport::EventLoop& loop,
                                                                const StationConfiguration& configuration,
                                                                TlsContexts& tls,
                                                                const transport::LogFunction& log,
                                                                std::function<void()> failed)
{
    if (auto made = make_state_directory(configuration.state_directory); !made) {
        return failure(ExitCode::store, made.error());
    }
    auto context = tls.context_of(configuration);
    if (!context) return failure(ExitCode::certificate, context.error());
    RunnerOptions options = runner_options(configuration);
    options.tls = *context;
    options.log = log;
    options.failed = [failed = std::move(failed)](const std::string&) { failed(); };
    auto runner = StationRunner::open(loop, std::move(options));
    if (!runner) return failure(ExitCode::store, runner.error());
    std::unique_ptr<HostedStation> station(new HostedStation(loop, std::move(*runner), log));
    if (!configuration.control_enabled) return station;
    if (auto listening = station->listen(configuration.control); !listening) return listening.error();
    return station;
}

StartResult<void> HostedStation::listen(const ListenAddress& where)
{
    auto port = control_.listen({.address = where.address, .port = where.port});
    if (!port) return failure(ExitCode::cannot_listen, port.error());
    announcement_ = fmt::format("control port http://{}:{}", where.address, *port);
    return {};
}

void HostedStation::shut_down(std::function<void()> done)
{
    control_.stop();
    runner_->shut_down(std::move(done));
}

}  // namespace ladestrom::app
