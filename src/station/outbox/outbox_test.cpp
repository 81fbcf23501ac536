// Facts on their way to the backend: offline, refused, unanswered, too many (faults F3 to F5, F7, F8, F14,
// F15, F19, F29).
#include "station/test_world/stories.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::station::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> actions_about_transactions(const World& world)
{
    std::vector<std::string> actions;
    for (const Received& call : world.backend.log) {
        if (call.action.ends_with("Transaction") || call.action == "MeterValues")
            actions.push_back(call.action);
    }
    return actions;
}

// F7, F8
TEST(Offline, WholeSessionsAreDeliveredInOrderWithTheirTimes)
{
    World world(offline_config());
    world.begin();
    world.network(false);
    const Instant began = world.wall();
    session(world, minutes(5));
    session(world, minutes(3));
    EXPECT_EQ(world.backend.booked.size(), 0U);
    world.pass(hours(2));
    world.power_cut();
    world.boot();
    world.network(true);
    world.pass(minutes(10));
    ASSERT_EQ(world.backend.booked.size(), 2U);
    EXPECT_LT(world.backend.booked[0].started - began, seconds(5));
    EXPECT_NEAR(
        static_cast<double>((world.backend.booked[0].stop_time - world.backend.booked[0].started).count()),
        300'000, 3'000);
    EXPECT_EQ(world.backend.booked[0].meter_stop, world.backend.booked[1].meter_start);
    EXPECT_TRUE(world.backend.booked[1].stopped);
    EXPECT_THAT(
        actions_about_transactions(world),
        ElementsAre("StartTransaction", "MeterValues", "MeterValues", "MeterValues", "MeterValues",
                    "StopTransaction", "StartTransaction", "MeterValues", "MeterValues", "StopTransaction"));
    EXPECT_EQ(records(world, "fact/") + records(world, "session/"), 0U);
}

// F3, F16: the answer is lost, the repetition is the same message.
TEST(Retry, ALostAnswerMakesNoSecondTransaction)
{
    World world;
    world.begin();
    world.plug();
    int lost = 0;
    world.backend.lose_answer = [&](const std::string& action) {
        return action == "StartTransaction" && ++lost <= 2;
    };
    world.swipe("TAG-1");
    world.pass(minutes(10));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_EQ(world.backend.booked[0].start_frames, 3);
    std::set<std::string> ids;
    std::set<std::string> payloads;
    for (const Received& call : world.backend.log) {
        if (call.action != "StartTransaction") continue;
        ids.insert(call.id);
        payloads.insert(call.payload);
    }
    EXPECT_EQ(ids.size(), 1U);
    EXPECT_EQ(payloads.size(), 1U);
}

// F4: the answer to the first attempt comes after the second was sent, or when nothing is in flight.
TEST(Retry, AnAnswerThatComesTooLateMakesNoSecondTransaction)
{
    for (const Duration delay : {Duration(seconds(45)), Duration(seconds(100))}) {
        World world;
        world.begin();
        world.plug();
        world.backend.delay["StartTransaction"] = delay;
        world.swipe("TAG-1");
        world.pass(seconds(60));
        EXPECT_FALSE(world.evse_view().session->transaction_id) << "gave up waiting after 30 s";
        world.backend.delay["StartTransaction"] = seconds(20);
        world.pass(minutes(5));
        ASSERT_EQ(world.backend.booked.size(), 1U);
        EXPECT_EQ(world.backend.booked[0].start_frames, 2);
        EXPECT_EQ(world.evse_view().session->transaction_id, 1000);
        world.swipe("TAG-1");
        world.pass(seconds(10));
        EXPECT_TRUE(world.backend.booked[0].stopped);
        EXPECT_EQ(world.view().queued_facts, 0U);
    }
}

