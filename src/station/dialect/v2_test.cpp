// A station of OCPP 2.0.1 and 2.1: what it says, and what the backend's calls do.
#include "station/test_world/v2_station.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::station::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

INSTANTIATE_TEST_SUITE_P(Versions, V2Station, testing::Values(OcppVersion::v2_0_1, OcppVersion::v2_1),
                         [](const auto& one) { return one.param == OcppVersion::v2_1 ? "v2_1" : "v2_0_1"; });

TEST_P(V2Station, BootsAndTellsItsConnectors)
{
    World world(config(2));
    world.begin();
    EXPECT_THAT(world.backend.last("BootNotification"),
                AllOf(HasSubstr(R"("reason":"PowerUp")"), HasSubstr(R"("chargingStation":{)")));
    EXPECT_EQ(world.backend.count("StatusNotification"), 2U);
    EXPECT_THAT(world.backend.last("StatusNotification"),
                AllOf(HasSubstr(R"("evseId":2)"), HasSubstr(R"("connectorId":1)"),
                      HasSubstr(R"("connectorStatus":"Available")")));
    world.pass(minutes(6));
    EXPECT_GE(world.backend.count("Heartbeat"), 1U);
    EXPECT_TRUE(world.backend.problems.empty()) << world.backend.problems.front();
    EXPECT_EQ(world.view().version, GetParam());
}

TEST_P(V2Station, TellsATransactionFromBeginToEnd)
{
    World world(config());
    world.begin();
    session(world, minutes(5));
    world.pass(seconds(5));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    const Booked& booked = world.backend.booked[0];
    EXPECT_TRUE(booked.stopped);
    EXPECT_EQ(booked.reason, "Local");
    EXPECT_EQ(booked.stop_token, "TAG-1");
    EXPECT_GT(booked.meter_stop, booked.meter_start);
    EXPECT_EQ(booked.meter_stop, world.evse().watt_hours());
    EXPECT_EQ(*booked.sequences.rbegin(), static_cast<std::int64_t>(booked.sequences.size()) - 1);
    const auto all = world.backend.all("TransactionEvent");
    EXPECT_THAT(all.front(),
                AllOf(HasSubstr(R"("eventType":"Started")"), HasSubstr(R"("triggerReason":"Authorized")"),
                      HasSubstr(R"("chargingState":"EVConnected")"), HasSubstr(R"("seqNo":0)"),
                      Not(HasSubstr("offline"))));
    EXPECT_EQ(events(world, R"("triggerReason":"ChargingStateChanged")"), 1U);
    EXPECT_GE(events(world, R"("triggerReason":"MeterValuePeriodic")"), 4U);
    EXPECT_THAT(all.back(), HasSubstr(R"("triggerReason":"StopAuthorized")"));
    EXPECT_LE(booked.name.size(), 36U);
    EXPECT_TRUE(world.backend.problems.empty()) << world.backend.problems.front();
    EXPECT_EQ(records(world, "fact/"), 0U);
    EXPECT_EQ(records(world, "session/"), 0U);
}

TEST_P(V2Station, TheEndTellsWhatIsLeft)
{
    World world(config());
    world.begin();
    session(world, minutes(2));
    EXPECT_THAT(world.backend.last("TransactionEvent"), HasSubstr(R"("chargingState":"EVConnected")"));
    begin_charging(world, minutes(1));
    world.unplug();
    world.pass(seconds(5));
    EXPECT_THAT(
        world.backend.last("TransactionEvent"),
        AllOf(HasSubstr(R"("triggerReason":"EVCommunicationLost")"), HasSubstr(R"("chargingState":"Idle")")));
}

TEST_P(V2Station, UnpluggedInMidTransactionItIsIdleUntilTheCarIsBack)
{
    World world(config());
    world.config.keys["StopTransactionOnEVSideDisconnect"] = "false";
    world.begin();
    begin_charging(world, seconds(40));
    world.unplug();
    world.pass(seconds(5));
    EXPECT_THAT(world.backend.last("TransactionEvent"),
                AllOf(HasSubstr(R"("triggerReason":"EVCommunicationLost")"),
                      HasSubstr(R"("chargingState":"Idle")"), HasSubstr("Updated")));
    world.plug();
    world.pass(seconds(20));
    EXPECT_EQ(events(world, R"("triggerReason":"CablePluggedIn")"), 1U);
    EXPECT_THAT(world.backend.last("TransactionEvent"), HasSubstr(R"("chargingState":"Charging")"));
}

