// Tokens: who may start and stop, online and offline, at a reader of one EVSE and of the whole station.
#include "station/test_world/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::station::test {
namespace {

using testing::HasSubstr;

TEST(Authorization, ARefusedTokenIsShownAndStartsNothing)
{
    World world;
    world.backend.tags["BAD"] = "Blocked";
    world.begin();
    world.plug();
    world.pass(seconds(1));
    world.swipe("BAD");
    world.pass(seconds(1));
    EXPECT_EQ(world.evse().indication, hardware::Indication::authorization_refused);
    world.pass(seconds(5));
    EXPECT_EQ(world.evse().indication, hardware::Indication::waiting_for_authorization);
    EXPECT_TRUE(world.backend.booked.empty());
}

TEST(Authorization, OfflineUnknownTokensFollowTheSetting)
{
    for (const bool allowed : {false, true}) {
        World world;
        world.config.keys["AllowOfflineTxForUnknownId"] = allowed ? "true" : "false";
        world.begin();
        world.network(false);
        world.plug();
        world.swipe("TAG-1");
        world.pass(minutes(1));
        EXPECT_EQ(world.evse().closed, allowed);
        EXPECT_EQ(world.evse_view().session.has_value(), allowed);
    }
}

TEST(Authorization, ALinkLostWhileAskingIsOffline)
{
    World world;
    world.config.keys["AllowOfflineTxForUnknownId"] = "true";
    world.begin();
    world.backend.silent.insert("Authorize");
    world.plug();
    world.swipe("TAG-1");
    world.pass(seconds(5));
    EXPECT_FALSE(world.evse_view().session);
    world.network(false);
    world.pass(seconds(5));
    EXPECT_TRUE(world.evse_view().session);
}

TEST(Authorization, SilenceIsDecidedHere)
{
    World world;
    world.begin();
    world.backend.silent.insert("Authorize");
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(1));
    EXPECT_FALSE(world.evse_view().session);
    EXPECT_EQ(world.station().counters().get("authorization.refused"), 1U);
}

TEST(Authorization, TheGroupMayStop)
{
    World world;
    world.backend.parents["TAG-1"] = "FAMILY";
    world.backend.parents["TAG-2"] = "family";
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(1));
    world.swipe("TAG-3");
    world.pass(seconds(5));
    EXPECT_TRUE(world.evse_view().session);
    world.swipe("TAG-2");
    world.pass(seconds(5));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_TRUE(world.backend.booked[0].stopped);
    EXPECT_EQ(world.backend.booked[0].stop_token, "TAG-2");
    EXPECT_EQ(world.backend.count("Authorize"), 3U);
}

TEST(Authorization, LetterCaseDoesNotMatter)
{
    World world;
    world.begin();
    world.plug();
    world.swipe("abcd");
    world.pass(minutes(1));
    world.swipe("ABCD");
    world.pass(seconds(5));
    EXPECT_TRUE(world.backend.booked.at(0).stopped);
}

TEST(Authorization, TheSecondPresentationTakesBackTheFirst)
{
    World world;
    world.begin();
    world.swipe("TAG-1");
    world.pass(seconds(5));
    EXPECT_EQ(world.backend.statuses(1).back(), "Preparing");
    world.swipe("TAG-1");
    world.pass(seconds(5));
    EXPECT_EQ(world.backend.statuses(1).back(), "Available");
}

TEST(Authorization, ATokenThatIsTooLongIsRefused)
{
    World world;
    world.begin();
    world.plug();
    world.swipe("0123456789012345678901");
    world.pass(seconds(5));
    EXPECT_EQ(world.backend.count("Authorize"), 0U);
    EXPECT_EQ(world.station().counters().get("authorization.unusable_token"), 1U);
}

TEST(SharedReader, TakesTheCarThatWaitsLongest)
{
    World world(test_config(3));
    world.begin();
    world.plug(3);
    world.pass(seconds(2));
    world.plug(2);
    world.pass(seconds(2));
    world.swipe("TAG-1", 0);
    world.pass(seconds(10));
    EXPECT_TRUE(world.evse(3).closed);
    EXPECT_FALSE(world.evse(2).closed);
    world.swipe("TAG-1", 0);
    world.pass(seconds(10));
    EXPECT_TRUE(world.backend.booked.at(0).stopped);
}

TEST(SharedReader, WaitsForTheNextPlug)
{
    World world(test_config(2));
    world.begin();
    world.swipe("TAG-1", 0);
    world.pass(seconds(10));
    EXPECT_TRUE(world.backend.booked.empty());
    world.plug(2);
    world.pass(seconds(10));
    EXPECT_TRUE(world.evse(2).closed);
    world.plug(1);
    world.pass(seconds(10));
    EXPECT_EQ(world.backend.booked.size(), 1U);
}

// Or the one who was there first pays for the other.
TEST(SharedReader, TheSecondCardWaitsUntilTheFirstHasPlugged)
{
    World world(test_config(2));
    world.begin();
    world.swipe("TAG-1", 0);
    world.pass(seconds(5));
    world.swipe("TAG-2", 0);
    world.pass(seconds(5));
    world.plug(2);
    world.pass(seconds(10));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_EQ(world.backend.booked[0].token, "TAG-1");
    world.plug(1);
    world.pass(seconds(10));
    EXPECT_EQ(world.backend.booked.size(), 1U);
    world.swipe("TAG-2", 0);
    world.pass(seconds(10));
    ASSERT_EQ(world.backend.booked.size(), 2U);
    EXPECT_EQ(world.backend.booked[1].token, "TAG-2");
    EXPECT_EQ(world.backend.booked[1].connector, 1);
}

