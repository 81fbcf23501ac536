// Boot, heartbeat, clock, reset and shutdown.
#include "station/test_world/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace ladestrom::station::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::size_t clock_adjustments(const World& world)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        world.actions, [](const Action& action) { return std::holds_alternative<AdjustClock>(action); }));
}

TEST(Boot, AcceptedReportsEveryConnectorOnce)
{
    World world(test_config(2));
    world.config.serial_number = "S1";
    world.begin();
    EXPECT_EQ(world.backend.log.front().action, "BootNotification");
    EXPECT_THAT(world.backend.last("BootNotification"), HasSubstr(R"("chargePointSerialNumber":"S1")"));
    for (int connector = 0; connector <= 2; ++connector) {
        EXPECT_THAT(world.backend.statuses(connector), ElementsAre("Available")) << connector;
    }
    EXPECT_EQ(world.view().connection, ConnectionState::accepted);
    EXPECT_EQ(world.view().registration, "Accepted");
}

TEST(Boot, ReconnectingIsNoBoot)
{
    World world;
    world.begin();
    world.network(false);
    world.pass(minutes(2));
    world.network(true);
    world.pass(minutes(10));
    EXPECT_EQ(world.view().connection, ConnectionState::accepted);
    EXPECT_EQ(world.backend.count("BootNotification"), 1U);
    EXPECT_THAT(world.backend.statuses(1), ElementsAre("Available"));
}

TEST(Boot, PendingWaitsAndAnswers)
{
    World world;
    world.backend.registration = "Pending";
    world.backend.interval = 100;
    world.begin();
    EXPECT_EQ(world.view().registration, "Pending");
    EXPECT_THAT(world.ask("GetConfiguration", R"({"key":["HeartbeatInterval"]})"),
                HasSubstr("HeartbeatInterval"));
    EXPECT_THAT(world.ask("RemoteStartTransaction", R"({"idTag":"T"})"), HasSubstr("SecurityError"));
    EXPECT_THAT(world.ask("RemoteStopTransaction", R"({"transactionId":1})"), HasSubstr("SecurityError"));
    world.pass(seconds(90));
    EXPECT_EQ(world.backend.count("BootNotification"), 1U);
    EXPECT_EQ(world.backend.count("StatusNotification"), 0U);
    EXPECT_EQ(world.backend.count("Heartbeat"), 0U);
    world.pass(seconds(15));
    EXPECT_EQ(world.backend.count("BootNotification"), 2U);
    world.backend.registration = "Accepted";
    EXPECT_THAT(world.ask("TriggerMessage", R"({"requestedMessage":"BootNotification"})"),
                HasSubstr("Accepted"));
    world.pass(seconds(2));
    EXPECT_EQ(world.backend.count("BootNotification"), 3U);
    EXPECT_EQ(world.view().registration, "Accepted");
    EXPECT_EQ(world.backend.count("StatusNotification"), 2U);
}

TEST(Boot, PendingSendsWhatIsTriggered)
{
    World world;
    world.backend.registration = "Pending";
    world.begin();
    world.ask("TriggerMessage", R"({"requestedMessage":"StatusNotification","connectorId":1})");
    world.ask("TriggerMessage", R"({"requestedMessage":"Heartbeat"})");
    world.ask("TriggerMessage", R"({"requestedMessage":"MeterValues","connectorId":1})");
    world.pass(seconds(2));
    EXPECT_EQ(world.backend.count("StatusNotification"), 1U);
    EXPECT_EQ(world.backend.count("Heartbeat"), 1U);
    EXPECT_EQ(world.backend.count("MeterValues"), 1U);
}

TEST(Boot, PendingHoldsTheQueue)
{
    World world;
    world.config.keys["AllowOfflineTxForUnknownId"] = "true";
    world.backend.registration = "Pending";
    world.backend.interval = 600;
    world.begin();
    world.plug();
    world.swipe("T");
    world.pass(minutes(5));
    EXPECT_TRUE(world.evse_view().session);
    EXPECT_EQ(world.backend.count("StartTransaction"), 0U);
    EXPECT_EQ(world.backend.count("Authorize"), 0U);
    world.backend.registration = "Accepted";
    world.pass(minutes(6));
    EXPECT_EQ(world.backend.booked.size(), 1U);
}

TEST(Boot, RejectedSendsNothingAndRefuses)
{
    World world;
    world.backend.registration = "Rejected";
    world.backend.interval = 300;
    world.begin();
    EXPECT_THAT(world.ask("GetConfiguration", "{}"), HasSubstr("SecurityError"));
    EXPECT_THAT(world.ask("TriggerMessage", R"({"requestedMessage":"BootNotification"})"),
                HasSubstr("SecurityError"));
    world.pass(seconds(280));
    EXPECT_EQ(world.backend.log.size(), 1U);
    world.pass(seconds(30));
    EXPECT_EQ(world.backend.count("BootNotification"), 2U);
}

