// Signals, failures and the end of all stations of a process.
#include "host.hpp"

#include "logging.hpp"

#include "transport/descriptors.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

namespace ladestrom::app {

using transport::LogLevel;

StationHost::StationHost(std::vector<StationConfiguration> configurations)
{
    const std::string level = configurations.front().log_level;
    const std::string format = configurations.front().log_format;
    log_ = make_log(level, format);
    for (StationConfiguration& configuration : configurations) {
        members_.push_back({.configuration = std::move(configuration)});
    }
    if (several()) name_members();
    for (Member& member : members_) member.log = make_log(level, format, member.name);
}

// By identity; stations of the same identity at several backends by their addresses, which end with it.
void StationHost::name_members()
{
    const auto identity = [](const Member& member) { return member.configuration.engine.identity; };
    for (Member& member : members_) {
        const bool unique = std::ranges::count(members_, identity(member), identity) == 1;
        member.name = unique ? identity(member) : member.configuration.engine.url;
    }
}

StartResult<void> StationHost::open()
{
    if (several()) transport::raise_descriptor_limit();
    TlsContexts tls;
    for (Member& member : members_) {
        auto station = HostedStation::open(loop_, member.configuration, tls, member.log,
                                           [this, &member] { on_failed(member); });
        if (!station) {
            StartError error = station.error();
            if (several()) error.message = member.configuration.file + ": " + error.message;
            return error;
        }
        member.station = std::move(*station);
    }
    return {};
}

std::string StationHost::announcement() const
{
    std::string lines;
    for (const Member& member : members_) {
        const std::string& line = member.station->announcement();
        if (line.empty()) continue;
        if (several()) lines += transport::printable(member.name) + ": ";
        lines += line + '\n';
    }
    return lines;
}

ExitCode StationHost::run()
{
    loop_.on_signal({SIGTERM, SIGINT}, [this](int) { on_signal(); });
    // Not from within this function: a failure to start stops the loop that runs then.
    loop_.post([this] {
        for (Member& member : members_) member.station->start();
    });
    loop_.run();
    return outcome_;
}

void StationHost::on_signal()
{
    // A second signal does not wait for anything.
    if (std::exchange(asked_, true)) {
        loop_.stop();
        return;
    }
    log_(LogLevel::info, "shutting down");
    for (Member& member : members_) {
        member.station->shut_down([this, &member] {
            member.condition = Condition::down;
            end_when_none_runs();
        });
    }
}

void StationHost::on_failed(Member& member)
{
    outcome_ = ExitCode::store;
    member.condition = Condition::failed;
    member.station->close_control_port();
    if (several())
        member.log(LogLevel::error, "this station has ended; start the process anew to have it back");
    end_when_none_runs();
}

void StationHost::end_when_none_runs()
{
    if (std::ranges::count(members_, Condition::runs, &Member::condition) == 0) loop_.stop();
}

}  // namespace ladestrom::app