// Errata 3.20: B6.
TEST(SharedReader, LeavesACarAloneThatWaitedTooLong)
{
    World world(test_config(2));
    world.config.keys["ConnectionTimeOut"] = "60";
    world.begin();
    world.plug(1);
    world.pass(seconds(70));
    EXPECT_EQ(world.backend.statuses(1).back(), "Finishing");
    world.swipe("TAG-2", 0);
    world.pass(seconds(5));
    EXPECT_TRUE(world.backend.booked.empty());
    world.plug(2);
    world.pass(seconds(5));
    EXPECT_TRUE(world.evse(2).closed);
    world.swipe("TAG-1", 1);
    world.pass(seconds(5));
    EXPECT_TRUE(world.evse(1).closed);
}

TEST(RemoteStart, StartsAtOnceOrAsksFirst)
{
    for (const bool ask : {false, true}) {
        World world;
        world.config.keys["AuthorizeRemoteTxRequests"] = ask ? "true" : "false";
        world.backend.tags["BAD"] = "Invalid";
        world.begin();
        world.plug();
        EXPECT_THAT(world.ask("RemoteStartTransaction", R"({"connectorId":1,"idTag":"BAD"})"),
                    HasSubstr("Accepted"));
        world.pass(seconds(10));
        EXPECT_EQ(world.backend.count("Authorize"), ask ? 1U : 0U);
        EXPECT_EQ(world.backend.count("StartTransaction"), ask ? 0U : 1U);
    }
}

TEST(RemoteStart, WaitsForTheCarAndThenNoLonger)
{
    World world;
    world.config.keys["ConnectionTimeOut"] = "30";
    world.begin();
    EXPECT_THAT(world.ask("RemoteStartTransaction", R"({"idTag":"TAG-1"})"), HasSubstr("Accepted"));
    EXPECT_EQ(world.backend.statuses(1).back(), "Preparing");
    world.pass(seconds(40));
    world.plug();
    world.pass(seconds(10));
    EXPECT_TRUE(world.backend.booked.empty());
}

// The tolerant decoder takes it, StartTransaction could not carry it.
TEST(RemoteStart, ATokenThatIsTooLongOrEmptyIsRejected)
{
    for (const char* const token : {"012345678901234567890", ""}) {
        World world;
        world.begin();
        world.plug();
        EXPECT_THAT(world.ask("RemoteStartTransaction",
                              std::string(R"({"connectorId":1,"idTag":")") + token + R"("})"),
                    testing::AnyOf(HasSubstr("Rejected"), HasSubstr("ConstraintViolation")));
        world.pass(minutes(1));
        EXPECT_EQ(world.backend.count("StartTransaction"), 0U);
        EXPECT_EQ(world.evse().watt_hours(), 0);
    }
}

TEST(RemoteStart, WithoutAConnectorHappensWhenItWasAccepted)
{
    World world(test_config(2));
    world.begin();
    for (const int number : {1, 2}) {
        world.plug(number);
        world.swipe("TAG-" + std::to_string(number), number);
        world.pass(seconds(20));
    }
    EXPECT_THAT(world.ask("RemoteStartTransaction", R"({"idTag":"TAG-3"})"), HasSubstr("Rejected"));
    world.swipe("TAG-2", 2);
    world.pass(seconds(20));
    // The only place is a car whose session has ended.
    EXPECT_THAT(world.ask("RemoteStartTransaction", R"({"idTag":"TAG-3"})"), HasSubstr("Accepted"));
    world.pass(seconds(20));
    ASSERT_EQ(world.backend.booked.size(), 3U);
    EXPECT_EQ(world.backend.booked[2].connector, 2);
    EXPECT_EQ(world.backend.booked[2].token, "TAG-3");
}

TEST(RemoteStart, WithoutAConnectorLeavesACarAloneThatWaitedTooLong)
{
    World world(test_config(2));
    world.config.keys["ConnectionTimeOut"] = "30";
    world.begin();
    world.plug(1);
    world.plug(2);
    world.pass(minutes(1));
    EXPECT_THAT(world.ask("RemoteStartTransaction", R"({"idTag":"TAG-3"})"), HasSubstr("Rejected"));
    world.pass(minutes(1));
    EXPECT_TRUE(world.backend.booked.empty());
}

TEST(RemoteStart, IsRejectedWhereNothingCanStart)
{
    World world;
    world.begin();
    EXPECT_THAT(world.ask("RemoteStartTransaction", R"({"connectorId":7,"idTag":"T"})"),
                HasSubstr("Rejected"));
    EXPECT_THAT(world.ask("RemoteStartTransaction", R"({"connectorId":0,"idTag":"T"})"),
                HasSubstr("Rejected"));
    world.plug();
    world.swipe("TAG-1");
    world.pass(seconds(10));
    EXPECT_THAT(world.ask("RemoteStartTransaction", R"({"connectorId":1,"idTag":"T"})"),
                HasSubstr("Rejected"));
    EXPECT_THAT(world.ask("RemoteStopTransaction", R"({"transactionId":4711})"), HasSubstr("Rejected"));
}

}  // namespace
}  // namespace ladestrom::station::test
