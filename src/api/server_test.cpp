#include "api/server.hpp"

#include "api/testing.hpp"

#include <algorithm>

namespace ladestrom::api {
namespace {

// ---- stations ---------------------------------------------------------------------------------------------

TEST_F(ServerTest, StationsAreRegisteredShownAndRemoved)
{
    log_in();
    const auto put = ask("PUT", "/stations/CP%201",
                         R"({"admission":"accepted","password":"0123456789abcdef","name":"Hof"})");
    ASSERT_EQ(put.status, 200U) << put.body;
    EXPECT_NE(put.body.find(R"("id":"CP 1","name":"Hof","admission":"accepted","has_password":true)"),
              std::string::npos);
    csms::ConnectionView view;
    view.station = StationId("CP 1");
    view.remote = "10.0.0.1:5";
    core_->connected_stations = {view};
    commit({store::PutSession{session_row("s1", "CP 1", 0)},
            store::PutConnector{{StationId("CP 1"), EvseId(1), ConnectorStatus::charging,
                                 ConnectorError::no_error, "", "", Instant(seconds(1))}}});
    const auto one = ask("GET", "/stations/CP%201").body;
    EXPECT_NE(one.find(R"("connected":true,"connection":{"version":"1.6","remote":"10.0.0.1:5")"),
              std::string::npos)
        << one;
    EXPECT_NE(one.find(R"("status":"Charging")"), std::string::npos);
    EXPECT_NE(one.find(R"("energy_wh":2500,"power_w":7400)"), std::string::npos);
    EXPECT_NE(one.find(R"("power_w":7400})"), std::string::npos);
    EXPECT_EQ(one.find("hash"), std::string::npos);
    const auto list = ask("GET", "/stations?limit=1").body;
    EXPECT_NE(list.find(R"("next":null)"), std::string::npos);
    EXPECT_NE(list.find(R"("id":"CP 1")"), std::string::npos);
    EXPECT_EQ(ask("GET", "/stations?admission=rejected").body, R"({"items":[],"next":null})");
    EXPECT_NE(ask("GET", "/summary").body.find(R"("stations":1,"connected":1,"pending":0,"charging":1)"),
              std::string::npos);
    EXPECT_NE(ask("GET", "/summary").body.find(R"("power_w":7400)"), std::string::npos);
    core_->connected_stations.clear();
    EXPECT_NE(ask("GET", "/summary").body.find(R"("power_w":0)"), std::string::npos) << "it is gone";
    EXPECT_EQ(ask("DELETE", "/stations/CP%201").status, 204U);
    EXPECT_EQ(ask("DELETE", "/stations/CP%201").status, 404U);
    EXPECT_EQ(ask("GET", "/stations/CP%201").status, 404U);
    EXPECT_EQ(ask("GET", "/sessions/s1").status, 200U) << "what was charged stays";
}

TEST_F(ServerTest, AStationIsRestrictedToVersions)
{
    log_in();
    const auto versions = [&](const std::string& change) {
        const std::string body = ask("PUT", "/stations/A", change).body;
        const auto at = body.find("\"versions\":");
        return at == std::string::npos ? body : body.substr(at + 11, body.find(']', at) - at - 10);
    };
    EXPECT_EQ(versions(R"({"name":"Hof"})"), "[]");
    EXPECT_EQ(versions(R"({"versions":["2.1","1.6"]})"), R"(["1.6","2.1"])");
    EXPECT_EQ(versions(R"({"versions":[]})"), "[]");
    EXPECT_EQ(versions(R"({"versions":["2.0.1"]})"), R"(["2.0.1"])");
    EXPECT_EQ(versions(R"({"versions":null})"), "[]");
}

TEST_F(ServerTest, BadRequestsNameTheirField)
{
    log_in();
    const auto field = [](const HttpReply& reply) {
        const auto at = reply.body.find("\"field\":\"");
        return at == std::string::npos ? reply.body
                                       : reply.body.substr(at + 9, reply.body.find('"', at + 9) - at - 9);
    };
    EXPECT_EQ(field(ask("PUT", "/stations/A", R"({"admission":"maybe"})")), "/admission");
    EXPECT_EQ(field(ask("PUT", "/stations/A", R"({"security_profile":4})")), "/security_profile");
    EXPECT_EQ(field(ask("PUT", "/stations/A", R"({"password":""})")), "/password");
    EXPECT_EQ(field(ask("PUT", "/stations/A", R"({"versions":"1.6"})")), "/versions");
    EXPECT_EQ(field(ask("PUT", "/stations/A", R"({"versions":["1.6","2.0"]})")), "/versions/1");
    EXPECT_EQ(field(ask("PUT", "/stations/A", R"({"versions":["2.1","2.1"]})")), "/versions/1");
    EXPECT_EQ(field(ask("PUT", "/stations/A%0A", "{}")), "id") << "no pointer into the body";
    EXPECT_EQ(field(ask("GET", "/stations?limit=0")), "limit");
    EXPECT_EQ(field(ask("GET", "/stations?limit=501")), "limit");
    EXPECT_EQ(field(ask("GET", "/stations?cursor=zz")), "cursor");
    EXPECT_EQ(field(ask("GET", "/stations?serch=x")), "serch");
    EXPECT_EQ(field(ask("GET", "/sessions?from=today")), "from");
    EXPECT_EQ(field(ask("GET", "/events?types=station,everything")), "types");
    EXPECT_EQ(field(ask("POST", "/stations/A/calls", R"({"payload":{}})")), "/action");
    EXPECT_EQ(field(ask("POST", "/stations/A/calls", R"({"action":"Reset","payload":[]})")), "/payload");
    EXPECT_EQ(field(ask("POST", "/stations/A/calls", R"({"action":"Reset","timeout_s":301})")), "/timeout_s");
    EXPECT_EQ(ask("PUT", "/stations/A", "not json").status, 400U);
    EXPECT_EQ(ask("PATCH", "/stations/A", "{}").status, 405U);
    EXPECT_EQ(ask("GET", "/nothing").status, 404U);
}

TEST_F(ServerTest, CallsGoToTheStationAndItsAnswerComesBack)
{
    const std::string key = add_key(store::Scope::operate);
    csms::CallCommand got;
    csms::CommandDone answer;
    core_->answer_call = [&](const csms::CallCommand& call) {
        got = call;
        return answer;
    };
    const auto send = [&] {
        return ask_with_key(
            key, "POST", "/stations/CP1/calls",
            R"({"action":"DataTransfer","payload":{"vendorId":"x","data":"\u00e4"},"timeout_s":2.5})");
    };
    answer.json = R"({"status":"Accepted"})";
    const auto result = send();
    EXPECT_EQ(result.status, 200U);
    EXPECT_EQ(result.body, R"({"result":{"status":"Accepted"}})");
    EXPECT_EQ(got.station, StationId("CP1"));
    EXPECT_EQ(got.action, "DataTransfer");
    EXPECT_EQ(got.payload, R"({"vendorId":"x","data":"\u00e4"})") << "as it was written";
    EXPECT_GE(got.timeout, Duration(2500));
    answer = {0, csms::CommandStatus::call_error, "", "NotSupported", "no \"x\"", R"({"a":1})"};
    EXPECT_EQ(send().body, R"({"error":{"code":"NotSupported","description":"no \"x\"","details":{"a":1}}})");
    for (const auto& [status, http] :
         std::vector<std::pair<csms::CommandStatus, unsigned>>{{csms::CommandStatus::invalid, 400},
                                                               {csms::CommandStatus::unknown_station, 404},
                                                               {csms::CommandStatus::not_connected, 409},
                                                               {csms::CommandStatus::busy, 429},
                                                               {csms::CommandStatus::store_failed, 503},
                                                               {csms::CommandStatus::no_answer, 504}}) {
        answer.status = status;
        EXPECT_EQ(send().status, http);
    }
}

