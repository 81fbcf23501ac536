// The SQLite wrapper: values go through unchanged, transactions roll back, failures name file and fix.
#include "store/sqlite/database.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace ladestrom::store::sqlite {
namespace {

using testing::HasSubstr;

class DatabaseTest : public testing::Test {
protected:
    DatabaseTest()
    {
        std::string pattern = testing::TempDir() + "ladestrom-XXXXXX";
        directory_ = mkdtemp(pattern.data());
    }
    ~DatabaseTest() override { std::filesystem::remove_all(directory_); }
    std::string file(const std::string& name) const { return directory_ + "/" + name; }

    std::string directory_;
};

TEST_F(DatabaseTest, ValuesComeBackUnchanged)
{
    auto database = Database::open(file("a.db"));
    ASSERT_TRUE(database) << database.error().message;
    ASSERT_TRUE(database->execute("CREATE TABLE t (i INTEGER, r REAL, s TEXT, b BLOB, n TEXT)"));
    auto insert = database->prepare("INSERT INTO t VALUES (?,?,?,?,?)");
    ASSERT_TRUE(insert);
    std::string bytes("\0\xff\n", 3);
    insert->bind(1, INT64_MIN).bind(2, 0.1).bind(3, std::string_view("")).bind_blob(4, bytes);
    ASSERT_TRUE(insert->bind(5, std::optional<std::int64_t>()).run());
    auto select = database->prepare("SELECT * FROM t");
    ASSERT_TRUE(select);
    ASSERT_TRUE(*select->step());
    EXPECT_EQ(select->integer(0), INT64_MIN);
    EXPECT_EQ(select->real(1), 0.1);
    EXPECT_FALSE(select->is_null(2));
    EXPECT_EQ(select->text(2), "");
    EXPECT_EQ(select->text(3), bytes);
    EXPECT_TRUE(select->is_null(4));
    EXPECT_FALSE(*select->step());
}

TEST_F(DatabaseTest, ATransactionThatIsDroppedRollsBack)
{
    auto database = Database::open(file("a.db"));
    ASSERT_TRUE(database && database->execute("CREATE TABLE t (i INTEGER)"));
    {
        auto transaction = Transaction::begin(*database);
        ASSERT_TRUE(transaction && database->execute("INSERT INTO t VALUES (1)"));
    }
    {
        auto transaction = Transaction::begin(*database);
        ASSERT_TRUE(transaction && database->execute("INSERT INTO t VALUES (2)"));
        ASSERT_TRUE(transaction->commit());
    }
    auto select = database->prepare("SELECT i FROM t");
    ASSERT_TRUE(select && *select->step());
    EXPECT_EQ(select->integer(0), 2);
    EXPECT_FALSE(*select->step());
}

TEST_F(DatabaseTest, MigrationsRunOnceAndANewerFileIsRefused)
{
    std::string_view first[] = {"CREATE TABLE t (i INTEGER)"};
    std::string_view both[] = {first[0], "ALTER TABLE t ADD COLUMN j INTEGER"};
    {
        auto database = Database::open(file("a.db"));
        ASSERT_TRUE(database && database->migrate(first) && database->migrate(first));
        ASSERT_TRUE(database->execute("INSERT INTO t VALUES (7)"));
    }
    auto database = Database::open(file("a.db"));
    ASSERT_TRUE(database && database->migrate(both));
    auto select = database->prepare("SELECT i, j FROM t");
    ASSERT_TRUE(select && *select->step());
    EXPECT_EQ(select->integer(0), 7);
    select->reset();
    auto refused = database->migrate(first);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().failure, Failure::newer_schema);
    EXPECT_THAT(refused.error().message, HasSubstr("schema 2, known is 1"));
}

TEST_F(DatabaseTest, AnExclusiveDatabaseRefusesASecondOwner)
{
    OpenOptions exclusive{.exclusive = true, .busy_timeout_ms = 0};
    auto first = Database::open(file("a.db"), exclusive);
    ASSERT_TRUE(first) << first.error().message;
    auto second = Database::open(file("a.db"), exclusive);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().failure, Failure::locked);
    EXPECT_THAT(second.error().message, HasSubstr(file("a.db")));
    EXPECT_THAT(second.error().message, HasSubstr("in use by another process"));
}

TEST_F(DatabaseTest, AMissingDirectoryIsNamed)
{
    auto database = Database::open(file("missing/a.db"));
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().failure, Failure::not_writable);
    EXPECT_THAT(database.error().message, HasSubstr("missing/a.db"));
    EXPECT_THAT(database.error().message, HasSubstr("No such file or directory"));
}

TEST_F(DatabaseTest, AFileOfAnotherKindIsNamed)
{
    std::ofstream(file("a.db")) << std::string(4096, 'x');
    auto database = Database::open(file("a.db"));
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().failure, Failure::not_a_database);
    EXPECT_THAT(database.error().message, HasSubstr("is not an SQLite database"));
}

TEST_F(DatabaseTest, AStatementThatFailsSaysWhy)
{
    auto database = Database::open(":memory:");
    ASSERT_TRUE(database && database->execute("CREATE TABLE t (i INTEGER UNIQUE)"));
    ASSERT_TRUE(database->execute("INSERT INTO t VALUES (1)"));
    auto twice = database->execute("INSERT INTO t VALUES (1)");
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().failure, Failure::constraint);
    EXPECT_FALSE(database->prepare("SELECT nonsense FROM t"));
}

}  // namespace
}  // namespace ladestrom::store::sqlite
