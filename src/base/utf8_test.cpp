#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace ladestrom {
namespace {

TEST(Utf8, CountsAndCutsCharacters)
{
    EXPECT_EQ(characters(""), 0U);
    EXPECT_EQ(characters("Straße"), 6U);
    EXPECT_EQ(characters("\u20AC\U0001F50C"), 2U);
    EXPECT_EQ(first_characters("Straße", 6), "Straße");
    EXPECT_EQ(first_characters("Straße", 5), "Straß");
    EXPECT_EQ(first_characters("Straße", 4), "Stra");
    EXPECT_EQ(first_characters("\u20AC", 0), "");
}

TEST(Utf8, AByteThatBelongsToNoCharacterCountsAsOne)
{
    EXPECT_EQ(characters("12\x80\x80\x80"), 5U);
    EXPECT_EQ(first_characters("12\x80\x80\x80", 3), "12\x80");
    EXPECT_EQ(first_characters("\xE2\x82z", 2), "\xE2\x82");
    EXPECT_EQ(characters("\xF0\x9F"), 2U);
}

}  // namespace
}  // namespace ladestrom
