// Where a transaction begins and ends, by TxStartPoint and TxStopPoint (2.1 part 2, E01 and E06).
#include "station/test_world/tx_points_of_station.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::station::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

INSTANTIATE_TEST_SUITE_P(Versions, TxPointsOfStation, testing::Values(OcppVersion::v2_0_1, OcppVersion::v2_1),
                         [](const auto& one) { return one.param == OcppVersion::v2_1 ? "v2_1" : "v2_0_1"; });

TEST_P(TxPointsOfStation, TheCarsTimeAtThePlug)
{
    World world(config("EVConnected", "EVConnected"));
    world.begin();
    world.plug();
    world.pass(seconds(10));
    EXPECT_THAT(event(world, 0),
                AllOf(HasSubstr("Started"), HasSubstr(R"("triggerReason":"CablePluggedIn")"),
                      HasSubstr(R"("chargingState":"EVConnected")"), Not(HasSubstr("idToken"))));
    world.swipe("TAG-1");
    world.pass(minutes(2));
    EXPECT_THAT(event(world, 1), AllOf(HasSubstr("Updated"), HasSubstr(R"("triggerReason":"Authorized")"),
                                       HasSubstr("TAG-1")));
    EXPECT_TRUE(world.evse().closed);
    world.swipe("TAG-1");
    world.pass(seconds(5));
    EXPECT_FALSE(world.evse().closed);
    EXPECT_THAT(newest(world), AllOf(HasSubstr("Updated"), HasSubstr(R"("triggerReason":"StopAuthorized")"),
                                     HasSubstr(R"("chargingState":"EVConnected")"), HasSubstr("TAG-1")));
    world.pass(minutes(1));
    EXPECT_FALSE(world.backend.booked.at(0).stopped);
    world.unplug();
    world.pass(seconds(10));
    EXPECT_THAT(newest(world), AllOf(HasSubstr("Ended"), HasSubstr(R"("chargingState":"Idle")"),
                                     HasSubstr(R"("triggerReason":"EVCommunicationLost")"),
                                     HasSubstr(R"("stoppedReason":"Local")")));
    expect_complete(world);
}

TEST_P(TxPointsOfStation, ACarThatNobodyCameFor)
{
    World world(config("EVConnected,Authorized", "EVConnected"));
    world.begin();
    world.plug();
    world.pass(minutes(3));
    world.unplug();
    world.pass(seconds(10));
    EXPECT_THAT(newest(world), AllOf(HasSubstr("Ended"), HasSubstr(R"("stoppedReason":"EVDisconnected")")));
    expect_complete(world);
    EXPECT_EQ(world.backend.booked.at(0).token, "");
}

TEST_P(TxPointsOfStation, ACardWithoutACar)
{
    World world(config("Authorized", "Authorized"));
    world.begin();
    world.swipe("TAG-1");
    world.pass(seconds(5));
    EXPECT_THAT(event(world, 0), AllOf(HasSubstr("Started"), HasSubstr(R"("triggerReason":"Authorized")"),
                                       HasSubstr(R"("chargingState":"Idle")"), HasSubstr("TAG-1")));
    world.pass(minutes(2));
    EXPECT_THAT(newest(world),
                AllOf(HasSubstr("Ended"), HasSubstr(R"("triggerReason":"EVConnectTimeout")"),
                      HasSubstr(R"("stoppedReason":"Timeout")"), HasSubstr(R"("chargingState":"Idle")")));
    expect_complete(world);
}

TEST_P(TxPointsOfStation, ACardThatIsTakenBack)
{
    World world(config("Authorized", "EVConnected"));
    world.begin();
    world.swipe("TAG-1");
    world.pass(seconds(5));
    world.swipe("TAG-1");
    world.pass(seconds(5));
    EXPECT_THAT(newest(world), AllOf(HasSubstr("Ended"), HasSubstr(R"("triggerReason":"StopAuthorized")"),
                                     HasSubstr(R"("stoppedReason":"Local")")));
    expect_complete(world);
}

