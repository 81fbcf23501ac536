// Every payload of 1.6, in its smallest form and with everything: decoded, encoded and decoded again.
#include "messages/reader.hpp"
#include "messages/test_support.hpp"
#include "messages/v16.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace ladestrom::messages {
namespace {

std::string seed_text(std::string_view action, std::string_view kind, std::string_view size)
{
    std::string path = LADESTROM_BINARY_DIR "/generated/seeds/1.6/";
    path.append(action).append(kind).append(".").append(size).append(".json");
    std::ifstream file(path);
    EXPECT_TRUE(file) << path;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

bool same(JsonValue a, JsonValue b);

bool same_objects(simdjson::dom::object a, simdjson::dom::object b)
{
    if (a.size() != b.size()) return false;
    for (const auto [key, value] : a) {
        JsonValue other;
        if (b.at_key(key).get(other) || !same(value, other)) return false;
    }
    return true;
}

bool same_arrays(simdjson::dom::array a, simdjson::dom::array b)
{
    if (a.size() != b.size()) return false;
    auto other = b.begin();
    for (const JsonValue value : a) {
        if (!same(value, *other)) return false;
        ++other;
    }
    return true;
}

// The same JSON, whatever the order of members; times may be spelt differently.
bool same(JsonValue a, JsonValue b)
{
    if (a.is_object() && b.is_object())
        return same_objects(simdjson::dom::object(a), simdjson::dom::object(b));
    if (a.is_array() && b.is_array()) return same_arrays(simdjson::dom::array(a), simdjson::dom::array(b));
    if (a.is_number() && b.is_number()) return double(a) == double(b);
    if (to_text(a) == to_text(b)) return true;
    if (!a.is_string() || !b.is_string()) return false;
    const auto first = parse_instant(std::string_view(a));
    const auto second = parse_instant(std::string_view(b));
    return first && second && *first == *second;
}

bool same_text(std::string_view a, std::string_view b)
{
    JsonParser first;
    JsonParser second;
    const auto left = first.parse(a);
    const auto right = second.parse(b);
    return left && right && same(*left, *right);
}

template <class T>
void round_trip(std::string_view action, std::string_view kind, std::string_view size)
{
    SCOPED_TRACE(std::string(action) + std::string(kind) + "." + std::string(size));
    const std::string text = seed_text(action, kind, size);
    const auto decoded = decode_text<T>(text);
    ASSERT_TRUE(decoded) << decoded.error().path << ": " << decoded.error().message;
    const std::string encoded = encode(*decoded);
    EXPECT_TRUE(same_text(encoded, text)) << encoded << "\n" << text;
    const auto again = decode_text<T>(encoded);
    ASSERT_TRUE(again) << again.error().path << ": " << again.error().message;
    EXPECT_TRUE(*again == *decoded);
    EXPECT_EQ(encode(*again), encoded);
}

template <class T>
void tolerant_mode_has_nothing_to_tolerate(std::string_view action, std::string_view kind)
{
    Counters counters;
    const auto text = seed_text(action, kind, "maximal");
    EXPECT_TRUE(decode_text<T>(text, {.mode = Mode::tolerant, .tolerances = &counters}));
    EXPECT_TRUE(counters.all().empty()) << action << kind;
}

template <class Action>
int check_action()
{
    for (const std::string_view size : {"minimal", "maximal"}) {
        round_trip<typename Action::Request>(Action::action, "Request", size);
        round_trip<typename Action::Response>(Action::action, "Response", size);
    }
    tolerant_mode_has_nothing_to_tolerate<typename Action::Request>(Action::action, "Request");
    tolerant_mode_has_nothing_to_tolerate<typename Action::Response>(Action::action, "Response");
    return 2;
}

template <class... Action>
int check_actions(ActionList<Action...> /*list*/)
{
    return (check_action<Action>() + ...);
}

TEST(Seeds, EveryPayloadSurvivesTheRoundTrip)
{
    EXPECT_EQ(check_actions(v16::Actions{}), 78);
}

// Every field of every maximal seed, replaced by null: refused, and the path names it.
TEST(Seeds, NullIsRefusedEverywhere)
{
    JsonParser parser;
    JsonParser changed_parser;
    for (const ActionInfo& action : v16::actions()) {
        const auto seed = parser.parse(seed_text(action.name, "Request", "maximal"));
        ASSERT_TRUE(seed);
        for (const auto [key, value] : simdjson::dom::object(*seed)) {
            std::string changed = "{";
            for (const auto [other, kept] : simdjson::dom::object(*seed)) {
                if (changed.size() > 1) changed += ',';
                append_string(changed, other);
                changed += ':' + (other == key ? std::string("null") : to_text(kept));
            }
            const auto document = changed_parser.parse(changed + '}');
            ASSERT_TRUE(document);
            const auto checked = v16::validate_request(action.name, *document, {});
            ASSERT_FALSE(checked) << action.name << ' ' << key;
            EXPECT_EQ(checked.error().code, ErrorCode::type_constraint_violation) << action.name;
            EXPECT_EQ(checked.error().path, "/" + std::string(key)) << action.name;
        }
    }
}

}  // namespace
}  // namespace ladestrom::messages
