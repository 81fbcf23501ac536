// The rest of the door: connection, configuration, remote control, limits, and what Config refuses.
#include "station/link/backoff.hpp"
#include "station/test_world/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::station::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Link, PausesGrowAreBoundedAndStartAnew)
{
    World world;
    world.network(false);
    world.boot();
    world.pass(hours(1));
    std::vector<Duration> pauses;
    for (std::size_t i = 1; i < world.link_attempt_times.size(); ++i) {
        pauses.push_back(world.link_attempt_times[i] - world.link_attempt_times[i - 1]);
    }
    ASSERT_GE(pauses.size(), 10U);
    EXPECT_LE(pauses[0], seconds(5));
    EXPECT_GT(pauses[5], pauses[0] * 4);
    for (const Duration pause : pauses) EXPECT_LE(pause, minutes(5));
    world.network(true);
    world.pass(minutes(10));
    ASSERT_EQ(world.view().connection, ConnectionState::accepted);
    const Tick lost = world.now();
    world.network(false);
    world.network(true);
    world.pass(seconds(10));
    EXPECT_LE(world.link_attempt_times.back() - lost, seconds(5));
}

TEST(Link, JitterSpreadsStations)
{
    std::set<Duration> waits;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Random random(seed);
        const Duration wait = backoff({seconds(4), minutes(4)}, 0, random);
        EXPECT_GE(wait, seconds(2));
        EXPECT_LE(wait, seconds(4));
        waits.insert(wait);
    }
    EXPECT_GT(waits.size(), 15U);
}

TEST(Link, ASilentBackendIsLeft)
{
    World world;
    world.begin();
    world.backend.silent = {"Heartbeat", "StatusNotification"};
    world.ask("TriggerMessage", R"({"requestedMessage":"Heartbeat"})");
    world.plug();
    world.pass(minutes(3));
    EXPECT_GE(world.link_attempts, 2);
}

TEST(Link, CarriesCredentialsAndPingInterval)
{
    World world;
    world.config.basic_password = "0123456789abcdef";
    world.config.keys["WebSocketPingInterval"] = "30";
    world.begin();
    const auto* open = std::get_if<OpenLink>(&*std::ranges::find_if(
        world.actions, [](const Action& action) { return std::holds_alternative<OpenLink>(action); }));
    ASSERT_NE(open, nullptr);
    EXPECT_EQ(open->basic_user, "TEST-1");
    EXPECT_EQ(open->basic_password, "0123456789abcdef");
    EXPECT_EQ(open->ping_interval, seconds(30));
    EXPECT_EQ(open->url, world.config.url);
    world.ask("ChangeConfiguration", R"({"key":"WebSocketPingInterval","value":"15"})");
    world.pass(seconds(1));
    const auto pings = std::ranges::find_if(
        world.actions, [](const Action& action) { return std::holds_alternative<SetPingInterval>(action); });
    ASSERT_NE(pings, world.actions.end());
    EXPECT_EQ(std::get<SetPingInterval>(*pings).interval, seconds(15));
}

TEST(Configuration, IsReadChangedAndKept)
{
    World world;
    world.begin();
    EXPECT_THAT(world.ask("GetConfiguration", "{}"), HasSubstr("SupportedFeatureProfiles"));
    EXPECT_THAT(world.ask("GetConfiguration", R"({"key":["Nonsense"]})"),
                HasSubstr(R"("unknownKey":["Nonsense"])"));
    // Tolerated in the request, but the answer keeps to the standard's 50 characters.
    EXPECT_THAT(world.ask("GetConfiguration", R"({"key":[")" + std::string(60, 'N') + R"("]})"),
                HasSubstr(R"("unknownKey":[")" + std::string(50, 'N') + R"("])"));
    EXPECT_THAT(world.ask("ChangeConfiguration", R"({"key":"Nonsense","value":"1"})"),
                HasSubstr("NotSupported"));
    EXPECT_THAT(world.ask("ChangeConfiguration", R"({"key":"NumberOfConnectors","value":"3"})"),
                HasSubstr("Rejected"));
    EXPECT_THAT(world.ask("ChangeConfiguration", R"({"key":"ConnectionTimeOut","value":"x"})"),
                HasSubstr("Rejected"));
    EXPECT_THAT(world.ask("ChangeConfiguration", R"({"key":"ConnectionTimeOut","value":"77"})"),
                HasSubstr("Accepted"));
    world.power_cut();
    world.boot();
    world.pass(seconds(3));
    EXPECT_THAT(world.ask("GetConfiguration", R"({"key":["ConnectionTimeOut"]})"),
                HasSubstr(R"("value":"77")"));
}

