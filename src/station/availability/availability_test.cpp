// The status table, what is reported of it, and taking connectors out of service.
#include "station/availability/connector_status.hpp"
#include "station/test_world/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::station::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::array statuses{
    ConnectorStatus::available,      ConnectorStatus::preparing,    ConnectorStatus::charging,
    ConnectorStatus::suspended_evse, ConnectorStatus::suspended_ev, ConnectorStatus::finishing,
    ConnectorStatus::reserved,       ConnectorStatus::unavailable,  ConnectorStatus::faulted};

TEST(StatusTable, IsThatOfTheSpecification)
{
    using enum ConnectorStatus;
    EXPECT_EQ(transition(available, preparing), "A2");
    EXPECT_EQ(transition(preparing, charging), "B3");
    EXPECT_EQ(transition(preparing, finishing), "B6");
    EXPECT_EQ(transition(charging, suspended_ev), "C4");
    EXPECT_EQ(transition(suspended_evse, charging), "E3");
    EXPECT_EQ(transition(finishing, preparing), "F2");
    EXPECT_EQ(transition(unavailable, faulted), "H9");
    EXPECT_EQ(transition(faulted, charging), "I3");
    EXPECT_EQ(transition(available, finishing), "");
    EXPECT_EQ(transition(preparing, unavailable), "");
    EXPECT_EQ(transition(finishing, charging), "");
}

TEST(StatusTable, EveryStatusIsReachedByAllowedSteps)
{
    for (const ConnectorStatus from : statuses) {
        for (const ConnectorStatus to : statuses) {
            if (from == to) continue;
            const ConnectorStatus step = next_status(from, to);
            EXPECT_FALSE(transition(from, step).empty());
            EXPECT_TRUE(step == to || next_status(step, to) == to);
        }
    }
}

TEST(Status, ChangesWhileOfflineAreToldOnceAsTheyAre)
{
    World world;
    world.config.free_charging = true;
    world.begin();
    world.network(false);
    world.plug();
    world.pass(minutes(1));
    world.unplug();
    world.pass(minutes(1));
    world.plug();
    world.pass(minutes(1));
    world.network(true);
    world.pass(minutes(5));
    EXPECT_THAT(world.backend.statuses(1), ElementsAre("Available", "Charging"));
}

TEST(Status, MustLastForTheMinimumDuration)
{
    World world;
    world.config.keys["MinimumStatusDuration"] = "10";
    world.begin();
    world.plug();
    world.pass(seconds(5));
    world.unplug();
    world.pass(seconds(20));
    EXPECT_THAT(world.backend.statuses(1), ElementsAre("Available"));
    world.plug();
    world.pass(seconds(12));
    EXPECT_THAT(world.backend.statuses(1), ElementsAre("Available", "Preparing"));
}

TEST(Status, UnansweredIsSaidAgain)
{
    World world;
    world.begin();
    world.backend.lose_answer = [](const std::string& action) { return action == "StatusNotification"; };
    world.plug();
    world.pass(seconds(10));
    world.backend.lose_answer = nullptr;
    world.pass(minutes(5));
    EXPECT_THAT(world.backend.statuses(1), ElementsAre("Available", "Preparing", "Preparing"));
}

// The backend may have heard it: then it shows something that is no longer so, and would for ever.
TEST(Status, WhoseAnswerWasLostIsFollowedByWhatHoldsNow)
{
    World world;
    world.begin();
    world.backend.lose_answer = [](const std::string& action) { return action == "StatusNotification"; };
    world.plug();
    world.pass(seconds(2));
    world.network(false);
    world.unplug();
    world.backend.lose_answer = nullptr;
    world.pass(seconds(2));
    world.network(true);
    world.pass(minutes(5));
    EXPECT_THAT(world.backend.statuses(1), ElementsAre("Available", "Preparing", "Available"));
}

TEST(Availability, TakesAConnectorOutOfServiceAcrossRestarts)
{
    World world(test_config(2));
    world.begin();
    EXPECT_THAT(world.ask("ChangeAvailability", R"({"connectorId":1,"type":"Inoperative"})"),
                HasSubstr("Accepted"));
    world.pass(seconds(2));
    EXPECT_EQ(world.backend.statuses(1).back(), "Unavailable");
    EXPECT_EQ(world.backend.statuses(2).back(), "Available");
    world.power_cut();
    world.boot();
    world.pass(seconds(10));
    EXPECT_EQ(world.backend.statuses(1).back(), "Unavailable");
    world.plug(1);
    world.swipe("TAG-1", 1);
    world.pass(seconds(10));
    EXPECT_TRUE(world.backend.booked.empty());
    world.unplug(1);
    EXPECT_THAT(world.ask("ChangeAvailability", R"({"connectorId":1,"type":"Operative"})"),
                HasSubstr("Accepted"));
    world.pass(seconds(2));
    EXPECT_EQ(world.backend.statuses(1).back(), "Available");
}

TEST(Availability, WaitsForTheEndOfASession)
{
    World world;
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(1));
    EXPECT_THAT(world.ask("ChangeAvailability", R"({"connectorId":0,"type":"Inoperative"})"),
                HasSubstr("Scheduled"));
    world.pass(seconds(10));
    EXPECT_TRUE(world.evse().closed);
    EXPECT_EQ(world.backend.statuses(0).back(), "Unavailable");
    world.swipe("TAG-1");
    world.pass(seconds(5));
    EXPECT_EQ(world.backend.statuses(1).back(), "Finishing");
    world.unplug();
    world.pass(seconds(5));
    EXPECT_EQ(world.backend.statuses(1).back(), "Unavailable");
    EXPECT_THAT(world.ask("ChangeAvailability", R"({"connectorId":9,"type":"Operative"})"),
                HasSubstr("Rejected"));
}

TEST(Availability, AConnectorOfAStationOutOfServiceIsNotAvailable)
{
    World world;
    world.begin();
    world.ask("ChangeAvailability", R"({"connectorId":0,"type":"Inoperative"})");
    world.ask("ChangeAvailability", R"({"connectorId":1,"type":"Operative"})");
    world.pass(seconds(5));
    EXPECT_EQ(world.backend.statuses(1).back(), "Unavailable");
    EXPECT_FALSE(world.evse_view().operative);
    world.plug();
    world.swipe("TAG-1");
    world.pass(seconds(10));
    EXPECT_EQ(world.backend.statuses(1).back(), "Unavailable");
    EXPECT_TRUE(world.backend.booked.empty());
    world.unplug();
    world.ask("ChangeAvailability", R"({"connectorId":0,"type":"Operative"})");
    world.pass(seconds(5));
    EXPECT_EQ(world.backend.statuses(1).back(), "Available");
}

TEST(Availability, EndsAPreparationByAllowedSteps)
{
    World world;
    world.begin();
    world.swipe("TAG-1");
    world.pass(seconds(2));
    world.ask("ChangeAvailability", R"({"connectorId":1,"type":"Inoperative"})");
    world.pass(seconds(2));
    EXPECT_THAT(world.backend.statuses(1), ElementsAre("Available", "Preparing", "Available", "Unavailable"));
}

}  // namespace
}  // namespace ladestrom::station::test
