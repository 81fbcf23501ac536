// The station's journal keeps its promise through failing calls and power cuts; and the checks notice when it
// does not.
#include "store/sqlite/testing/story.hpp"

#include <gtest/gtest.h>

namespace ladestrom::store::sqlite::testing {
namespace {

StoryOptions journal_story(std::uint64_t seed)
{
    return {.seed = seed, .open = open_story_journal};
}

TEST(JournalPower, EveryPromiseIsKept)
{
    StoryResult sum;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        const StoryResult told = tell(journal_story(seed));
        EXPECT_EQ(told.violation, "") << "seed " << seed;
        sum.power_cuts += told.power_cuts;
        sum.failures += told.failures;
        sum.durable += told.durable;
        sum.refused += told.refused;
    }
    RecordProperty("power_cuts", static_cast<int>(sum.power_cuts));
    RecordProperty("failed_calls", static_cast<int>(sum.failures));
    // Enough of each kind that the promise meant something.
    EXPECT_GT(sum.power_cuts, 600U);
    EXPECT_GT(sum.failures, 600U);
    EXPECT_GT(sum.durable, 3000U);
    EXPECT_GT(sum.refused, 150U);
}

TEST(JournalPower, TheSameSeedTellsTheSameStory)
{
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const StoryResult once = tell(journal_story(seed));
        const StoryResult again = tell(journal_story(seed));
        EXPECT_EQ(once.failures, again.failures);
        EXPECT_EQ(once.durable, again.durable);
        EXPECT_EQ(once.refused, again.refused);
        EXPECT_EQ(once.power_cuts, again.power_cuts);
    }
}

// The first seed whose story goes wrong with this mistake; 0: none does.
std::uint64_t first_red(const std::function<void(FaultVfs&, Random&)>& mistake, std::uint64_t seeds)
{
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        StoryOptions options = journal_story(seed);
        options.mistake = mistake;
        if (!tell(options).violation.empty()) return seed;
    }
    return 0;
}

TEST(JournalPower, SynchronousNormalIsNoticed)
{
    EXPECT_NE(first_red([](FaultVfs& vfs, Random&) { vfs.weaken_synchronous('1'); }, 50), 0U);
}

TEST(JournalPower, SynchronousOffIsNoticed)
{
    EXPECT_NE(first_red([](FaultVfs& vfs, Random&) { vfs.weaken_synchronous('0'); }, 50), 0U);
}

TEST(JournalPower, OneSyncThatIsLeftOutIsNoticed)
{
    const auto one = [](FaultVfs& vfs, Random& random) {
        vfs.ignore_syncs([which = 1 + random.below(40)](std::string_view, std::uint64_t number) {
            return number == which;
        });
    };
    EXPECT_NE(first_red(one, 400), 0U);
}

TEST(JournalPower, SyncsLeftOutOfTheDatabaseAreNoticed)
{
    const auto database = [](FaultVfs& vfs, Random&) {
        vfs.ignore_syncs([](std::string_view file, std::uint64_t) { return file == "journal.db"; });
    };
    EXPECT_NE(first_red(database, 400), 0U);
}

TEST(JournalPower, SyncsLeftOutOfTheLogAreNoticed)
{
    const auto log = [](FaultVfs& vfs, Random&) {
        vfs.ignore_syncs([](std::string_view file, std::uint64_t) { return file == "journal.db-wal"; });
    };
    EXPECT_NE(first_red(log, 50), 0U);
}

}  // namespace
}  // namespace ladestrom::store::sqlite::testing
