// Sessions from start to stop, online: what begins them and every reason that ends them.
#include "station/test_world/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::station::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A session that has run for ten minutes.
void charge(World& world, const std::string& token = "TAG-1", int evse = 1)
{
    world.begin();
    world.plug(evse);
    world.pass(seconds(2));
    world.swipe(token, evse);
    world.pass(minutes(10));
    ASSERT_TRUE(world.evse(evse).closed);
}

void expect_stopped(const World& world, const std::string& reason)
{
    ASSERT_EQ(world.backend.booked.size(), 1U);
    const Booked& booked = world.backend.booked[0];
    EXPECT_TRUE(booked.stopped);
    EXPECT_EQ(booked.reason, reason);
    EXPECT_EQ(booked.meter_stop, world.evses()[0].watt_hours());
    EXPECT_FALSE(world.evses()[0].closed);
}

std::string transaction_of(const World& world)
{
    return R"({"transactionId":)" + std::to_string(world.backend.booked.at(0).id) + "}";
}

TEST(Transactions, PlugFirstThenCard)
{
    World world;
    world.begin();
    world.plug();
    world.pass(seconds(5));
    EXPECT_EQ(world.evse().indication, hardware::Indication::waiting_for_authorization);
    world.swipe("TAG-1");
    world.pass(minutes(60));
    EXPECT_EQ(world.evse().indication, hardware::Indication::charging);
    ASSERT_NE(world.backend.only(), nullptr);
    EXPECT_TRUE(world.evse().locked);
    world.swipe("TAG-1");
    world.pass(seconds(5));
    expect_stopped(world, "Local");
    const Booked& booked = *world.backend.only();
    EXPECT_EQ(booked.token, "TAG-1");
    EXPECT_EQ(booked.stop_token, "TAG-1");
    EXPECT_GT(booked.meter_stop, 10'900);
    EXPECT_NEAR(static_cast<double>(booked.registers.size()), 59, 1);
    EXPECT_EQ(world.evse().indication, hardware::Indication::finished_unplug);
    EXPECT_FALSE(world.evse().locked);
    world.unplug();
    world.pass(seconds(5));
    EXPECT_EQ(world.evse().indication, hardware::Indication::available);
    EXPECT_THAT(world.backend.statuses(1),
                ElementsAre("Available", "Preparing", "Charging", "Finishing", "Available"));
    EXPECT_EQ(world.backend.count("Authorize"), 1U);
}

TEST(Transactions, CardFirstThenPlug)
{
    World world;
    world.begin();
    world.swipe("TAG-1");
    world.pass(seconds(10));
    EXPECT_THAT(world.backend.statuses(1), ElementsAre("Available", "Preparing"));
    world.plug();
    world.pass(seconds(10));
    EXPECT_EQ(world.backend.booked.size(), 1U);
    EXPECT_TRUE(world.evse().closed);
}

TEST(Transactions, CardFirstTimesOut)
{
    World world;
    world.config.keys["ConnectionTimeOut"] = "30";
    world.begin();
    world.swipe("TAG-1");
    world.pass(seconds(40));
    EXPECT_THAT(world.backend.statuses(1), ElementsAre("Available", "Preparing", "Available"));
    world.plug();
    world.pass(minutes(1));
    EXPECT_TRUE(world.backend.booked.empty());
}

TEST(Transactions, TheCableIsLockedAndTheStartDurableBeforeEnergy)
{
    World world;
    world.commit_time = seconds(20);
    world.begin();
    world.plug();
    world.pass(minutes(1));
    world.swipe("TAG-1");
    world.pass(seconds(10));
    EXPECT_TRUE(world.evse().locked);
    EXPECT_EQ(world.evse().offered, Amperes{0});
    EXPECT_EQ(world.backend.count("StartTransaction"), 0U);
    world.pass(minutes(2));
    EXPECT_TRUE(world.evse().closed);
    EXPECT_EQ(world.backend.count("StartTransaction"), 1U);
}

TEST(Transactions, AJammedLockStartsNothing)
{
    World world;
    world.begin();
    world.evse().jammed = true;
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(1));
    EXPECT_TRUE(world.backend.booked.empty());
    EXPECT_THAT(world.backend.last("StatusNotification"), HasSubstr("ConnectorLockFailure"));
    world.evse().jammed = false;
    world.unplug();
    world.pass(seconds(5));
    EXPECT_EQ(world.backend.statuses(1).back(), "Available");
}

TEST(StopReason, Remote)
{
    World world;
    charge(world);
    EXPECT_THAT(world.ask("RemoteStopTransaction", transaction_of(world)), HasSubstr("Accepted"));
    world.pass(seconds(5));
    expect_stopped(world, "Remote");
    EXPECT_THAT(world.ask("RemoteStopTransaction", transaction_of(world)), HasSubstr("Rejected"));
}

