#include "base/time.hpp"

#include <gtest/gtest.h>

namespace ladestrom {
namespace {

TEST(Time, FormatsUtcWithMilliseconds)
{
    EXPECT_EQ(format_instant(Instant(Duration(0))), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(format_instant(Instant(Duration(1'763'718'600'007))), "2025-11-21T09:50:00.007Z");
    EXPECT_EQ(format_instant(Instant(Duration(4'102'444'799'999))), "2099-12-31T23:59:59.999Z");
}

TEST(Time, ParsesAnyFractionAndOffset)
{
    const auto expected = Instant(Duration(1'763'718'600'120));
    for (const char* text :
         {"2025-11-21T09:50:00.12Z", "2025-11-21T09:50:00.120Z", "2025-11-21t09:50:00.1209999z",
          "2025-11-21T10:50:00.12+01:00", "2025-11-21T04:20:00.12-05:30"}) {
        const auto parsed = parse_instant(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(*parsed, expected) << text;
    }
}

TEST(Time, RoundTripsLeapDays)
{
    for (const char* text :
         {"1970-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "2024-02-29T23:59:59.999Z",
          "2000-02-29T00:00:00.000Z", "2038-01-19T03:14:08.000Z"}) {
        EXPECT_EQ(format_instant(*parse_instant(text)), text);
    }
}

TEST(Time, RefusesWhatIsNotRfc3339AndSaysWhy)
{
    for (const char* text :
         {"", "0", "2025-11-21", "2025-11-21T09:50:00", "2025-11-21T09:50:00+02", "2025-02-29T00:00:00Z",
          "2025-11-21T24:00:00Z", "2025-11-21T09:50:00.Z", "2025-11-21T09:50:00Z ", "1969-12-31T23:59:59Z",
          "1970-01-01T00:59:59+01:00", "9999-12-31T23:30:00-01:00", "9999-12-31T23:59:60Z"}) {
        const auto parsed = parse_instant(text);
        EXPECT_FALSE(parsed) << text;
        if (!parsed) {
            EXPECT_NE(parsed.error().message.find("RFC 3339"), std::string::npos);
        }
    }
}

}  // namespace
}  // namespace ladestrom
