// A small deterministic random stream (SplitMix64). Seeded from outside; never for secrets.
#pragma once

#include <cstdint>

namespace ladestrom {

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next()
    {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }

    // Uniform in [0, bound); bound > 0.
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }

    // Uniform in [0, 1).
    double fraction() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    bool chance(double probability) { return fraction() < probability; }

    // Of it another stream can be made, without a draw from this one.
    std::uint64_t state() const { return state_; }

private:
    std::uint64_t state_;
};

}  // namespace ladestrom
