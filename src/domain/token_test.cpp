#include "domain/token.hpp"

#include <gtest/gtest.h>

namespace ladestrom {
namespace {

TEST(Token, LetterCaseDoesNotMatter)
{
    EXPECT_TRUE(same_token({.value = "04a2b3c4"}, {.value = "04A2B3C4"}));
    EXPECT_FALSE(same_token({.value = "04A2B3C4"}, {.value = "04A2B3C"}));
    EXPECT_FALSE(same_token({.value = "04A2B3C4"}, {.value = "04A2B3C5"}));
}

}  // namespace
}  // namespace ladestrom
