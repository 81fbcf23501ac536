// Group commit, isolation of what fails, refusal at start, and a process killed in the middle of committing.
#include "store/sqlite/ledger_thread.hpp"

#include "store/sqlite/ledger_rows.hpp"
#include "store/sqlite/ledger_schema.hpp"
#include "store/sqlite/ledger_testing.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

namespace ladestrom::store::sqlite {
namespace {

std::int64_t count(const std::string& path, const std::string& sql)
{
    auto database = Database::open(path, {.read_only = true});
    EXPECT_TRUE(database);
    auto statement = database->prepare(sql);
    EXPECT_TRUE(statement);
    EXPECT_TRUE(statement->step());
    return statement->integer(0);
}

StationRow station(const std::string& id)
{
    StationRow row;
    row.id = StationId(id);
    return row;
}

TEST(LedgerThread, ABatchThatFailsTakesNothingElseAlong)
{
    TemporaryDirectory directory;
    const std::string path = directory.file("l.db");
    QueueExecutor queue;
    auto thread = *LedgerThread::open(path);
    SqliteLedger ledger(thread, queue.executor());
    int good = 0;
    bool failed = false;
    std::vector<std::string> order;
    for (int i = 0; i < 50; ++i) {
        ledger.commit({PutStation{station("s" + std::to_string(i))}},
                      [&](Result<void> done) { good += done ? 1 : 0; });
        if (i != 25) continue;
        thread->write(
            [](Connection& c) -> DatabaseResult<void> {
                if (auto put = c.run(
                        "INSERT INTO station_events (station, at, kind, detail) VALUES ('x',1,'k','half')");
                    !put) {
                    return put;
                }
                return c.run("INSERT INTO connectors VALUES ('x', 1, NULL, 0, '', '', 0)");
            },
            [&, post = queue.executor()](const DatabaseResult<void>& done) {
                post([&failed, is_failed = !done] { failed = is_failed; });
            });
    }
    queue.run_until([&] { return good == 50 && failed; });
    EXPECT_EQ(count(path, "SELECT count(*) FROM stations"), 50);
    EXPECT_EQ(count(path, "SELECT count(*) FROM station_events"), 0) << "half a batch was kept";
    EXPECT_TRUE(thread->healthy());
}

TEST(LedgerThread, ABatchThatCannotBeUndoneAloneIsUndoneWithItsRound)
{
    TemporaryDirectory directory;
    const std::string path = directory.file("l.db");
    auto database = LedgerWriter::open(path);
    ASSERT_TRUE(database);
    LedgerWriter writer(std::move(*database));
    std::vector<bool> durable;
    const auto done = [&](const DatabaseResult<void>& outcome) { durable.push_back(outcome.has_value()); };
    const auto put = [](Connection& c) {
        return c.run("INSERT INTO station_events (station, at, kind, detail) VALUES ('x',1,'k','half')");
    };
    const auto lose_the_way_back = [&](Connection& c) -> DatabaseResult<void> {
        (void)put(c);
        (void)c.run("RELEASE job");
        return c.run("INSERT INTO connectors VALUES ('x', 1, NULL, 0, '', '', 0)");
    };
    std::vector<LedgerWriter::Job> jobs{
        {[](Connection& c) { return apply(c, PutStation{station("s")}); }, done, true},
        {lose_the_way_back, done, true}};
    writer.run(jobs);
    EXPECT_EQ(durable, (std::vector<bool>{false, false}));
    EXPECT_FALSE(writer.healthy());
    EXPECT_EQ(count(path, "SELECT count(*) FROM station_events"), 0) << "half a batch was kept";
    EXPECT_EQ(count(path, "SELECT count(*) FROM stations"), 0);
}

TEST(LedgerThread, WhatIsOrderedBeforeTheEndIsCommitted)
{
    TemporaryDirectory directory;
    const std::string path = directory.file("l.db");
    QueueExecutor queue;
    {
        auto thread = *LedgerThread::open(path);
        SqliteLedger ledger(thread, queue.executor());
        for (int i = 0; i < 200; ++i)
            ledger.commit({PutStation{station(std::to_string(i))}}, [](Result<void>) {});
    }
    EXPECT_EQ(count(path, "SELECT count(*) FROM stations"), 200);
}

TEST(LedgerThread, AFullDiskFailsEveryBatchOfTheRoundAndThenRecovers)
{
    TemporaryDirectory directory;
    const std::string path = directory.file("l.db");
    QueueExecutor queue;
    auto thread = *LedgerThread::open(path);
    SqliteLedger ledger(thread, queue.executor());
    const auto limit_pages = [&](const std::string& pages) {
        bool limited = false;
        thread->read(
            [pages](Connection& c) { return c.database().execute("PRAGMA max_page_count=" + pages); },
            [&, post = queue.executor()](const DatabaseResult<void>&) { post([&] { limited = true; }); });
        queue.run_until([&] { return limited; });
    };
    limit_pages("1");  // SQLite takes the present size for what is too small
    StationRow big = station("big");
    big.name.assign(300'000, 'x');
    int answers = 0;
    int refused = 0;
    const auto done = [&](Result<void> result) {
        ++answers;
        refused += result ? 0 : 1;
    };
    ledger.commit({PutStation{big}}, done);
    queue.run_until([&] { return answers == 1; });
    EXPECT_EQ(refused, 1);
    limit_pages("1000000");
    ledger.commit({PutStation{big}}, done);
    queue.run_until([&] { return answers == 2; });
    EXPECT_EQ(refused, 1);
    EXPECT_EQ(count(path, "SELECT count(*) FROM stations"), 1);
}

TEST(LedgerThread, ASecondProcessIsRefused)
{
    TemporaryDirectory directory;
    const auto first = LedgerThread::open(directory.file("l.db"));
    ASSERT_TRUE(first);
    const auto second = LedgerThread::open(directory.file("l.db"));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().failure, Failure::locked);
    EXPECT_NE(second.error().message.find("in use by another process"), std::string::npos);
}

TEST(LedgerThread, BadPlacesAreNamed)
{
    TemporaryDirectory directory;
    const auto nowhere = LedgerThread::open(directory.file("no/such/place.db"));
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().failure, Failure::not_writable);
    std::ofstream(directory.file("text.db")) << std::string(5000, 'x');
    const auto text = LedgerThread::open(directory.file("text.db"));
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().failure, Failure::not_a_database);
}

