// simdjson's DOM parser behind JsonParser: it validates the whole document, fields that nobody reads
// included.
#include "messages/json.hpp"

namespace ladestrom::messages {

JsonParser::JsonParser() = default;

Result<JsonValue> JsonParser::parse(std::string_view text)
{
    // The depth is given with the first memory; both grow with the documents, the depth limit stays.
    if (parser_.max_depth() != max_json_depth && parser_.allocate(4096, max_json_depth)) {
        return Error{"no memory to parse JSON"};
    }
    JsonValue value;
    const auto error = parser_.parse(text.data(), text.size()).get(value);
    if (error == simdjson::DEPTH_ERROR) {
        return Error{"nested deeper than " + std::to_string(max_json_depth) + " levels"};
    }
    if (error) return Error{std::string("not a JSON document: ") + simdjson::error_message(error)};
    return value;
}

std::string to_text(JsonValue value)
{
    return simdjson::minify(value);
}

}  // namespace ladestrom::messages
