// A fixed story in which the nth call fails, for every n there is: a clear error, nothing lost that was
// reported as durable, and the store opens again.
#include "store/sqlite/testing/story.hpp"

#include <gtest/gtest.h>

namespace ladestrom::store::sqlite::testing {
namespace {

class Attempt {
public:
    Attempt(OpenStore open, FaultVfs::Rule rule) : open_(std::move(open)) { vfs_.add(rule); }

    // Two lives with the failure, one without. Returns what went wrong.
    std::string tell()
    {
        live();
        live();
        failed_ = vfs_.failures() > 0;
        vfs_.clear_rules();
        auto store = open_(vfs_);
        if (!store) return "it does not open afterwards: " + store.error().message;
        look(**store);
        commit(**store, 0);
        if (wrong_.empty() && refused_last_) return "it does not commit afterwards";
        return wrong_;
    }
    bool reached() const { return failed_; }

private:
    void note(const std::string& wrong)
    {
        if (wrong_.empty()) wrong_ = wrong;
    }
    // A person must be able to tell which file, and what is the matter.
    void expect_clear(const std::string& message)
    {
        if (message.find(".db: ") == std::string::npos || message.size() < 30) note("unclear: " + message);
    }

    void live()
    {
        auto store = open_(vfs_);
        if (!store) return expect_clear(store.error().message);
        look(**store);
        for (int number = 0; number < 4; ++number) commit(**store, number);
    }

    void look(StoryStore& store)
    {
        auto loaded = store.load();
        if (!loaded) return expect_clear(loaded.error().message);
        note(promise_.check_after_restart(content_of(*loaded)));
    }

    void commit(StoryStore& store, int number)
    {
        const std::string value(number == 2 ? 30'000 : 100, static_cast<char>('a' + ++count_));
        const std::vector<Batch> group{{{"token/" + std::to_string(number), value}, {"token/9", value}}};
        const auto outcome = store.commit(group).front();
        refused_last_ = !outcome;
        if (!outcome) expect_clear(outcome.error().message);
        promise_.reported(group, {outcome.has_value()});
    }

    OpenStore open_;
    FaultVfs vfs_;
    Promise promise_;
    std::string wrong_;
    int count_ = 0;
    bool failed_ = false, refused_last_ = false;
};

// How many calls the story makes.
std::uint64_t fail_each_in_turn(const OpenStore& open, FaultVfs::Rule rule)
{
    for (std::uint64_t n = 1;; ++n) {
        rule.nth = n;
        Attempt attempt(open, rule);
        EXPECT_EQ(attempt.tell(), "") << "with call " << n << " failing";
        if (!attempt.reached() || ::testing::Test::HasFailure()) return n - 1;
    }
}

using Code = int;
class NthFailure : public ::testing::TestWithParam<Code> {};

TEST_P(NthFailure, OfTheJournalOnce)
{
    EXPECT_GT(fail_each_in_turn(open_story_journal, {.code = GetParam()}), 100U);
}

TEST_P(NthFailure, OfTheJournalAndEveryLaterOne)
{
    EXPECT_GT(fail_each_in_turn(open_story_journal, {.from_then_on = true, .code = GetParam()}), 100U);
}

TEST_P(NthFailure, OfTheLedgerOnce)
{
    EXPECT_GT(fail_each_in_turn(open_story_ledger, {.code = GetParam()}), 100U);
}

TEST_P(NthFailure, OfTheLedgerAndEveryLaterOne)
{
    EXPECT_GT(fail_each_in_turn(open_story_ledger, {.from_then_on = true, .code = GetParam()}), 100U);
}

// The usual failure of each call; and the disk full, whatever the call (13 is SQLITE_FULL).
INSTANTIATE_TEST_SUITE_P(Codes, NthFailure, ::testing::Values(0, 13));

}  // namespace
}  // namespace ladestrom::store::sqlite::testing