TEST_P(TxPointsOfStation, ACardBeforeTheCar)
{
    World world(config("EVConnected,Authorized", "EVConnected,Authorized"));
    world.begin();
    world.swipe("TAG-1");
    world.pass(seconds(10));
    world.plug();
    world.pass(minutes(2));
    EXPECT_THAT(event(world, 1), AllOf(HasSubstr("Updated"), HasSubstr(R"("triggerReason":"CablePluggedIn")"),
                                       HasSubstr(R"("chargingState":"EVConnected")")));
    world.swipe("TAG-1");
    world.pass(seconds(5));
    EXPECT_THAT(newest(world), AllOf(HasSubstr("Ended"), HasSubstr(R"("triggerReason":"StopAuthorized")")));
    expect_complete(world);
}

TEST_P(TxPointsOfStation, OnlyEnergyCounts)
{
    World world(config("EnergyTransfer", "EnergyTransfer"));
    world.begin();
    world.car_wants(false);
    begin_charging(world, minutes(2));
    EXPECT_EQ(world.backend.count("TransactionEvent"), 0U);
    EXPECT_EQ(records(world, "session/"), 1U);
    world.car_wants(true);
    world.pass(minutes(2));
    EXPECT_THAT(event(world, 0),
                AllOf(HasSubstr("Started"), HasSubstr(R"("triggerReason":"ChargingStateChanged")"),
                      HasSubstr(R"("chargingState":"Charging")"), HasSubstr("TAG-1")));
    world.car_wants(false);
    world.pass(seconds(10));
    EXPECT_THAT(newest(world), AllOf(HasSubstr("Ended"), HasSubstr(R"("stoppedReason":"StoppedByEV")"),
                                     HasSubstr(R"("triggerReason":"ChargingStateChanged")")));
    world.unplug();
    world.pass(seconds(10));
    expect_complete(world);
}

TEST_P(TxPointsOfStation, WithoutEnergyThereWasNothing)
{
    World world(config("EnergyTransfer", "Authorized"));
    world.begin();
    world.car_wants(false);
    begin_charging(world, minutes(2));
    world.swipe("TAG-1");
    world.pass(seconds(5));
    world.unplug();
    world.pass(seconds(10));
    EXPECT_EQ(world.backend.count("TransactionEvent"), 0U);
    expect_nothing_left(world);
}

TEST_P(TxPointsOfStation, ARemoteStopLeavesTheCarItsTransaction)
{
    World world(config("PowerPathClosed", "EVConnected"));
    world.begin();
    begin_charging(world, minutes(1));
    const std::string stop = R"({"transactionId":")" + name(world) + R"("})";
    EXPECT_THAT(world.ask("RequestStopTransaction", stop), HasSubstr("Accepted"));
    world.pass(seconds(10));
    EXPECT_FALSE(world.evse().closed);
    EXPECT_EQ(events(world, R"("triggerReason":"RemoteStop")"), 1U);
    EXPECT_EQ(events(world, R"("eventType":"Ended")"), 0U);
    EXPECT_THAT(world.ask("RequestStopTransaction", stop), HasSubstr("Accepted"));
    world.unplug();
    world.pass(seconds(10));
    EXPECT_THAT(newest(world), AllOf(HasSubstr("Ended"), HasSubstr(R"("stoppedReason":"Remote")")));
    expect_complete(world);
}

TEST_P(TxPointsOfStation, ARemoteStartAuthorizesTheTransactionOfTheCar)
{
    World world(config("EVConnected", "EVConnected"));
    world.begin();
    world.plug();
    world.pass(seconds(5));
    world.ask("RequestStartTransaction", R"({"idToken":{"idToken":"T","type":"Central"},"remoteStartId":7})");
    world.pass(minutes(1));
    EXPECT_THAT(event(world, 1), AllOf(HasSubstr("Updated"), HasSubstr(R"("triggerReason":"RemoteStart")"),
                                       HasSubstr(R"("remoteStartId":7)")));
    world.unplug();
    world.pass(seconds(10));
    expect_complete(world);
}