TEST_P(V2Station, IdentifiedFirstThePlugIsWhatStarts)
{
    World world(config());
    world.begin();
    world.swipe("TAG-1");
    world.pass(seconds(5));
    world.plug();
    world.pass(seconds(20));
    EXPECT_THAT(world.backend.all("TransactionEvent").front(),
                HasSubstr(R"("triggerReason":"CablePluggedIn")"));
}

TEST_P(V2Station, ABlockedTokenIsHeardAlsoInAnAnswerThatIsWrongElsewhere)
{
    World world(config());
    world.begin();
    world.backend.mangle = [](const std::string& action, const std::string& payload) {
        return action == "TransactionEvent"
                   ? R"({"idTokenInfo":{"status":"Blocked","cacheExpiryDateTime":"soon"}})"
                   : payload;
    };
    begin_charging(world, minutes(1));
    EXPECT_EQ(world.backend.booked.at(0).reason, "DeAuthorized");
}

TEST_P(V2Station, AfterALongTimeOfflineEveryConnectorIsTold)
{
    World world(config(2));
    world.begin();
    EXPECT_EQ(world.backend.count("StatusNotification"), 2U);
    world.network(false);
    world.pass(minutes(1));
    world.network(true);
    world.pass(minutes(5));
    EXPECT_EQ(world.backend.count("StatusNotification"), 2U);
    world.network(false);
    world.pass(minutes(6));
    world.network(true);
    world.pass(minutes(5));
    EXPECT_EQ(world.backend.count("StatusNotification"), 4U);
}

TEST_P(V2Station, AnEvseReturnsToWhatItWas)
{
    World world(config(2));
    world.begin();
    world.ask("ChangeAvailability", R"({"operationalStatus":"Inoperative","evse":{"id":2}})");
    world.ask("ChangeAvailability", R"({"operationalStatus":"Inoperative"})");
    world.pass(seconds(2));
    EXPECT_FALSE(world.evse_view(1).operative);
    world.ask("ChangeAvailability", R"({"operationalStatus":"Operative"})");
    world.pass(seconds(2));
    EXPECT_TRUE(world.evse_view(1).operative);
    EXPECT_FALSE(world.evse_view(2).operative);
}

TEST_P(V2Station, ACarThatWaitsIsNotToldAsGone)
{
    World world(config());
    world.begin();
    world.plug();
    world.pass(seconds(5));
    world.ask("ChangeAvailability", R"({"operationalStatus":"Inoperative"})");
    world.pass(seconds(5));
    const auto statuses = world.backend.all("StatusNotification");
    EXPECT_THAT(statuses.back(), HasSubstr("Unavailable"));
    EXPECT_EQ(statuses.size(), 3U);
}

TEST_P(V2Station, AResetIsAnsweredWhateverTheStoreDoes)
{
    World world(config());
    world.begin();
    world.disk = Disk::failing;
    EXPECT_THAT(world.ask("Reset", R"({"type":"Immediate"})"), HasSubstr("Accepted"));
    world.pass(minutes(1));
    EXPECT_EQ(world.restarts.size(), 1U);
}

TEST_P(V2Station, ReportsOccupiedOnce)
{
    World world(config());
    world.begin();
    session(world, minutes(2));
    world.pass(seconds(5));
    const auto statuses = world.backend.all("StatusNotification");
    ASSERT_EQ(statuses.size(), 3U);
    EXPECT_THAT(statuses[1], HasSubstr("Occupied"));
    EXPECT_THAT(statuses[2], HasSubstr("Available"));
}

TEST_P(V2Station, TellsWhatHappenedOffline)
{
    World world(config());
    world.config.keys["AllowOfflineTxForUnknownId"] = "true";
    world.begin();
    world.network(false);
    session(world, minutes(3));
    world.network(true);
    world.pass(minutes(5));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_TRUE(world.backend.booked[0].stopped);
    EXPECT_EQ(events(world, R"("offline":true)"), world.backend.count("TransactionEvent"));
}