TEST(Configuration, ANewPasswordOpensANewConnection)
{
    World world;
    world.config.basic_password = "0123456789abcdef";
    world.begin();
    EXPECT_THAT(world.ask("ChangeConfiguration",
                          R"({"key":"AuthorizationKey","value":"30313233343536373839414243444546"})"),
                HasSubstr("Accepted"));
    world.pass(seconds(10));
    std::string password;
    for (const Action& action : world.actions) {
        if (const auto* open = std::get_if<OpenLink>(&action)) password = open->basic_password;
    }
    EXPECT_EQ(password, "0123456789ABCDEF");
    EXPECT_EQ(world.view().connection, ConnectionState::accepted);
}

TEST(Configuration, FollowsWhatTheHardwareHas)
{
    Config config = test_config(2);
    for (EvseConfig& evse : config.evses) evse.capabilities.has_lock = false;
    World world(config);
    world.begin();
    EXPECT_THAT(world.ask("GetConfiguration", R"({"key":["UnlockConnectorOnEVSideDisconnect"]})"),
                HasSubstr(R"("readonly":true,"value":"false")"));
    EXPECT_THAT(world.ask("ChangeConfiguration", R"({"key":"MeterValuesSampledData","value":"SoC"})"),
                HasSubstr("Rejected"));
    EXPECT_THAT(world.ask("GetConfiguration", R"({"key":["MeterValuesSampledData"]})"),
                testing::Not(HasSubstr("SoC")));
}

// A01.FR.04: the backend that did not get our answer goes on with the old one.
TEST(Configuration, ANewPasswordWhoseAnswerWasLostLocksNobodyOut)
{
    for (const bool power_cut : {false, true}) {
        World world;
        world.config.basic_password = "0123456789abcdef";
        world.backend.password = "0123456789abcdef";
        world.begin();
        world.receive(world.backend.change_password("0123456789ABCDEF"));
        world.pass(Duration(6));  // durable, and the answer is on the way
        world.network(false);
        ASSERT_EQ(world.backend.password, "0123456789abcdef");
        if (power_cut) {
            world.power_cut();
            world.boot();
        }
        world.network(true);
        world.pass(minutes(3));
        ASSERT_EQ(world.view().connection, ConnectionState::accepted);
        // The backend tries again, and now the answer arrives.
        world.receive(world.backend.change_password("fedcba9876543210"));
        world.pass(minutes(3));
        EXPECT_EQ(world.backend.password, "fedcba9876543210");
        EXPECT_EQ(world.view().connection, ConnectionState::accepted);
        EXPECT_FALSE(world.disk_content().contains("password/previous"));
    }
}

TEST(Trigger, KnowsWhatItSends)
{
    World world;
    world.begin();
    const auto trigger = [&](const std::string& message) {
        return world.ask("TriggerMessage", R"({"requestedMessage":")" + message + R"("})");
    };
    EXPECT_THAT(trigger("BootNotification"), HasSubstr("Rejected"));
    EXPECT_THAT(trigger("Heartbeat"), HasSubstr("Accepted"));
    EXPECT_THAT(trigger("StatusNotification"), HasSubstr("Accepted"));
    EXPECT_THAT(trigger("DiagnosticsStatusNotification"), HasSubstr("NotImplemented"));
    EXPECT_THAT(trigger("FirmwareStatusNotification"), HasSubstr("NotImplemented"));
    EXPECT_THAT(trigger("Nonsense"), HasSubstr("PropertyConstraintViolation"));
    EXPECT_THAT(world.ask("TriggerMessage", R"({"requestedMessage":"StatusNotification","connectorId":5})"),
                HasSubstr("Rejected"));
    EXPECT_THAT(world.ask("TriggerMessage", R"({"requestedMessage":"Heartbeat","connectorId":5})"),
                HasSubstr("Accepted"));
    world.pass(seconds(2));
    EXPECT_EQ(world.backend.count("BootNotification"), 1U);
    EXPECT_EQ(world.backend.count("Heartbeat"), 2U);
    // At the boot and when triggered.
    EXPECT_EQ(world.backend.count("StatusNotification"), 4U);
}

TEST(Trigger, MeterValuesWithoutAnyAreRejected)
{
    World world;
    world.config.keys["MeterValuesSampledData"] = "";
    world.begin();
    EXPECT_THAT(world.ask("TriggerMessage", R"({"requestedMessage":"MeterValues"})"), HasSubstr("Rejected"));
    world.pass(seconds(2));
    EXPECT_EQ(world.backend.count("MeterValues"), 0U);
}

