// Fairness among addresses: who gives way, who has spent what.
#include "transport/address_places.hpp"

#include <gtest/gtest.h>

namespace ladestrom::transport {
namespace {

TEST(NetworkOf, V6CountsByItsNetwork)
{
    EXPECT_EQ(network_of("192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    EXPECT_EQ(network_of("2001:db8:1:2::9"), network_of("2001:db8:1:2:ffff::1"));
    EXPECT_NE(network_of("2001:db8:1:2::9"), network_of("2001:db8:1:3::9"));
    EXPECT_EQ(network_of("nonsense"), "nonsense");
}

TEST(AddressPlaces, TheGreediestGivesWayAndNobodyElse)
{
    AddressPlaces places;
    EXPECT_FALSE(places.greediest("a"));
    for (std::uint64_t id : {1u, 2u, 3u}) places.take("greedy", id);
    places.take("modest", 4);
    EXPECT_EQ(places.greediest("newcomer"), "greedy");
    EXPECT_EQ(*places.places("greedy").begin(), 1u) << "oldest first";
    EXPECT_EQ(places.greediest("modest"), "greedy");
    EXPECT_FALSE(places.greediest("greedy")) << "makes no room for its own";
    places.leave("greedy", 1);
    EXPECT_FALSE(places.greediest("modest")) << "nobody clearly holds more";
    places.leave("greedy", 2);
    EXPECT_FALSE(places.greediest("newcomer")) << "in a storm of many, each with one, the newcomer waits";
    places.leave("greedy", 3);
    places.leave("greedy", 3);
    places.leave("modest", 4);
    EXPECT_TRUE(places.places("greedy").empty());
    EXPECT_FALSE(places.greediest("newcomer"));
}

TEST(RefusalBudget, IsSpentAndFillsUpAgain)
{
    RefusalBudget budget(10, seconds(10));
    Tick now{};
    for (int i = 0; i < 10; ++i) {
        EXPECT_FALSE(budget.spent("a", now));
        budget.note("a", now);
    }
    EXPECT_TRUE(budget.spent("a", now));
    EXPECT_FALSE(budget.spent("b", now));
    EXPECT_TRUE(budget.spent("a", now + Duration(900)));
    EXPECT_FALSE(budget.spent("a", now + seconds(1)));
    budget.note("a", now + seconds(1));
    EXPECT_TRUE(budget.spent("a", now + seconds(1)));
    for (int i = 0; i < 10; ++i) budget.note("a", now + seconds(60));
    EXPECT_TRUE(budget.spent("a", now + seconds(60))) << "no more than the whole budget is saved up";
}

TEST(RefusalBudget, NoLimitAndBoundedMemory)
{
    RefusalBudget none(0, seconds(10));
    for (int i = 0; i < 1'000; ++i) none.note("a", Tick{});
    EXPECT_FALSE(none.spent("a", Tick{}));
    RefusalBudget budget(1, seconds(10));
    budget.note("first", Tick{});
    for (int i = 0; i < 10'000; ++i) budget.note(std::to_string(i), Tick{});
    EXPECT_TRUE(budget.spent("9999", Tick{}));
    EXPECT_FALSE(budget.spent("first", Tick{})) << "forgotten when the memory is full";
}

}  // namespace
}  // namespace ladestrom::transport
