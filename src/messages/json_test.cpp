// Parsing and escaping at their edges.
#include "messages/json.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ladestrom::messages {
namespace {

std::string escaped(std::string_view text)
{
    std::string out;
    append_string(out, text);
    return out;
}

std::string nested(std::size_t levels)
{
    return std::string(levels, '[') + std::string(levels, ']');
}

TEST(JsonParser, RefusesWhatIsNotOneDocument)
{
    JsonParser parser;
    for (const std::string_view text :
         {"", "  ", "{", "{}}", "{} {}", "[1,]", "{\"a\":,}", "{a:1}", "{\"a\":01}", "nul", "[1 2]",
          "\"\x01\"", "'a'", "[NaN]", "{\"a\" 1}", "[1e400]"}) {
        EXPECT_FALSE(parser.parse(text)) << text;
    }
    EXPECT_TRUE(parser.parse(" [1, 2.5e3, \"\\u00e9\", {}] \n"));
}

TEST(JsonParser, RefusesInvalidUtf8EvenInFieldsNobodyReads)
{
    JsonParser parser;
    for (const std::string_view bytes :
         {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xE2\x82", "\xF4\x90\x80\x80"}) {
        EXPECT_FALSE(parser.parse("{\"x\":\"" + std::string(bytes) + "\"}"));
        EXPECT_FALSE(parser.parse("{\"" + std::string(bytes) + "\":1}"));
    }
}

TEST(JsonParser, LimitsTheDepthAlsoAfterItHasGrown)
{
    JsonParser parser;
    EXPECT_TRUE(parser.parse(nested(max_json_depth)));
    EXPECT_FALSE(parser.parse(nested(max_json_depth + 1)));
    EXPECT_TRUE(parser.parse("\"" + std::string(1'000'000, 'x') + "\""));
    EXPECT_TRUE(parser.parse(nested(max_json_depth)));
    const auto refused = parser.parse(nested(max_json_depth + 1));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "nested deeper than 32 levels");
    EXPECT_FALSE(parser.parse(std::string(500'000, '[')));
    const auto around = [](std::size_t arrays) {
        return std::string(arrays, '[') + "1" + std::string(arrays, ']');
    };
    EXPECT_TRUE(parser.parse(around(max_json_depth - 1)));
    EXPECT_FALSE(parser.parse(around(max_json_depth)));
}

TEST(JsonParser, CanBeUsedAgainAfterAFailure)
{
    JsonParser parser;
    EXPECT_FALSE(parser.parse("{"));
    const auto value = parser.parse("[1,{\"a\":\"b\"}]");
    ASSERT_TRUE(value);
    EXPECT_EQ(to_text(*value), R"([1,{"a":"b"}])");
}

TEST(AppendString, EscapesWhatJsonMust)
{
    EXPECT_EQ(escaped(""), "\"\"");
    EXPECT_EQ(escaped("plain"), "\"plain\"");
    EXPECT_EQ(escaped("a\"b\\c\n\r\t\x01\x1f"), R"("a\"b\\c\n\r\t\u0001\u001f")");
    EXPECT_EQ(escaped(std::string_view("\0", 1)), R"("\u0000")");
    EXPECT_EQ(escaped("\x7f/é漢😀"), "\"\x7f/é漢😀\"");
}

TEST(AppendString, ReplacesInvalidUtf8)
{
    const std::string bad = "\xEF\xBF\xBD";
    EXPECT_EQ(escaped("a\xFFz"), "\"a" + bad + "z\"");
    EXPECT_EQ(escaped("\xC3"), "\"" + bad + "\"");
    EXPECT_EQ(escaped("\xC0\xAF"), "\"" + bad + bad + "\"");
    EXPECT_EQ(escaped("\xED\xA0\x80"), "\"" + bad + bad + bad + "\"");
    EXPECT_EQ(escaped("\xF4\x90\x80\x80"), "\"" + bad + bad + bad + bad + "\"");
    EXPECT_EQ(escaped("\xE0\x80\x80"), "\"" + bad + bad + bad + "\"");
}

TEST(AppendString, AlwaysGivesTextThatParsesBack)
{
    JsonParser parser;
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const std::string text{static_cast<char>(first), static_cast<char>(second)};
            ASSERT_TRUE(parser.parse(escaped(text))) << first << ' ' << second;
        }
    }
}

}  // namespace
}  // namespace ladestrom::messages
