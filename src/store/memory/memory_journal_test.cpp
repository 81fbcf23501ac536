// The memory journal behaves as the port says, and ends commits as it is told.
#include "store/memory/memory_journal.hpp"

#include <gtest/gtest.h>

namespace ladestrom::store {
namespace {

TEST(MemoryJournal, ACommitLastsOnceItIsFinished)
{
    MemoryJournal journal(Batch{{"b", "1"}});
    int reported = 0;
    journal.commit({{"a", "2"}, {"b", std::nullopt}}, [&](Result<void> done) { reported += done ? 1 : 100; });
    EXPECT_EQ(reported, 0);
    EXPECT_EQ(*journal.load(), (Batch{{"b", "1"}}));
    EXPECT_TRUE(journal.finish());
    EXPECT_EQ(reported, 1);
    EXPECT_EQ(*journal.load(), (Batch{{"a", "2"}}));
    EXPECT_FALSE(journal.finish());
}

TEST(MemoryJournal, AFailedOrLostCommitLeavesNothing)
{
    MemoryJournal journal;
    std::string reason;
    journal.commit({{"a", "1"}}, [&](Result<void> done) { reason = done.error().message; });
    journal.finish(Error{"full"});
    EXPECT_EQ(reason, "full");
    journal.commit({{"a", "1"}}, [&](Result<void>) { FAIL(); });
    journal.cut_power(false);
    EXPECT_TRUE(journal.load()->empty());
    journal.commit({{"a", "1"}}, [&](Result<void>) { FAIL(); });
    journal.cut_power(true);
    EXPECT_EQ(*journal.load(), (Batch{{"a", "1"}}));
}

TEST(MemoryJournal, ASecondCommitAtATimeIsNoticed)
{
    MemoryJournal journal;
    journal.commit({{"a", "1"}}, [](Result<void>) {});
    EXPECT_FALSE(journal.overlapped());
    journal.commit({{"b", "1"}}, [](Result<void>) {});
    EXPECT_TRUE(journal.overlapped());
}

}  // namespace
}  // namespace ladestrom::store