TEST(StopReason, EvDisconnected)
{
    World world;
    charge(world);
    world.unplug();
    world.pass(seconds(5));
    expect_stopped(world, "EVDisconnected");
    EXPECT_FALSE(world.evse().locked);
    EXPECT_THAT(world.backend.statuses(1),
                ElementsAre("Available", "Preparing", "Charging", "SuspendedEV", "Finishing", "Available"));
    const auto reports = world.backend.all("StatusNotification");
    EXPECT_THAT(reports[reports.size() - 2], HasSubstr("EV side disconnected"));
}

TEST(StopReason, TheNextCarAfterADepartureIsANewOne)
{
    World world(test_config(2));
    charge(world);
    world.unplug();
    world.pass(Duration(700));
    world.plug();
    world.pass(seconds(5));
    EXPECT_EQ(world.backend.statuses(1).back(), "Preparing");
    world.swipe("TAG-2", 0);
    world.pass(seconds(10));
    EXPECT_EQ(world.backend.booked.size(), 2U);
}

TEST(StopReason, EvDisconnectedKeepsTheCableUntilTheOwnerReturns)
{
    World world;
    world.config.keys["UnlockConnectorOnEVSideDisconnect"] = "false";
    charge(world);
    world.unplug();
    world.pass(minutes(3));
    expect_stopped(world, "EVDisconnected");
    EXPECT_TRUE(world.evse().locked);
    EXPECT_EQ(world.backend.statuses(1).back(), "Finishing");
    EXPECT_THAT(world.backend.last("StatusNotification"), HasSubstr("EV side disconnected"));
    world.swipe("TAG-2");
    world.pass(seconds(5));
    EXPECT_TRUE(world.evse().locked);
    world.swipe("TAG-1");
    world.pass(seconds(5));
    EXPECT_FALSE(world.evse().locked);
    EXPECT_EQ(world.backend.statuses(1).back(), "Available");
}

TEST(StopReason, AHeldCableOutlivesAPowerCutAndTheGroupMayTakeIt)
{
    for (const char* const taker : {"TAG-1", "TAG-2", "TAG-3"}) {
        World world(test_config(2));
        world.config.keys["UnlockConnectorOnEVSideDisconnect"] = "false";
        world.backend.parents["TAG-1"] = "FAMILY";
        world.backend.parents["TAG-2"] = "FAMILY";
        charge(world);
        world.unplug();
        world.pass(minutes(1));
        world.power_cut();
        world.boot();
        world.pass(minutes(1));
        EXPECT_TRUE(world.evse().locked);
        EXPECT_EQ(world.backend.statuses(1).back(), "Finishing");
        world.swipe(taker);
        world.pass(seconds(5));
        const bool stranger = taker == std::string("TAG-3");
        EXPECT_EQ(world.evse().locked, stranger);
        EXPECT_EQ(world.backend.statuses(1).back(), stranger ? "Finishing" : "Available");
        EXPECT_EQ(world.disk_content().contains("finishing/1"), stranger);
    }
}

TEST(StopReason, UnpluggingOnlySuspendsWhenSoConfigured)
{
    World world;
    world.config.keys["StopTransactionOnEVSideDisconnect"] = "false";
    charge(world);
    world.unplug();
    world.pass(minutes(5));
    EXPECT_FALSE(world.evse().closed);
    EXPECT_TRUE(world.evse().locked);
    EXPECT_EQ(world.backend.statuses(1).back(), "SuspendedEV");
    EXPECT_THAT(world.backend.last("StatusNotification"), HasSubstr("EV side disconnected"));
    world.plug();
    world.pass(minutes(5));
    EXPECT_TRUE(world.evse().closed);
    EXPECT_EQ(world.backend.booked.size(), 1U);
    EXPECT_FALSE(world.backend.booked[0].stopped);
}

TEST(StopReason, UnlockCommand)
{
    World world;
    charge(world);
    EXPECT_THAT(world.ask("UnlockConnector", R"({"connectorId":1})"), HasSubstr(R"("status":"Unlocked")"));
    expect_stopped(world, "UnlockCommand");
    EXPECT_FALSE(world.evse().locked);
}

TEST(StopReason, ALockThatDoesNotOpenIsReported)
{
    World world;
    charge(world);
    world.evse().jammed = true;
    world.swipe("TAG-1");
    world.pass(seconds(5));
    expect_stopped(world, "Local");
    EXPECT_THAT(world.backend.last("StatusNotification"), HasSubstr("ConnectorLockFailure"));
}

