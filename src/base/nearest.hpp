// Helps a person who mistyped a name: the known name that is nearest to it.
#pragma once

#include "base/letter_case.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom {

// Insertions, deletions, replacements and swaps of neighbours that turn one into the other; upper and lower
// case are equal.
inline std::size_t edit_distance(std::string_view a, std::string_view b)
{
    const auto same = [](char x, char y) { return lower_case(x) == lower_case(y); };
    std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    std::iota(above.begin(), above.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool equal = same(a[i - 1], b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (equal ? 0 : 1)});
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1])) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        before.swap(above);
        above.swap(row);
    }
    return above[b.size()];
}

// The nearest of known, if it is near enough to be meant: at most a third of the letters differ, or one is a
// part of the other. "" when none is.
template <class Names>
std::string nearest(std::string_view name, const Names& known)
{
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
    for (const auto& candidate : known) {
        const std::size_t distance = edit_distance(name, candidate);
        if (distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    if (!best.empty() || name.size() < 3) return best;
    for (const auto& candidate : known) {
        const std::string_view text = candidate;
        if (text.find(name) != std::string_view::npos) return std::string(text);
    }
    return best;
}

}  // namespace ladestrom
