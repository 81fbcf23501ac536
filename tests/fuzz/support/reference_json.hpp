// JSON as somebody else reads it: nlohmann's parser, to compare ours with.
#pragma once

#include <string>
#include <string_view>

namespace ladestrom::fuzz {

struct ReferenceJson {
    bool accepted = false;
    std::string refusal;          // why it was refused
    std::string events;           // the document as a list of what stands in it, one a line
    std::size_t depth = 0;        // of the deepest value; the document is level 1
    bool duplicate_key = false;   // some object has a key twice
    bool beyond_numbers = false;  // an integer outside of 64 bits, or a number that no double holds
};

ReferenceJson reference_json(std::string_view text);

// The events that both readers are compared by.
namespace json_event {
std::string null();
std::string boolean(bool value);
std::string integer(std::int64_t value);
std::string unsigned_integer(std::uint64_t value);  // of what is no std::int64_t
std::string number(double value);
std::string string(std::string_view value);
std::string key(std::string_view value);
}  // namespace json_event

}  // namespace ladestrom::fuzz
