// The notes that one struct for several versions needs, on the sample notation in tools/ocppgen/golden.
#include "messages/records.hpp"
#include "messages/sample.hpp"
#include "messages/test_support.hpp"

#include <string>

namespace ladestrom::messages {
namespace {

constexpr DecodeContext old_version{.version = OcppVersion::v2_0_1};
constexpr DecodeContext new_version{.version = OcppVersion::v2_1};

// A message that both versions accept, with one member replaced or added.
std::string hello(std::string_view key = "", std::string_view value = "")
{
    std::string out = "{";
    const auto add = [&](std::string_view name, std::string_view text) {
        if (out.size() > 1) out += ',';
        append_string(out, name);
        out.append(":").append(name == key ? value : text);
    };
    add("name", "\"Ada\"");
    add("mood", "\"Good\"");
    add("colour", "\"Red.Dark\"");
    add("iso15118Path", R"([{"x":1,"y":2}])");
    add("limit", "1.5");
    for (const std::string_view name :
         {"tags", "moods", "age", "default", "data", "home", "at", "readings", "customData"}) {
        if (name == key) add(name, value);
    }
    return out + '}';
}

bool accepts(const DecodeContext& context, std::string_view key, std::string_view value)
{
    return decode_text<sample::HelloRequest>(hello(key, value), context).has_value();
}

TEST(Versions, LengthsAndCountsDiffer)
{
    EXPECT_TRUE(accepts(old_version, "name", "\"12345\""));
    EXPECT_FALSE(accepts(old_version, "name", "\"123456\""));
    EXPECT_TRUE(accepts(new_version, "name", "\"12345678\""));
    EXPECT_FALSE(accepts(new_version, "name", "\"123456789\""));
    constexpr std::string_view three = R"([{"x":1,"y":2},{"x":1,"y":2},{"x":1,"y":2}])";
    EXPECT_FALSE(accepts(old_version, "iso15118Path", three));
    EXPECT_TRUE(accepts(new_version, "iso15118Path", three));
    EXPECT_FALSE(accepts(new_version, "iso15118Path", "[]"));
    EXPECT_FALSE(accepts(new_version, "tags", R"(["a","b","c"])"));
    EXPECT_TRUE(accepts(old_version, "age", "-1"));
    EXPECT_FALSE(accepts(new_version, "age", "-1"));
}

TEST(Versions, AnOpenedEnumIsAStringFromThenOn)
{
    EXPECT_TRUE(accepts(old_version, "mood", "\"Bad\""));
    EXPECT_FALSE(accepts(old_version, "mood", "\"Splendid\""));
    EXPECT_TRUE(accepts(new_version, "mood", "\"Splendid\""));
    EXPECT_FALSE(accepts(new_version, "mood", "\"123456789012345678901\""));
    EXPECT_TRUE(accepts(old_version, "moods", R"(["Bad","Good"])"));
    EXPECT_FALSE(accepts(old_version, "moods", R"(["Bad","Splendid"])"));
    EXPECT_TRUE(accepts(new_version, "moods", R"(["Bad","Splendid"])"));
    EXPECT_FALSE(accepts(new_version, "moods", R"(["123456789012345678901"])"));
}

TEST(Versions, EnumValuesComeAndGo)
{
    EXPECT_FALSE(accepts(old_version, "colour", "\"3D\""));
    EXPECT_TRUE(accepts(new_version, "colour", "\"3D\""));
    EXPECT_TRUE(accepts(old_version, "colour", "\"Grey\""));
    EXPECT_FALSE(accepts(new_version, "colour", "\"Grey\""));
    const auto tolerant = decode_text<sample::HelloRequest>(
        hello("colour", "\"Grey\""), {.version = OcppVersion::v2_1, .mode = Mode::tolerant});
    ASSERT_TRUE(tolerant);
    EXPECT_EQ(tolerant->colour, sample::Colour::Other);
}

TEST(Versions, FieldsBecomeOptional)
{
    const std::string without =
        R"({"name":"a","mood":"Good","colour":"Other","iso15118Path":[{"x":1,"y":2}]})";
    const auto refused = decode_text<sample::HelloRequest>(without, old_version);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().path, "/limit");
    EXPECT_EQ(refused.error().code, ErrorCode::occurrence_constraint_violation);
    EXPECT_TRUE(decode_text<sample::HelloRequest>(without, new_version));
}

TEST(Versions, FieldsAppear)
{
    const auto refused = decode_text<sample::HelloRequest>(hello("default", "true"), old_version);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().path, "/default");
    EXPECT_EQ(refused.error().code, ErrorCode::format_violation);
    const auto decoded = decode_text<sample::HelloRequest>(hello("default", "true"), new_version);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->default_, true);
    EXPECT_NE(encode(*decoded, OcppVersion::v2_1).find("\"default\":true"), std::string::npos);
    EXPECT_EQ(encode(*decoded, OcppVersion::v2_0_1).find("default"), std::string::npos);
}

