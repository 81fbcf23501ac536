// Both stores keep their promise through failing calls and power cuts; and the checks notice when one does
// not. LADESTROM_STORIES: how many stories are told of each.
#include "store/sqlite/testing/story.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace ladestrom::store::sqlite::testing {
namespace {

struct Kind {
    std::string name;  // of its file, without ".db"
    StoryOptions options;
};

std::string name_of_kind(const ::testing::TestParamInfo<Kind>& kind)
{
    return kind.param.name;
}

class Power : public ::testing::TestWithParam<Kind> {
protected:
    static StoryOptions story(std::uint64_t seed)
    {
        StoryOptions options = GetParam().options;
        options.seed = seed;
        return options;
    }

    // The first seed whose story goes wrong with this mistake; 0: none does.
    static std::uint64_t first_red(const std::function<void(FaultVfs&, Random&)>& mistake,
                                   std::uint64_t seeds)
    {
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            StoryOptions options = story(seed);
            options.mistake = mistake;
            if (!tell(options).violation.empty()) return seed;
        }
        return 0;
    }

    static auto without_syncs_of(std::string file)
    {
        return [file = std::move(file)](FaultVfs& vfs, Random&) {
            vfs.ignore_syncs([file](std::string_view synced, std::uint64_t) { return synced == file; });
        };
    }
};

INSTANTIATE_TEST_SUITE_P(
    Of, Power,
    ::testing::Values(Kind{"journal", {.open = open_story_journal}},
                      Kind{"ledger", {.open = open_story_ledger, .group_max = 3, .sessions = true}}),
    name_of_kind);

std::uint64_t stories()
{
    const char* text = std::getenv("LADESTROM_STORIES");
    return text == nullptr ? 150 : std::strtoull(text, nullptr, 10);
}

TEST_P(Power, EveryPromiseIsKept)
{
    StoryResult sum;
    for (std::uint64_t seed = 1; seed <= stories(); ++seed) {
        const StoryResult told = tell(story(seed));
        ASSERT_EQ(told.violation, "") << "seed " << seed;
        sum.power_cuts += told.power_cuts;
        sum.failures += told.failures;
        sum.durable += told.durable;
        sum.refused += told.refused;
    }
    RecordProperty("power_cuts", static_cast<int>(sum.power_cuts));
    RecordProperty("failed_calls", static_cast<int>(sum.failures));
    // Enough of each kind that the promise meant something.
    EXPECT_GT(sum.power_cuts, stories() * 3 / 2);
    EXPECT_GT(sum.failures, stories() * 3 / 2);
    EXPECT_GT(sum.durable, stories() * 7);
    EXPECT_GT(sum.refused, stories() / 3);
}

TEST_P(Power, TheSameSeedTellsTheSameStory)
{
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const StoryResult once = tell(story(seed));
        const StoryResult again = tell(story(seed));
        EXPECT_EQ(once.failures, again.failures);
        EXPECT_EQ(once.durable, again.durable);
        EXPECT_EQ(once.refused, again.refused);
        EXPECT_EQ(once.power_cuts, again.power_cuts);
    }
}

TEST_P(Power, SynchronousNormalIsNoticed)
{
    EXPECT_NE(first_red([](FaultVfs& vfs, Random&) { vfs.weaken_synchronous('1'); }, 50), 0U);
}

TEST_P(Power, SynchronousOffIsNoticed)
{
    EXPECT_NE(first_red([](FaultVfs& vfs, Random&) { vfs.weaken_synchronous('0'); }, 50), 0U);
}

TEST_P(Power, OneSyncThatIsLeftOutIsNoticed)
{
    const auto one = [](FaultVfs& vfs, Random& random) {
        vfs.ignore_syncs([which = 1 + random.below(40)](std::string_view, std::uint64_t number) {
            return number == which;
        });
    };
    EXPECT_NE(first_red(one, 400), 0U);
}

TEST_P(Power, SyncsLeftOutOfTheDatabaseAreNoticed)
{
    EXPECT_NE(first_red(without_syncs_of(GetParam().name + ".db"), 400), 0U);
}

TEST_P(Power, SyncsLeftOutOfTheLogAreNoticed)
{
    EXPECT_NE(first_red(without_syncs_of(GetParam().name + ".db-wal"), 50), 0U);
}

}  // namespace
}  // namespace ladestrom::store::sqlite::testing
