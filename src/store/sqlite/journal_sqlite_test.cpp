// The journal keeps what it has reported as committed: across processes, damage, and full disks.
#include "store/sqlite/journal_sqlite.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

namespace ladestrom::store {
namespace {

using testing::HasSubstr;

class SqliteJournalTest : public testing::Test {
protected:
    SqliteJournalTest()
    {
        std::string pattern = testing::TempDir() + "ladestrom-XXXXXX";
        directory_ = mkdtemp(pattern.data());
        options_.path = directory_ + "/journal.db";
        options_.reserve_bytes = 256 * 1024;
    }
    ~SqliteJournalTest() override { std::filesystem::remove_all(directory_); }

    std::unique_ptr<SqliteJournal> open()
    {
        auto journal = SqliteJournal::open(options_);
        EXPECT_TRUE(journal) << journal.error().message;
        return journal ? std::move(*journal) : nullptr;
    }
    static Result<void> commit(SqliteJournal& journal, Batch batch)
    {
        Result<void> outcome = Error{"not reported"};
        journal.commit(std::move(batch), [&](Result<void> done) { outcome = done; });
        journal.poll();
        return outcome;
    }
    // Behind the journal's back, when it is closed.
    void tamper(const std::string& sql)
    {
        auto database = sqlite::Database::open(options_.path);
        ASSERT_TRUE(database && database->execute(sql));
    }

    std::string directory_;
    SqliteJournalOptions options_;
};

TEST_F(SqliteJournalTest, WhatWasCommittedIsThereAgainInKeyOrder)
{
    std::string bytes("a\0b\xff", 4);
    {
        auto journal = open();
        ASSERT_TRUE(commit(*journal, {{"fact/0010", bytes}, {"fact/0009", ""}, {"session/1", "x"}}));
        ASSERT_TRUE(commit(*journal, {{"session/1", std::nullopt}, {"fact/0009", "new"}}));
    }
    auto loaded = open()->load();
    ASSERT_TRUE(loaded);
    EXPECT_EQ(*loaded, (Batch{{"fact/0009", "new"}, {"fact/0010", bytes}}));
}

TEST_F(SqliteJournalTest, ReportsNeverWithinCommit)
{
    auto journal = open();
    bool reported = false;
    journal->commit({{"a", "1"}}, [&](Result<void>) { reported = true; });
    EXPECT_FALSE(reported);
    journal->poll();
    EXPECT_TRUE(reported);
}

TEST_F(SqliteJournalTest, ABatchIsAllOrNothing)
{
    auto journal = open();
    auto refused = commit(*journal, {{"good", "1"}, {"bad key", "2"}});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("printable ASCII"));
    refused = commit(*journal, {{"good", "1"}, {"big", std::string(1024 * 1024 + 1, 'x')}});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("at most 1 MiB"));
    EXPECT_TRUE(journal->load()->empty());
}

TEST_F(SqliteJournalTest, DamagedRowsAreKeptAsideAndCounted)
{
    ASSERT_TRUE(commit(*open(), {{"a", "1"}, {"b", "2"}, {"c", "3"}}));
    tamper("UPDATE records SET value=x'00' WHERE key='b'; UPDATE records SET key='d' WHERE key='c'");
    {
        auto journal = open();
        EXPECT_EQ(*journal->load(), (Batch{{"a", "1"}}));
        EXPECT_EQ(journal->damaged(), 2u);
    }
    auto journal = open();
    EXPECT_EQ(*journal->load(), (Batch{{"a", "1"}}));
    EXPECT_EQ(journal->damaged(), 2u) << "still known after a restart";
    journal.reset();
    auto database = sqlite::Database::open(options_.path);
    ASSERT_TRUE(database);
    auto kept = database->prepare("SELECT key FROM damaged WHERE value=x'00'");
    ASSERT_TRUE(kept && *kept->step());
    EXPECT_EQ(kept->text(0), "b");
}

TEST_F(SqliteJournalTest, ASecondOwnerIsRefused)
{
    auto first = open();
    auto second = SqliteJournal::open(options_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().failure, sqlite::Failure::locked);
    EXPECT_THAT(second.error().message, HasSubstr("in use by another process"));
}

TEST_F(SqliteJournalTest, ADatabaseOfAnotherKindIsNotTouched)
{
    tamper("CREATE TABLE other (i INTEGER)");
    auto journal = SqliteJournal::open(options_);
    ASSERT_FALSE(journal);
    EXPECT_THAT(journal.error().message, HasSubstr("not a station's journal"));
}

TEST_F(SqliteJournalTest, AJournalOfALaterVersionIsRefused)
{
    open();
    tamper("PRAGMA user_version=99");
    auto journal = SqliteJournal::open(options_);
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().failure, sqlite::Failure::newer_schema);
}

