#include "csms/tokens.hpp"

#include <gtest/gtest.h>

namespace ladestrom::csms {
namespace {

store::TokenRow token(const std::string& value)
{
    return {.token = {.value = value}};
}

TEST(TokenCache, IsBoundedAndKeepsWhatIsUsed)
{
    TokenCache cache(100, seconds(60));
    for (int i = 0; i < 10'000; ++i) {
        cache.put(token("T" + std::to_string(i)), Tick());
        EXPECT_TRUE(cache.find("t0", Tick())) << i;
        ASSERT_LE(cache.size(), 101U);
    }
    EXPECT_FALSE(cache.find("T5", Tick()));
    EXPECT_TRUE(cache.find("t9999", Tick()));
}

TEST(TokenCache, ForgetsInTimeAndWhenTold)
{
    TokenCache cache(100, seconds(60));
    cache.put(token("A"), Tick());
    EXPECT_TRUE(cache.find("A", Tick(seconds(59))));
    EXPECT_FALSE(cache.find("A", Tick(seconds(60))));
    cache.put(token("B"), Tick());
    cache.forget("b");
    EXPECT_FALSE(cache.find("B", Tick()));
    TokenCache none(0, seconds(60));
    none.put(token("A"), Tick());
    EXPECT_FALSE(none.find("A", Tick()));
}

}  // namespace
}  // namespace ladestrom::csms
