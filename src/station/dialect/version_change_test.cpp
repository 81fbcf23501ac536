// The version changes while a transaction is open, with facts still queued: it stays one transaction, and
// what is queued goes out in the new version.
#include "station/test_world/stories.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::station::test {
namespace {

using testing::HasSubstr;

Config config_of(OcppVersion version)
{
    Config config = offline_config();
    config.versions = {version};
    return config;
}

void restart_in(World& world, OcppVersion version)
{
    world.power_cut();
    world.config.versions = {version};
    world.begin();
    world.pass(minutes(1));
}

// Without a boot, as when the backend allows it other versions than before.
void reconnect_in(World& world, OcppVersion version)
{
    world.network(false);
    world.backend.picks = version;
    world.network(true);
    world.pass(minutes(1));
}

Config config_of_both()
{
    Config config = offline_config();
    config.versions = {OcppVersion::v2_1, OcppVersion::v1_6};
    return config;
}

void expect_one_session(World& world)
{
    world.swipe("TAG-1");
    world.pass(minutes(1));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    const Booked& booked = world.backend.booked[0];
    EXPECT_TRUE(booked.stopped);
    EXPECT_EQ(booked.meter_stop, world.evse().watt_hours());
    EXPECT_EQ(world.backend.unknown_stops, 0);
    EXPECT_TRUE(world.backend.problems.empty()) << world.backend.problems.front();
    EXPECT_EQ(records(world, "fact/"), 0U);
    EXPECT_EQ(records(world, "session/"), 0U);
}

TEST(VersionChange, ATransactionBegunIn16EndsIn2UnderItsNumber)
{
    World world(config_of(OcppVersion::v1_6));
    world.begin();
    begin_charging(world, minutes(3));
    restart_in(world, OcppVersion::v2_0_1);
    EXPECT_THAT(world.backend.last("TransactionEvent"), HasSubstr(R"("transactionId":"1000")"));
    expect_one_session(world);
}

TEST(VersionChange, ATransactionBegunIn2IsTold16FromItsStart)
{
    World world(config_of(OcppVersion::v2_1));
    world.begin();
    begin_charging(world, minutes(3));
    restart_in(world, OcppVersion::v1_6);
    EXPECT_EQ(world.backend.count("StartTransaction"), 1U);
    expect_one_session(world);
}

TEST(VersionChange, ATokenThatIsTooLongFor16IsNotCut)
{
    World world(config_of(OcppVersion::v2_1));
    world.begin();
    world.plug();
    world.swipe("A-TOKEN-OF-26-CHARACTERS-X");
    world.pass(minutes(1));
    restart_in(world, OcppVersion::v1_6);
    EXPECT_THAT(world.backend.last("StartTransaction"), HasSubstr(R"("idTag":"")"));
    world.ask("RemoteStopTransaction", R"({"transactionId":1001})");
    world.pass(minutes(1));
    EXPECT_THAT(world.backend.last("StopTransaction"), HasSubstr(R"("reason":"Remote")"));
    EXPECT_TRUE(world.backend.problems.empty()) << world.backend.problems.front();
}

// 2.1 part 2, C02.FR.01: the identifier is left empty.
TEST(VersionChange, WhereNobodyNeedsACardItIsOneTransactionInBoth)
{
    for (const OcppVersion first : {OcppVersion::v2_1, OcppVersion::v1_6}) {
        World world(config_of(first));
        world.config.free_charging = true;
        world.begin();
        world.plug();
        world.pass(minutes(3));
        const bool newer = first == OcppVersion::v2_1;
        EXPECT_EQ(world.backend.booked.at(0).token, newer ? "" : "no-card");
        if (newer) {
            EXPECT_THAT(world.backend.all("TransactionEvent").at(0),
                        HasSubstr(R"("idToken":{"idToken":"","type":"NoAuthorization"})"));
        }
        restart_in(world, newer ? OcppVersion::v1_6 : OcppVersion::v2_1);
        world.unplug();
        world.pass(minutes(1));
        ASSERT_EQ(world.backend.booked.size(), 1U);
        EXPECT_EQ(world.backend.booked[0].meter_stop, world.evse().watt_hours());
        EXPECT_TRUE(world.backend.problems.empty()) << world.backend.problems.front();
    }
}

TEST(VersionChange, ThereAndBackAgain)
{
    World world(config_of(OcppVersion::v2_1));
    world.begin();
    begin_charging(world, minutes(3));
    for (const auto version : {OcppVersion::v1_6, OcppVersion::v2_0_1, OcppVersion::v1_6}) {
        restart_in(world, version);
        EXPECT_TRUE(world.evse_view().session);
    }
    EXPECT_EQ(world.backend.count("StartTransaction"), 1U) << "its number is known from then on";
    expect_one_session(world);
}

TEST(VersionChange, WhatIsQueuedGoesOutInTheNewVersion)
{
    for (const auto& [from, to] :
         {std::pair{OcppVersion::v1_6, OcppVersion::v2_1}, std::pair{OcppVersion::v2_1, OcppVersion::v1_6}}) {
        World world(config_of(from));
        world.begin();
        world.network(false);
        session(world, minutes(3));
        EXPECT_GT(records(world, "fact/"), 2U);
        world.power_cut();
        world.config.versions = {to};
        world.network(true);
        world.begin();
        world.pass(minutes(1));
        ASSERT_EQ(world.backend.booked.size(), 1U);
        EXPECT_TRUE(world.backend.booked[0].stopped);
        EXPECT_EQ(world.backend.booked[0].meter_stop, world.evse().watt_hours());
        EXPECT_EQ(records(world, "fact/"), 0U);
        EXPECT_TRUE(world.backend.problems.empty()) << world.backend.problems.front();
    }
}

// The backend has booked the start, and only its answer was lost.
TEST(VersionChange, AStartWhoseAnswerWasLostIsNoSecondTransaction)
{
    for (const auto& [from, to] :
         {std::pair{OcppVersion::v1_6, OcppVersion::v2_1}, std::pair{OcppVersion::v2_1, OcppVersion::v1_6}}) {
        World world(config_of(from));
        world.begin();
        world.backend.lose_answer = [](const std::string& action) {
            return action == "StartTransaction" || action == "TransactionEvent";
        };
        begin_charging(world, seconds(20));
        EXPECT_EQ(world.backend.booked.size(), 1U);
        world.backend.lose_answer = nullptr;
        restart_in(world, to);
        expect_one_session(world);
    }
}

TEST(VersionChange, AStartThatIsToldAgainMayBeToldInEither)
{
    World world(config_of(OcppVersion::v2_1));
    world.begin();
    begin_charging(world, minutes(3));
    world.backend.lose_answer = [](const std::string& action) { return action == "StartTransaction"; };
    restart_in(world, OcppVersion::v1_6);
    restart_in(world, OcppVersion::v2_1);
    expect_one_session(world);
}

// What was refused before it stood behind another one: the start's refusals are its own.
TEST(VersionChange, AStartThatIsToldAgainIsNotGivenUpForAnotherFact)
{
    World world(config_of_both());
    world.begin();
    begin_charging(world, seconds(30));
    world.backend.refuse["TransactionEvent"] = 2;
    world.pass(seconds(45));
    EXPECT_EQ(world.backend.refuse["TransactionEvent"], 0);
    world.backend.refuse["StartTransaction"] = 1;
    reconnect_in(world, OcppVersion::v1_6);
    world.pass(minutes(2));
    EXPECT_EQ(world.view().dead_letters, 0U);
    expect_one_session(world);
}

// The row that the names of transactions begin with was damaged.
TEST(VersionChange, ATransactionWhoseNameIsLostIsToldFromItsStart)
{
    World world(config_of(OcppVersion::v2_1));
    world.begin();
    begin_charging(world, minutes(3));
    world.power_cut();
    world.disk_content().erase("transactions");
    world.begin();
    world.pass(minutes(1));
    expect_one_session(world);
}

TEST(VersionChange, AtAReconnectThereAndBackAgain)
{
    World world(config_of_both());
    world.begin();
    begin_charging(world, minutes(3));
    reconnect_in(world, OcppVersion::v1_6);
    EXPECT_EQ(world.backend.count("StartTransaction"), 1U);
    reconnect_in(world, OcppVersion::v2_1);
    expect_one_session(world);
    EXPECT_EQ(world.backend.count("BootNotification"), 1U);
}

// The central system had taken Occupied for one of the five that 1.6 knows, and nothing changed since.
TEST(VersionChange, AtAReconnectTheStatusIsToldInTheNewWords)
{
    World world(config_of_both());
    world.begin();
    world.plug();
    world.pass(minutes(1));
    EXPECT_THAT(world.backend.last("StatusNotification"), HasSubstr("Occupied"));
    const auto told = world.backend.count("StatusNotification");
    reconnect_in(world, OcppVersion::v2_1);
    EXPECT_EQ(world.backend.count("StatusNotification"), told) << "known already";
    reconnect_in(world, OcppVersion::v1_6);
    EXPECT_THAT(world.backend.last("StatusNotification"), HasSubstr("Preparing"));
}

TEST(VersionChange, NamesAreNotUsedAgainByAnEmptyJournal)
{
    std::set<std::string> names;
    for (int i = 0; i < 2; ++i) {
        World world(config_of(OcppVersion::v2_1));
        world.seed = static_cast<std::uint64_t>(i) + 1;
        world.begin();
        session(world, minutes(1));
        names.insert(world.backend.booked.at(0).name);
    }
    EXPECT_EQ(names.size(), 2U);
}

}  // namespace
}  // namespace ladestrom::station::test
