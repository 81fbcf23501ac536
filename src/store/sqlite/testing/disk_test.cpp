// The disk forgets what it may forget, and nothing else.
#include "store/sqlite/testing/disk.hpp"

#include <gtest/gtest.h>

#include <set>

namespace ladestrom::store::sqlite::testing {
namespace {

TEST(Disk, WhatIsSyncedStays)
{
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        Random random(seed);
        Disk disk;
        auto file = disk.create("f");
        file->write(0, std::string(2000, 'a'));
        file->sync();
        disk.sync_directory();
        file->write(700, std::string(600, 'b'));
        file->truncate(100);
        disk.cut_power(random);
        ASSERT_EQ(disk.find("f"), file);
        EXPECT_EQ(file->content().substr(0, 100), std::string(100, 'a'));
    }
}

TEST(Disk, WhatIsNotSyncedIsKeptLostOrTornAtASector)
{
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        Random random(seed);
        DiskFile file;
        file.write(0, std::string(4 * sector_bytes, 'a'));
        file.sync();
        file.write(sector_bytes / 2, std::string(2 * sector_bytes, 'b'));
        file.cut_power(random);
        ASSERT_EQ(file.size(), 4 * sector_bytes);
        // One letter for each sector that the write touched.
        std::string outcome;
        for (std::int64_t at : {sector_bytes - 1, 2 * sector_bytes - 1, 2 * sector_bytes})
            outcome += file.content()[static_cast<std::size_t>(at)];
        EXPECT_EQ(file.content().substr(0, sector_bytes / 2), std::string(sector_bytes / 2, 'a'));
        outcomes.insert(outcome);
    }
    EXPECT_EQ(outcomes, (std::set<std::string>{"aaa", "aab", "aba", "abb", "baa", "bab", "bba", "bbb"}));
}

TEST(Disk, ALaterWriteMayOutliveAnEarlierOne)
{
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Random random(seed);
        DiskFile file;
        file.write(0, "--");
        file.sync();
        file.write(0, "a");
        file.write(1, "b");
        file.cut_power(random);
        outcomes.insert(std::string(file.content()));
    }
    EXPECT_EQ(outcomes, (std::set<std::string>{"--", "a-", "-b", "ab"}));
}

TEST(Disk, AFailedSyncWritesSomeAndTheNextOneTheRest)
{
    std::set<std::string> after_failure;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Random random(seed);
        DiskFile file;
        file.write(0, "a");
        file.fail_sync(random);
        EXPECT_EQ(file.content(), "a");
        DiskFile cut = file;
        cut.cut_power(random);
        after_failure.insert(std::string(cut.content()));
        file.sync();
        file.cut_power(random);
        EXPECT_EQ(file.content(), "a");
    }
    EXPECT_EQ(after_failure.size(), 2U) << "there, or not";
}

TEST(Disk, NamesAreDurableWithTheirDirectory)
{
    std::set<std::size_t> outcomes;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        Random random(seed);
        Disk disk;
        disk.create("kept");
        disk.sync_directory();
        disk.create("new");
        disk.remove("kept");
        disk.cut_power(random);
        outcomes.insert(disk.names().size());
    }
    EXPECT_EQ(outcomes, (std::set<std::size_t>{0, 1, 2}));
}

}  // namespace
}  // namespace ladestrom::store::sqlite::testing
