// Sessions and power cuts (faults F1, F2, F9, F10).
#include "station/test_world/stories.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace ladestrom::station::test {
namespace {

// F1
TEST(PowerCut, BeforeTheStartIsDurable)
{
    World world;
    world.commit_time = seconds(2);
    world.begin();
    world.pass(seconds(20));
    world.plug();
    world.swipe("TAG-1");
    world.pass(Duration(1500));
    ASSERT_TRUE(world.commit_in_flight());
    world.power_cut();
    world.boot();
    world.pass(minutes(2));
    EXPECT_TRUE(world.backend.booked.empty());
    EXPECT_EQ(world.evse().watt_hours(), 0);
}

// F2, F10
TEST(PowerCut, AfterTheStartIsDurable)
{
    World world;
    world.begin();
    world.plug();
    world.backend.silent.insert("StartTransaction");
    world.swipe("TAG-1");
    world.pass(minutes(5));
    world.power_cut();
    world.backend.silent.clear();
    world.boot();
    world.pass(minutes(5));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_FALSE(world.backend.booked[0].stopped);
    EXPECT_TRUE(world.evse().closed);
    world.swipe("TAG-1");
    world.pass(seconds(5));
    EXPECT_EQ(world.backend.booked[0].meter_stop, world.evse().watt_hours());
}

// Between a restart and the hardware's first report nobody's wish is lost.
TEST(PowerCut, ASessionThatIsRecoveringIsStopped)
{
    struct Row {
        std::function<void(World&)> wish;
        const char* reason;
    };
    const Row rows[] = {
        {[](World& world) { world.ask("RemoteStopTransaction", R"({"transactionId":1000})"); }, "Remote"},
        {[](World& world) { world.swipe("TAG-1"); }, "Local"},
        {[](World& world) { world.ask("Reset", R"({"type":"Soft"})"); }, "SoftReset"},
        {[](World& world) { world.ask("Reset", R"({"type":"Hard"})"); }, "HardReset"},
    };
    for (const Row& row : rows) {
        World world;
        world.begin();
        world.plug();
        world.swipe("TAG-1");
        world.pass(minutes(5));
        world.power_cut();
        world.announce_after = seconds(10);
        world.boot();
        world.pass(seconds(3));
        ASSERT_EQ(world.view().connection, ConnectionState::accepted);
        row.wish(world);
        world.pass(minutes(2));
        EXPECT_TRUE(world.backend.booked.at(0).stopped) << row.reason;
        EXPECT_EQ(world.backend.booked.at(0).reason, row.reason);
        EXPECT_EQ(world.backend.booked.at(0).meter_stop, world.evse().watt_hours());
        EXPECT_EQ(world.backend.booked.size(), 1U);
    }
}

TEST(PowerCut, AnOrderlyEndWhileRecoveringLeavesTheSession)
{
    World world;
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(5));
    world.power_cut();
    world.announce_after = seconds(10);
    world.boot();
    world.pass(seconds(3));
    world.shut_down();
    world.pass(seconds(30));
    ASSERT_FALSE(world.running());
    world.boot();
    world.pass(minutes(2));
    EXPECT_FALSE(world.backend.booked.at(0).stopped);
    EXPECT_TRUE(world.evse().closed);
}

// F9, F10 with close: the register after the restart, the last time known before it.
TEST(PowerCut, ClosesTheSessionOnceWithThePresentRegister)
{
    Config config = offline_config();
    config.interrupted_session = InterruptedSession::close;
    World world(config);
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(9) + seconds(50));
    const Instant cut = world.wall();
    world.power_cut();
    world.pass(hours(3));
    world.network(false);
    world.boot();
    world.pass(minutes(1));
    world.power_cut();  // the stop is journalled; this start finds it and makes no other
    world.network(true);
    world.boot();
    world.pass(minutes(5));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    const Booked& booked = world.backend.booked[0];
    EXPECT_EQ(booked.reason, "PowerLoss");
    EXPECT_EQ(booked.meter_stop, world.evse().watt_hours());
    EXPECT_LE(booked.stop_time, cut);
    EXPECT_GE(booked.stop_time, cut - minutes(2));
    EXPECT_EQ(booked.stop_frames, 1);
}

TEST(PowerCut, AResumedSessionWhoseCarIsGoneCloses)
{
    World world;
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(10));
    world.power_cut();
    world.unplug();
    world.pass(minutes(1));
    world.boot();
    world.pass(minutes(1));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_EQ(world.backend.booked[0].reason, "PowerLoss");
}

TEST(PowerCut, FreeChargingGoesOnInANewSession)
{
    Config config = test_config();
    config.free_charging = true;
    config.interrupted_session = InterruptedSession::close;
    World world(config);
    world.begin();
    world.plug();
    world.pass(minutes(5));
    world.power_cut();
    world.boot();
    world.pass(minutes(5));
    ASSERT_EQ(world.backend.booked.size(), 2U);
    EXPECT_EQ(world.backend.booked[0].reason, "PowerLoss");
    EXPECT_TRUE(world.evse().closed);
}

// The car whose session a restart has ended is not the next card's.
TEST(PowerCut, TheCarOfAnEndedSessionIsNotFreeForTheNextCard)
{
    for (const bool reset : {false, true}) {
        Config config = test_config(2);
        config.interrupted_session = InterruptedSession::close;
        World world(config);
        world.begin();
        world.plug();
        world.swipe("TAG-1");
        world.pass(minutes(5));
        if (reset) {
            world.ask("Reset", R"({"type":"Hard"})");
        } else {
            world.power_cut();
            world.boot();
        }
        world.pass(minutes(2));
        ASSERT_TRUE(world.backend.booked.at(0).stopped);
        EXPECT_EQ(world.backend.statuses(1).back(), "Finishing");
        world.swipe("TAG-2", 0);
        world.pass(seconds(10));
        EXPECT_EQ(world.backend.booked.size(), 1U);
        world.plug(2);
        world.pass(seconds(10));
        ASSERT_EQ(world.backend.booked.size(), 2U);
        EXPECT_EQ(world.backend.booked[1].connector, 2);
        world.unplug(1);
        world.pass(seconds(10));
        EXPECT_EQ(world.backend.statuses(1).back(), "Available");
        EXPECT_EQ(records(world, "finishing/"), 0U);
    }
}

}  // namespace
}  // namespace ladestrom::station::test
