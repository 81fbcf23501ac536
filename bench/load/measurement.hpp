// What is measured from outside the server: its processor time and memory, and how long its answers take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace ladestrom::bench {

// Monotonic, in nanoseconds.
std::int64_t now_ns();

// Processor time of a process with all its threads, in nanoseconds.
std::int64_t cpu_ns(pid_t process);
// What the process holds of memory (VmRSS), in bytes.
std::int64_t resident_bytes(pid_t process);

class Latencies {
public:
    void add(std::int64_t ns) { values_us_.push_back(static_cast<std::uint32_t>(ns / 1000)); }
    std::size_t count() const { return values_us_.size(); }
    // 0.5: the median; in milliseconds.
    double quantile_ms(double quantile);

private:
    std::vector<std::uint32_t> values_us_;
};

// One line of JSON.
class Report {
public:
    void add(const std::string& name, double value);
    void print() const;

private:
    std::string text_;
};

}  // namespace ladestrom::bench
