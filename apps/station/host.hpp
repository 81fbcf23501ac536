// The stations of this process, one or many, on one event loop: all are there before the first talks, one
// that cannot go on leaves the others alone, and the process ends when the last is down.
#pragma once

#include "hosted_station.hpp"

#include <memory>
#include <string>
#include <vector>

namespace ladestrom::app {

class StationHost {
public:
    // The log is as the first of the configurations says.
    explicit StationHost(std::vector<StationConfiguration> configurations);

    // Fails with the first station that cannot be opened; of several the file is named.
    StartResult<void> open();
    // For the person who started it, once it is open: a line for each control port.
    std::string announcement() const;
    // Until SIGTERM or SIGINT has shut down every station, or none can go on; a second signal does not wait.
    ExitCode run();

private:
    enum class Condition : std::uint8_t { runs, failed, down };

    struct Member {
        StationConfiguration configuration;
        std::string name;  // in the log; "" where there is but one station
        transport::LogFunction log;
        std::unique_ptr<HostedStation> station;
        Condition condition = Condition::runs;
    };

    bool several() const { return members_.size() > 1; }
    void name_members();
    void on_signal();
    void on_failed(Member& member);
    void end_when_none_runs();

    transport::EventLoop loop_;
    transport::LogFunction log_;
    std::vector<Member> members_;
    bool asked_ = false;
    ExitCode outcome_ = ExitCode::ok;
};

}  // namespace ladestrom::app