TEST(Boot, IntervalZeroIsOurChoice)
{
    World world;
    world.backend.registration = "Rejected";
    world.backend.interval = 0;
    world.begin();
    world.pass(seconds(50));
    EXPECT_EQ(world.backend.count("BootNotification"), 1U);
    world.pass(seconds(20));
    EXPECT_EQ(world.backend.count("BootNotification"), 2U);
}

TEST(Boot, SilenceAndErrorsAreTriedAgain)
{
    World world;
    world.backend.refuse["BootNotification"] = 1;
    world.begin();
    EXPECT_EQ(world.backend.count("BootNotification"), 1U);
    world.backend.silent.insert("BootNotification");
    world.pass(minutes(3));
    EXPECT_GE(world.backend.count("BootNotification"), 3U);
    EXPECT_EQ(world.backend.count("StatusNotification"), 0U);
    world.backend.silent.clear();
    world.pass(minutes(6));
    EXPECT_EQ(world.view().registration, "Accepted");
}

TEST(Heartbeat, IsNotHurriedWhenItIsRefused)
{
    World world;
    world.backend.refuse["Heartbeat"] = 1'000'000;
    world.begin();
    world.pass(hours(24) + minutes(30));
    EXPECT_NEAR(static_cast<double>(world.backend.count("Heartbeat")), 294, 3);
}

TEST(Heartbeat, ComesAfterSilenceAndKeepsTheInterval)
{
    World world;
    world.backend.interval = 60;
    world.begin();
    world.pass(seconds(55));
    EXPECT_EQ(world.backend.count("Heartbeat"), 0U);
    world.pass(seconds(6));
    EXPECT_EQ(world.backend.count("Heartbeat"), 1U);
    EXPECT_THAT(world.ask("GetConfiguration", R"({"key":["HeartbeatInterval"]})"),
                HasSubstr(R"("value":"60")"));
    world.pass(minutes(10));
    EXPECT_EQ(world.backend.count("Heartbeat"), 11U);
}

TEST(Heartbeat, IsPostponedByOtherCalls)
{
    World world;
    world.backend.interval = 60;
    world.config.keys["MeterValueSampleInterval"] = "30";
    world.begin();
    world.plug();
    world.swipe("T");
    world.pass(minutes(20));
    EXPECT_EQ(world.backend.count("Heartbeat"), 0U);
}

TEST(Heartbeat, ANewIntervalHoldsAtOnce)
{
    World world;
    world.begin();
    EXPECT_THAT(world.ask("ChangeConfiguration", R"({"key":"HeartbeatInterval","value":"10"})"),
                HasSubstr("Accepted"));
    world.pass(seconds(65));
    EXPECT_GE(world.backend.count("Heartbeat"), 6U);
}

TEST(Clock, ComesFromTheBackend)
{
    World world;
    world.rtc = false;
    world.boot();
    EXPECT_EQ(world.view().wall, std::nullopt);
    world.pass(seconds(3));
    ASSERT_TRUE(world.view().wall);
    EXPECT_LT(std::chrono::abs(*world.view().wall - world.wall()), seconds(1));
    EXPECT_EQ(clock_adjustments(world), 1U);
    world.pass(minutes(30));
    EXPECT_EQ(clock_adjustments(world), 1U);
    world.backend.clock_offset = seconds(30);
    world.pass(minutes(6));
    EXPECT_EQ(clock_adjustments(world), 2U);
}

// F22
TEST(Clock, AnUnsetClockNeverMakes1970)
{
    World world;
    world.rtc = false;
    world.config.keys["AllowOfflineTxForUnknownId"] = "true";
    world.network(false);
    world.begin();
    const Instant began = world.wall();
    world.plug();
    world.swipe("T");
    world.pass(minutes(30));
    world.swipe("T");
    world.pass(minutes(5));
    EXPECT_EQ(world.view().queued_facts, 31U);
    world.network(true);
    world.pass(minutes(10));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    const Booked& booked = world.backend.booked[0];
    EXPECT_LT(std::chrono::abs(booked.started - began), seconds(5));
    EXPECT_LT(std::chrono::abs(booked.stop_time - (began + minutes(30))), seconds(5));
}