TEST_F(ServerTest, ChargingIsStartedAndStoppedInWhicheverVersion)
{
    log_in();
    csms::CallCommand got;
    core_->answer_call = [&](const csms::CallCommand& call) {
        got = call;
        csms::CommandDone done;
        done.json = R"({"status":"Accepted"})";
        return done;
    };
    commit({store::PutToken{{.token = {"04A1", IdTokenType::iso14443}}}});
    EXPECT_EQ(ask("POST", "/stations/A/start", R"({"evse_id":2,"token":"04A1"})").body,
              R"({"result":{"status":"Accepted"}})");
    ASSERT_TRUE(got.intent);
    const auto start = std::get<csms::StartCharging>(*got.intent);
    EXPECT_EQ(got.station, StationId("A"));
    EXPECT_EQ(start.evse, EvseId(2));
    EXPECT_EQ(start.token.value, "04A1");
    EXPECT_EQ(start.token.type, IdTokenType::iso14443) << "as it is known here";
    ask("POST", "/stations/A/start", R"({"evse_id":2,"token":"stranger"})");
    EXPECT_EQ(std::get<csms::StartCharging>(*got.intent).token.type, IdTokenType::central);
    EXPECT_EQ(ask("POST", "/stations/A/start", R"({"evse_id":0,"token":"x"})").status, 400U);

    store::SessionRow row{.id = "1", .station = StationId("A"), .transaction_id = "t-9"};
    commit({store::PutSession{row}});
    EXPECT_EQ(ask("POST", "/sessions/1/stop").status, 200U);
    EXPECT_EQ(got.station, row.station);
    EXPECT_EQ(std::get<csms::StopCharging>(*got.intent).transaction_id, "t-9");
    EXPECT_EQ(ask("POST", "/sessions/none/stop").status, 404U);
    row.state = store::SessionState::ended;
    commit({store::PutSession{row}});
    EXPECT_EQ(ask("POST", "/sessions/1/stop").status, 409U);
}

