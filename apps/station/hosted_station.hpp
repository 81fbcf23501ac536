// One station of this process, ready to run: state directory, journal, link, and the port that drives its
// hardware.
#pragma once

#include "configuration.hpp"
#include "runner.hpp"

#include "base/start_error.hpp"
#include "local/control_port.hpp"
#include "transport/event_loop.hpp"
#include "transport/tls.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace ladestrom::app {

// One TLS context for all stations that trust the same: each holds every root of its file.
class TlsContexts {
public:
    // Null when the backend does not speak TLS.
    Result<std::shared_ptr<const transport::TlsContext>> context_of(
        const StationConfiguration& configuration);

private:
    std::map<std::pair<std::string, bool>, std::shared_ptr<const transport::TlsContext>> contexts_;
};

class HostedStation {
public:
    // Takes the state directory and listens at the control port; nothing is said to the backend yet.
    // failed: the station cannot go on, its log says why. Called at most once, from the loop.
    static StartResult<std::unique_ptr<HostedStation>> open(transport::EventLoop& loop,
                                                            const StationConfiguration& configuration,
                                                            TlsContexts& tls,
                                                            const transport::LogFunction& log,
                                                            std::function<void()> failed);

    // For the person who started it: where the control port is; "" without one.
    const std::string& announcement() const { return announcement_; }

    void start() { runner_->start(); }
    // In order; `done` is called once, later.
    void shut_down(std::function<void()> done);
    // Of a station that cannot go on: nobody is to take it for one that runs.
    void close_control_port() { control_.stop(); }

private:
    HostedStation(transport::EventLoop& loop, std::unique_ptr<StationRunner> runner,
                  const transport::LogFunction& log)
        : runner_(std::move(runner)), control_(loop, *runner_, log)
    {
    }
    StartResult<void> listen(const ListenAddress& address);

    std::unique_ptr<StationRunner> runner_;
    local::ControlPort control_;
    std::string announcement_;
};

}  // namespace ladestrom::app
