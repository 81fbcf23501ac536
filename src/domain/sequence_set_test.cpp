#include "domain/sequence_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace ladestrom {
namespace {

SequenceSet of(const std::vector<std::int64_t>& numbers)
{
    SequenceSet set;
    for (const auto number : numbers) set.insert(number);
    return set;
}

TEST(SequenceSet, AnyOrderMakesTheSameSet)
{
    std::vector<std::int64_t> numbers{0, 1, 2, 3, 5, 6};
    do {
        const SequenceSet set = of(numbers);
        ASSERT_EQ(set.to_text(), "0-3,5-6");
        ASSERT_FALSE(set.contiguous());
    } while (std::ranges::next_permutation(numbers).found);
    numbers.push_back(4);
    EXPECT_EQ(of(numbers).to_text(), "0-6");
    EXPECT_TRUE(of(numbers).contiguous());
}

TEST(SequenceSet, ANumberIsThereOnce)
{
    SequenceSet set;
    EXPECT_TRUE(set.insert(7));
    EXPECT_FALSE(set.insert(7));
    EXPECT_TRUE(set.contains(7));
    EXPECT_FALSE(set.contains(6));
    EXPECT_TRUE(set.insert(8));
    EXPECT_FALSE(set.insert(7));
}

TEST(SequenceSet, TextSurvives)
{
    for (const char* text : {"", "0", "0-3", "0-3,5", "-2,4-9,11"}) {
        EXPECT_EQ(SequenceSet::from_text(text).to_text(), text);
    }
}

TEST(SequenceSet, WhatIsNoSetIsEmpty)
{
    for (const char* text : {"x", "1-", "3-1", "1,2", "5,1", "1-2-3", ",", "99999999999999999999"}) {
        EXPECT_TRUE(SequenceSet::from_text(text).empty()) << text;
    }
}

}  // namespace
}  // namespace ladestrom
