// The load generator: stations of one kind against one server, in a closed loop (each waits for its answer
// before it sends again). Prints one line of JSON.
//   heartbeat   heartbeats, as fast as they are answered
//   session     charging sessions, as fast as they are answered
//   handshake   connect, upgrade, reset, again
//   idle        memory of connections that booted, sent one heartbeat, and are silent
#include "bench/load/measurement.hpp"
#include "bench/load/scenarios.hpp"
#include "bench/load/swarm.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

namespace ladestrom::bench {
namespace {

struct Options {
    Target target;
    pid_t server = 0;
    std::size_t stations = 0;
    double seconds = 0, warm_up = 0;
};

std::int64_t after(double seconds)
{
    return now_ns() + static_cast<std::int64_t>(seconds * 1e9);
}

// Processor time and wall time of a period.
class Meter {
public:
    explicit Meter(pid_t server) : server_(server), cpu_(cpu_ns(server)), own_(cpu_ns(0)), wall_(now_ns()) {}

    void report(Report& report, double units, double messages_each) const
    {
        const auto cpu = static_cast<double>(cpu_ns(server_) - cpu_);
        const auto own = static_cast<double>(cpu_ns(0) - own_);
        const auto wall = static_cast<double>(now_ns() - wall_);
        report.add("count", units);
        report.add("per_second", units / wall * 1e9);
        report.add("server_us", cpu / units / messages_each / 1e3);
        report.add("client_us", own / units / messages_each / 1e3);
        report.add("server_load", cpu / wall);
        report.add("client_load", own / wall);
    }

private:
    pid_t server_;
    std::int64_t cpu_, own_, wall_;
};

// Boots every station, then keeps each busy.
class Crowd : public Swarm::Owner {
public:
    explicit Crowd(const Options& options)
        : options_(options), swarm_(options.target, *this), sent_(options.stations)
    {
    }

    void boot()
    {
        for (std::size_t i = 0; i < options_.stations; ++i) swarm_.connect(i, identity_of(i));
        swarm_.run([&] { return booted_ == options_.stations; });
        busy_ = true;
        for (std::size_t i = 0; i < options_.stations; ++i) send(i);
    }
    void run_for(double seconds)
    {
        const std::int64_t end = after(seconds);
        swarm_.run([&] { return now_ns() >= end; });
    }
    void measure()
    {
        counted_ = 0;
        latencies_ = {};
        const Meter meter(options_.server);
        run_for(options_.seconds);
        Report report;
        meter.report(report, static_cast<double>(counted_), messages_each());
        report.add("messages", static_cast<double>(latencies_.count()));
        report.add("p50_ms", latencies_.quantile_ms(0.5));
        report.add("p99_ms", latencies_.quantile_ms(0.99));
        report.print();
    }

protected:
    virtual std::string next(std::size_t station) = 0;
    // True: a unit of what is counted is complete.
    virtual bool took(std::size_t station, std::string_view frame) = 0;
    virtual double messages_each() const = 0;

private:
    void opened(std::size_t station) override { swarm_.send(station, boot_notification()); }
    void answered(std::size_t station, std::string_view frame) override
    {
        if (!busy_) {
            ++booted_;
            return;
        }
        latencies_.add(now_ns() - sent_[station]);
        if (took(station, frame)) ++counted_;
        send(station);
    }
    void send(std::size_t station)
    {
        sent_[station] = now_ns();
        swarm_.send(station, next(station));
    }

    Options options_;
    Swarm swarm_;
    std::vector<std::int64_t> sent_;
    Latencies latencies_;
    std::size_t booted_ = 0, counted_ = 0;
    bool busy_ = false;
};

class Heartbeats : public Crowd {
public:
    using Crowd::Crowd;

private:
    std::string next(std::size_t) override { return heartbeat(); }
    bool took(std::size_t, std::string_view) override { return true; }
    double messages_each() const override { return 1; }
};

class Charging : public Crowd {
public:
    explicit Charging(const Options& options) : Crowd(options)
    {
        for (std::size_t i = 0; i < options.stations; ++i) sessions_.emplace_back(i);
    }

private:
    std::string next(std::size_t station) override { return sessions_[station].next(); }
    bool took(std::size_t station, std::string_view frame) override
    {
        return sessions_[station].answered(frame);
    }
    double messages_each() const override { return Sessions::messages_each; }