// F14
TEST(Retry, RefusalsWaitLongerEachTimeThenTheDeadLetters)
{
    World world(offline_config());
    world.begin();
    world.plug();
    world.backend.refuse["StartTransaction"] = 1000;
    world.swipe("TAG-1");
    world.pass(minutes(2));
    std::vector<Instant> times;
    for (const Received& call : world.backend.log) {
        if (call.action == "StartTransaction") times.push_back(call.at);
    }
    ASSERT_EQ(times.size(), 3U);
    EXPECT_NEAR(static_cast<double>((times[1] - times[0]).count()), 10'000, 200);
    EXPECT_NEAR(static_cast<double>((times[2] - times[1]).count()), 20'000, 200);
    EXPECT_EQ(world.view().dead_letters, 1U);
    EXPECT_EQ(records(world, "dead/"), 1U);
    // F5: the rest goes with -1.
    world.swipe("TAG-1");
    world.pass(seconds(30));
    EXPECT_THAT(world.backend.last("StopTransaction"), HasSubstr(R"("transactionId":-1)"));
    EXPECT_EQ(world.view().queued_facts, 0U);
    world.power_cut();
    world.boot();
    world.pass(minutes(1));
    EXPECT_EQ(world.view().dead_letters, 1U);
}

// Nothing is sent again but by a person, and then with the number of its transaction.
TEST(Retry, ADeadLetterIsReadAndSentAgain)
{
    World world(offline_config());
    world.begin();
    world.backend.refuse["StopTransaction"] = 3;
    session(world, minutes(3));
    world.pass(minutes(3));
    ASSERT_EQ(world.view().dead_letters, 1U);
    EXPECT_FALSE(world.backend.booked.at(0).stopped);
    world.power_cut();
    world.boot();
    world.pass(minutes(1));
    const auto letters = world.station().dead_letters();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].kind, "Ended");
    EXPECT_EQ(letters[0].transaction_id, 1000);
    EXPECT_EQ(letters[0].meter.value, world.evse().watt_hours());
    EXPECT_TRUE(letters[0].at && letters[0].given_up_at);
    EXPECT_THAT(letters[0].reason, HasSubstr("scripted"));
    world.resend_dead_letter("7-7");
    EXPECT_EQ(world.station().counters().get("outbox.unknown_dead_letter"), 1U);
    world.network(false);
    world.resend_dead_letter(letters[0].serial);
    world.pass(seconds(1));
    world.power_cut();
    world.network(true);
    world.boot();
    world.pass(minutes(1));
    EXPECT_TRUE(world.backend.booked.at(0).stopped);
    EXPECT_EQ(world.backend.booked.at(0).meter_stop, world.evse().watt_hours());
    EXPECT_EQ(world.view().dead_letters, 0U);
    EXPECT_EQ(records(world, "dead/") + records(world, "fact/"), 0U);
}

TEST(Retry, AStartTakenBackFromTheDeadLettersOpensNoSessionHere)
{
    World world(offline_config());
    world.begin();
    world.backend.refuse["StartTransaction"] = 3;
    session(world, minutes(3));
    world.pass(minutes(3));
    const auto letters = world.station().dead_letters();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].kind, "Started");
    world.network(false);
    world.resend_dead_letter(letters[0].serial);
    world.pass(seconds(1));
    world.power_cut();
    world.boot();
    world.pass(minutes(1));
    EXPECT_FALSE(world.evse_view().session);
    world.network(true);
    world.pass(minutes(5));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_EQ(world.view().queued_facts, 0U);
}

// OCPP-J 3.3: only CALLERROR says that the backend could not process it.
TEST(Retry, AnAnswerThatCannotBeReadIsNoRefusal)
{
    const char* const starts[] = {
        R"({"transactionId":1000})",
        R"({"transactionId":1000,"idTagInfo":{"status":"Accepted","expiryDate":"soon"}})",
        R"({"transactionId":1000,"idTagInfo":{"status":"Fine"}})"};
    for (const char* const start : starts) {
        World world(offline_config());
        world.backend.mangle = [&](const std::string& action, const std::string& right) -> std::string {
            if (action == "StartTransaction") return start;
            if (action == "StopTransaction") return R"({"idTagInfo":7})";
            if (action == "MeterValues") return R"({"surprise":[]})";
            return right;
        };
        world.begin();
        session(world, minutes(3));
        world.pass(minutes(2));
        EXPECT_EQ(world.backend.count("StartTransaction"), 1U);
        EXPECT_EQ(world.backend.count("StopTransaction"), 1U);
        EXPECT_EQ(world.view().dead_letters, 0U);
        EXPECT_EQ(world.view().queued_facts, 0U);
        EXPECT_TRUE(world.backend.booked.at(0).stopped);
    }
}

TEST(Retry, ABlockedTokenInAnUnreadableAnswerGetsNoEnergy)
{
    World world;
    world.backend.mangle = [](const std::string& action, const std::string& right) -> std::string {
        if (action != "StartTransaction") return right;
        return R"({"transactionId":1000,"idTagInfo":{"status":"Blocked","expiryDate":"soon"}})";
    };
    world.begin();
    session(world, minutes(3));
    EXPECT_EQ(world.backend.booked.at(0).reason, "DeAuthorized");
}

TEST(Retry, AStartAnsweredWithoutANumberIsAskedForItAgain)
{
    World world(offline_config());
    int answers = 0;
    world.backend.mangle = [&](const std::string& action, const std::string& right) -> std::string {
        return action == "StartTransaction" && ++answers <= 2 ? "{}" : right;
    };
    world.begin();
    session(world, minutes(3));
    world.pass(minutes(2));
    EXPECT_EQ(world.backend.booked.at(0).start_frames, 3);
    EXPECT_TRUE(world.backend.booked.at(0).stopped);
    EXPECT_EQ(world.view().dead_letters, 0U);
}