TEST_P(V2Station, StartsAndStopsAtTheBackendsWish)
{
    World world(config());
    world.begin();
    world.plug();
    const std::string wish =
        R"({"idToken":{"idToken":"REMOTE-TOKEN-OF-36-CHARACTERS-ABCDEF","type":"Central"},"remoteStartId":4711})";
    EXPECT_THAT(world.ask("RequestStartTransaction", wish), HasSubstr("Accepted"));
    world.pass(seconds(50));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_EQ(events(world, R"("remoteStartId":4711)"), 1U);
    EXPECT_EQ(events(world, R"("triggerReason":"RemoteStart")"), 1U);
    EXPECT_THAT(world.ask("GetTransactionStatus", R"({"transactionId":")" + name(world) + R"("})"),
                AllOf(HasSubstr(R"("ongoingIndicator":true)"), HasSubstr(R"("messagesInQueue":false)")));
    EXPECT_THAT(world.ask("RequestStopTransaction", R"({"transactionId":"nobody's"})"),
                HasSubstr("Rejected"));
    EXPECT_THAT(world.ask("RequestStopTransaction", R"({"transactionId":")" + name(world) + R"("})"),
                HasSubstr("Accepted"));
    world.pass(seconds(10));
    EXPECT_TRUE(world.backend.booked[0].stopped);
    EXPECT_EQ(world.backend.booked[0].reason, "Remote");
    EXPECT_THAT(world.ask("GetTransactionStatus", R"({})"),
                AllOf(Not(HasSubstr("ongoingIndicator")), HasSubstr(R"("messagesInQueue":false)")));
    EXPECT_THAT(world.ask("GetTransactionStatus", R"({"transactionId":"nobody's"})"),
                HasSubstr(R"("ongoingIndicator":false)"));
}

// The backend made a central token itself (2.1 part 2, C05.FR.01).
TEST_P(V2Station, AsksForTokensThatAreNotTheBackendsOwn)
{
    for (const auto& [type, asked] : {std::pair{"Central", 0U}, std::pair{"ISO14443", 1U}}) {
        World world(config());
        world.config.keys["AuthorizeRemoteTxRequests"] = "true";
        world.begin();
        world.plug();
        world.ask("RequestStartTransaction",
                  std::string(R"({"remoteStartId":1,"idToken":{"idToken":"T","type":")") + type + R"("}})");
        world.pass(seconds(20));
        EXPECT_EQ(world.backend.count("Authorize"), asked) << type;
        EXPECT_TRUE(world.evse().closed);
    }
}

TEST_P(V2Station, APendingStationRejectsStartAndStop)
{
    World world(config());
    world.backend.registration = "Pending";
    world.begin();
    world.plug();
    EXPECT_THAT(world.ask("RequestStartTransaction",
                          R"({"idToken":{"idToken":"T","type":"Central"},"remoteStartId":1})"),
                HasSubstr("Rejected"));
    EXPECT_THAT(world.ask("GetVariables", R"({"getVariableData":[{"component":{"name":"OCPPCommCtrlr"},
        "variable":{"name":"HeartbeatInterval"}}]})"),
                HasSubstr("Accepted"));
}

TEST_P(V2Station, ChangesAvailabilityOfStationEvseAndConnector)
{
    World world(config(2));
    world.begin();
    EXPECT_THAT(world.ask("ChangeAvailability",
                          R"({"operationalStatus":"Inoperative","evse":{"id":2,"connectorId":1}})"),
                HasSubstr("Accepted"));
    EXPECT_THAT(world.ask("ChangeAvailability",
                          R"({"operationalStatus":"Inoperative","evse":{"id":2,"connectorId":2}})"),
                HasSubstr("Rejected"));
    EXPECT_THAT(world.ask("ChangeAvailability", R"({"operationalStatus":"Inoperative","evse":{"id":9}})"),
                HasSubstr("Rejected"));
    world.pass(seconds(2));
    EXPECT_THAT(world.backend.last("StatusNotification"), HasSubstr("Unavailable"));
    world.power_cut();
    world.begin();
    EXPECT_FALSE(world.evse_view(2).operative);
    EXPECT_TRUE(world.evse_view(1).operative);
    EXPECT_THAT(world.ask("ChangeAvailability", R"({"operationalStatus":"Inoperative"})"),
                HasSubstr("Accepted"));
    world.pass(seconds(2));
    EXPECT_FALSE(world.evse_view(1).operative);
}

TEST_P(V2Station, NoLockIsOpenedUnderATransaction)
{
    World world(config());
    world.begin();
    EXPECT_THAT(world.ask("UnlockConnector", R"({"evseId":1,"connectorId":2})"),
                HasSubstr("UnknownConnector"));
    EXPECT_THAT(world.ask("UnlockConnector", R"({"evseId":1,"connectorId":1})"), HasSubstr("Unlocked"));
    begin_charging(world, minutes(1));
    EXPECT_THAT(world.ask("UnlockConnector", R"({"evseId":1,"connectorId":1})"),
                HasSubstr("OngoingAuthorizedTransaction"));
    EXPECT_TRUE(world.evse_view().session);
}

