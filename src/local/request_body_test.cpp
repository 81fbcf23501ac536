// What is wrong with a request is said with the name of the field and what is expected.
#include "local/request_body.hpp"

#include <gtest/gtest.h>

namespace ladestrom::local {
namespace {

std::string problem_of(RequestBody& body)
{
    auto finished = body.finish();
    return finished ? "" : finished.error().message;
}

TEST(RequestBody, GivesWhatIsThere)
{
    RequestBody body(R"({"a":1.5,"b":7,"c":true,"d":"grün","e":"2026-11-21T09:30:00Z","f":null})");
    EXPECT_EQ(body.number("a", 0, 2), 1.5);
    EXPECT_EQ(body.integer("b", 0, 7), 7);
    EXPECT_EQ(body.boolean("c"), true);
    EXPECT_EQ(body.text("d", 4, 4), "grün");
    EXPECT_EQ(format_instant(*body.time("e")), "2026-11-21T09:30:00.000Z");
    EXPECT_TRUE(body.is_null("f"));
    EXPECT_FALSE(body.number("g", 0, 1));
    EXPECT_EQ(problem_of(body), "");
}

TEST(RequestBody, AnEmptyTextHasNoFields)
{
    RequestBody body(" \n");
    EXPECT_FALSE(body.number("a", 0, 1));
    EXPECT_EQ(problem_of(body), "");
}

TEST(RequestBody, NamesTheFieldAndTheExpectation)
{
    RequestBody range(R"({"soc":120})");
    EXPECT_FALSE(range.number("soc", 0, 100));
    EXPECT_EQ(problem_of(range), "soc: expected a number from 0 to 100");

    RequestBody type(R"({"phases":"3"})");
    EXPECT_FALSE(type.integer("phases", 1, 3));
    EXPECT_EQ(problem_of(type), "phases: expected a whole number from 1 to 3");

    RequestBody flag(R"({"up":1})");
    EXPECT_FALSE(flag.boolean("up"));
    EXPECT_EQ(problem_of(flag), "up: expected true or false");

    RequestBody missing("{}");
    missing.require("up", "true or false");
    EXPECT_EQ(problem_of(missing), "up: expected true or false; it is missing");

    RequestBody time(R"({"now":"yesterday"})");
    EXPECT_FALSE(time.time("now"));
    EXPECT_EQ(problem_of(time), "now: expected a time as \"2026-11-21T09:30:00Z\"");

    RequestBody unknown(R"({"sock":1})");
    EXPECT_FALSE(unknown.number("soc", 0, 100));
    EXPECT_EQ(problem_of(unknown), "sock: no such field; expected: soc");

    RequestBody twice(R"({"soc":1,"soc":2})");
    (void)twice.number("soc", 0, 100);
    EXPECT_EQ(problem_of(twice), "soc: given twice");
}

TEST(RequestBody, RefusesWhatIsNoObject)
{
    for (const char* text : {"[1]", "1", "{", "{}x", "\xff"}) {
        RequestBody body(text);
        EXPECT_TRUE(problem_of(body).starts_with("body: expected a JSON object")) << text;
    }
}

}  // namespace
}  // namespace ladestrom::local