// F15
TEST(Retry, SilenceNeverDiscards)
{
    World world;
    world.begin();
    world.plug();
    world.backend.silent.insert("StartTransaction");
    world.swipe("TAG-1");
    world.pass(hours(5));
    EXPECT_GE(world.backend.count("StartTransaction"), 10U);
    EXPECT_EQ(world.view().dead_letters, 0U);
    world.backend.silent.clear();
    world.pass(minutes(10));
    EXPECT_EQ(world.backend.booked.size(), 1U);
    EXPECT_EQ(world.view().queued_facts, 0U);
}

// F29
TEST(Retry, ARemoteStopBeforeTheNumberIsKnown)
{
    World world;
    world.begin();
    world.plug();
    bool lose = true;
    world.backend.lose_answer = [&](const std::string& action) {
        return lose && action == "StartTransaction";
    };
    world.swipe("TAG-1");
    world.pass(seconds(10));
    ASSERT_EQ(world.backend.booked.size(), 1U);
    EXPECT_THAT(world.ask("RemoteStopTransaction", R"({"transactionId":1000})"), HasSubstr("Accepted"));
    world.pass(seconds(5));
    EXPECT_TRUE(world.evse().closed);
    lose = false;
    world.pass(minutes(5));
    EXPECT_TRUE(world.backend.booked[0].stopped);
    EXPECT_EQ(world.backend.booked[0].reason, "Remote");
}

// What was accepted holds, whatever happens before the number is known.
TEST(Retry, ARemoteStopBeforeTheNumberIsKnownOutlivesAPowerCut)
{
    for (const Duration announce_after : {Duration(20), Duration(seconds(5))}) {
        World world;
        world.begin();
        world.plug();
        world.backend.lose_answer = [](const std::string& action) { return action == "StartTransaction"; };
        world.swipe("TAG-1");
        world.pass(seconds(10));
        EXPECT_THAT(world.ask("RemoteStopTransaction", R"({"transactionId":1000})"), HasSubstr("Accepted"));
        world.power_cut();
        world.backend.lose_answer = nullptr;
        world.announce_after = announce_after;
        world.boot();
        world.pass(minutes(5));
        EXPECT_TRUE(world.backend.booked.at(0).stopped);
        EXPECT_EQ(world.backend.booked.at(0).reason, "Remote");
        EXPECT_EQ(world.backend.booked.at(0).meter_stop, world.evse().watt_hours());
        EXPECT_EQ(records(world, "remote-stop/"), 0U);
    }
}

TEST(Retry, ASwipeWhileTheStartIsBeingStoredIsAStop)
{
    World world;
    world.begin();
    world.plug();
    world.commit_time = seconds(3);
    world.swipe("TAG-1");
    world.pass(seconds(1));
    ASSERT_TRUE(world.evse_view().session);
    world.swipe("TAG-1");
    world.pass(minutes(1));
    EXPECT_EQ(world.backend.booked.at(0).reason, "Local");
    EXPECT_EQ(world.evse().watt_hours(), 0);
}

// F19
TEST(Bound, OnlySamplesAreDropped)
{
    Config config = offline_config();
    config.max_queued_facts = 50;
    config.keys["MeterValueSampleInterval"] = "10";
    World world(config);
    world.begin();
    world.network(false);
    for (int i = 0; i < 5; ++i) session(world, minutes(10));
    EXPECT_LE(world.view().queued_facts, 50U);
    EXPECT_GT(world.station().counters().get("outbox.samples_dropped"), 100U);
    world.network(true);
    world.pass(minutes(10));
    EXPECT_EQ(world.backend.booked.size(), 5U);
    for (const Booked& booked : world.backend.booked) EXPECT_TRUE(booked.stopped);
}

TEST(Bound, RefusalsAreCountedAgainstTheFactThatGotThem)
{
    Config config = offline_config();
    config.max_queued_facts = 12;
    config.keys["MeterValueSampleInterval"] = "5";
    config.keys["TransactionMessageAttempts"] = "4";
    config.keys["TransactionMessageRetryInterval"] = "30";
    World world(config);
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(seconds(3));
    world.backend.refuse["MeterValues"] = 1000;
    world.pass(minutes(6));
    ASSERT_GT(world.station().counters().get("outbox.samples_dropped"), 10U);
    std::vector<std::string> attempts;
    for (const Received& call : world.backend.log) {
        if (call.action == "MeterValues") attempts.push_back(call.id);
    }
    ASSERT_GE(attempts.size(), 5U);
    EXPECT_EQ(std::ranges::count(attempts, attempts[0]), 4);
    EXPECT_NE(attempts[4], attempts[0]);
    EXPECT_EQ(world.view().dead_letters, 1U);
}

}  // namespace
}  // namespace ladestrom::station::test