TEST_F(ServerTest, UnknownStationsWaitInTheInbox)
{
    log_in();
    csms::UnknownStation stranger;
    stranger.identity = StationId("<script>alert(1)</script>\x01\xff");
    stranger.offered = {"ocpp1.6"};
    stranger.attempts = 4;
    stranger.code = "unknown_station";
    stranger.reason = "not registered";
    core_->unknown = {stranger};
    const auto body = ask("GET", "/unknown-stations").body;
    EXPECT_NE(body.find("\"id\":\"<script>alert(1)</script>\\u0001\xEF\xBF\xBD\""), std::string::npos)
        << body;
    EXPECT_NE(body.find(R"("code":"unknown_station","reason":"not registered","attempts":4)"),
              std::string::npos);
}

// Strings from outside that must come through JSON, CSV and SQL as what they are.
TEST_F(ServerTest, HostileTextsStayTexts)
{
    log_in();
    const std::string tag = "=1+1\",\"x'; DROP TABLE tokens;--\xF0\x9F\x94\x8C";
    const std::string encoded = "%3D1%2B1%22%2C%22x%27%3B%20DROP%20TABLE%20tokens%3B--%F0%9F%94%8C";
    ASSERT_EQ(ask("PUT", "/tokens/" + encoded, R"({"note":"</script>"})").status, 200U);
    messages::JsonParser parser;
    const auto reply = ask("GET", "/tokens/" + encoded);
    auto parsed = parser.parse(reply.body);
    ASSERT_TRUE(parsed) << reply.body;
    EXPECT_EQ(std::string((*parsed)["id"].get_string().value()), tag);
    store::SessionRow row = session_row("s1", "@evil,station", 0);
    row.token.value = tag;
    commit({store::PutSession{row}});
    const auto csv = ask("GET", "/sessions.csv");
    EXPECT_EQ(csv.header("Content-Type"), "text/csv; charset=utf-8; header=present");
    EXPECT_NE(csv.body.find("s1,\"'@evil,station\",1,1,\"'=1+1\"\",\"\"x'; DROP"), std::string::npos)
        << csv.body;
    EXPECT_EQ(ask("GET", "/stations/..%2f..%2fetc%2fpasswd").status, 404U);
    EXPECT_EQ(ask("GET", "/stations?search=%27%20OR%201%3D1").body, R"({"items":[],"next":null})");
}

