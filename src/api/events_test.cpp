// The stream of live events.
#include "api/server.hpp"

#include "api/testing.hpp"

namespace ladestrom::api {
namespace {

class EventsTest : public ServerTest {
protected:
    std::unique_ptr<transport::RawPeer> open(const std::string& target)
    {
        auto peer = std::make_unique<transport::RawPeer>(loop_, port_);
        std::string text = "GET /api/v1" + target + " HTTP/1.1\r\nHost: x\r\n";
        for (const auto& [name, value] : login_headers_) text += name + ": " + value + "\r\n";
        peer->send(text + "\r\n");
        wait([&] { return peer->received().find("event: hello") != std::string::npos; });
        return peer;
    }

    static std::size_t count(const transport::RawPeer& peer, const std::string& text)
    {
        std::size_t found = 0;
        for (auto at = peer.received().find(text); at != std::string::npos;
             at = peer.received().find(text, at + 1))
            ++found;
        return found;
    }

    void publish_some()
    {
        server_->publish(csms::StationChanged{StationId("A"), true});
        server_->publish(csms::SessionChanged{session_row("s1", "B", 0)});
        server_->publish(csms::FrameTraced{StationId("A"), csms::Direction::received, Instant(),
                                           R"([2,"1","Heartbeat",{}])"});
        server_->publish(csms::TokenChanged{"T"});
        store::MeterValueRow row{StationId("A"), EvseId(1), "s1", {Instant(seconds(1)), {}}};
        row.value.samples.push_back({.measurand = Measurand::soc, .unit = MeterUnit::percent, .value = 81});
        server_->publish(csms::MeterValueAdded{row});
    }
};

TEST_F(EventsTest, ListenersGetWhatTheyAskedFor)
{
    log_in();
    const auto all = open("/events");
    const auto one = open("/events?station=A");
    const auto frames = open("/events?types=message,meter");
    publish_some();
    wait([&] {
        return count(*all, "event: meter") == 1 && count(*one, "event: meter") == 1 &&
               count(*frames, "event: meter") == 1;
    });
    EXPECT_EQ(count(*all, "event: station"), 1U);
    EXPECT_EQ(count(*all, "event: session"), 1U);
    EXPECT_EQ(count(*all, "event: token"), 1U);
    EXPECT_EQ(count(*all, "event: message"), 0U);
    EXPECT_EQ(count(*one, "event: session"), 0U) << "another station's";
    EXPECT_EQ(count(*one, "event: station"), 1U);
    EXPECT_EQ(count(*frames, "event: message"), 1U);
    EXPECT_EQ(count(*frames, "event: station"), 0U);
    EXPECT_NE(
        frames->received().find(R"("kind":"call","message_id":"1","action":"Heartbeat","latency_ms":null)"),
        std::string::npos);
    EXPECT_NE(
        one->received().find(
            R"("samples":[{"measurand":"SoC","phase":"","location":"Outlet","context":"Sample.Periodic","unit":"Percent","value":81}])"),
        std::string::npos);
    commit({store::PutStation{station_row("A")}});
    const auto trace = ask("GET", "/stations/A/messages?action=Heartbeat&direction=received");
    EXPECT_EQ(trace.status, 200U);
    EXPECT_NE(trace.body.find(R"("frame":"[2,\"1\",\"Heartbeat\",{}]")"), std::string::npos);
    EXPECT_EQ(ask("GET", "/stations/B/messages").status, 404U);
}

TEST_F(EventsTest, StreamsEndWithTheLogin)
{
    log_in();
    const auto stream = open("/events");
    EXPECT_EQ(ask("POST", "/logout").status, 204U);
    wait([&] { return stream->ended(); });
}

TEST_F(EventsTest, StreamsEndWhenTheLoginExpires)
{
    clock_ = Access::Now{loop_.now(), loop_.wall()};
    log_in();
    const auto stream = open("/events");
    clock_->tick += hours(11);
    EXPECT_EQ(ask("GET", "/me").status, 200U);
    clock_->tick += hours(11);
    loop_.run_until([] { return false; }, Duration(200));
    EXPECT_FALSE(stream->ended()) << "used since";
    clock_->tick += hours(2);
    wait([&] { return stream->ended(); });
}

TEST_F(EventsTest, StreamsEndWithTheUserHoweverItIsSpelt)
{
    add_user("Eve", store::Scope::read);
    log_in("eve");
    const auto stream = open("/events");
    const HttpHeaders eves = login_headers_;
    log_in();
    EXPECT_EQ(ask("DELETE", "/users/EVE").status, 204U);
    wait([&] { return stream->ended(); });
    add_user("eve", store::Scope::read);
    EXPECT_EQ(call({"GET", "/api/v1/me", eves, ""}).status, 401U) << "another one of that name";
}

TEST_F(EventsTest, TooManyStreamsAreRefused)
{
    log_in();
    std::vector<std::unique_ptr<transport::RawPeer>> peers;
    for (std::size_t i = 0; i < 200; ++i) peers.push_back(open("/events"));
    EXPECT_EQ(ask("GET", "/events").status, 429U);
    // Nothing is published meanwhile, by which the server would notice.
    peers.clear();
    wait([&] { return server_->connections() == 0; });
    const auto again = open("/events");
    EXPECT_FALSE(again->ended());
}

}  // namespace
}  // namespace ladestrom::api
