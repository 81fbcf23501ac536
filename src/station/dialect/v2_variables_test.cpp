// The device model over 2.0.1 and 2.1: variables asked for, set and reported.
#include "station/test_world/v2_station.hpp"

#include <gmock/gmock.h>

namespace ladestrom::station::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

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

// 1.6 has measurands that 2.x has not, and phases in their lists.
TEST_P(V2Station, TellsOnlyWhatTheVersionHasAWordFor)
{
    World world(config());
    world.config.keys["MeterValuesSampledData"] = "Temperature,Current.Import.L1,Current.Import.L2";
    world.begin();
    EXPECT_THAT(world.ask("GetVariables", R"({"getVariableData":[)" +
                                              variable("SampledDataCtrlr", "TxUpdatedMeasurands") + "]}"),
                HasSubstr(R"("attributeValue":"Current.Import")"));
    world.ask("GetReport",
              R"({"requestId":1,"componentVariable":[{"component":{"name":"SampledDataCtrlr"}}]})");
    world.pass(seconds(2));
    EXPECT_THAT(world.backend.last("NotifyReport"),
                AllOf(HasSubstr("Voltage"), Not(HasSubstr("Temperature"))));
}

TEST_P(V2Station, SetsVariablesForGood)
{
    World world(config());
    world.begin();
    const std::string asked = variable("TxCtrlr", "EVConnectionTimeOut", R"(,"attributeValue":"77")") + "," +
                              variable("TxCtrlr", "EVConnectionTimeOut", R"(,"attributeValue":"soon")") +
                              "," + variable("TxCtrlr", "TxStartPoint", R"(,"attributeValue":"DataSigned")") +
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

TEST_P(V2Station, ListsTakeTheirOwnItemsOnce)
{
    World world(config());
    world.begin();
    const auto set = [&](const std::string& value) {
        const auto data = variable("TxCtrlr", "TxStopPoint", R"(,"attributeValue":")" + value + R"(")");
        const std::string answer = world.ask("SetVariables", R"({"setVariableData":[)" + data + "]}");
        return answer.find("Accepted") != std::string::npos;
    };
    EXPECT_TRUE(set("EVConnected, Authorized"));
    EXPECT_FALSE(set("EVConnected,EVConnected"));
    EXPECT_FALSE(set("ParkingBayOccupancy"));
    EXPECT_FALSE(set("evconnected"));
    EXPECT_FALSE(set(""));
    world.ask("GetReport", R"({"requestId":1,"componentVariable":[{"component":{"name":"TxCtrlr"}}]})");
    world.pass(seconds(2));
    EXPECT_THAT(world.backend.last("NotifyReport"),
                AllOf(HasSubstr(R"("value":"EVConnected,Authorized")"),
                      HasSubstr(R"("valuesList":"EVConnected,Authorized,PowerPathClosed,EnergyTransfer")")));
}

TEST_P(V2Station, TellsWhatItKeepsTo)
{
    World world(config());
    world.config.keys["MeterValueSampleInterval"] = "45";
    world.begin();
    const std::string asked =
        variable("SampledDataCtrlr", "TxEndedInterval") + "," +
        R"({"component":{"name":"OCPPCommCtrlr"},"variable":{"name":"MessageTimeout","instance":"Default"}},)" +
        variable("OCPPCommCtrlr", "RetryBackOffRepeatTimes") + "," +
        R"({"component":{"name":"DeviceDataCtrlr"},"variable":{"name":"BytesPerMessage","instance":"GetVariables"}})";
    const std::string answer = world.ask("GetVariables", R"({"getVariableData":[)" + asked + "]}");
    for (const char* value : {"45", "30", "6", "262144"})
        EXPECT_THAT(answer, HasSubstr(R"("attributeValue":")" + std::string(value) + R"(")"));
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

}  // namespace
}  // namespace ladestrom::station::test