// 2.1 part 2, C01.FR.23 and F02.FR.26.
TEST_P(TxPointsOfStation, WhileTheCarStaysNobodyElseChargesThere)
{
    World world(config("EVConnected", "EVConnected"));
    world.backend.parents["TAG-1"] = world.backend.parents["TAG-2"] = "FAMILY";
    world.begin();
    begin_charging(world, minutes(1));
    world.swipe("TAG-2");
    world.pass(seconds(10));
    EXPECT_EQ(events(world, R"("triggerReason":"StopAuthorized")"), 1U) << "the group may stop it";
    world.swipe("TAG-2");
    world.pass(seconds(10));
    EXPECT_FALSE(world.evse().closed);
    EXPECT_THAT(world.ask("RequestStartTransaction",
                          R"({"evseId":1,"idToken":{"idToken":"T","type":"Central"},"remoteStartId":7})"),
                HasSubstr("Rejected"));
    world.unplug();
    world.pass(seconds(10));
    expect_complete(world);
    begin_charging(world, minutes(1));
    EXPECT_TRUE(world.evse().closed);
}

TEST_P(TxPointsOfStation, ABlockedTokenEndsTheChargingAndNotTheTransaction)
{
    World world(config("EVConnected", "EVConnected"));
    world.backend.start_status["TAG-1"] = "Blocked";
    world.begin();
    begin_charging(world, minutes(1));
    EXPECT_FALSE(world.evse().closed);
    EXPECT_EQ(events(world, R"("triggerReason":"Deauthorized")"), 1U);
    EXPECT_EQ(events(world, R"("eventType":"Ended")"), 0U);
    world.unplug();
    world.pass(seconds(5));
    EXPECT_THAT(newest(world), HasSubstr(R"("stoppedReason":"DeAuthorized")"));
    expect_complete(world);
}

hardware::FaultChanged ground_fault(bool there)
{
    return {.evse = EvseId(1),
            .error = there ? ConnectorError::ground_failure : ConnectorError::no_error,
            .info = "",
            .vendor_error_code = ""};
}
TEST_P(TxPointsOfStation, AFaultEndsItAtOnceBeforeAndAfterTheCharging)
{
    World world(config("EVConnected", "EVConnected"));
    world.begin();
    world.plug();
    world.pass(seconds(5));
    for (const bool charged : {false, true}) {
        if (charged) {
            world.swipe("TAG-1");
            world.pass(minutes(1));
            world.swipe("TAG-1");
            world.pass(seconds(5));
        }
        world.fault(ground_fault(true));
        world.pass(seconds(5));
        EXPECT_THAT(newest(world), AllOf(HasSubstr("Ended"), HasSubstr(R"("stoppedReason":"GroundFault")"),
                                         HasSubstr(R"("triggerReason":"AbnormalCondition")")));
        world.fault(ground_fault(false));
        world.pass(seconds(5));
        EXPECT_EQ(world.backend.booked.size(), charged ? 2U : 1U) << "one transaction for each plug and card";
    }
    expect_nothing_left(world);
}

TEST_P(TxPointsOfStation, AResetEndsWhatOnlyTheCarKeeps)
{
    for (const bool at_once : {false, true}) {
        World world(config("EVConnected", "EVConnected"));
        world.begin();
        begin_charging(world, minutes(1));
        world.swipe("TAG-1");
        if (!at_once) world.pass(seconds(5));
        EXPECT_THAT(world.ask("Reset", R"({"type":"Immediate"})"), HasSubstr("Accepted"));
        world.pass(seconds(20));
        EXPECT_EQ(world.restarts.size(), 1U) << at_once;
        EXPECT_EQ(world.backend.booked.at(0).reason, "ImmediateReset") << at_once;
        EXPECT_EQ(events(world, R"("triggerReason":"ResetCommand")"), 1U) << at_once;
    }
}

// G03, B12: what is scheduled waits for the transaction's end.
TEST_P(TxPointsOfStation, WhatIsScheduledWaitsForIt)
{
    for (const char* call : {"ChangeAvailability", "Reset"}) {
        World world(config("Authorized", "Authorized"));
        world.begin();
        world.swipe("TAG-1");
        world.pass(seconds(5));
        const bool reset = std::string_view(call) == "Reset";
        EXPECT_THAT(
            world.ask(call, reset ? R"({"type":"OnIdle"})" : R"({"operationalStatus":"Inoperative"})"),
            HasSubstr("Scheduled"));
        world.pass(seconds(5));
        world.plug();
        world.pass(minutes(1));
        EXPECT_TRUE(world.evse().closed) << call;
        world.swipe("TAG-1");
        world.pass(minutes(1));
        EXPECT_EQ(world.restarts.size(), reset ? 1U : 0U);
        EXPECT_TRUE(reset || !world.evse_view().operative);
        expect_complete(world);
    }
}

