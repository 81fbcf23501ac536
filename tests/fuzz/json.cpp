// Our reader of JSON against somebody else's (nlohmann), on any bytes. Holds: both take and refuse the same
// texts, and read the same in them; and what we print of a document is that document.
// They may differ, with reason: we refuse more than 32 levels, and numbers that neither 64 bits nor a double
// hold; the reference takes a byte 0 for the end and skips a byte-order mark, where we refuse both.
#include "support/reference_json.hpp"
#include "support/require.hpp"
#include "support/script.hpp"

#include "messages/json.hpp"

namespace ladestrom::fuzz {
namespace {

using messages::JsonParser;
using messages::JsonValue;

void list(JsonValue value, std::string& events);

void list_object(simdjson::dom::object object, std::string& events)
{
    events += "{\n";
    for (const auto [key, member] : object) {
        events += json_event::key(key);
        list(member, events);
    }
    events += "}\n";
}

void list_array(simdjson::dom::array array, std::string& events)
{
    events += "[\n";
    for (const JsonValue item : array) list(item, events);
    events += "]\n";
}

void list(JsonValue value, std::string& events)
{
    using simdjson::dom::element_type;
    switch (value.type()) {
        case element_type::ARRAY: return list_array(simdjson::dom::array(value), events);
        case element_type::OBJECT: return list_object(simdjson::dom::object(value), events);
        case element_type::STRING: events += json_event::string(std::string_view(value)); return;
        case element_type::BOOL: events += json_event::boolean(bool(value)); return;
        case element_type::NULL_VALUE: events += json_event::null(); return;
        case element_type::INT64: events += json_event::integer(std::int64_t(value)); return;
        case element_type::UINT64: events += json_event::unsigned_integer(std::uint64_t(value)); return;
        case element_type::DOUBLE: events += json_event::number(double(value)); return;
    }
}

void check(std::string_view text)
{
    JsonParser parser;
    const auto ours = parser.parse(text);
    const ReferenceJson theirs = reference_json(text);
    if (!ours) {
        require(!theirs.accepted || theirs.depth > messages::max_json_depth || theirs.beyond_numbers,
                "we refuse what is JSON: " + ours.error().message, text);
        return;
    }
    require(theirs.accepted, "we take what is no JSON: " + theirs.refusal, text);
    require(theirs.depth <= messages::max_json_depth, "we keep the depth limit", text);
    std::string events;
    list(*ours, events);
    if (events != theirs.events) fail("both read the same", events + "---\n" + theirs.events);

    const std::string printed = messages::to_text(*ours);
    const ReferenceJson again = reference_json(printed);
    require(again.accepted, "what we print is JSON", printed);
    require(again.events == events, "what we print is the document", printed);
}

}  // namespace
}  // namespace ladestrom::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    ladestrom::fuzz::check(ladestrom::fuzz::text_of(data, size));
    return 0;
}