// F22 over two starts of the process: durations and order hold, nothing lies in the future.
TEST(Clock, AnUnsetClockOverAPowerCut)
{
    World world;
    world.rtc = false;
    world.config.keys["AllowOfflineTxForUnknownId"] = "true";
    world.config.interrupted_session = InterruptedSession::close;
    world.network(false);
    world.begin();
    world.plug();
    world.swipe("T");
    world.pass(minutes(20));
    world.power_cut();
    world.pass(minutes(1));
    world.boot();
    world.pass(minutes(2));
    world.network(true);
    world.pass(minutes(10));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    const Booked& booked = world.backend.booked[0];
    EXPECT_TRUE(booked.stopped);
    EXPECT_GE(booked.stop_time - booked.started, minutes(19));
    EXPECT_LE(booked.stop_time - booked.started, minutes(21));
    EXPECT_LT(booked.stop_time, world.wall());
    EXPECT_GT(booked.started, world.wall() - hours(2));
}

// F23
TEST(Clock, JumpsChangeNoDuration)
{
    for (const Duration jump : {Duration(hours(-5)), Duration(hours(5))}) {
        World world;
        world.begin();
        world.plug();
        world.swipe("T");
        world.pass(minutes(10));
        world.set_clock(world.wall() + jump);
        world.pass(minutes(10));
        world.swipe("T");
        world.pass(seconds(5));
        ASSERT_EQ(world.backend.booked.size(), 1U);
        const Booked& booked = world.backend.booked[0];
        EXPECT_NEAR(static_cast<double>((booked.stop_time - booked.started).count()), 20 * 60'000, 2'000);
    }
}

TEST(Clock, AnImplausibleTimeIsRefused)
{
    World world;
    world.begin();
    world.set_clock(Instant{});
    EXPECT_LT(std::chrono::abs(*world.view().wall - world.wall()), seconds(1));
    EXPECT_EQ(world.station().counters().get("clock.implausible"), 1U);
}

// A time that would pass the year 9999 could be kept, but no longer be sent.
TEST(Clock, ATimeTooFarAheadIsRefused)
{
    World world;
    world.backend.clock_offset = hours(24 * 365 * 7970LL);
    world.begin();
    EXPECT_LT(std::chrono::abs(*world.view().wall - world.wall()), seconds(1));
}

TEST(Reset, EndsSessionsDurablyFirst)
{
    for (const char* kind : {"Soft", "Hard"}) {
        World world;
        world.begin();
        world.plug();
        world.swipe("T");
        world.pass(minutes(5));
        const std::string type = kind;
        EXPECT_THAT(world.ask("Reset", R"({"type":")" + type + R"("})"), HasSubstr("Accepted"));
        world.pass(minutes(2));
        ASSERT_THAT(world.restarts, ElementsAre(type == "Soft" ? RestartKind::soft : RestartKind::hard));
        ASSERT_EQ(world.backend.booked.size(), 1U);
        EXPECT_EQ(world.backend.booked[0].reason, type + "Reset");
        EXPECT_EQ(world.backend.booked[0].meter_stop, world.evse().watt_hours());
        EXPECT_EQ(world.backend.count("BootNotification"), 2U);
    }
}

// F13
TEST(Reset, AKillDuringItKeepsTheStop)
{
    World world;
    world.begin();
    world.plug();
    world.swipe("T");
    world.pass(minutes(5));
    world.backend.silent.insert("StopTransaction");
    world.ask("Reset", R"({"type":"Soft"})");
    world.pass(seconds(1));
    EXPECT_TRUE(world.restarts.empty());
    world.power_cut();
    world.backend.silent.clear();
    world.boot();
    world.pass(minutes(2));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_EQ(world.backend.booked[0].reason, "SoftReset");
}

TEST(Reset, NothingNewStartsMeanwhile)
{
    World world;
    world.begin();
    world.backend.silent.insert("StopTransaction");
    world.plug();
    world.swipe("T");
    world.pass(minutes(1));
    world.ask("Reset", R"({"type":"Soft"})");
    EXPECT_THAT(world.ask("RemoteStartTransaction", R"({"idTag":"T"})"), HasSubstr("Rejected"));
    EXPECT_THAT(world.ask("Reset", R"({"type":"Soft"})"), HasSubstr("Rejected"));
}

TEST(ShutDown, LeavesSessionsInTheJournal)
{
    World world;
    world.config.interrupted_session = InterruptedSession::close;
    world.begin();
    world.plug();
    world.swipe("T");
    world.pass(minutes(5));
    world.shut_down();
    world.pass(seconds(2));
    EXPECT_FALSE(world.running());
    EXPECT_FALSE(world.evse().closed);
    EXPECT_EQ(world.backend.count("StopTransaction"), 0U);
    world.boot();
    world.pass(minutes(1));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_EQ(world.backend.booked[0].reason, "Reboot");
    EXPECT_EQ(world.backend.booked[0].meter_stop, world.evse().watt_hours());
}

}  // namespace
}  // namespace ladestrom::station::test