TEST(Calls, WhatIsNotThereIsSaidSo)
{
    World world;
    world.begin();
    EXPECT_THAT(world.ask("ClearCache", "{}"), HasSubstr("Rejected"));
    EXPECT_THAT(world.ask("DataTransfer", R"({"vendorId":"x"})"), HasSubstr("UnknownVendorId"));
    EXPECT_THAT(world.ask("GetLocalListVersion", "{}"), HasSubstr("NotSupported"));
    EXPECT_THAT(world.ask("SetChargingProfile", "{}"), HasSubstr("NotSupported"));
    EXPECT_THAT(world.ask("MakeCoffee", "{}"), HasSubstr("NotImplemented"));
    EXPECT_THAT(world.ask("Reset", R"({"type":7})"), HasSubstr("TypeConstraintViolation"));
    EXPECT_THAT(world.ask("Reset", "{}"), HasSubstr("OccurenceConstraintViolation"));
}

TEST(Unlock, AnswersWhenTheLockHasMoved)
{
    World world(test_config(2));
    world.config.evses[1].capabilities.has_lock = false;
    world.begin();
    EXPECT_THAT(world.ask("UnlockConnector", R"({"connectorId":1})"), HasSubstr(R"("Unlocked")"));
    EXPECT_THAT(world.ask("UnlockConnector", R"({"connectorId":2})"), HasSubstr("NotSupported"));
    EXPECT_THAT(world.ask("UnlockConnector", R"({"connectorId":9})"), HasSubstr("NotSupported"));
    world.plug(1);
    world.swipe("TAG-1", 1);
    world.pass(seconds(20));
    world.evse(1).jammed = true;
    EXPECT_THAT(world.ask("UnlockConnector", R"({"connectorId":1})"), HasSubstr("UnlockFailed"));
    world.pass(seconds(2));
    EXPECT_EQ(world.backend.booked.at(0).reason, "UnlockCommand");
}

TEST(Limit, TheEnergyManagerLowersAtOnceAndRaisesLater)
{
    World world;
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(seconds(20));
    EXPECT_EQ(world.evse().offered, Amperes{32});
    world.limit(1, 10.0);
    EXPECT_EQ(world.evse().offered, Amperes{10});
    EXPECT_EQ(world.evse_view().limited_by, "energy manager");
    world.limit(1, 5.0);
    EXPECT_EQ(world.evse().offered, Amperes{0});
    world.pass(seconds(5));
    EXPECT_FALSE(world.evse().closed);
    EXPECT_EQ(world.backend.statuses(1).back(), "SuspendedEVSE");
    world.limit(1, std::nullopt);
    world.pass(seconds(10));
    EXPECT_EQ(world.evse().offered, Amperes{32});
    EXPECT_TRUE(world.evse().closed);
}

TEST(Limit, TheStationsLimitIsShared)
{
    World world(test_config(2));
    world.begin();
    world.limit(0, 30.0);
    world.plug(1);
    world.swipe("TAG-1", 1);
    world.pass(seconds(20));
    EXPECT_EQ(world.evse(1).offered, Amperes{30});
    world.plug(2);
    world.swipe("TAG-2", 2);
    world.pass(seconds(20));
    EXPECT_EQ(world.evse(1).offered, Amperes{15});
    EXPECT_EQ(world.evse(2).offered, Amperes{15});
    world.swipe("TAG-1", 1);
    world.pass(seconds(20));
    EXPECT_EQ(world.evse(2).offered, Amperes{30});
}

TEST(Check, NamesThePlaceAndTheFix)
{
    const auto problem = [](auto change) {
        Config config = test_config();
        change(config);
        const auto checked = check(config);
        return checked ? std::string() : checked.error().message;
    };
    EXPECT_EQ(problem([](Config&) {}), "");
    EXPECT_EQ(problem([](Config& config) { config.vendor = std::string(21, 'x'); }),
              "vendor: 21 characters, at most 20");
    EXPECT_THAT(problem([](Config& config) { config.identity.clear(); }), HasSubstr("identity"));
    EXPECT_THAT(problem([](Config& config) { config.url = "http://x"; }), HasSubstr("ws://"));
    EXPECT_THAT(problem([](Config& config) { config.evses.clear(); }), HasSubstr("evses"));
    EXPECT_THAT(problem([](Config& config) { config.evses[0].capabilities.phases = 2; }),
                HasSubstr("phases"));
    EXPECT_THAT(problem([](Config& config) {
                    config.versions = {OcppVersion::v2_1, OcppVersion::v2_1};
                }),
                HasSubstr("ocpp2.1 stands there twice"));
    EXPECT_THAT(problem([](Config& config) { config.keys["HeartbeatInterval"] = "soon"; }),
                HasSubstr("HeartbeatInterval"));
}

}  // namespace
}  // namespace ladestrom::station::test