TEST_P(TxPointsOfStation, ARefusedTokenEndsItWithoutACar)
{
    World world(config("Authorized", "Authorized"));
    world.backend.start_status["TAG-1"] = "Blocked";
    world.begin();
    world.swipe("TAG-1");
    world.pass(seconds(5));
    EXPECT_THAT(newest(world), AllOf(HasSubstr("Ended"), HasSubstr(R"("triggerReason":"Deauthorized")"),
                                     HasSubstr(R"("stoppedReason":"DeAuthorized")")));
    expect_complete(world);
}

TEST_P(TxPointsOfStation, ARemoteStopOfACarThatNobodyChargesEndsNothing)
{
    World world(config("EVConnected", "EVConnected"));
    world.begin();
    world.plug();
    world.pass(seconds(5));
    world.ask("RequestStopTransaction", R"({"transactionId":")" + name(world) + R"("})");
    world.pass(seconds(5));
    EXPECT_THAT(newest(world), AllOf(HasSubstr("Updated"), HasSubstr(R"("triggerReason":"RemoteStop")")));
    world.swipe("TAG-1");
    world.pass(minutes(1));
    EXPECT_TRUE(world.evse().closed);
    world.unplug();
    world.pass(seconds(5));
    expect_complete(world);
}

TEST_P(TxPointsOfStation, ACardFirstAndTheTransactionBeginsWithTheCar)
{
    World world(config("EVConnected", "EVConnected"));
    world.begin();
    world.evse().jammed = true;
    world.swipe("TAG-1");
    world.pass(seconds(10));
    EXPECT_EQ(world.backend.count("TransactionEvent"), 0U);
    world.plug();
    world.pass(seconds(2));
    EXPECT_THAT(event(world, 0), AllOf(HasSubstr("Started"), HasSubstr("TAG-1"),
                                       HasSubstr(R"("triggerReason":"CablePluggedIn")")));
    world.pass(minutes(1));
    EXPECT_THAT(newest(world), AllOf(HasSubstr("Ended"), HasSubstr(R"("stoppedReason":"Other")")))
        << "the cable cannot be locked";
    expect_nothing_left(world);
}

TEST_P(TxPointsOfStation, EachOfTwoCarsHasItsOwnAtAReaderThatTheyShare)
{
    World world(with_points(V2Station::config(2), "EVConnected", "EVConnected"));
    world.begin();
    world.plug(1);
    world.pass(seconds(5));
    world.plug(2);
    world.pass(seconds(5));
    ASSERT_EQ(world.backend.booked.size(), 2U);
    world.swipe("TAG-1", 0);
    world.pass(seconds(20));
    world.swipe("TAG-2", 0);
    world.pass(minutes(1));
    EXPECT_EQ(world.backend.booked[0].token, "TAG-1");
    EXPECT_EQ(world.backend.booked[1].token, "TAG-2");
    EXPECT_TRUE(world.evse(1).closed && world.evse(2).closed);
    world.unplug(1);
    world.unplug(2);
    world.pass(seconds(10));
    EXPECT_TRUE(world.backend.booked[0].stopped && world.backend.booked[1].stopped);
    expect_nothing_left(world);
}

TEST_P(TxPointsOfStation, UnpluggingEndsItWhereTheStopPointSaysSo)
{
    World world(config("PowerPathClosed", "PowerPathClosed"));
    world.config.keys["StopTransactionOnEVSideDisconnect"] = "false";
    world.begin();
    begin_charging(world, minutes(1));
    world.unplug();
    world.pass(seconds(5));
    expect_complete(world);
}

TEST_P(TxPointsOfStation, ItIsSampledAlsoWhileNothingFlows)
{
    World world(config("EVConnected", "EVConnected"));
    world.begin();
    world.plug();
    world.pass(minutes(3));
    EXPECT_GE(events(world, R"("triggerReason":"MeterValuePeriodic")"), 2U);
}

}  // namespace
}  // namespace ladestrom::station::test