TEST_P(V2Station, SendsWhatIsTriggered)
{
    World world(config());
    world.begin();
    const auto trigger = [&](const std::string& what) {
        return world.ask("TriggerMessage", R"({"requestedMessage":")" + what + R"("})");
    };
    EXPECT_THAT(trigger("BootNotification"), HasSubstr("Rejected"));
    EXPECT_THAT(trigger("TransactionEvent"), HasSubstr("Rejected"));
    EXPECT_THAT(trigger("LogStatusNotification"), HasSubstr("NotImplemented"));
    EXPECT_THAT(trigger("Heartbeat"), HasSubstr("Accepted"));
    EXPECT_THAT(trigger("StatusNotification"), HasSubstr("Accepted"));
    EXPECT_THAT(trigger("MeterValues"), HasSubstr("Accepted"));
    world.pass(seconds(2));
    EXPECT_EQ(world.backend.count("Heartbeat"), 1U);
    EXPECT_EQ(world.backend.count("StatusNotification"), 2U);
    EXPECT_THAT(world.backend.last("MeterValues"), HasSubstr(R"("context":"Trigger")"));
    begin_charging(world, seconds(30));
    EXPECT_THAT(trigger("TransactionEvent"), HasSubstr("Accepted"));
    world.pass(seconds(2));
    EXPECT_THAT(world.backend.last("TransactionEvent"),
                AllOf(HasSubstr(R"("triggerReason":"Trigger")"), HasSubstr(R"("chargingState":"Charging")"),
                      HasSubstr("meterValue")));
    EXPECT_TRUE(world.backend.problems.empty()) << world.backend.problems.front();
}

TEST_P(V2Station, TriggeredMeterValuesAreTheAlignedOnes)
{
    World world(config());
    world.config.keys["MeterValuesAlignedData"] = "Voltage";
    world.begin();
    EXPECT_THAT(world.ask("TriggerMessage", R"({"requestedMessage":"MeterValues"})"), HasSubstr("Accepted"));
    world.pass(seconds(2));
    EXPECT_THAT(world.backend.last("MeterValues"),
                AllOf(HasSubstr(R"("measurand":"Voltage")"), Not(HasSubstr("Energy"))));
}

TEST_P(V2Station, ResetsAtOnceAndTellsWhy)
{
    World world(config());
    world.begin();
    begin_charging(world, minutes(1));
    EXPECT_THAT(world.ask("Reset", R"({"type":"Immediate"})"), HasSubstr("Accepted"));
    world.pass(minutes(2));
    EXPECT_EQ(world.restarts.size(), 1U);
    EXPECT_TRUE(world.backend.booked.at(0).stopped);
    EXPECT_EQ(world.backend.booked[0].reason, "ImmediateReset");
    EXPECT_THAT(world.backend.last("BootNotification"), HasSubstr(R"("reason":"RemoteReset")"));
    world.power_cut();
    world.begin();
    EXPECT_THAT(world.backend.last("BootNotification"), HasSubstr(R"("reason":"PowerUp")"));
}

TEST_P(V2Station, ResetsOnceItIsIdle)
{
    World world(config());
    world.begin();
    begin_charging(world, minutes(1));
    EXPECT_THAT(world.ask("Reset", R"({"type":"OnIdle"})"), HasSubstr("Scheduled"));
    world.pass(minutes(1));
    EXPECT_TRUE(world.restarts.empty());
    EXPECT_TRUE(world.evse().closed);
    world.swipe("TAG-1");
    world.pass(minutes(1));
    EXPECT_EQ(world.restarts.size(), 1U);
    EXPECT_EQ(world.backend.booked.at(0).reason, "Local");
    EXPECT_THAT(world.backend.last("BootNotification"), HasSubstr(R"("reason":"RemoteReset")"));
    EXPECT_THAT(world.ask("Reset", R"({"type":"OnIdle"})"), HasSubstr("Accepted"));
}

