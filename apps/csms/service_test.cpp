// The whole central system in this process, with a station on a real socket and people on real HTTP.
#include "service.hpp"

#include "store/sqlite/ledger_testing.hpp"
#include "transport/http/http_client.hpp"
#include "transport/test_support.hpp"
#include "transport/websocket_client.hpp"

#include <gmock/gmock.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <thread>

namespace ladestrom::app {
namespace {

using testing::HasSubstr;
using transport::HttpReply;

constexpr const char* station_password = "0123456789abcdef";

// A station that says what the test tells it to, and answers calls with `answers` in turn.
class Station : private transport::WebSocketClient::Handler {
public:
    Station(transport::EventLoop& loop, std::uint16_t port, std::string id)
        : loop_(loop), port_(port), id_(std::move(id)), client_(loop, *this, {}, {})
    {
    }

    bool connect(const std::string& password)
    {
        state_ = State::connecting;
        transport::WebSocketTarget target;
        target.url = "ws://127.0.0.1:" + std::to_string(port_) + "/ocpp/" + id_;
        target.subprotocols = {"ocpp1.6"};
        target.basic_auth = {{id_, password}};
        client_.connect(target);
        loop_.run_until([this] { return state_ != State::connecting; }, seconds(20));
        return state_ == State::connected;
    }

    // The payload of the answer.
    std::string call(const std::string& action, const std::string& payload)
    {
        const std::string id = std::to_string(++calls_);
        client_.send("[2,\"" + id + "\",\"" + action + "\"," + payload + "]");
        const std::string start = "[3,\"" + id + "\",";
        std::string answer;
        loop_.run_until(
            [&] {
                for (const std::string& frame : received_) {
                    if (frame.starts_with(start))
                        answer = frame.substr(start.size(), frame.size() - start.size() - 1);
                }
                return !answer.empty();
            },
            seconds(20));
        return answer;
    }

    bool wait_closed()
    {
        return loop_.run_until([this] { return state_ == State::closed; }, seconds(20));
    }

    std::deque<std::string> answers;  // "[3,%,{...}]": % becomes the id in quotes
    std::vector<std::string> calls;   // that came in
    unsigned refused_with = 0;
    std::uint16_t close_code = 0;

private:
    enum class State { idle, connecting, connected, failed, closed };

    void on_connected(const std::string&) override { state_ = State::connected; }
    void on_failed(const transport::ConnectFailed& failed) override
    {
        refused_with = failed.http_status;
        state_ = State::failed;
    }
    void on_closed(const transport::Closed& closed) override
    {
        close_code = closed.code;
        state_ = State::closed;
    }
    void on_frame(std::string_view text) override
    {
        received_.emplace_back(text);
        if (!text.starts_with("[2,\"")) return;
        calls.emplace_back(text);
        if (answers.empty()) return;
        std::string answer = answers.front();
        answers.pop_front();
        const std::string id(text.substr(3, text.find('"', 4) - 2));
        client_.send(answer.replace(answer.find('%'), 1, id));
    }

    transport::EventLoop& loop_;
    std::uint16_t port_;
    std::string id_;
    State state_ = State::idle;
    std::vector<std::string> received_;
    int calls_ = 0;
    transport::WebSocketClient client_;
};

class ServiceTest : public testing::Test {
protected:
    ServiceTest()
    {
        configuration_.state_directory = directory_.file("state");
        configuration_.database = directory_.file("state/l.db");
        configuration_.stations = Endpoint{"127.0.0.1", 0};
        configuration_.http = Endpoint{"127.0.0.1", 0};
        configuration_.admin_name = "admin";
        configuration_.log_level = "error";
    }

    void start()
    {
        auto started = Service::start(configuration_, "0.0-test", {});
        ASSERT_TRUE(started) << started.error().message;
        service_ = std::move(*started);
    }

    // While our own sockets go on answering.
    void stop()
    {
        bool stopped = false;
        std::thread stopping([&] {
            service_.reset();
            loop_.post([&] { stopped = true; });
        });
        EXPECT_TRUE(loop_.run_until([&] { return stopped; }, seconds(30)));
        stopping.join();
    }

    void TearDown() override
    {
        if (service_) stop();
    }

