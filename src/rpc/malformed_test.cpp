// One row per kind of broken frame (docs/reference/malformed.md): what is answered, and what is counted.
#include "rpc/peer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::rpc {
namespace {

struct Row {
    const char* name;
    std::string frame;
    const char* answer;  // "" when nothing is sent
    const char* counter;
};

class Malformed : public testing::TestWithParam<Row> {};

void expect_row(const Row& row, OcppVersion version)
{
    messages::JsonParser parser;
    Counters counters;
    Peer peer(version, Limits{.max_frame_bytes = 4096}, parser, counters);
    peer.call("ours", "Reset", "{}", Tick{});
    const auto received = peer.receive(row.frame, Tick{});
    EXPECT_FALSE(received.event);
    if (std::string_view(row.answer).empty()) {
        EXPECT_TRUE(received.replies.empty());
    } else {
        ASSERT_EQ(received.replies.size(), 1U);
        EXPECT_EQ(received.replies[0], row.answer);
        EXPECT_TRUE(messages::JsonParser().parse(received.replies[0]));
    }
    EXPECT_EQ(counters.get(row.counter), 1U) << row.counter;
    EXPECT_TRUE(peer.call_in_flight()) << "a broken frame does not end our call";
    EXPECT_TRUE(peer.receive(R"([2,"next","Heartbeat",{}])", Tick{}).event) << "the connection goes on";
}

TEST_P(Malformed, In16)
{
    expect_row(GetParam(), OcppVersion::v1_6);
}

const Row rows16[] = {
    {"Empty", "", "", "rpc.not_json"},
    {"NotJson", "hello", "", "rpc.not_json"},
    {"TornJson", R"([2,"1","Heart)", "", "rpc.not_json"},
    {"TrailingText", R"([2,"1","Heartbeat",{}] x)", "", "rpc.not_json"},
    {"InvalidUtf8", "[2,\"1\",\"\xFF\xFE\",{}]", "", "rpc.not_json"},
    {"HoleInObject", R"([2,"1","StopTransaction",{"transactionId":,"x":1}])", "", "rpc.not_json"},
    {"TooDeep", std::string(1000, '['), "", "rpc.not_json"},
    {"TooDeepComplete", "[2,\"1\",\"A\"," + std::string(40, '[') + std::string(40, ']') + "]", "",
     "rpc.not_json"},
    {"TooLong", "[2,\"1\",\"A\",{\"x\":\"" + std::string(5000, 'a') + "\"}]", "", "rpc.frame_too_long"},
    {"Object", R"({"a":1})", "", "rpc.not_an_array"},
    {"Number", "2", "", "rpc.not_an_array"},
    {"EmptyArray", "[]", "", "rpc.no_message_type"},
    {"TypeAsText", R"(["2","1","Heartbeat",{}])", "", "rpc.no_message_type"},
    {"TypeFraction", R"([2.5,"1","Heartbeat",{}])", "", "rpc.no_message_type"},
    {"UnknownType", R"([9,"1","Heartbeat",{}])", "", "rpc.unknown_message_type"},
    {"TypeOf21", R"([5,"1","x","y",{}])", "", "rpc.unknown_message_type"},
    {"IdMissing", "[2]", "", "rpc.unreadable_id"},
    {"IdNumber", R"([2,17,"Heartbeat",{}])", "", "rpc.unreadable_id"},
    {"IdNull", R"([2,null,"Heartbeat",{}])", "", "rpc.unreadable_id"},
    {"IdEmpty", R"([2,"","Heartbeat",{}])", "", "rpc.unreadable_id"},
    {"IdHuge", "[2,\"" + std::string(300, 'i') + "\",\"Heartbeat\",{}]", "", "rpc.unreadable_id"},
    {"PayloadMissing", R"([2,"1","Heartbeat"])",
     R"([4,"1","FormationViolation","a call has four items: 2, id, action, payload",{}])",
     "rpc.malformed_call"},
    {"OneItemTooMany", R"([2,"1","Heartbeat",{},{}])",
     R"([4,"1","FormationViolation","a call has four items: 2, id, action, payload",{}])",
     "rpc.malformed_call"},
    {"ActionNumber", R"([2,"1",7,{}])",
     R"([4,"1","FormationViolation","the third item is the action, a text",{}])", "rpc.malformed_call"},
    {"PayloadArray", R"([2,"1","Heartbeat",[]])",
     R"([4,"1","FormationViolation","the payload is a JSON object",{}])", "rpc.malformed_call"},
    {"PayloadNull", R"([2,"1","Heartbeat",null])",
     R"([4,"1","FormationViolation","the payload is a JSON object",{}])", "rpc.malformed_call"},
    {"QuoteInId", R"([2,"a\"]\u0000","Heartbeat",[]])",
     R"([4,"a\"]\u0000","FormationViolation","the payload is a JSON object",{}])", "rpc.malformed_call"},
    {"ResultForNothing", R"([3,"nobody",{}])", "", "rpc.answer_to_unknown_id"},
    {"ResultWithoutId", "[3]", "", "rpc.answer_to_unknown_id"},
    {"ErrorForNothing", R"([4,"nobody","GenericError","",{}])", "", "rpc.answer_to_unknown_id"},
};

