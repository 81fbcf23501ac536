#include "bench/load/measurement.hpp"

#include "bench/wire.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>

namespace ladestrom::bench {
namespace {

std::int64_t read_clock(clockid_t clock)
{
    timespec time{};
    if (::clock_gettime(clock, &time) != 0) fail("a clock cannot be read: has the server ended?");
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::int64_t now_ns()
{
    return read_clock(CLOCK_MONOTONIC);
}

std::int64_t cpu_ns(pid_t process)
{
    clockid_t clock{};
    if (::clock_getcpuclockid(process, &clock) != 0) fail("the server has ended");
    return read_clock(clock);
}

std::int64_t resident_bytes(pid_t process)
{
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6)) * 1024;
    }
    fail("the server has ended");
}

double Latencies::quantile_ms(double quantile)
{
    if (values_us_.empty()) return 0;
    const auto at = static_cast<std::size_t>(quantile * static_cast<double>(values_us_.size() - 1));
    const auto chosen = values_us_.begin() + static_cast<std::ptrdiff_t>(at);
    std::nth_element(values_us_.begin(), chosen, values_us_.end());
    return *chosen / 1000.0;
}

void Report::add(const std::string& name, double value)
{
    char number[32];
    std::snprintf(number, sizeof number, "%.6g", value);
    text_ += (text_.empty() ? "{\"" : ", \"") + name + "\": " + number;
}

void Report::print() const
{
    std::printf("%s}\n", text_.c_str());
    std::fflush(stdout);
}

}  // namespace ladestrom::bench
