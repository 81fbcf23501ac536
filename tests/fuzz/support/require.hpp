// An invariant that does not hold ends the run: the fuzzer, or the replay, then names the input.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace ladestrom::fuzz {

[[noreturn]] inline void fail(std::string_view what, std::string_view shown = {})
{
    std::fprintf(stderr, "INVARIANT: %.*s\n", static_cast<int>(what.size()), what.data());
    if (!shown.empty()) std::fprintf(stderr, "  %.*s\n", static_cast<int>(shown.size()), shown.data());
    std::abort();
}

// shown: what a person has to see to understand the failure, most often the frame.
inline void require(bool holds, std::string_view what, std::string_view shown = {})
{
    if (!holds) fail(what, shown);
}

}  // namespace ladestrom::fuzz
