// Mutation by steps, for targets whose input is a script: steps go, come twice, change places, come from
// another script or from the target's own list; and inside of one step libFuzzer does as it likes.
#pragma once

#include <span>
#include <string_view>

namespace ladestrom::fuzz {

// Of the target: steps that are worth trying anywhere, without line ends.
std::span<const std::string_view> usual_steps();

}  // namespace ladestrom::fuzz
