// A station of OCPP 2.0.1 and 2.1: what it says, and what the backend's calls do.
#include "station/test_world/stories.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::station::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class V2Station : public testing::TestWithParam<OcppVersion> {
protected:
    Config config(std::size_t evses = 1) const
    {
        Config config = test_config(evses);
        config.versions = {GetParam()};
        return config;
    }
    static std::size_t events(World& world, const std::string& with)
    {
        const auto all = world.backend.all("TransactionEvent");
        return static_cast<std::size_t>(std::ranges::count_if(
            all, [&](const std::string& payload) { return payload.find(with) != std::string::npos; }));
    }
    static std::string name(World& world) { return world.backend.booked.back().name; }
};
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
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(1));
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
    world.plug();
    world.swipe("TAG-1");
    world.pass(seconds(40));
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
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(1));
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

TEST_P(V2Station, NamesThatNoAnswerCanCarryAreRefused)
{
    World world(config());
    world.begin();
    const std::string longest(51, 'x');
    EXPECT_THAT(world.ask("GetVariables", R"({"getVariableData":[{"component":{"name":")" + longest +
                                              R"("},"variable":{"name":"a"}}]})"),
                testing::AnyOf(HasSubstr("PropertyConstraintViolation"), HasSubstr("FormatViolation")));
    EXPECT_THAT(world.ask("GetVariables", R"({"getVariableData":[]})"), HasSubstr("ConstraintViolation"));
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
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(1));
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
    world.plug();
    world.swipe("TAG-1");
    world.pass(seconds(30));
    EXPECT_THAT(trigger("TransactionEvent"), HasSubstr("Accepted"));
    world.pass(seconds(2));
    EXPECT_THAT(world.backend.last("TransactionEvent"),
                AllOf(HasSubstr(R"("triggerReason":"Trigger")"), HasSubstr(R"("chargingState":"Charging")"),
                      HasSubstr("meterValue")));
    EXPECT_TRUE(world.backend.problems.empty()) << world.backend.problems.front();
}

TEST_P(V2Station, ResetsAtOnceAndTellsWhy)
{
    World world(config());
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(1));
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
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(1));
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
        world.plug(number);
        world.swipe("TAG-" + std::to_string(number), number);
        world.pass(seconds(30));
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
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(3));
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
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(3));
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

// ---- device model ---------------------------------------------------------------------------------------

std::string variable(const std::string& component, const std::string& name, const std::string& more = "")
{
    return R"({"component":{"name":")" + component + R"("},"variable":{"name":")" + name + R"("})" + more +
           "}";
}

TEST_P(V2Station, GetsVariables)
{
    World world(config());
    world.begin();
    const std::string asked =
        variable("ocppcommctrlr", "heartbeatinterval") + "," + variable("Nothing", "X") + "," +
        variable("TxCtrlr", "X") + "," +
        variable("TxCtrlr", "EVConnectionTimeOut", R"(,"attributeType":"Target")") + "," +
        variable("SecurityCtrlr", "BasicAuthPassword") + "," + variable("TxCtrlr", "TxStartPoint") + "," +
        R"({"component":{"name":"EVSE","evse":{"id":1}},"variable":{"name":"AvailabilityState"}})";
    const std::string answer = world.ask("GetVariables", R"({"getVariableData":[)" + asked + "]}");
    EXPECT_THAT(answer, HasSubstr(R"("attributeValue":"300")"));
    EXPECT_THAT(answer, HasSubstr("UnknownComponent"));
    EXPECT_THAT(answer, HasSubstr("UnknownVariable"));
    EXPECT_THAT(answer, HasSubstr("NotSupportedAttributeType"));
    EXPECT_THAT(answer, HasSubstr(R"("attributeStatus":"Rejected")"));
    EXPECT_THAT(answer, HasSubstr(R"("attributeValue":"PowerPathClosed")"));
    EXPECT_THAT(answer, HasSubstr(R"("attributeValue":"Available")"));
}

TEST_P(V2Station, SetsVariablesForGood)
{
    World world(config());
    world.begin();
    const std::string asked = variable("TxCtrlr", "EVConnectionTimeOut", R"(,"attributeValue":"77")") + "," +
                              variable("TxCtrlr", "EVConnectionTimeOut", R"(,"attributeValue":"soon")") +
                              "," + variable("TxCtrlr", "TxStartPoint", R"(,"attributeValue":"Authorized")") +
                              "," +
                              variable("SampledDataCtrlr", "TxUpdatedMeasurands",
                                       R"(,"attributeValue":"Energy.Active.Import.Register,Voltage")");
    const std::string answer = world.ask("SetVariables", R"({"setVariableData":[)" + asked + "]}");
    std::vector<std::string> statuses;
    for (auto at = answer.find("attributeStatus"); at != std::string::npos;
         at = answer.find("attributeStatus", at + 1)) {
        statuses.push_back(answer.substr(at + 18, 8));
    }
    EXPECT_THAT(statuses, testing::ElementsAre("Accepted", "Rejected", "Rejected", "Accepted"));
    EXPECT_THAT(answer, HasSubstr(R"("attributeType":"Actual")"));
    world.power_cut();
    world.begin();
    EXPECT_THAT(
        world.ask("GetVariables", R"({"getVariableData":[)" + variable("TxCtrlr", "EVConnectionTimeOut") +
                                      "," + variable("SampledDataCtrlr", "TxUpdatedMeasurands") + "]}"),
        AllOf(HasSubstr(R"("attributeValue":"77")"),
              HasSubstr(R"("attributeValue":"Energy.Active.Import.Register,Voltage")")));
}