TEST(LedgerThread, ANewerSchemaIsRefused)
{
    TemporaryDirectory directory;
    const std::string path = directory.file("l.db");
    {
        auto database = Database::open(path);
        ASSERT_TRUE(database && database->execute("PRAGMA user_version=999"));
    }
    const auto opened = LedgerThread::open(path);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().failure, Failure::newer_schema);
}

// Every released form must still open; the numbers of steps only grow.
TEST(LedgerThread, EveryEarlierSchemaOpens)
{
    const auto steps = ledger_migrations();
    for (std::size_t known = 0; known <= steps.size(); ++known) {
        TemporaryDirectory directory;
        const std::string path = directory.file("l.db");
        {
            auto database = Database::open(path);
            ASSERT_TRUE(database);
            ASSERT_TRUE(database->migrate(steps.first(known)));
            if (known > 0) {
                ASSERT_TRUE(
                    database->execute("INSERT INTO audit (at, actor, address, action, status, detail) VALUES "
                                      "(1,'a','b','c',2,'d')"));
            }
        }
        ASSERT_TRUE(LedgerThread::open(path)) << "from step " << known;
        EXPECT_EQ(count(path, "SELECT count(*) FROM audit"), known > 0 ? 1 : 0);
        EXPECT_EQ(count(path, "PRAGMA user_version"), static_cast<std::int64_t>(steps.size()));
    }
}

// The child confirms each batch on a pipe after its commit and is killed at a random moment: whatever was
// confirmed is there afterwards, and nothing is there by halves.
void commit_for_ever(const std::string& path, int confirmed)
{
    auto thread = LedgerThread::open(path);
    if (!thread) ::_exit(1);
    QueueExecutor queue;
    SqliteLedger ledger(*thread, queue.executor());
    for (std::int32_t number = 0;; ++number) {
        WriteBatch batch{PutStation{station("k" + std::to_string(number))},
                         AddStationEvent{StationId("k" + std::to_string(number)), Instant(), "k", ""}};
        ledger.commit(std::move(batch), [confirmed, number](Result<void> done) {
            if (done && ::write(confirmed, &number, sizeof number) != sizeof number) ::_exit(2);
        });
        if (number >= 20 && !queue.run_one()) ::_exit(3);
    }
}

TEST(LedgerThread, WhatWasConfirmedSurvivesAKill)
{
    for (const int microseconds : {30'000, 60'000, 110'000}) {
        TemporaryDirectory directory;
        const std::string path = directory.file("l.db");
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            ::close(ends[0]);
            commit_for_ever(path, ends[1]);
            ::_exit(0);
        }
        ::close(ends[1]);
        std::vector<std::int32_t> confirmed;
        std::int32_t number = 0;
        ASSERT_EQ(::read(ends[0], &number, sizeof number), static_cast<ssize_t>(sizeof number));
        confirmed.push_back(number);
        ::usleep(static_cast<useconds_t>(microseconds));
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        while (::read(ends[0], &number, sizeof number) == static_cast<ssize_t>(sizeof number)) {
            confirmed.push_back(number);
        }
        ::close(ends[0]);
        ASSERT_TRUE(LedgerThread::open(path)) << "the lock of a killed process must be gone";
        for (const std::int32_t one : confirmed) {
            EXPECT_EQ(count(path, "SELECT count(*) FROM stations WHERE id='k" + std::to_string(one) + "'"),
                      1);
        }
        EXPECT_EQ(count(path, "SELECT count(*) FROM stations"),
                  count(path, "SELECT count(*) FROM station_events"));
    }
}

}  // namespace
}  // namespace ladestrom::store::sqlite
