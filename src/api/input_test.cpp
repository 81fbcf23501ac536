#include "api/input.hpp"

#include <gtest/gtest.h>

namespace ladestrom::api {
namespace {

TEST(Body, TakesWhatIsRight)
{
    messages::JsonParser parser;
    Body body(
        parser,
        R"({"t":"x","i":5,"n":0.5,"b":true,"s":"accepted","o":{"a":[1]},"z":null,"v":["2.1","1.6"],"at":"2024-01-01T00:00:00Z"})");
    EXPECT_EQ(body.text("t", {1, 5}), "x");
    EXPECT_EQ(body.integer("i", 0, 5), 5);
    EXPECT_EQ(body.number("n", 0, 1), 0.5);
    EXPECT_EQ(body.boolean("b"), true);
    EXPECT_EQ(body.choice<store::Admission>("s"), store::Admission::accepted);
    EXPECT_EQ(body.object("o"), R"({"a":[1]})");
    EXPECT_TRUE(body.is_null("z"));
    EXPECT_EQ(body.choices<OcppVersion>("z"), std::vector<OcppVersion>());
    EXPECT_EQ(body.choices<OcppVersion>("v"), (std::vector{OcppVersion::v2_1, OcppVersion::v1_6}));
    EXPECT_TRUE(body.time("at"));
    EXPECT_FALSE(body.text("absent", {0, 1}));
    EXPECT_FALSE(body.finish());
}

struct BadBody {
    const char* text;
    const char* field;
};

class BodyRefuses : public testing::TestWithParam<BadBody> {};

TEST_P(BodyRefuses, AndNamesTheField)
{
    messages::JsonParser parser;
    Body body(parser, GetParam().text);
    body.text("t", {1, 5});
    body.integer("i", 0, 5);
    body.number("n", 0, 1);
    body.boolean("b");
    body.choice<store::Admission>("s");
    body.object("o");
    body.choices<OcppVersion>("v");
    body.time("at");
    const auto problem = body.finish();
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->status, 400U);
    EXPECT_EQ(problem->field, GetParam().field) << problem->message;
}

INSTANTIATE_TEST_SUITE_P(Inputs, BodyRefuses,
                         testing::Values(BadBody{"", ""}, BadBody{"[]", ""}, BadBody{"{", ""},
                                         BadBody{R"({"t":1})", "/t"}, BadBody{R"({"t":""})", "/t"},
                                         BadBody{R"({"t":"123456"})", "/t"}, BadBody{R"({"t":null})", "/t"},
                                         BadBody{R"({"i":6})", "/i"}, BadBody{R"({"i":"5"})", "/i"},
                                         BadBody{R"({"i":1.5})", "/i"}, BadBody{R"({"n":0})", "/n"},
                                         BadBody{R"({"n":1.01})", "/n"}, BadBody{R"({"b":1})", "/b"},
                                         BadBody{R"({"s":"Accepted"})", "/s"}, BadBody{R"({"o":[]})", "/o"},
                                         BadBody{R"({"at":"yesterday"})", "/at"}, BadBody{R"({"x":1})", "/x"},
                                         BadBody{R"({"v":"1.6"})", "/v"}, BadBody{R"({"v":[1]})", "/v/0"},
                                         BadBody{R"({"v":["1.6","2.0"]})", "/v/1"},
                                         BadBody{R"({"v":["1.6","2.1","1.6"]})", "/v/2"},
                                         BadBody{R"({"v":["1.6","1.6","1.6","1.6"]})", "/v"},
                                         BadBody{R"({"t":"a","t":"b"})", "/t"}));

TEST(Query, RefusesWhatItDoesNotKnowAndWhatIsThereTwice)
{
    transport::HttpRequest request;
    request.query = {{"limit", "5"}, {"from", "2024-01-01T00:00:00Z"}, {"flag", "true"}};
    Query good(request);
    EXPECT_EQ(good.integer("limit", 1, 5), 5);
    EXPECT_TRUE(good.time("from"));
    EXPECT_EQ(good.boolean("flag"), true);
    EXPECT_FALSE(good.finish());
    Query unasked(request);
    unasked.integer("limit", 1, 5);
    ASSERT_TRUE(unasked.finish());
    request.query = {{"limit", "5"}, {"limit", "6"}};
    Query twice(request);
    twice.integer("limit", 1, 10);
    EXPECT_EQ(twice.finish()->field, "limit");
    for (const char* bad : {"0", "6", "", "5x", "0x5", " 5", "99999999999999999999"}) {
        request.query = {{"limit", bad}};
        Query query(request);
        query.integer("limit", 1, 5);
        EXPECT_EQ(query.finish()->field, "limit") << bad;
    }
}

TEST(Body, AnObjectIsGivenAsItWasWritten)
{
    messages::JsonParser parser;
    const auto payload = [&](std::string text) {
        Body body(parser, text);
        return body.object("payload").value_or("none");
    };
    EXPECT_EQ(
        payload(R"({"a":{"payload":{}},"payload" : { "x" : 1.50, "y":["}\"",{"payload":1}] } ,"b":"{"})"),
        R"({ "x" : 1.50, "y":["}\"",{"payload":1}] })");
    EXPECT_EQ(payload(R"({"payload":{}})"), "{}");
    EXPECT_EQ(payload(R"({"x":"payload","payload":{"v":1e2}})"), R"({"v":1e2})");
    EXPECT_EQ(payload(R"({"pay\u006coad":{"v":1}})"), R"({"v":1})") << "its name written with an escape";
}

TEST(Body, APathParameterIsNoPointerIntoTheBody)
{
    messages::JsonParser parser;
    Body body(parser, "{}");
    body.fail_parameter("id", "is wrong");
    EXPECT_EQ(body.finish()->field, "id");
}

}  // namespace
}  // namespace ladestrom::api