std::string name_of(const testing::TestParamInfo<Row>& info)
{
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Rows, Malformed, testing::ValuesIn(rows16), name_of);

TEST(MalformedVersions, TwoAnswersWhatItCannotReadWithoutEchoingIt)
{
    const char* answer = R"([4,"-1","RpcFrameworkError","not a JSON document",{}])";
    expect_row({"NotJson", "hello", answer, "rpc.not_json"}, OcppVersion::v2_0_1);
    expect_row({"NotJson", "hello", answer, "rpc.not_json"}, OcppVersion::v2_1);
}

TEST(MalformedVersions, UnknownTypeNumbers)
{
    expect_row(
        {"Type", R"([9,"1","x",{}])", R"([4,"1","MessageTypeNotSupported","unknown message type number",{}])",
         "rpc.unknown_message_type"},
        OcppVersion::v2_0_1);
    expect_row(
        {"NoId", R"([9,"","x",{}])", R"([4,"-1","MessageTypeNotSupported","unknown message type number",{}])",
         "rpc.unknown_message_type"},
        OcppVersion::v2_0_1);
    expect_row({"Type", R"([9,"1","x",{}])", "", "rpc.unknown_message_type"}, OcppVersion::v2_1);
}

TEST(MalformedVersions, FormatViolationIsSpeltByVersion)
{
    expect_row({"Payload", R"([2,"1","Heartbeat",[]])",
                R"([4,"1","FormatViolation","the payload is a JSON object",{}])", "rpc.malformed_call"},
               OcppVersion::v2_0_1);
}

TEST(MalformedAnswers, AMalformedAnswerEndsTheCallAsAnError)
{
    for (const char* frame : {R"([3,"ours"])", R"([3,"ours",null])", R"([3,"ours",{},1])"}) {
        messages::JsonParser parser;
        Counters counters;
        Peer peer(OcppVersion::v1_6, {}, parser, counters);
        peer.call("ours", "Reset", "{}", Tick{});
        const auto received = peer.receive(frame, Tick{});
        EXPECT_TRUE(received.replies.empty()) << "never answer an answer";
        EXPECT_EQ(std::get<CallError>(received.event.value()).code, messages::ErrorCode::format_violation)
            << frame;
    }
}

TEST(MalformedAnswers, In21TheOtherSideIsTold)
{
    messages::JsonParser parser;
    Counters counters;
    Peer peer(OcppVersion::v2_1, {}, parser, counters);
    peer.call("ours", "Reset", "{}", Tick{});
    const auto received = peer.receive(R"([3,"ours",7])", Tick{});
    EXPECT_THAT(
        received.replies,
        testing::ElementsAre(R"([5,"ours","FormatViolation","the answer is not [3, id, payload]",{}])"));
    EXPECT_TRUE(std::holds_alternative<CallError>(received.event.value()));
}

TEST(MalformedVersions, SendAndResultErrorAreOf21)
{
    for (const char* frame :
         {R"([5,"1","GenericError","",{}])", R"([6,"1","NotifyPeriodicEventStream",{}])"}) {
        expect_row({"Type", frame, "", "rpc.unknown_message_type"}, OcppVersion::v1_6);
        expect_row({"Type", frame, R"([4,"1","MessageTypeNotSupported","unknown message type number",{}])",
                    "rpc.unknown_message_type"},
                   OcppVersion::v2_0_1);
    }
    for (const char* frame : {"[6]", R"([6,"1","A"])", R"([6,1,"A",{}])", R"([6,"1",2,{}])",
                              R"([6,"1","A",[]])", R"([6,"1","A",{},{}])"}) {
        expect_row({"Send", frame, "", "rpc.malformed_send"}, OcppVersion::v2_1);
    }
    expect_row({"Nothing", R"([5,"1","GenericError","",{}])", "", "rpc.answer_to_unknown_id"},
               OcppVersion::v2_1);
}

TEST(MalformedIds, ALongIdIsTakenAndCounted)
{
    messages::JsonParser parser;
    Counters counters;
    Peer peer(OcppVersion::v1_6, {}, parser, counters);
    const std::string id(64, 'x');
    EXPECT_TRUE(peer.receive("[2,\"" + id + "\",\"Heartbeat\",{}]", Tick{}).event);
    EXPECT_EQ(counters.get("tolerance.long_message_id"), 1U);
}

}  // namespace
}  // namespace ladestrom::rpc
