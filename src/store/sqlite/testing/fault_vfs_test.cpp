// The shim behaves as SQLite's own file system does, but for what it is told to do wrong.
#include "store/sqlite/testing/fault_vfs.hpp"

#include "store/sqlite/testing/stores.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace ladestrom::store::sqlite::testing {
namespace {

using ::testing::HasSubstr;

Database open(const FaultVfs& vfs, OpenOptions options = {})
{
    options.vfs = vfs.name();
    return *Database::open("a.db", options);
}

std::int64_t number(Database& database, const char* sql)
{
    auto statement = database.prepare(sql);
    if (!statement || !*statement->step()) return -1;
    return statement->integer(0);
}

TEST(FaultVfs, ACommitSurvivesAPowerCutAndAnOpenTransactionDoesNot)
{
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        FaultVfs vfs(seed);
        Random random(seed);
        {
            Database database = open(vfs);
            ASSERT_TRUE(database.execute("CREATE TABLE t (i); INSERT INTO t VALUES (1)"));
            ASSERT_TRUE(database.execute("BEGIN; INSERT INTO t VALUES (2)"));
            vfs.cut_power(random);
            EXPECT_FALSE(database.execute("INSERT INTO t VALUES (3); COMMIT"));
        }
        EXPECT_FALSE(Database::open("a.db", {.vfs = vfs.name()})) << "there is no power yet";
        vfs.restore_power();
        Database database = open(vfs);
        EXPECT_EQ(number(database, "SELECT sum(i) FROM t"), 1);
        EXPECT_EQ(number(database, "SELECT count(*) FROM pragma_integrity_check"), 1);
    }
}

TEST(FaultVfs, ConnectionsShareAndExcludeEachOther)
{
    FaultVfs vfs;
    Database writer = open(vfs);
    ASSERT_TRUE(writer.execute("CREATE TABLE t (i); INSERT INTO t VALUES (1)"));
    Database reader = open(vfs, {.read_only = true, .busy_timeout_ms = 0});
    ASSERT_TRUE(writer.execute("BEGIN IMMEDIATE; INSERT INTO t VALUES (2)"));
    EXPECT_EQ(number(reader, "SELECT count(*) FROM t"), 1);
    Database other = open(vfs, {.busy_timeout_ms = 0});
    EXPECT_EQ(other.execute("INSERT INTO t VALUES (3)").error().failure, Failure::locked);
    ASSERT_TRUE(writer.execute("COMMIT"));
    EXPECT_EQ(number(reader, "SELECT count(*) FROM t"), 2);
    EXPECT_TRUE(other.execute("INSERT INTO t VALUES (3)"));
    const auto exclusive =
        Database::open("a.db", {.exclusive = true, .busy_timeout_ms = 0, .vfs = vfs.name()});
    ASSERT_FALSE(exclusive);
    EXPECT_EQ(exclusive.error().failure, Failure::locked);
}

TEST(FaultVfs, TheNthCallOfAKindFails)
{
    FaultVfs vfs;
    Database database = open(vfs);
    ASSERT_TRUE(database.execute("CREATE TABLE t (i)"));
    vfs.add({.call = Call::sync, .nth = 2});
    EXPECT_TRUE(database.execute("INSERT INTO t VALUES (1)"));
    const auto failed = database.execute("INSERT INTO t VALUES (2)");
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().message, HasSubstr("a.db: disk I/O error"));
    EXPECT_TRUE(database.execute("INSERT INTO t VALUES (3)"));
    EXPECT_EQ(vfs.failures(Call::sync), 1U);
    EXPECT_EQ(vfs.failures(), 1U);
    EXPECT_EQ(number(database, "SELECT sum(i) FROM t"), 4);
}

TEST(FaultVfs, AFullDiskIsFullUntilSomethingIsRemoved)
{
    FaultVfs vfs;
    Database database = open(vfs);
    ASSERT_TRUE(database.execute("CREATE TABLE t (i)"));
    vfs.limit_space(vfs.used_bytes() + 100);
    const auto full = database.execute("INSERT INTO t VALUES (1)");
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().failure, Failure::full);
    vfs.limit_space({});
    EXPECT_TRUE(database.execute("INSERT INTO t VALUES (2)"));
    EXPECT_EQ(number(database, "SELECT sum(i) FROM t"), 2);
}

TEST(FaultVfs, PowerGoesInTheMidstOfACall)
{
    FaultVfs vfs;
    Random random(1);
    {
        Database database = open(vfs);
        ASSERT_TRUE(database.execute("CREATE TABLE t (i)"));
        vfs.cut_power_at(2);
        EXPECT_FALSE(database.execute("INSERT INTO t VALUES (1)"));
        EXPECT_FALSE(vfs.powered());
        EXPECT_FALSE(database.execute("INSERT INTO t VALUES (2)"));
        vfs.cut_power(random);
    }
    vfs.restore_power();
    Database database = open(vfs);
    EXPECT_EQ(number(database, "SELECT count(*) FROM t"), 0);
}

TEST(FaultVfs, SynchronousCanBeWeakened)
{
    FaultVfs vfs;
    Database sound = open(vfs);
    EXPECT_EQ(number(sound, "PRAGMA synchronous"), 3);
    vfs.weaken_synchronous('1');
    Database weak = open(vfs);
    EXPECT_EQ(number(weak, "PRAGMA synchronous"), 1);
}

TEST(FaultVfs, AGroupIsCommittedByOneSync)
{
    FaultVfs vfs;
    auto ledger = FaultLedger::open(vfs, [](const std::function<void()>& work) { work(); });
    ASSERT_TRUE(ledger);
    (*ledger)->hold(true);
    int durable = 0;
    for (int i = 0; i < 5; ++i) {
        StationRow row;
        row.id = StationId("S" + std::to_string(i));
        (*ledger)->ledger().commit({PutStation{row}},
                                   [&](const Result<void>& done) { durable += done ? 1 : 0; });
    }
    EXPECT_EQ((*ledger)->waiting(), 5U);
    const std::uint64_t before = vfs.calls(Call::sync);
    (*ledger)->run();
    EXPECT_EQ(vfs.calls(Call::sync), before + 1);
    EXPECT_EQ(durable, 5);
}

}  // namespace
}  // namespace ladestrom::store::sqlite::testing
