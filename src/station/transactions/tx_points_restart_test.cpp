// Transactions that begin early or end late, over restarts and with a store in trouble.
#include "station/test_world/tx_points_of_station.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::station::test {
namespace {

TEST_P(TxPointsOfStation, EnergyThatNobodyWasToldOfBeforeThePowerCut)
{
    World world(config("EnergyTransfer", "Authorized"));
    world.config.interrupted_session = InterruptedSession::resume;
    world.begin();
    world.car_wants(false);
    begin_charging(world, minutes(1));
    world.disk = Disk::slow;
    world.car_wants(true);
    world.pass(seconds(2));
    world.power_cut();
    world.disk = Disk::ok;
    world.begin();
    world.pass(minutes(1));
    world.swipe("TAG-1");
    world.pass(seconds(20));
    expect_complete(world);
}

TEST_P(TxPointsOfStation, WhereNobodyNeedsACardAFailedCommitIsTriedAgain)
{
    World world(config("EVConnected", "EVConnected"));
    world.config.free_charging = true;
    world.begin();
    world.disk = Disk::failing;
    world.plug();
    world.pass(seconds(30));
    EXPECT_FALSE(world.evse().closed);
    world.disk = Disk::ok;
    world.pass(minutes(2));
    EXPECT_TRUE(world.evse().closed);
    world.unplug();
    world.pass(seconds(10));
    EXPECT_TRUE(world.backend.booked.back().stopped);
    expect_nothing_left(world);
}

TEST_P(TxPointsOfStation, AHeldCableIsHeldAlsoAfterAPowerCut)
{
    World world(config("EVConnected", "EVConnected"));
    world.config.interrupted_session = InterruptedSession::resume;
    world.backend.start_status["TAG-1"] = "Blocked";
    world.begin();
    begin_charging(world, minutes(1));
    EXPECT_TRUE(world.evse().locked);
    world.power_cut();
    world.begin();
    world.pass(minutes(1));
    EXPECT_TRUE(world.evse().locked);
    EXPECT_FALSE(world.backend.booked.at(0).stopped) << "the car is still there";
    world.swipe("TAG-1");
    world.pass(seconds(5));
    EXPECT_FALSE(world.evse().locked);
    world.unplug();
    world.pass(seconds(5));
    expect_complete(world);
}

TEST_P(TxPointsOfStation, AfterARestartTheCableIsLockedBeforeTheFirstEnergy)
{
    World world(config("EVConnected", "EVConnected"));
    world.config.interrupted_session = InterruptedSession::resume;
    world.begin();
    world.evse().jammed = true;
    world.plug();
    world.pass(seconds(3));
    world.swipe("TAG-1");
    // The person and the car are on the disk; the lock has not moved yet.
    for (int i = 0; i < 1'000 && !world.durable_session(EvseId(1)); ++i) world.pass(Duration(1));
    ASSERT_TRUE(world.durable_session(EvseId(1)));
    EXPECT_EQ(events(world, R"("eventType":"Ended")"), 0U);
    world.power_cut();
    world.begin();
    world.pass(minutes(1));
    EXPECT_FALSE(world.evse().closed);
    EXPECT_EQ(world.evse().watt_hours(), 0);
}

TEST_P(TxPointsOfStation, EnergyThatHasEndedWhileThePowerWasAwayEndsIt)
{
    World world(config("PowerPathClosed", "EnergyTransfer"));
    world.config.interrupted_session = InterruptedSession::resume;
    world.begin();
    begin_charging(world, minutes(2));
    world.power_cut();
    world.car_wants(false);
    world.begin();
    world.pass(minutes(1));
    EXPECT_EQ(world.backend.booked.at(0).reason, "StoppedByEV");
    expect_complete(world);
}

TEST_P(TxPointsOfStation, ThePowerIsCutAtEveryMoment)
{
    for (const auto policy : {InterruptedSession::resume, InterruptedSession::close}) {
        for (int cut = 0; cut < 5; ++cut) {
            SCOPED_TRACE(cut);
            World world(config("EVConnected,Authorized", "EVConnected"));
            world.config.interrupted_session = policy;
            world.begin();
            const auto moment = [&](int number) {
                if (number != cut) return;
                world.power_cut();
                world.begin();
                world.pass(seconds(40));
            };
            world.swipe("TAG-1");
            world.pass(seconds(5));
            moment(0);
            world.plug();
            world.pass(seconds(1));
            moment(1);
            world.pass(seconds(20));
            if (!world.evse().closed) world.swipe("TAG-1");
            world.pass(seconds(30));
            moment(2);
            world.pass(seconds(30));
            world.swipe("TAG-1");
            world.pass(seconds(5));
            moment(3);
            world.unplug();
            world.pass(seconds(1));
            moment(4);
            world.pass(minutes(1));
            std::int64_t billed = 0;
            // A card without a car is forgotten with the power; else one transaction goes on, or two follow,
            // unless it was over already but for the car.
            const bool one = cut > 2 || (cut > 0 && policy == InterruptedSession::resume);
            EXPECT_EQ(world.backend.booked.size(), one ? 1U : 2U);
            for (const Booked& booked : world.backend.booked) {
                EXPECT_TRUE(booked.stopped);
                EXPECT_TRUE(booked.token == "TAG-1" || booked.meter_stop == booked.meter_start);
                billed += booked.meter_stop - booked.meter_start;
            }
            EXPECT_EQ(billed, world.evse().watt_hours());
            EXPECT_GT(billed, 0);
            expect_nothing_left(world);
        }
    }
}

TEST_P(TxPointsOfStation, WhoWasAwayTooLongDoesNotGoOn)
{
    for (const bool too_long : {false, true}) {
        World world(V2Station::config());
        world.config.keys["TxCtrlr.ResumptionTimeout"] = "600";
        world.begin();
        begin_charging(world, minutes(5));
        world.power_cut();
        world.pass(too_long ? minutes(15) : minutes(5));
        world.begin();
        world.pass(minutes(1));
        EXPECT_EQ(world.backend.booked.at(0).stopped, too_long);
        EXPECT_EQ(world.backend.booked.at(0).reason, too_long ? "PowerLoss" : "");
    }
}

}  // namespace
}  // namespace ladestrom::station::test
