// What people do with sessions: close those that their station will not end, look at those in doubt.
#include "api/testing.hpp"

#include <algorithm>

namespace ladestrom::api {
namespace {

store::SessionRow running_session(const std::string& id)
{
    store::SessionRow row;
    row.id = id;
    row.station = StationId("A");
    row.evse = EvseId(1);
    row.transaction_id = id;
    row.token.value = "TAG";
    row.started = Instant(seconds(1'700'000'000));
    row.meter_start = WattHours{1000};
    return row;
}

using SessionsTest = ServerTest;

TEST_F(SessionsTest, ASessionThatNobodyEndsIsClosedByAPerson)
{
    log_in();
    commit({store::PutSession{running_session("1")}});
    EXPECT_EQ(ask("POST", "/sessions/2/close").status, 404U);
    const auto closed = ask("POST", "/sessions/1/close");
    EXPECT_EQ(closed.status, 200U) << closed.body;
    EXPECT_NE(closed.body.find(R"("state":"ended")"), std::string::npos) << closed.body;
    EXPECT_NE(closed.body.find(R"("flags":["closed_by_hand"])"), std::string::npos) << closed.body;
    EXPECT_EQ(ask("POST", "/sessions/1/close").status, 409U);
    EXPECT_NE(ask("GET", "/audit").body.find("POST /api/v1/sessions/1/close"), std::string::npos);
}

TEST_F(SessionsTest, AnExportIsWholeOrRefused)
{
    log_in();
    const auto add = [&](int first, int count) {
        store::WriteBatch batch;
        for (int i = first; i < first + count; ++i) {
            store::SessionRow row = running_session(std::to_string(i));
            row.started += seconds(i);
            batch.push_back(store::PutSession{row});
        }
        commit(std::move(batch));
    };
    add(0, 50);
    const auto whole = ask("GET", "/sessions.csv").body;
    EXPECT_EQ(std::count(whole.begin(), whole.end(), '\n'), 51);
    add(50, 1);
    const auto refused = ask("GET", "/sessions.csv");
    EXPECT_EQ(refused.status, 400U);
    EXPECT_NE(refused.body.find("more than 50 sessions"), std::string::npos) << refused.body;
    const auto limited = ask("GET", "/sessions.csv?limit=50").body;
    EXPECT_EQ(std::count(limited.begin(), limited.end(), '\n'), 51) << "as asked for";
}

TEST_F(SessionsTest, EveryFlagIsTold)
{
    log_in();
    store::SessionRow row = running_session("1");
    for (std::uint32_t flag = 1; flag <= store::session_flag_end_register_missing; flag *= 2)
        row.flags |= flag;
    commit({store::PutSession{row}});
    const auto told = ask("GET", "/sessions/1").body;
    const auto at = told.find("\"flags\":[");
    ASSERT_NE(at, std::string::npos);
    const auto list = told.substr(at, told.find(']', at) - at);
    EXPECT_EQ(std::count(list.begin(), list.end(), ','), 11) << list;
}

}  // namespace
}  // namespace ladestrom::api
