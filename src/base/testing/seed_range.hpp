// Which seeds a random test runs. LADESTROM_SEEDS=from-to asks for others than its own: one, to see a failure
// again, or many, to search on.
#pragma once

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace ladestrom {

struct SeedRange {
    std::uint64_t first;
    std::uint64_t last;

    std::uint64_t size() const { return last - first + 1; }
    bool operator==(const SeedRange&) const = default;
};

inline SeedRange seed_range(SeedRange own)
{
    SeedRange asked = own;
    const char* text = std::getenv("LADESTROM_SEEDS");
    if (text == nullptr) return own;
    return std::sscanf(text, "%" SCNu64 "-%" SCNu64, &asked.first, &asked.last) == 2 ? asked : own;
}

}  // namespace ladestrom
