#include "api/hub.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace ladestrom::api {
namespace {

constexpr std::uint64_t newest = std::numeric_limits<std::uint64_t>::max();

csms::FrameTraced frame(const std::string& station, csms::Direction direction, std::int64_t ms,
                        std::string text)
{
    return {StationId(station), direction, Instant(Duration(ms)), std::move(text)};
}

TEST(Hub, AnswersGetTheActionAndTheTimeOfTheirCall)
{
    Hub hub({});
    hub.publish(frame("A", csms::Direction::received, 100, R"([2,"1","Heartbeat",{}])"));
    hub.publish(frame("A", csms::Direction::sent, 120, R"([2,"1","Reset",{}])"));
    hub.publish(frame("B", csms::Direction::sent, 125, R"([3,"1",{}])"));
    hub.publish(frame("A", csms::Direction::sent, 130, R"([3,"1",{}])"));
    hub.publish(frame("A", csms::Direction::received, 190, R"([4,"1","GenericError","",{}])"));
    hub.publish(frame("A", csms::Direction::received, 200, R"([3,"1",{}])"));
    const auto page = hub.messages({StationId("A"), {}, {}}, 10, newest);
    ASSERT_EQ(page.items.size(), 5U);
    EXPECT_EQ(page.items[0].action, "") << "an answer that nobody waits for";
    EXPECT_FALSE(page.items[0].latency);
    EXPECT_EQ(page.items[1].kind, FrameKind::error);
    EXPECT_EQ(page.items[1].action, "Reset");
    EXPECT_EQ(page.items[1].latency, Duration(70));
    EXPECT_EQ(page.items[2].action, "Heartbeat");
    EXPECT_EQ(page.items[2].latency, Duration(30));
    const auto others = hub.messages({StationId("B"), {}, {}}, 10, newest);
    ASSERT_EQ(others.items.size(), 1U);
    EXPECT_EQ(others.items[0].action, "") << "another station's call";
}

TEST(Hub, ANewSocketForgetsTheCallsOfTheOld)
{
    Hub hub({});
    hub.publish(frame("A", csms::Direction::sent, 0, R"([2,"1","Reset",{}])"));
    hub.publish(csms::StationChanged{StationId("A"), false});
    hub.publish(frame("A", csms::Direction::received, 10, R"([3,"1",{}])"));
    EXPECT_EQ(hub.messages({StationId("A"), {}, {}}, 1, newest).items[0].action, "");
}

TEST(Hub, ABootIsNamedThoughTheStationIsToldOfMeanwhile)
{
    Hub hub({});
    hub.publish(frame("A", csms::Direction::received, 0, R"([2,"1","BootNotification",{}])"));
    hub.publish(csms::StationChanged{StationId("A"), true});
    hub.publish(frame("A", csms::Direction::sent, 5, R"([3,"1",{}])"));
    EXPECT_EQ(hub.messages({StationId("A"), {}, {}}, 1, newest).items[0].action, "BootNotification");
}

TEST(Hub, AnAnswerNamesTheNewestCallAlone)
{
    Hub hub({});
    hub.publish(frame("A", csms::Direction::received, 0, R"([2,"1","Authorize",{}])"));
    hub.publish(frame("A", csms::Direction::received, 1, R"([2,"2","Heartbeat",{}])"));
    hub.publish(frame("A", csms::Direction::sent, 2, R"([3,"2",{}])"));
    hub.publish(frame("A", csms::Direction::sent, 3, R"([3,"2",{}])"));
    hub.publish(frame("A", csms::Direction::sent, 4, R"([3,"1",{}])"));
    const auto page = hub.messages({StationId("A"), {}, {}}, 3, newest);
    EXPECT_EQ(page.items[0].action, "") << "not the newest call";
    EXPECT_EQ(page.items[1].action, "") << "answered already";
    EXPECT_EQ(page.items[2].action, "Heartbeat");
}

TEST(Hub, ACutFrameIsStillUnderstood)
{
    Hub hub({.frame_bytes_max = 100});
    hub.publish(frame("A", csms::Direction::received, 0,
                      R"([2,"1","DataTransfer",{"vendorId":")" + std::string(500, 'x') + R"("}])"));
    hub.publish(frame("A", csms::Direction::sent, 7, R"([3,"1",{}])"));
    const auto page = hub.messages({StationId("A"), {}, {}}, 2, newest);
    EXPECT_EQ(page.items[1].action, "DataTransfer");
    EXPECT_EQ(page.items[1].frame.size(), 100U);
    EXPECT_EQ(page.items[0].latency, Duration(7));
}

TEST(Hub, FramesThatAreNoOcppAreKeptAsTheyAre)
{
    Hub hub({});
    for (const char* text :
         {"", "x", "[]", "[2]", "{}", "[\"2\",1,2]", "[2,1,\"Boot\",{}]", "[9,\"1\"]", "[2,\"a\",5,{}]"}) {
        hub.publish(frame("A", csms::Direction::received, 0, text));
    }
    const auto page = hub.messages({StationId("A"), {}, {}}, 100, newest);
    ASSERT_EQ(page.items.size(), 9U);
    EXPECT_EQ(page.items[8].frame, "");
    EXPECT_EQ(page.items[8].kind, FrameKind::other);
}

TEST(Hub, TheRingIsBoundedByFramesAndBytes)
{
    Hub hub({.frames_max = 10, .bytes_max = 3000, .frame_bytes_max = 500});
    for (int i = 0; i < 50; ++i) hub.publish(frame("A", csms::Direction::received, i, "[]"));
    EXPECT_EQ(hub.messages({StationId("A"), {}, {}}, 100, newest).items.size(), 10U);
    for (int i = 0; i < 50; ++i)
        hub.publish(frame("A", csms::Direction::received, i, std::string(2000, 'x')));
    const auto page = hub.messages({StationId("A"), {}, {}}, 100, newest);
    EXPECT_LE(page.items.size(), 6U);
    EXPECT_EQ(page.items[0].frame.size(), 500U);
}

TEST(Hub, PagesGoBackInTime)
{
    Hub hub({});
    for (int i = 0; i < 5; ++i) {
        hub.publish(frame("A", i % 2 == 0 ? csms::Direction::received : csms::Direction::sent, i,
                          R"([2,")" + std::to_string(i) + R"(","Heartbeat",{}])"));
    }
    const auto first = hub.messages({StationId("A"), {}, {}}, 3, newest);
    ASSERT_TRUE(first.next);
    const auto second = hub.messages({StationId("A"), {}, {}}, 3, std::stoull(*first.next));
    ASSERT_EQ(second.items.size(), 2U);
    EXPECT_EQ(second.items[0].message_id, "1");
    EXPECT_FALSE(second.next);
    EXPECT_EQ(hub.messages({StationId("A"), {}, csms::Direction::sent}, 10, newest).items.size(), 2U);
    EXPECT_EQ(hub.messages({StationId("A"), "Reset", {}}, 10, newest).items.size(), 0U);
}

}  // namespace
}  // namespace ladestrom::api
