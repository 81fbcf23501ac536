// Every payload of every version, in its smallest form and with everything: decoded, encoded and decoded
// again.
#include "messages/reader.hpp"
#include "messages/test_support.hpp"
#include "messages/testing/payload_types.hpp"
#include "messages/v16/actions.hpp"
#include "messages/v2/actions.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace ladestrom::messages {
namespace {

std::string seed_text(OcppVersion version, std::string_view action, std::string_view kind,
                      std::string_view size)
{
    const std::string path = fmt::format("{}/generated/seeds/{}/{}{}.{}.json", LADESTROM_BINARY_DIR,
                                         to_string(version), action, kind, size);
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

// The seeds of a payload in one version.
struct Seeds {
    OcppVersion version;
    std::string_view action;
    std::string_view kind;

    std::string text(std::string_view size) const { return seed_text(version, action, kind, size); }
    std::string name(std::string_view size) const
    {
        return fmt::format("{} {}{}.{}", to_string(version), action, kind, size);
    }
};

Decoded<AnyPayload> decoded(const PayloadType& type, std::string_view text, const DecodeContext& context)
{
    JsonParser parser;
    const auto value = parser.parse(text);
    if (!value) return DecodeError{ErrorCode::internal_error, "", "no JSON"};
    return type.decode(*value, context);
}

void round_trip(const PayloadType& type, const Seeds& seeds, std::string_view size)
{
    SCOPED_TRACE(seeds.name(size));
    const DecodeContext context{.version = seeds.version};
    const std::string text = seeds.text(size);
    const auto first = decoded(type, text, context);
    ASSERT_TRUE(first) << first.error().path << ": " << first.error().message;
    const std::string encoded = type.encode(*first, seeds.version);
    EXPECT_TRUE(same_text(encoded, text)) << encoded << "\n" << text;
    const auto again = decoded(type, encoded, context);
    ASSERT_TRUE(again) << again.error().path << ": " << again.error().message;
    EXPECT_EQ(type.encode(*again, seeds.version), encoded);
}

void tolerant_mode_has_nothing_to_tolerate(const PayloadType& type, const Seeds& seeds)
{
    Counters counters;
    const DecodeContext tolerant{.version = seeds.version, .mode = Mode::tolerant, .tolerances = &counters};
    EXPECT_TRUE(decoded(type, seeds.text("maximal"), tolerant));
    EXPECT_TRUE(counters.all().empty()) << seeds.name("maximal");
}

// How many payloads the version has.
int check_all(const std::vector<PayloadType>& types, OcppVersion version)
{
    int checked = 0;
    for (const PayloadType& type : types) {
        if (!type.action->known_in(version)) continue;
        const Seeds seeds{version, type.action->name, type.kind};
        round_trip(type, seeds, "minimal");
        round_trip(type, seeds, "maximal");
        tolerant_mode_has_nothing_to_tolerate(type, seeds);
        ++checked;
    }
    return checked;
}

TEST(Seeds, EveryPayloadSurvivesTheRoundTrip)
{
    EXPECT_EQ(check_all(v16_payload_types(), OcppVersion::v1_6), 78);
    EXPECT_EQ(check_all(v2_payload_types(), OcppVersion::v2_0_1), 128);
    EXPECT_EQ(check_all(v2_payload_types(), OcppVersion::v2_1), 181);
}

using Validate = Decoded<void> (*)(std::string_view action, JsonValue payload, const DecodeContext& context);

// Every field of a maximal seed, replaced by null: refused, and the path names it.
void null_is_refused(const Seeds& seeds, Validate validate)
{
    JsonParser parser;
    JsonParser changed_parser;
    const auto seed = parser.parse(seeds.text("maximal"));
    ASSERT_TRUE(seed);
    for (const auto [key, value] : simdjson::dom::object(*seed)) {
        const bool anything =
            seeds.version != OcppVersion::v1_6 && seeds.action == "DataTransfer" && key == "data";
        if (anything) continue;
        std::string changed = "{";
        for (const auto [other, kept] : simdjson::dom::object(*seed)) {
            if (changed.size() > 1) changed += ',';
            append_string(changed, other);
            changed += ':' + (other == key ? std::string("null") : to_text(kept));
        }
        const auto document = changed_parser.parse(changed + '}');
        ASSERT_TRUE(document);
        const auto checked = validate(seeds.action, *document, {.version = seeds.version});
        ASSERT_FALSE(checked) << seeds.name(key);
        EXPECT_EQ(checked.error().code, ErrorCode::type_constraint_violation) << seeds.name(key);
        EXPECT_EQ(checked.error().path, "/" + std::string(key)) << seeds.name(key);
    }
}

TEST(Seeds, NullIsRefusedEverywhere)
{
    for (const ActionInfo& action : v16::actions()) {
        null_is_refused({OcppVersion::v1_6, action.name, "Request"}, v16::validate_request);
    }
    for (const OcppVersion version : {OcppVersion::v2_0_1, OcppVersion::v2_1}) {
        for (const ActionInfo& action : v2::actions()) {
            if (action.known_in(version))
                null_is_refused({version, action.name, "Request"}, v2::validate_request);
        }
    }
}

}  // namespace
}  // namespace ladestrom::messages