TEST_F(ServerTest, TokensAreKeptAndCompareWithoutCase)
{
    log_in();
    const auto put =
        ask("PUT", "/tokens/AbC", R"({"status":"Blocked","valid_until":"2030-01-01T00:00:00Z","group":"G"})");
    EXPECT_EQ(put.body, R"({"id":"AbC","type":"ISO14443","group":"G","status":"Blocked",)"
                        R"("valid_until":"2030-01-01T00:00:00.000Z","concurrent_allowed":false,"note":""})");
    EXPECT_EQ(ask("GET", "/tokens/aBc").status, 200U);
    EXPECT_EQ(ask("PUT", "/tokens/AbC", R"({"valid_until":null})").status, 200U);
    EXPECT_NE(ask("GET", "/tokens").body.find(R"("valid_until":null)"), std::string::npos);
    EXPECT_EQ(ask("DELETE", "/tokens/ABC").status, 204U);
    EXPECT_EQ(ask("DELETE", "/tokens/ABC").status, 404U);
}

TEST_F(ServerTest, SessionsAsPagesCurvesAndCsv)
{
    log_in();
    store::WriteBatch batch;
    for (int i = 0; i < 3; ++i)
        batch.push_back(store::PutSession{session_row("s" + std::to_string(i), "A", i)});
    for (int i = 0; i < 2; ++i) {
        store::MeterValueRow row{StationId("A"), EvseId(1), "s0", {Instant(seconds(100 + i)), {}}};
        row.value.samples.push_back(
            {.measurand = Measurand::power_active_import, .unit = MeterUnit::w, .value = 1.5 * i});
        row.value.samples.push_back(
            {.measurand = Measurand::voltage, .phase = MeterPhase::l1_n, .unit = MeterUnit::v, .value = 230});
        if (i == 1) row.value.samples.push_back({.signed_data = "OCMF|x"});
        batch.push_back(store::AddMeterValue{row});
    }
    commit(std::move(batch));
    const auto first = ask("GET", "/sessions?limit=2&station=A&state=running").body;
    const auto at = first.find("\"next\":\"");
    ASSERT_NE(at, std::string::npos) << first;
    EXPECT_LT(first.find("\"s2\""), first.find("\"s1\""));
    const auto cursor = first.substr(at + 8, first.find('"', at + 8) - at - 8);
    const auto second = ask("GET", "/sessions?limit=2&station=A&state=running&cursor=" + cursor).body;
    EXPECT_NE(second.find("\"id\":\"s0\""), std::string::npos);
    EXPECT_EQ(
        ask("GET", "/sessions/s0/meter-values").body,
        R"({"session":"s0","signed":[{"timestamp":"1970-01-01T00:01:41.000Z",)"
        R"("measurand":"Energy.Active.Import.Register","context":"Sample.Periodic","data":"OCMF|x"}],)"
        R"("series":[{"measurand":"Power.Active.Import","phase":"","location":"Outlet","unit":"W",)"
        R"("points":[[100000,0],[101000,1.5]]},{"measurand":"Voltage","phase":"L1-N","location":"Outlet",)"
        R"("unit":"V","points":[[100000,230],[101000,230]]}],"truncated":false})");
    EXPECT_EQ(ask("GET", "/sessions/none/meter-values").status, 404U);
    HttpHeaders headers = login_headers_;
    headers.emplace_back("Accept", "text/csv");
    const auto csv = call({"GET", "/api/v1/sessions?limit=2", headers, ""}).body;
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);
    const auto all = ask("GET", "/sessions.csv?limit=3").body;
    EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 4);
}

// ---- pages, health ---------------------------------------------------------------------------------------