    std::vector<Sessions> sessions_;
};

void run_crowd(Crowd& crowd, double warm_up)
{
    crowd.boot();
    crowd.run_for(warm_up);
    crowd.measure();
}

// As many connections on their way as the target allows; each is reset once it is upgraded.
class Handshakes : public Swarm::Owner {
public:
    explicit Handshakes(const Options& options) : options_(options), swarm_(options.target, *this) {}

    void run()
    {
        for (std::size_t i = 0; i < options_.target.opening_max; ++i) connect(i);
        const auto run_for = [&](double seconds) {
            swarm_.run([&, end = after(seconds)] { return now_ns() >= end; });
        };
        run_for(options_.warm_up);
        done_ = 0;
        const Meter meter(options_.server);
        run_for(options_.seconds);
        Report report;
        meter.report(report, static_cast<double>(done_), 1);
        report.print();
    }

private:
    void connect(std::size_t slot) { swarm_.connect(slot, identity_of(next_++ % options_.stations)); }
    void opened(std::size_t slot) override
    {
        ++done_;
        swarm_.reset(slot);
        connect(slot);
    }
    void answered(std::size_t, std::string_view) override {}

    Options options_;
    Swarm swarm_;
    std::size_t next_ = 0, done_ = 0;
};

// Every station boots and sends one heartbeat.
class Idle : public Swarm::Owner {
public:
    explicit Idle(const Options& options)
        : options_(options), swarm_(options.target, *this), booted_(options.stations)
    {
    }

    void run()
    {
        const std::int64_t before = resident_bytes(options_.server);
        const std::int64_t begun = now_ns();
        for (std::size_t i = 0; i < options_.stations; ++i) swarm_.connect(i, identity_of(i));
        swarm_.run([&] { return answers_ == 2 * options_.stations; });
        const double seconds = static_cast<double>(now_ns() - begun) / 1e9;
        // Until what the server does behind its answers is done.
        std::this_thread::sleep_for(std::chrono::seconds(2));
        const auto grown = static_cast<double>(resident_bytes(options_.server) - before);
        Report report;
        report.add("bytes_each", grown / static_cast<double>(options_.stations));
        report.add("connect_seconds", seconds);
        report.print();
    }

private:
    void opened(std::size_t station) override { swarm_.send(station, boot_notification()); }
    void answered(std::size_t station, std::string_view) override
    {
        ++answers_;
        if (booted_[station]) return;
        booted_[station] = true;
        swarm_.send(station, heartbeat());
    }

    Options options_;
    Swarm swarm_;
    std::vector<bool> booted_;
    std::size_t answers_ = 0;
};

int run(int argc, char** argv)
{
    Options options;
    CLI::App app{"Load generator; prints one line of JSON."};
    app.add_option("--port", options.target.port)->required();
    app.add_flag("--tls", options.target.tls);
    app.add_option("--server", options.server, "process that is measured")->required();
    app.add_option("--stations", options.stations)->required();
    app.add_option("--opening", options.target.opening_max, "connections on their way at once");
    app.add_option("--seconds", options.seconds);
    app.add_option("--warm-up", options.warm_up, "seconds");
    app.require_subcommand(1);
    for (const char* name : {"heartbeat", "session", "handshake", "idle"})
        app.add_subcommand(name)->fallthrough();
    CLI11_PARSE(app, argc, argv);

    std::signal(SIGPIPE, SIG_IGN);
    raise_file_limit();
    const std::string what = app.get_subcommands().front()->get_name();
    if (what == "heartbeat") {
        Heartbeats heartbeats(options);
        run_crowd(heartbeats, options.warm_up);
    } else if (what == "session") {
        Charging charging(options);
        run_crowd(charging, options.warm_up);
    } else if (what == "handshake") {
        Handshakes(options).run();
    } else {
        Idle(options).run();
    }
    return 0;
}

}  // namespace
}  // namespace ladestrom::bench

int main(int argc, char** argv)
{
    return ladestrom::bench::run(argc, argv);
}
