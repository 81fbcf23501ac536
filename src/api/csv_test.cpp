#include "api/csv.hpp"

#include <gtest/gtest.h>

namespace ladestrom::api {
namespace {

TEST(Csv, TextIsQuotedWhereNeeded)
{
    EXPECT_EQ(csv_text("plain"), "plain");
    EXPECT_EQ(csv_text(""), "");
    EXPECT_EQ(csv_text("a,b"), "\"a,b\"");
    EXPECT_EQ(csv_text("say \"hi\""), "\"say \"\"hi\"\"\"");
    EXPECT_EQ(csv_text("two\r\nlines"), "\"two\r\nlines\"");
}

// What a spreadsheet executes when it opens the file: OWASP's list, also behind spaces and quotes.
TEST(Csv, FormulasAreNeutralised)
{
    for (const char* text : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|cmd", "%0A=1"}) {
        const std::string cell = csv_text(text);
        EXPECT_EQ(cell[cell[0] == '"' ? 1 : 0], '\'') << text;
    }
    EXPECT_EQ(csv_text("=HYPERLINK(\"http://x\",\"y\")"), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
    EXPECT_EQ(csv_text("  =1"), "\"'  =1\"");
    EXPECT_EQ(csv_text(std::string("\0=1", 3)), "'=1") << "a byte that readers skip hides nothing";
}

TEST(Csv, NumbersStayNumbersAlsoBelowZero)
{
    store::SessionRow row;
    row.id = "00ff";
    row.station = StationId("=cmd");
    row.evse = EvseId(2);
    row.transaction_id = "7";
    row.token.value = "@T";
    row.state = store::SessionState::ended;
    row.started = Instant(seconds(1'700'000'000));
    row.ended = row.started + minutes(1);
    row.meter_start = WattHours{100};
    row.meter_stop = WattHours{40};
    row.stop_reason = StopReason::local;
    row.flags = store::session_flag_negative_energy | store::session_flag_unauthorized;
    EXPECT_EQ(session_csv_line(row),
              "00ff,'=cmd,2,7,'@T,Accepted,ended,2023-11-14T22:13:20.000Z,2023-11-14T22:14:20.000Z,100,40,-"
              "60,Local,"
              "negative_energy unauthorized,true\r\n");
}

}  // namespace
}  // namespace ladestrom::api
