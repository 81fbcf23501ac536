// ladestrom-csms: the central system in one process.
#include "commands.hpp"
#include "configuration.hpp"
#include "logging.hpp"
#include "service.hpp"

#include "base/exit_code.hpp"
#include "config/command_line.hpp"
#include "transport/descriptors.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <iostream>

namespace ladestrom::app {
namespace {

int serve(const CsmsConfiguration& configuration)
{
    const transport::LogFunction log = make_log(configuration.log_level, configuration.log_format);
    const auto descriptors = transport::raise_descriptor_limit();
    log(transport::LogLevel::info,
        fmt::format("up to {} open files and connections (found {}); ulimit -Hn sets the most",
                    descriptors.now, descriptors.before));
    transport::EventLoop main_loop;
    int signals = 0;
    main_loop.on_signal({SIGTERM, SIGINT}, [&](int) {
        ++signals;
        main_loop.stop();
    });
    auto service = Service::start(configuration, LADESTROM_VERSION, log);
    if (!service) {
        std::fprintf(stderr, "ladestrom-csms: %s\n", service.error().message.c_str());
        return to_int(service.error().exit_code);
    }
    std::fputs((*service)->announcement().c_str(), stdout);
    std::fflush(stdout);
    main_loop.run();
    log(transport::LogLevel::info, "shutting down");
    // A second signal does not wait for anything.
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGINT, SIG_DFL);
    service->reset();
    log(transport::LogLevel::info, "stopped");
    return to_int(ExitCode::ok);
}

int run(int argc, const char* const* argv)
{
    ExitCode exit_code = ExitCode::ok;
    const auto values = config::start(csms_schema(), argc, argv, check_csms, LADESTROM_VERSION, exit_code);
    if (!values) return to_int(exit_code);
    const auto configuration = csms_configuration(*values);
    if (!configuration) {
        std::fprintf(stderr, "%s\n", configuration.error().message.c_str());
        return to_int(ExitCode::configuration);
    }
    if (values->command().empty()) return serve(*configuration);
    return to_int(run_command(*configuration, values->command(), values->arguments(),
                              {std::cin, std::cout, std::cerr}));
}

}  // namespace
}  // namespace ladestrom::app

int main(int argc, char** argv)
{
    try {
        return ladestrom::app::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "ladestrom-csms: %s\n", error.what());
        return ladestrom::to_int(ladestrom::ExitCode::failed);
    }
}
