// Reading JSON: the one place that knows simdjson. Whole-document validation, depth at most 32,
// duplicate keys refused by the codecs.
#pragma once

#include "base/result.hpp"
#include "messages/json_fwd.hpp"
#include "messages/json_text.hpp"

#include <simdjson.h>

#include <string>
#include <string_view>

namespace ladestrom::messages {

// The whole document is level 1, what lies in it level 2; no value lies deeper than this.
inline constexpr std::size_t max_json_depth = 32;

// One parser per thread of control; its memory is reused from document to document.
class JsonParser {
public:
    JsonParser();

    // Refuses text that is not one complete JSON document in valid UTF-8, or nests deeper than
    // max_json_depth.
    Result<JsonValue> parse(std::string_view text);

private:
    simdjson::dom::parser parser_;
};

// The text of a value as compact JSON (numbers keep their value, not their spelling).
std::string to_text(JsonValue value);

}  // namespace ladestrom::messages