TEST(Versions, IntegersBecomeNumbers)
{
    constexpr std::string_view fraction = R"([{"x":1,"y":2.6}])";
    EXPECT_FALSE(accepts(old_version, "iso15118Path", fraction));
    const auto decoded = decode_text<sample::HelloRequest>(hello("iso15118Path", fraction), new_version);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->path.at(0).y, 2.6);
    EXPECT_EQ(encode(decoded->path[0], OcppVersion::v2_1), R"({"x":1,"y":2.6})");
    EXPECT_EQ(encode(decoded->path[0], OcppVersion::v2_0_1), R"({"x":1,"y":3})");
}

TEST(Versions, NumbersHaveRanges)
{
    EXPECT_TRUE(accepts(new_version, "iso15118Path", R"([{"x":-10,"y":100}])"));
    EXPECT_FALSE(accepts(new_version, "iso15118Path", R"([{"x":-11,"y":2}])"));
    EXPECT_FALSE(accepts(new_version, "iso15118Path", R"([{"x":11,"y":2}])"));
    EXPECT_FALSE(accepts(new_version, "iso15118Path", R"([{"x":1,"y":100.5}])"));
    EXPECT_FALSE(accepts(old_version, "iso15118Path", R"([{"x":1,"y":101}])"));
    Counters counters;
    const auto tolerant = decode_text<sample::Point>(
        R"({"x":11,"y":100.5})",
        {.version = OcppVersion::v2_1, .mode = Mode::tolerant, .tolerances = &counters});
    ASSERT_TRUE(tolerant);
    EXPECT_EQ(tolerant->x, 11);
    EXPECT_EQ(counters.get("tolerance.number_range"), 2U);
}

TEST(Versions, ActionsAppear)
{
    JsonParser parser;
    const auto payload = parser.parse(R"({"corner":{"x":1,"y":2}})");
    ASSERT_TRUE(payload);
    EXPECT_TRUE(sample::validate_request("Bye", *payload, new_version));
    const auto refused = sample::validate_request("Bye", *payload, old_version);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::not_implemented);
    EXPECT_EQ(sample::find_action("Hello")->extension, "polite");
    EXPECT_FALSE(sample::find_action("Hello")->sent);
}

TEST(Versions, NobodyAnswersASend)
{
    JsonParser parser;
    const auto payload = parser.parse(R"({"tune":"la"})");
    ASSERT_TRUE(payload);
    EXPECT_TRUE(sample::find_action("Hum")->sent);
    EXPECT_TRUE(sample::validate_request("Hum", *payload, new_version));
    const auto answer = sample::validate_response("Hum", *payload, new_version);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::protocol_error);
}

TEST(Versions, OpenTypesKeepWhatTheyDoNotKnow)
{
    const std::string text = R"({"vendorId":"v","a\"b":[1,{"c":null}],"z":"é"})";
    const auto decoded = decode_text<sample::CustomData>(text, new_version);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->vendor_id, "v");
    EXPECT_EQ(encode(*decoded, OcppVersion::v2_1), text);
    EXPECT_TRUE(accepts(new_version, "customData", text));
    EXPECT_FALSE(accepts(new_version, "customData", "{}")) << "vendorId is required";
}

TEST(Versions, AnyJsonIsKeptAsText)
{
    const auto decoded =
        decode_text<sample::HelloRequest>(hello("data", R"({"a":[1, 2.5, "x"]})"), new_version);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->data->text, R"({"a":[1,2.5,"x"]})");
    EXPECT_NE(encode(*decoded, OcppVersion::v2_1).find(R"("data":{"a":[1,2.5,"x"]})"), std::string::npos);
}

TEST(Records, IgnoreFieldsOfLaterVersions)
{
    const std::string text =
        R"({"id":"s1","step":"Charging","samples":[{"at":"2026-01-01T00:00:00.000Z","energyWh":12}],)"
        R"("flags":[true,false],"online":true,"power":7.25})";
    const std::string extended = text.substr(0, text.size() - 1) + R"(,"later":{"x":[]}})";
    Counters counters;
    const auto decoded = decode_text<records::Session>(extended, {.tolerances = &counters});
    ASSERT_TRUE(decoded) << decoded.error().path << ": " << decoded.error().message;
    EXPECT_EQ(encode(*decoded), text);
    EXPECT_TRUE(counters.all().empty());
}

TEST(Records, AreOtherwiseStrict)
{
    EXPECT_FALSE(decode_text<records::Session>(R"({"step":"Done","samples":[]})"));
    EXPECT_FALSE(decode_text<records::Session>(R"({"id":"a","step":"Gone","samples":[]})"));
    EXPECT_FALSE(decode_text<records::Session>(R"({"id":"a","id":"a","step":"Done","samples":[]})"));
    EXPECT_TRUE(decode_text<records::Session>(R"({"id":"a","step":"Done","samples":[]})"));
}

}  // namespace
}  // namespace ladestrom::messages
