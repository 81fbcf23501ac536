// A commit that was reported as failed stays undone once a later one was reported as durable. In the
// write-ahead log the failed one may stand whole; what follows must not leave it there, even when it changes
// nothing itself.
#include "store/sqlite/testing/fault_vfs.hpp"
#include "store/sqlite/testing/stores.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ladestrom::store::sqlite::testing {
namespace {

constexpr const char* path = "a.db";

DatabaseResult<void> transact(Database& database, const std::string& sql)
{
    auto transaction = Transaction::begin(database);
    if (!transaction) return transaction.error();
    if (auto done = database.execute(sql); !done) return done;
    return transaction->commit();
}

void set_up(FaultVfs& vfs)
{
    auto database = Database::open(path, {.vfs = vfs.name()});
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->execute("CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT)"));
    ASSERT_TRUE(database->execute("INSERT INTO t VALUES (1, 'old')"));
}

// The value after a failed change to 'new', `then`, and a power cut.
std::string value_after(std::uint64_t seed, const std::string& then)
{
    FaultVfs vfs(seed);
    Random random(seed);
    set_up(vfs);
    {
        auto database = Database::open(path, {.vfs = vfs.name()});
        if (!database) return "not opened";
        // The log has begun.
        if (!transact(*database, "INSERT INTO t VALUES (3, 'before')")) return "not begun";
        vfs.add({.call = Call::sync, .nth = 1});
        if (transact(*database, "UPDATE t SET v = 'new' WHERE k = 1")) return "it did not fail";
        vfs.clear_rules();
        if (auto done = transact(*database, then); !done) return done.error().message;
        vfs.cut_power(random);
    }
    vfs.restore_power();
    auto database = Database::open(path, {.vfs = vfs.name()});
    auto row = database->prepare("SELECT v FROM t WHERE k = 1");
    if (!row || !*row->step()) return "nothing";
    return std::string(row->text(0));
}

TEST(FailedCommit, DoesNotComeBackAfterOneThatWritesTheSameAsBefore)
{
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        EXPECT_EQ(value_after(seed, "UPDATE t SET v = 'old' WHERE k = 1"), "old") << "seed " << seed;
    }
}

TEST(FailedCommit, DoesNotComeBackAfterOneThatChangesNothing)
{
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        EXPECT_EQ(value_after(seed, "DELETE FROM t WHERE k = 2"), "old") << "seed " << seed;
    }
}

TEST(FailedCommit, DoesNotComeBackAfterOneElsewhere)
{
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        EXPECT_EQ(value_after(seed, "INSERT INTO t VALUES (2, 'other')"), "old") << "seed " << seed;
    }
}

}  // namespace
}  // namespace ladestrom::store::sqlite::testing
