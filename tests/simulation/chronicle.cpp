#include "simulation/chronicle.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace ladestrom::simulation {
namespace {

constexpr std::uint64_t fnv_start = 0xcbf29ce484222325ULL;
constexpr std::uint64_t fnv_prime = 0x100000001b3ULL;

std::uint64_t mix(std::uint64_t hash, std::string_view text)
{
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * fnv_prime;
    return hash;
}

}  // namespace

std::string format_tick(Tick tick)
{
    const auto all = tick.time_since_epoch().count();
    return fmt::format("{} d {:02}:{:02}:{:02}.{:03}", all / 86'400'000, all / 3'600'000 % 24,
                       all / 60'000 % 60, all / 1000 % 60, all % 1000);
}

void Chronicle::tell(Tick now, std::string_view who, std::string_view what)
{
    if (telling_ == Telling::silent) return;
    const std::string line = fmt::format("{}  {:<8} {}\n", format_tick(now), who, what);
    digest_ = mix(digest_ == 0 ? fnv_start : digest_, line);
    if (telling_ == Telling::story) std::fputs(line.c_str(), stdout);
}

void Chronicle::violation(Tick now, std::string_view who, std::string_view what)
{
    tell(now, who, fmt::format("VIOLATION: {}", what));
    if (violations_.size() < most_violations) {
        violations_.push_back(fmt::format("{} {}: {}", format_tick(now), who, what));
    }
}

}  // namespace ladestrom::simulation