TEST(StopReason, Faults)
{
    struct Row {
        hardware::FaultChanged fault;
        const char* reason;
    };
    const Row rows[] = {
        {{.evse = EvseId(1), .error = ConnectorError::power_meter_failure}, "Other"},
        {{.evse = EvseId(1), .error = ConnectorError::ground_failure}, "Other"},
        {{.evse = EvseId(1), .error = ConnectorError::over_current_failure}, "Other"},
        {{.evse = EvseId(0), .error = ConnectorError::other_error, .emergency_stop = true}, "EmergencyStop"},
        {{.evse = EvseId(0), .error = ConnectorError::other_error, .critical = false, .emergency_stop = true},
         "EmergencyStop"},
    };
    for (const Row& row : rows) {
        World world;
        charge(world);
        world.fault(row.fault);
        world.pass(seconds(5));
        expect_stopped(world, row.reason);
        EXPECT_EQ(world.backend.statuses(1).back(), "Faulted");
        world.swipe("TAG-2");
        world.pass(minutes(2));
        EXPECT_EQ(world.backend.booked.size(), 1U);
    }
}

TEST(StopReason, AWarningStopsNothing)
{
    World world;
    charge(world);
    world.fault(
        {.evse = EvseId(1), .error = ConnectorError::high_temperature, .critical = false, .info = "72 C"});
    world.pass(minutes(2));
    EXPECT_TRUE(world.evse().closed);
    EXPECT_THAT(world.backend.last("StatusNotification"), HasSubstr("HighTemperature"));
    EXPECT_THAT(world.backend.last("StatusNotification"), HasSubstr("Charging"));
}

// F28
TEST(StopReason, DeAuthorizedByTheAnswerToTheStart)
{
    World world;
    world.backend.start_status["TAG-1"] = "Blocked";
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(2));
    expect_stopped(world, "DeAuthorized");
    EXPECT_LE(world.evse().watt_hours(), 1);
    EXPECT_TRUE(world.evse().locked);
    world.swipe("TAG-1");
    world.pass(seconds(3));
    EXPECT_FALSE(world.evse().locked);
}

TEST(StopReason, RefusedStartsOnlySuspendWhenSoConfigured)
{
    World world;
    world.config.keys["StopTransactionOnInvalidId"] = "false";
    world.backend.start_status["TAG-1"] = "Invalid";
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(10));
    EXPECT_FALSE(world.evse().closed);
    EXPECT_LE(world.evse().watt_hours(), 1);
    EXPECT_EQ(world.backend.statuses(1).back(), "SuspendedEVSE");
    world.power_cut();
    world.boot();
    world.pass(minutes(10));
    EXPECT_FALSE(world.evse().closed);
    EXPECT_LE(world.evse().watt_hours(), 1);
}

TEST(StopReason, SomeEnergyForARefusedStart)
{
    World world;
    world.config.keys["MaxEnergyOnInvalidId"] = "500";
    world.backend.start_status["TAG-1"] = "Expired";
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(10));
    expect_stopped(world, "DeAuthorized");
    EXPECT_NEAR(static_cast<double>(world.evse().watt_hours()), 500, 10);
}

TEST(Transactions, TheSameCarCanChargeAgain)
{
    World world;
    charge(world);
    world.swipe("TAG-1");
    world.pass(minutes(1));
    world.swipe("TAG-2");
    world.pass(minutes(5));
    ASSERT_EQ(world.backend.booked.size(), 2U);
    EXPECT_EQ(world.backend.booked[1].meter_start, world.backend.booked[0].meter_stop);
    EXPECT_TRUE(world.evse().closed);
}

TEST(Transactions, ACarThatPausesIsSuspendedEv)
{
    World world;
    charge(world);
    world.car_wants(false);
    world.pass(minutes(1));
    EXPECT_FALSE(world.evse().closed);
    EXPECT_EQ(world.backend.statuses(1).back(), "SuspendedEV");
    world.car_wants(true);
    world.pass(minutes(1));
    EXPECT_TRUE(world.evse().closed);
    EXPECT_EQ(world.backend.statuses(1).back(), "Charging");
}

TEST(Transactions, FreeChargingNeedsNoCard)
{
    World world;
    world.config.free_charging = true;
    world.begin();
    world.plug();
    world.pass(minutes(5));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_EQ(world.backend.booked[0].token, "no-card");
    EXPECT_EQ(world.backend.count("Authorize"), 0U);
    world.unplug();
    world.pass(minutes(1));
    expect_stopped(world, "EVDisconnected");
}

TEST(Transactions, AContactorThatDoesNotOpenEndsTheSessionAndBlocksTheNext)
{
    World world;
    charge(world);
    world.evse().welded = true;
    world.swipe("TAG-1");
    world.pass(seconds(20));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_TRUE(world.backend.booked[0].stopped);
    EXPECT_THAT(world.backend.last("StatusNotification"), HasSubstr("PowerSwitchFailure"));
    world.swipe("TAG-2");
    world.pass(minutes(1));
    EXPECT_EQ(world.backend.booked.size(), 1U);
}

}  // namespace
}  // namespace ladestrom::station::test
