// Text from outside on its way to where people read it.
#include "csms/text.hpp"

#include <gtest/gtest.h>

namespace ladestrom::csms {
namespace {

using namespace std::string_view_literals;

TEST(Text, PrintableKeepsLettersOfEveryScript)
{
    for (const std::string_view text :
         {"", "CP 1", "S\xC3\xA4ule 7", "\xE5\x85\x85\xE9\x9B\xBB", "\xF0\x9F\x94\x8C"}) {
        EXPECT_TRUE(is_printable(text)) << text;
        EXPECT_EQ(printable(text), text);
    }
}

// Attack 12: what terminals obey, what looks like another line, what is no text at all.
TEST(Text, AttackControlCharactersDoNotReachTheLog)
{
    for (const std::string_view text :
         {"\x1B[2J"sv, "a\nb"sv, "\r"sv, "\x7F"sv, "\0"sv, "\x9B[31m"sv, "\xC2\x9B[31m"sv, "\xC2\x85"sv,
          "\xE2\x80\xA8"sv, "\xE2\x80\xAEPC1"sv, "\xE2\x81\xA6"sv, "\xFF"sv, "\xC0\x8A"sv, "\xED\xA0\x80"sv,
          "\xC3"sv}) {
        EXPECT_FALSE(is_printable(text));
        const std::string shown = printable(text);
        EXPECT_EQ(shown.front() == 'a' ? shown[1] : shown.front(), '?');
        EXPECT_TRUE(is_printable(shown)) << shown;
    }
}

TEST(Text, AttackAQuoteCannotForgeTheRestOfALine)
{
    EXPECT_EQ(printable("x\" connected from 10.0.0.1"), "x? connected from 10.0.0.1");
    EXPECT_TRUE(is_printable("x\""));
}

TEST(Text, LongTextIsCutBetweenCharacters)
{
    EXPECT_EQ(printable(std::string(200, 'x')), std::string(128, 'x'));
    const std::string text = printable(std::string(127, 'x') + "\xC3\xA4");
    EXPECT_EQ(text, std::string(127, 'x'));
    EXPECT_TRUE(is_printable(text));
}

}  // namespace
}  // namespace ladestrom::csms
