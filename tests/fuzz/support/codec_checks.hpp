// What must hold of any payload, whatever its version.
#pragma once

#include "messages/testing/payload_types.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace ladestrom::fuzz {

// One input: the first line names version and payload ("2.1 AuthorizeRequest"; any other line chooses one of
// `types` and one of `versions` by its hash), the rest is its JSON. What is decoded, encoded and decoded
// again is the same, in strict and in tolerant mode; what strict mode takes, tolerant mode takes as the same,
// with nothing to tolerate; a refusal says what and where. False when the rest is no JSON.
bool check_codec(std::string_view input, const std::vector<messages::PayloadType>& types,
                 std::span<const OcppVersion> versions);

}  // namespace ladestrom::fuzz