TEST_F(ServerTest, CountersTellWhatTheServerItselfRefused)
{
    log_in();
    ask("PUT", "/tokens/AbC", std::string(300'000, ' '));
    EXPECT_NE(ask("GET", "/counters").body.find(R"("http.refused.body_size":1)"), std::string::npos);
}

TEST_F(ServerTest, HealthNeedsNoLoginAndTellsTheTruth)
{
    EXPECT_EQ(call({"GET", "/api/v1/health", {}, ""}).body, R"({"status":"ok","store":"ok"})");
    healthy_ = false;
    EXPECT_EQ(call({"GET", "/api/v1/health", {}, ""}).status, 503U);
}

TEST_F(ServerTest, PagesComeWithTheirHeaders)
{
    const auto page = call({"GET", "/", {}, ""});
    EXPECT_EQ(page.status, 200U);
    EXPECT_EQ(page.header("Cache-Control"), "no-cache");
    const std::string policy = page.header("Content-Security-Policy");
    EXPECT_NE(policy.find("script-src 'self'"), std::string::npos);
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("script-src 'self' 'unsafe"), std::string::npos);
    for (const char* target : {"/stations/CP1", "/stations/CP.1", "/login", "/login?failed=code"}) {
        EXPECT_EQ(call({"GET", target, {}, ""}).body, page.body) << target;
    }
    const auto script = call({"GET", "/assets/app-0123abcd.js", {{"Accept-Encoding", "br, gzip"}}, ""});
    EXPECT_EQ(script.header("Content-Encoding"), "gzip");
    EXPECT_EQ(script.header("Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(script.header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(call({"GET", "/assets/app-0123abcd.js", {{"If-None-Match", "\"e1\""}}, ""}).status, 304U);
    EXPECT_EQ(call({"GET", "/assets/app-0123abcd.js", {}, ""}).status, 406U);
    EXPECT_EQ(call({"GET", "/assets/missing.js", {}, ""}).status, 404U);
    EXPECT_EQ(call({"GET", "/robots.txt", {}, ""}).status, 404U);
    EXPECT_EQ(call({"POST", "/", {}, ""}).status, 405U);
    log_in();
    const auto data = ask("GET", "/me");
    EXPECT_EQ(data.header("Cache-Control"), "no-store");
    EXPECT_EQ(data.header("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'");
    EXPECT_EQ(data.header("X-Content-Type-Options"), "nosniff");
}

// What never reaches a handler is answered like everything else.
TEST_F(ServerTest, MalformedRequestsAreRefusedInTheSameForm)
{
    const std::vector<std::pair<std::string, std::string>> requests{
        {"GET / HTTP/1.1\r\n\r\n", "400"},
        {"GET /?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", "413"},
        {"GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(20'000, 'a') + "\r\n\r\n", "431"}};
    for (const auto& [text, status] : requests) {
        transport::RawPeer peer(loop_, port_);
        peer.send(text);
        wait([&] { return peer.ended(); });
        const std::string& answer = peer.received();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + status)) << answer;
        EXPECT_NE(answer.find("X-Content-Type-Options: nosniff"), std::string::npos) << answer;
        EXPECT_NE(answer.find(R"({"error":{"code":"invalid","message":)"), std::string::npos) << answer;
    }
}

TEST(EmbeddedAssets, HoldAPage)
{
    const auto assets = embedded_assets();
    ASSERT_FALSE(assets.empty());
    const auto page = std::find_if(assets.begin(), assets.end(),
                                   [](const Asset& one) { return one.path == "/index.html"; });
    ASSERT_NE(page, assets.end());
    EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
    EXPECT_FALSE(page->gzip);
    EXPECT_NE(page->body.find("<!doctype html>"), std::string_view::npos);
    EXPECT_TRUE(std::is_sorted(assets.begin(), assets.end(),
                               [](const Asset& a, const Asset& b) { return a.path < b.path; }));
}

}  // namespace
}  // namespace ladestrom::api