TEST_F(SqliteJournalTest, OnAFullDiskWhatWasSetAsideIsUsedFirst)
{
    auto journal = open();
    EXPECT_TRUE(journal->reserve_intact());
    journal->set_disk(DiskMode::full);
    std::string value(4000, 'x');
    int written = 0;
    Result<void> last;
    while (written < 10'000) {
        last = commit(*journal, {{"fact/" + std::to_string(written), value}});
        if (!last) break;
        ++written;
    }
    // A 4000 byte value takes a page of 4096: room in the file for the reserve, and once more for its
    // release.
    EXPECT_GE(written, 2 * 256 / 4 - 16);
    EXPECT_LE(written, 4 * 256 / 4);
    ASSERT_FALSE(last);
    EXPECT_THAT(last.error().message, HasSubstr("no space left"));
    EXPECT_FALSE(journal->reserve_intact());
    EXPECT_FALSE(std::filesystem::exists(options_.path + ".reserve"));
    EXPECT_EQ(journal->load()->size(), static_cast<std::size_t>(written))
        << "what was committed is all there";
    // What was reported away makes room for what comes.
    ASSERT_TRUE(commit(*journal, {{"fact/0", std::nullopt}}));
    ASSERT_TRUE(commit(*journal, {{"fact/last", value}}));
    journal->set_disk(DiskMode::ok);
    ASSERT_TRUE(commit(*journal, {{"fact/ok", std::string(1024 * 1024, 'y')}}));
    EXPECT_TRUE(journal->reserve_intact());
}

TEST_F(SqliteJournalTest, AFailingDiskKeepsNothing)
{
    auto journal = open();
    ASSERT_TRUE(commit(*journal, {{"a", "1"}}));
    journal->set_disk(DiskMode::fail);
    auto failed = commit(*journal, {{"a", "2"}, {"b", "1"}});
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().message, HasSubstr("input/output error"));
    journal->set_disk(DiskMode::ok);
    EXPECT_EQ(*journal->load(), (Batch{{"a", "1"}}));
    EXPECT_TRUE(commit(*journal, {{"b", "1"}}));
}

// With a thread: reports come through `post`, which is asked from the store thread.
class Loop {
public:
    SqliteJournal::Post post()
    {
        return [this](std::function<void()> work) {
            std::lock_guard lock(mutex_);
            work_.push_back(std::move(work));
            wake_.notify_all();
        };
    }
    void run_one()
    {
        std::unique_lock lock(mutex_);
        ASSERT_TRUE(wake_.wait_for(lock, std::chrono::seconds(20), [&] { return !work_.empty(); }));
        auto work = std::move(work_.front());
        work_.pop_front();
        lock.unlock();
        work();
    }

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> work_;
};

TEST_F(SqliteJournalTest, CommitsOnItsOwnThreadAndReportsOnTheCallers)
{
    Loop loop;
    auto journal = SqliteJournal::open(options_, loop.post());
    ASSERT_TRUE(journal);
    std::thread::id reported_on;
    for (int i = 0; i < 20; ++i) {
        (*journal)->commit({{"key/" + std::to_string(i), "v"}}, [&](Result<void> done) {
            EXPECT_TRUE(done);
            reported_on = std::this_thread::get_id();
        });
        loop.run_one();
    }
    EXPECT_EQ(reported_on, std::this_thread::get_id());
    EXPECT_EQ((*journal)->load()->size(), 20u);
}

TEST_F(SqliteJournalTest, ADestroyedJournalHasWrittenButReportsNoMore)
{
    Loop loop;
    bool reported = false;
    {
        auto journal = SqliteJournal::open(options_, loop.post());
        ASSERT_TRUE(journal);
        (*journal)->set_disk(DiskMode::slow);
        (*journal)->commit({{"a", "1"}}, [&](Result<void>) { reported = true; });
    }
    loop.run_one();
    EXPECT_FALSE(reported);
    EXPECT_EQ(*open()->load(), (Batch{{"a", "1"}}));
}

TEST_F(SqliteJournalTest, ASlowDiskTakesItsTime)
{
    Loop loop;
    options_.slow_delay = Duration(200);
    auto journal = SqliteJournal::open(options_, loop.post());
    ASSERT_TRUE(journal);
    (*journal)->set_disk(DiskMode::slow);
    auto before = std::chrono::steady_clock::now();
    (*journal)->commit({{"a", "1"}}, [](Result<void> done) { EXPECT_TRUE(done); });
    loop.run_one();
    EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(200));
}

}  // namespace
}  // namespace ladestrom::store