TEST_P(V2Station, ThePasswordIsUsedAsItStands)
{
    World world(config());
    world.config.basic_password = "0123456789abcdef";
    world.begin();
    EXPECT_THAT(world.ask("SetVariables", R"({"setVariableData":[)" +
                                              variable("SecurityCtrlr", "BasicAuthPassword",
                                                       R"(,"attributeValue":"a password of its own")") +
                                              "]}"),
                HasSubstr("Accepted"));
    world.backend.password = "a password of its own";
    world.pass(minutes(1));
    EXPECT_EQ(world.view().connection, ConnectionState::accepted);
    EXPECT_GE(world.link_attempts, 2);
}

TEST_P(V2Station, RefusesMoreItemsThanItTakes)
{
    World world(config());
    world.config.keys["GetConfigurationMaxKeys"] = "2";
    world.begin();
    const std::string one = variable("OCPPCommCtrlr", "HeartbeatInterval");
    EXPECT_THAT(world.ask("GetVariables", R"({"getVariableData":[)" + one + "," + one + "," + one + "]}"),
                HasSubstr("OccurrenceConstraintViolation"));
}

TEST_P(V2Station, ReportsInParts)
{
    World world(config(3));
    world.begin();
    EXPECT_THAT(world.ask("GetBaseReport", R"({"requestId":5,"reportBase":"FullInventory"})"),
                HasSubstr("Accepted"));
    world.pass(seconds(5));
    const auto parts = world.backend.all("NotifyReport");
    ASSERT_GE(parts.size(), 2U);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        EXPECT_THAT(parts[i], HasSubstr(R"("seqNo":)" + std::to_string(i)));
        EXPECT_THAT(parts[i], HasSubstr(R"("requestId":5)"));
        EXPECT_EQ(parts[i].find(R"("tbc":true)") != std::string::npos, i + 1 < parts.size());
    }
    EXPECT_THAT(world.ask("GetBaseReport", R"({"requestId":6,"reportBase":"SummaryInventory"})"),
                HasSubstr("Accepted"));
    world.pass(seconds(5));
    EXPECT_THAT(world.backend.last("NotifyReport"),
                AllOf(HasSubstr("AvailabilityState"), Not(HasSubstr("HeartbeatInterval"))));
    EXPECT_THAT(world.ask("GetBaseReport", R"({"requestId":7,"reportBase":"ConfigurationInventory"})"),
                HasSubstr("Accepted"));
    world.pass(seconds(5));
    EXPECT_THAT(world.backend.last("NotifyReport"),
                AllOf(HasSubstr("HeartbeatInterval"), Not(HasSubstr("AvailabilityState")),
                      HasSubstr(R"("mutability":"WriteOnly")")));
    EXPECT_TRUE(world.backend.problems.empty()) << world.backend.problems.front();
}

TEST_P(V2Station, ReportsWhatIsAskedFor)
{
    World world(config(2));
    world.begin();
    const auto report = [&](const std::string& what) {
        const auto answer = world.ask("GetReport", R"({"requestId":1,)" + what + "}");
        world.pass(seconds(2));
        return answer;
    };
    EXPECT_THAT(report(R"("componentVariable":[{"component":{"name":"EVSE","evse":{"id":2}}}])"),
                HasSubstr("Accepted"));
    EXPECT_THAT(world.backend.last("NotifyReport"),
                AllOf(HasSubstr(R"("evse":{"id":2})"), Not(HasSubstr(R"("evse":{"id":1})"))));
    EXPECT_THAT(report(R"("componentVariable":[{"component":{"name":"Nothing"}}])"),
                HasSubstr("EmptyResultSet"));
    EXPECT_THAT(report(R"("componentCriteria":["Problem"])"), HasSubstr("EmptyResultSet"));
    EXPECT_THAT(report(R"("componentCriteria":["Available"],"componentVariable":[{"component":
        {"name":"SmartChargingCtrlr"}}])"),
                HasSubstr("EmptyResultSet"));
    EXPECT_THAT(report(R"("componentVariable":[{"component":{"name":"DeviceDataCtrlr"},"variable":
        {"name":"ItemsPerMessage","instance":"GetReport"}}])"),
                HasSubstr("Accepted"));
    EXPECT_THAT(world.backend.last("NotifyReport"), Not(HasSubstr("SetVariables")));
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
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(1));
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