TEST_P(V2Station, ResetsOneEvseAlone)
{
    World world(config(2));
    world.begin();
    for (const int number : {1, 2}) {
        begin_charging(world, seconds(30), number);
    }
    EXPECT_THAT(world.ask("Reset", R"({"type":"OnIdle","evseId":2})"), HasSubstr("Scheduled"));
    EXPECT_THAT(world.ask("Reset", R"({"type":"Immediate","evseId":1})"), HasSubstr("Accepted"));
    EXPECT_THAT(world.ask("Reset", R"({"type":"Immediate","evseId":3})"), HasSubstr("Rejected"));
    world.pass(seconds(20));
    EXPECT_TRUE(world.restarts.empty());
    EXPECT_EQ(world.backend.booked.at(0).reason, "ImmediateReset");
    EXPECT_FALSE(world.backend.booked.at(1).stopped);
    world.swipe("TAG-1", 1);
    world.pass(seconds(20));
    EXPECT_EQ(world.backend.booked.size(), 3U) << "the EVSE is of use again";
}

TEST_P(V2Station, ATransactionOutlivesAPowerCut)
{
    World world(config());
    world.config.interrupted_session = InterruptedSession::resume;
    world.begin();
    begin_charging(world, minutes(3));
    world.power_cut();
    world.begin();
    world.pass(minutes(3));
    world.swipe("TAG-1");
    world.pass(seconds(10));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_TRUE(world.backend.booked[0].stopped);
    EXPECT_EQ(events(world, R"("triggerReason":"TxResumed")"), GetParam() == OcppVersion::v2_1 ? 1U : 0U);
    EXPECT_EQ(*world.backend.booked[0].sequences.rbegin(),
              static_cast<std::int64_t>(world.backend.booked[0].sequences.size()) - 1);
}

TEST_P(V2Station, OrClosesWithPowerLoss)
{
    World world(config());
    world.config.interrupted_session = InterruptedSession::close;
    world.begin();
    begin_charging(world, minutes(3));
    world.power_cut();
    world.begin();
    world.pass(minutes(1));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_EQ(world.backend.booked[0].reason, "PowerLoss");
}

TEST_P(V2Station, AnUnusableAnswerToAStartIsAnAnswer)
{
    World world(config());
    world.begin();
    world.backend.mangle = [](const std::string& action, const std::string& payload) {
        return action == "TransactionEvent" ? R"({"idTokenInfo":{"status":"Fine"}})" : payload;
    };
    session(world, minutes(2));
    world.pass(minutes(5));
    EXPECT_EQ(world.backend.booked.at(0).start_frames, 1);
    EXPECT_TRUE(world.backend.booked[0].stopped);
}

TEST_P(V2Station, KnowsTheActionsOfItsVersion)
{
    World world(config());
    world.begin();
    EXPECT_THAT(world.ask("ChangeConfiguration", R"({"key":"a","value":"b"})"), HasSubstr("NotImplemented"));
    EXPECT_THAT(world.ask("SetDisplayMessage", R"({})"), HasSubstr("NotSupported"));
    EXPECT_THAT(world.ask("ClearTariffs", R"({})"),
                HasSubstr(GetParam() == OcppVersion::v2_1 ? "NotSupported" : "NotImplemented"));
    EXPECT_THAT(world.ask("DataTransfer", R"({"vendorId":"x"})"), HasSubstr("UnknownVendorId"));
    EXPECT_THAT(world.ask("ClearCache", R"({})"), HasSubstr("Rejected"));
}

TEST(V21Station, DoesNotResumeWhatItWouldClose)
{
    World world(test_config());
    world.config.versions = {OcppVersion::v2_1};
    world.config.interrupted_session = InterruptedSession::close;
    world.begin();
    EXPECT_THAT(world.ask("Reset", R"({"type":"ImmediateAndResume"})"), HasSubstr("Rejected"));
}

TEST(V21Station, ResumesAfterAReset)
{
    World world(test_config());
    world.config.versions = {OcppVersion::v2_1};
    world.config.interrupted_session = InterruptedSession::resume;
    world.begin();
    begin_charging(world, minutes(1));
    EXPECT_THAT(world.ask("Reset", R"({"type":"ImmediateAndResume"})"), HasSubstr("Accepted"));
    world.pass(minutes(2));
    EXPECT_EQ(world.restarts.size(), 1U);
    EXPECT_THAT(world.backend.last("BootNotification"), HasSubstr(R"("reason":"RemoteReset")"));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_FALSE(world.backend.booked[0].stopped);
    EXPECT_TRUE(world.evse().closed);
    const auto all = world.backend.all("TransactionEvent");
    EXPECT_TRUE(std::ranges::any_of(all, [](const std::string& payload) {
        return payload.find(R"("triggerReason":"ResetCommand")") != std::string::npos;
    }));
}

}  // namespace
}  // namespace ladestrom::station::test
