#include "rpc/peer.hpp"

#include <gtest/gtest.h>

namespace ladestrom::rpc {
namespace {

struct PeerTest : testing::Test {
    messages::JsonParser parser;
    Counters counters;
    Limits limits{.max_waiting_calls = 2};
    Peer peer{OcppVersion::v1_6, limits, parser, counters};
    Tick now{};

    std::optional<Call> call(std::string_view frame)
    {
        auto received = peer.receive(frame, now);
        EXPECT_TRUE(received.replies.empty()) << received.replies.front();
        if (!received.event || !std::holds_alternative<Call>(*received.event)) return std::nullopt;
        return std::get<Call>(*received.event);
    }
};

TEST_F(PeerTest, ACallArrivesAndIsAnswered)
{
    const auto received = call(R"([2,"19","Heartbeat",{}])");
    ASSERT_TRUE(received);
    EXPECT_EQ(received->action, "Heartbeat");
    EXPECT_EQ(messages::to_text(received->payload), "{}");
    EXPECT_EQ(peer.result(received->id, R"({"currentTime":"x"})"), R"([3,"19",{"currentTime":"x"}])");
}

TEST_F(PeerTest, OurCallIsAnsweredOnce)
{
    EXPECT_EQ(peer.call("a", "Reset", R"({"type":"Soft"})", now), R"([2,"a","Reset",{"type":"Soft"}])");
    EXPECT_TRUE(peer.call_in_flight());
    const auto received = peer.receive(R"([3,"a",{"status":"Accepted"}])", now);
    ASSERT_TRUE(received.event);
    EXPECT_EQ(std::get<CallResult>(*received.event).action, "Reset");
    EXPECT_FALSE(peer.call_in_flight());
    EXPECT_FALSE(peer.receive(R"([3,"a",{"status":"Accepted"}])", now).event);
    EXPECT_EQ(counters.get("rpc.answer_to_unknown_id"), 1U);
}

TEST_F(PeerTest, CallErrorKeepsWhatTheOtherSideSaid)
{
    peer.call("a", "Reset", "{}", now);
    const auto received = peer.receive(R"([4,"a","OccurrenceConstraintViolation","no type",{"x":1}])", now);
    const auto& error = std::get<CallError>(received.event.value());
    EXPECT_EQ(error.code, messages::ErrorCode::occurrence_constraint_violation);
    EXPECT_EQ(error.code_text, "OccurrenceConstraintViolation");
    EXPECT_EQ(error.description, "no type");
    EXPECT_EQ(error.details, R"({"x":1})");
    EXPECT_FALSE(error.timed_out);
}

TEST_F(PeerTest, AShortCallErrorIsTakenAndCounted)
{
    peer.call("a", "Reset", "{}", now);
    const auto received = peer.receive(R"([4,"a","InternalError"])", now);
    EXPECT_EQ(std::get<CallError>(received.event.value()).code, messages::ErrorCode::internal_error);
    EXPECT_EQ(counters.get("tolerance.short_call_error"), 1U);
}

TEST_F(PeerTest, ACallTimesOutAndItsLateAnswerIsDropped)
{
    peer.call("a", "Reset", "{}", now, seconds(5));
    EXPECT_EQ(peer.next_deadline(), now + seconds(5));
    EXPECT_FALSE(peer.expire(now + milliseconds(4999)));
    const auto error = peer.expire(now + seconds(5));
    ASSERT_TRUE(error);
    EXPECT_TRUE(error->timed_out);
    EXPECT_EQ(error->action, "Reset");
    peer.call("b", "Reset", "{}", now + seconds(6));
    EXPECT_FALSE(peer.receive(R"([3,"a",{}])", now + seconds(7)).event);
    EXPECT_TRUE(peer.call_in_flight()) << "the late answer does not end the next call";
}

TEST_F(PeerTest, ARepeatedCallGetsTheStoredAnswer)
{
    const std::string frame = R"([2,"7","StartTransaction",{"n":1}])";
    ASSERT_TRUE(call(frame));
    EXPECT_FALSE(call(frame)) << "still unanswered: the answer to come serves both";
    const auto answer = peer.result("7", R"({"transactionId":1})");
    const auto again = peer.receive(frame, now);
    EXPECT_FALSE(again.event);
    ASSERT_EQ(again.replies.size(), 1U);
    EXPECT_EQ(again.replies[0], answer);
    EXPECT_EQ(counters.get("rpc.repeated_call"), 2U);
}

TEST_F(PeerTest, ARepeatedIdWithOtherContentIsANewCall)
{
    ASSERT_TRUE(call(R"([2,"7","Heartbeat",{}])"));
    peer.result("7", "{}");
    EXPECT_TRUE(call(R"([2,"7","Authorize",{"idTag":"A"}])"));
}

TEST_F(PeerTest, CallsBeforeTheAnswerWaitInOrderUpToTheLimit)
{
    ASSERT_TRUE(call(R"([2,"1","A",{}])"));
    EXPECT_FALSE(call(R"([2,"2","B",{}])"));
    EXPECT_FALSE(call(R"([2,"3","C",{}])"));
    EXPECT_FALSE(call(R"([2,"3","C",{}])")) << "a repeat of one that waits is not kept twice";
    const auto refused = peer.receive(R"([2,"4","D",{}])", now);
    ASSERT_EQ(refused.replies.size(), 1U);
    EXPECT_EQ(refused.replies[0],
              R"([4,"4","GenericError","too many calls before the answer to the first",{}])");

    EXPECT_FALSE(peer.next_waiting_call()) << "the first is not answered yet";
    peer.result("1", "{}");
    EXPECT_EQ(std::get<Call>(peer.next_waiting_call().value()).action, "B");
    peer.error("2", messages::ErrorCode::internal_error, "no");
    EXPECT_EQ(std::get<Call>(peer.next_waiting_call().value()).action, "C");
    peer.result("3", "{}");
    EXPECT_FALSE(peer.next_waiting_call());
}

TEST_F(PeerTest, BothDirectionsGoOnAtTheSameTime)
{
    peer.call("ours", "Reset", "{}", now);
    ASSERT_TRUE(call(R"([2,"theirs","Heartbeat",{}])"));
    EXPECT_TRUE(peer.receive(R"([3,"ours",{}])", now).event);
    EXPECT_EQ(peer.result("theirs", "{}"), R"([3,"theirs",{}])");
}

TEST_F(PeerTest, DescriptionsAreCutAt255Characters)
{
    ASSERT_TRUE(call(R"([2,"1","A",{}])"));
    std::string description;
    for (int i = 0; i < 300; ++i) description += "\xC3\xA4";
    const auto frame = peer.error("1", messages::ErrorCode::internal_error, description);
    EXPECT_EQ(frame.size(), std::string_view(R"([4,"1","InternalError","",{}])").size() + 2 * 255);
}

TEST_F(PeerTest, ADecodeErrorNamesThePlace)
{
    ASSERT_TRUE(call(R"([2,"1","Authorize",{}])"));
    const messages::DecodeError error{messages::ErrorCode::occurrence_constraint_violation, "/idTag",
                                      "is missing"};
    EXPECT_EQ(peer.error("1", error), R"([4,"1","OccurenceConstraintViolation","/idTag: is missing",{}])");
}

TEST(Peer, ASendIsAnEventThatNobodyAnswers)
{
    messages::JsonParser parser;
    Counters counters;
    Peer peer(OcppVersion::v2_1, {}, parser, counters);
    ASSERT_TRUE(peer.receive(R"([2,"1","Heartbeat",{}])", Tick{}).event)
        << "unanswered while the SEND arrives";
    const auto received = peer.receive(peer.send("7", "NotifyPeriodicEventStream", R"({"id":3})"), Tick{});
    EXPECT_TRUE(received.replies.empty());
    const auto& sent = std::get<Sent>(received.event.value());
    EXPECT_EQ(sent.id, "7");
    EXPECT_EQ(sent.action, "NotifyPeriodicEventStream");
    EXPECT_EQ(messages::to_text(sent.payload), R"({"id":3})");
}

TEST(Peer, OurNewestAnswerCanBeRefusedIn21)
{
    messages::JsonParser parser;
    Counters counters;
    Peer peer(OcppVersion::v2_1, {}, parser, counters);
    peer.receive(R"([2,"1","Heartbeat",{}])", Tick{});
    constexpr std::string_view refusal = R"([5,"1","TypeConstraintViolation","/currentTime: a text",{}])";
    EXPECT_FALSE(peer.receive(refusal, Tick{}).event) << "before it was answered";
    peer.result("1", "{}");
    const auto received = peer.receive(refusal, Tick{});
    EXPECT_TRUE(received.replies.empty());
    EXPECT_EQ(std::get<ResultRefused>(received.event.value()).code_text, "TypeConstraintViolation");
    EXPECT_EQ(counters.get("rpc.result_refused"), 1U);
}

TEST(Peer, AnUnusableResultIsRefusedIn21Alone)
{
    messages::JsonParser parser;
    Counters counters;
    const messages::DecodeError error{messages::ErrorCode::occurrence_constraint_violation, "/status",
                                      "missing"};
    EXPECT_EQ(Peer(OcppVersion::v2_1, {}, parser, counters)
                  .refuse_result(CallResult{.id = "4", .action = "Reset", .payload = {}}, error),
              R"([5,"4","OccurrenceConstraintViolation","/status: missing",{}])");
    EXPECT_FALSE(Peer(OcppVersion::v2_0_1, {}, parser, counters)
                     .refuse_result(CallResult{.id = "4", .action = "Reset", .payload = {}}, error));
}

}  // namespace
}  // namespace ladestrom::rpc
