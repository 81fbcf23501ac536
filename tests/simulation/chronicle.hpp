// What happened in a world: the story for people, its digest, how often each thing happened, and what must
// never have happened.
#pragma once

#include "base/counters.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::simulation {

enum class Telling : std::uint8_t { silent, digest, story };

class Chronicle {
public:
    explicit Chronicle(Telling telling) : telling_(telling) {}

    // Whether anyone listens: texts that are costly to make are made only then.
    bool listening() const { return telling_ != Telling::silent; }
    void tell(Tick now, std::string_view who, std::string_view what);
    // Of all that was told; 0 when nobody listened.
    std::uint64_t digest() const { return digest_; }

    void count(std::string_view what, std::uint64_t times = 1) { counts_.add(what, times); }
    const Counters& counts() const { return counts_; }

    // At most most_violations are kept: the first says most.
    void violation(Tick now, std::string_view who, std::string_view what);
    const std::vector<std::string>& violations() const { return violations_; }

private:
    static constexpr std::size_t most_violations = 10;

    Telling telling_;
    std::uint64_t digest_ = 0;
    Counters counts_;
    std::vector<std::string> violations_;
};

// "2 d 08:12:31.250": time since the world began.
std::string format_tick(Tick tick);

}  // namespace ladestrom::simulation