    void log_in()
    {
        const std::string& link = service_->login_link();
        ASSERT_NE(link, "");
        const auto reply = transport::http_call(loop_, service_->http_port(),
                                                {"GET", link.substr(link.find("/login")), {}, ""});
        const std::string cookie = reply.header("Set-Cookie");
        headers_ = {{"Cookie", cookie.substr(0, cookie.find(';'))}, {"X-Requested-With", "test"}};
    }

    HttpReply ask(const std::string& method, const std::string& path, const std::string& body = "")
    {
        return transport::http_call(loop_, service_->http_port(), {method, "/api/v1" + path, headers_, body});
    }

    void register_station(const std::string& id)
    {
        const std::string body =
            std::string(R"({"admission":"accepted","password":")") + station_password + "\"}";
        const auto put = ask("PUT", "/stations/" + id, body);
        ASSERT_EQ(put.status, 200U) << put.body;
    }

    store::sqlite::TemporaryDirectory directory_;
    CsmsConfiguration configuration_;
    transport::EventLoop loop_;
    std::unique_ptr<Service> service_;
    transport::HttpHeaders headers_;
};

constexpr const char* boot = R"({"chargePointVendor":"Ladestrom","chargePointModel":"Test"})";

TEST(SocketLimits, FollowFromTheHeartbeat)
{
    csms::Options core;
    core.heartbeat_interval = seconds(300);
    auto limits = socket_limits(core);
    EXPECT_EQ(limits.idle, seconds(900));
    EXPECT_EQ(limits.first_frame, seconds(900)) << "a station that comes back need not say anything";
    EXPECT_EQ(limits.message_bytes, core.limits.max_frame_bytes);
    core.heartbeat_interval = seconds(5);
    limits = socket_limits(core);
    EXPECT_GE(limits.idle, limits.ping_interval + limits.pong_timeout);
}

TEST_F(ServiceTest, SecretsAreTheOwnersAlone)
{
    namespace fs = std::filesystem;
    fs::create_directories(configuration_.state_directory);
    std::ofstream(configuration_.database).close();  // as an earlier release left it
    fs::permissions(configuration_.database,
                    fs::perms::owner_all | fs::perms::group_read | fs::perms::others_read);
    configuration_.secure_cookie = true;
    start();
    for (const char* file : {"l.db", "l.db-wal", "server-secret"}) {
        const fs::path path = fs::path(configuration_.state_directory) / file;
        ASSERT_TRUE(fs::exists(path)) << path;
        EXPECT_EQ(fs::status(path).permissions() & (fs::perms::group_all | fs::perms::others_all),
                  fs::perms::none)
            << path;
    }
    const std::string& link = service_->login_link();
    const auto reply =
        transport::http_call(loop_, service_->http_port(), {"GET", link.substr(link.find("/login")), {}, ""});
    EXPECT_THAT(reply.header("Set-Cookie"), HasSubstr("; Secure"));
}

TEST_F(ServiceTest, AStrangerIsRefusedWaitsInTheInboxAndIsLetIn)
{
    start();
    log_in();
    Station station(loop_, service_->stations_port(), "CP1");
    EXPECT_FALSE(station.connect(station_password));
    EXPECT_EQ(station.refused_with, 401U);
    const auto inbox = ask("GET", "/unknown-stations");
    EXPECT_THAT(inbox.body, HasSubstr(R"("id":"CP1")"));
    EXPECT_THAT(inbox.body, HasSubstr(R"("attempts":1)"));
    register_station("CP1");
    EXPECT_FALSE(station.connect("wrong-password-1"));
    EXPECT_EQ(station.refused_with, 401U);
    EXPECT_TRUE(station.connect(station_password));
    EXPECT_THAT(station.call("BootNotification", boot), HasSubstr(R"("status":"Accepted")"));
    EXPECT_THAT(ask("GET", "/stations/CP1").body, HasSubstr(R"("vendor":"Ladestrom","model":"Test")"));
    EXPECT_THAT(ask("GET", "/stations/CP1").body, HasSubstr(R"("connected":true)"));
    EXPECT_EQ(ask("GET", "/unknown-stations").body, R"({"items":[]})");
    EXPECT_THAT(ask("GET", "/version").body, HasSubstr(R"("tls":false,"path":"/")"));
}

TEST_F(ServiceTest, ACallTravelsToTheStationAndItsAnswerBack)
{
    start();
    log_in();
    register_station("CP1");
    EXPECT_EQ(ask("POST", "/stations/CP1/calls", R"({"action":"Reset","payload":{"type":"Soft"}})").status,
              409U);
    EXPECT_EQ(ask("POST", "/stations/CP2/calls", R"({"action":"Reset","payload":{"type":"Soft"}})").status,
              404U);
    Station station(loop_, service_->stations_port(), "CP1");
    ASSERT_TRUE(station.connect(station_password));
    station.call("BootNotification", boot);
    station.answers = {R"([3,%,{"status":"Accepted"}])", R"([4,%,"NotSupported","no",{"why":1}])"};
    const auto answered =
        ask("POST", "/stations/CP1/calls", R"({"action":"Reset","payload":{"type":"Soft"}})");
    EXPECT_EQ(answered.status, 200U);
    EXPECT_EQ(answered.body, R"({"result":{"status":"Accepted"}})");
    ASSERT_EQ(station.calls.size(), 1U);
    EXPECT_THAT(station.calls[0], HasSubstr(R"("Reset",{"type":"Soft"}])"));
    const auto refused = ask("POST", "/stations/CP1/calls", R"({"action":"ClearCache"})");
    EXPECT_EQ(refused.body, R"({"error":{"code":"NotSupported","description":"no","details":{"why":1}}})");
    const auto silent = ask("POST", "/stations/CP1/calls", R"({"action":"ClearCache","timeout_s":0.2})");
    EXPECT_EQ(silent.status, 504U);
    const auto trace = ask("GET", "/stations/CP1/messages?action=Reset").body;
    EXPECT_THAT(trace, HasSubstr(R"("direction":"received","kind":"result")"));
    EXPECT_THAT(trace, HasSubstr(R"("direction":"sent","kind":"call")"));
    EXPECT_EQ(trace.find("\"latency_ms\":null},"), std::string::npos);
}

TEST_F(ServiceTest, ASessionIsCountedShownAndKeptOverARestart)
{
    configuration_.admin_link = true;
    start();
    log_in();
    register_station("CP1");
    ASSERT_EQ(ask("PUT", "/tokens/CARD", "{}").status, 200U);
    std::string transaction;
    {
        Station station(loop_, service_->stations_port(), "CP1");
        ASSERT_TRUE(station.connect(station_password));
        station.call("BootNotification", boot);
        EXPECT_THAT(station.call("Authorize", R"({"idTag":"CARD"})"), HasSubstr("Accepted"));
        EXPECT_THAT(station.call("Authorize", R"({"idTag":"OTHER"})"), HasSubstr("Invalid"));
        const auto started = station.call(
            "StartTransaction",
            R"({"connectorId":1,"idTag":"CARD","meterStart":1000,"timestamp":"2026-01-01T10:00:00Z"})");
        const auto at = started.find("\"transactionId\":");
        ASSERT_NE(at, std::string::npos) << started;
        transaction = started.substr(at + 16, started.find_first_of(",}", at) - at - 16);
        station.call("MeterValues",
                     R"({"connectorId":1,"transactionId":)" + transaction +
                         R"(,"meterValue":[{"timestamp":"2026-01-01T10:01:00Z","sampledValue":[)"
                         R"({"value":"7.4","measurand":"Power.Active.Import","unit":"kW"},)"
                         R"({"value":"1120","measurand":"Energy.Active.Import.Register","unit":"Wh"}]}]})");
        EXPECT_THAT(ask("GET", "/stations/CP1").body, HasSubstr(R"("energy_wh":120,"power_w":7400)"));
        stop();
        EXPECT_TRUE(station.wait_closed());
        EXPECT_EQ(station.close_code, transport::close_code::going_away);
    }
    start();
    log_in();
    Station station(loop_, service_->stations_port(), "CP1");
    ASSERT_TRUE(station.connect(station_password));
    station.call("BootNotification", boot);
    const std::string stop =
        R"({"transactionId":)" + transaction +
        R"(,"meterStop":3000,"timestamp":"2026-01-01T11:00:00Z","reason":"EVDisconnected"})";
    station.call("StopTransaction", stop);
    station.call("StopTransaction", stop);
    const auto sessions = ask("GET", "/sessions?state=ended").body;
    EXPECT_THAT(sessions, HasSubstr(R"("energy_wh":2000)"));
    EXPECT_THAT(sessions, HasSubstr(R"("stop_reason":"EVDisconnected")"));
    const auto id = sessions.substr(sessions.find("\"id\":\"") + 6, 16);
    EXPECT_THAT(ask("GET", "/sessions/" + id + "/meter-values").body,
                HasSubstr(R"("points":[[1767261660000,7400]])"));
    const auto csv = ask("GET", "/sessions.csv").body;
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 2) << "a repeated stop makes no second session";
}

TEST_F(ServiceTest, LiveEventsFollowTheStation)
{
    start();
    log_in();
    register_station("CP1");
    transport::RawPeer events(loop_, service_->http_port());
    events.send("GET /api/v1/events?types=station,message,connector HTTP/1.1\r\nHost: x\r\nCookie: " +
                headers_[0].second + "\r\n\r\n");
    Station station(loop_, service_->stations_port(), "CP1");
    ASSERT_TRUE(station.connect(station_password));
    station.call("BootNotification", boot);
    station.call("StatusNotification", R"({"connectorId":1,"errorCode":"NoError","status":"Available"})");
    const auto has = [&](const char* text) { return events.received().find(text) != std::string::npos; };
    EXPECT_TRUE(loop_.run_until(
        [&] {
            return has(R"({"id":"CP1","connected":true})") && has(R"("status":"Available")") &&
                   has(R"("action":"StatusNotification")");
        },
        seconds(20)))
        << events.received();
}

TEST_F(ServiceTest, TheLinkIsForWhoHasNoPassword)
{
    configuration_.admin_password = "a password of mine";
    start();
    EXPECT_EQ(service_->login_link(), "");
    EXPECT_THAT(service_->announcement(), HasSubstr("ws://127.0.0.1:"));
    stop();
    configuration_.admin_link = true;
    start();
    EXPECT_THAT(service_->login_link(), HasSubstr("/login?code="));
}

// ---- what goes wrong at the start, each with its exit code
// ---------------------------------------------------

TEST_F(ServiceTest, AnAddressInUseIsToldApart)
{
    start();
    CsmsConfiguration other = configuration_;
    other.state_directory = directory_.file("other");
    other.database = directory_.file("other/l.db");
    other.stations->port = service_->stations_port();
    const auto stations = Service::start(other, "", {});
    ASSERT_FALSE(stations);
    EXPECT_EQ(stations.error().exit_code, ExitCode::cannot_listen);
    EXPECT_THAT(stations.error().message, HasSubstr(std::to_string(service_->stations_port())));
    other.stations->port = 0;
    other.http.port = service_->http_port();
    const auto http = Service::start(other, "", {});
    ASSERT_FALSE(http);
    EXPECT_EQ(http.error().exit_code, ExitCode::cannot_listen);
}

TEST_F(ServiceTest, ALockedStoreAndBadCertificatesAreToldApart)
{
    start();
    CsmsConfiguration other = configuration_;
    const auto locked = Service::start(other, "", {});
    ASSERT_FALSE(locked);
    EXPECT_EQ(locked.error().exit_code, ExitCode::store);
    EXPECT_THAT(locked.error().message, HasSubstr("in use by another process"));
    other.state_directory = directory_.file("other");
    other.database = directory_.file("other/l.db");
    other.stations_tls = Endpoint{"127.0.0.1", 0};
    other.station_certificates = {{"/nowhere/chain.pem", "/nowhere/key.pem"}};
    const auto certificate = Service::start(other, "", {});
    ASSERT_FALSE(certificate);
    EXPECT_EQ(certificate.error().exit_code, ExitCode::certificate);
    EXPECT_THAT(certificate.error().message, HasSubstr("/nowhere/chain.pem"));
}

TEST_F(ServiceTest, StationsAndPeopleMayComeByTls)
{
    transport::TestAuthority authority;
    const auto files = authority.issue();
    configuration_.stations_tls = Endpoint{"127.0.0.1", 0};
    configuration_.station_certificates = {{files.chain_file, files.key_file}};
    configuration_.http_certificates = {{files.chain_file, files.key_file}};
    start();
    EXPECT_NE(service_->stations_tls_port(), 0);
    EXPECT_THAT(service_->announcement(), HasSubstr("wss://127.0.0.1:"));
    EXPECT_THAT(service_->login_link(), HasSubstr("https://127.0.0.1:"));
}

}  // namespace
}  // namespace ladestrom::app
