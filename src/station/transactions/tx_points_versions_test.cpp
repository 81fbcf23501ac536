// What 1.6 is told of a transaction that begins before somebody is identified and a car is there, and how it
// goes on when the version changes.
#include "station/test_world/tx_points_of_station.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::station::test {
namespace {

TEST_P(TxPointsOfStation, In16ItBeginsWithAPersonAndACar)
{
    World world(config("EVConnected", "EVConnected"));
    world.config.versions = {OcppVersion::v1_6};
    world.begin();
    world.plug();
    world.pass(seconds(10));
    EXPECT_EQ(world.backend.count("StartTransaction"), 0U);
    EXPECT_EQ(records(world, "fact/"), 0U);
    world.swipe("TAG-1");
    world.pass(minutes(2));
    EXPECT_EQ(world.backend.count("StartTransaction"), 1U);
    EXPECT_GE(world.backend.count("MeterValues"), 1U);
    world.swipe("TAG-1");
    world.pass(seconds(10));
    EXPECT_EQ(world.backend.count("StopTransaction"), 0U);
    world.unplug();
    world.pass(seconds(10));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_EQ(world.backend.booked[0].reason, "Local");
    EXPECT_EQ(world.backend.booked[0].meter_stop, world.evse().watt_hours());
    expect_nothing_left(world);
}

TEST_P(TxPointsOfStation, In16NothingIsToldOfACarThatNobodyCameFor)
{
    World world(config("EVConnected,Authorized", "EVConnected"));
    world.config.versions = {OcppVersion::v1_6};
    world.begin();
    world.plug();
    world.pass(minutes(1));
    world.unplug();
    world.pass(seconds(10));
    world.swipe("TAG-1");
    world.pass(minutes(2));
    EXPECT_EQ(world.backend.count("StartTransaction"), 0U);
    EXPECT_EQ(world.backend.count("StopTransaction"), 0U);
    expect_nothing_left(world);
}

// Between the versions at any of three moments, there and back.
TEST_P(TxPointsOfStation, TheVersionChangesBeforeAndAfterThePairing)
{
    for (const bool from_16 : {false, true}) {
        for (int change = 0; change < 3; ++change) {
            SCOPED_TRACE(testing::Message() << (from_16 ? "from 1.6, " : "to 1.6, ") << change);
            World world(config("EVConnected", "EVConnected"));
            world.config.versions = {GetParam(), OcppVersion::v1_6};
            world.backend.picks = from_16 ? OcppVersion::v1_6 : GetParam();
            world.begin();
            const auto moment = [&](int number) {
                if (number != change) return;
                world.network(false);
                world.pass(seconds(20));
                world.backend.picks = from_16 ? GetParam() : OcppVersion::v1_6;
                world.network(true);
                world.pass(minutes(1));
            };
            world.plug();
            world.pass(seconds(10));
            moment(0);
            world.swipe("TAG-1");
            world.pass(minutes(1));
            moment(1);
            world.pass(minutes(1));
            world.swipe("TAG-1");
            world.pass(seconds(10));
            moment(2);
            world.unplug();
            world.pass(minutes(1));
            ASSERT_EQ(world.backend.booked.size(), 1U);
            EXPECT_TRUE(world.backend.booked[0].stopped);
            EXPECT_EQ(world.backend.booked[0].token, "TAG-1");
            EXPECT_EQ(world.backend.booked[0].meter_stop, world.evse().watt_hours());
            EXPECT_EQ(world.backend.unknown_stops, 0);
            expect_nothing_left(world);
        }
    }
}

// What 1.6 had no word for has used numbers up.
TEST_P(TxPointsOfStation, NumbersUsedIn16LeaveNoGap)
{
    World world(config("EVConnected", "EVConnected"));
    world.config.versions = {GetParam(), OcppVersion::v1_6};
    world.config.keys["MeterValueSampleInterval"] = "10";
    world.backend.picks = OcppVersion::v1_6;
    world.begin();
    world.plug();
    world.pass(minutes(1));
    world.backend.picks = GetParam();
    world.network(false);
    world.network(true);
    world.pass(minutes(1));
    world.swipe("TAG-1");
    world.pass(minutes(1));
    world.unplug();
    world.pass(seconds(10));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    const auto& numbers = world.backend.booked[0].sequences;
    EXPECT_GT(*numbers.begin(), 0);
    EXPECT_EQ(*numbers.rbegin() - *numbers.begin(), static_cast<std::int64_t>(numbers.size()) - 1);
    expect_nothing_left(world);
}

}  // namespace
}  // namespace ladestrom::station::test
