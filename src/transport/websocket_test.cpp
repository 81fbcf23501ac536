// Server and client over loopback sockets, and a raw peer that misbehaves.
#include "transport/test_support.hpp"
#include "transport/websocket_client.hpp"
#include "transport/websocket_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>

namespace ladestrom::transport {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

struct ServerSide final : WebSocketServer::Handler {
    explicit ServerSide(EventLoop& event_loop, WebSocketLimits limits = {})
        : loop(event_loop),
          server(loop, *this, limits, [this](LogLevel, std::string line) { log.push_back(std::move(line)); })
    {
        port = server.listen({}).value();
    }

    void on_upgrade(UpgradeRequest request) override
    {
        requests.push_back(request);
        if (decide) return decide(request);
        server.accept(request.socket, request.subprotocols.empty()
                                          ? std::nullopt
                                          : std::optional<std::string_view>(request.subprotocols[0]));
    }
    void on_frame(SocketId socket, std::string_view text) override
    {
        frames.emplace_back(text);
        if (frame) frame(socket, text);
    }
    void on_closed(SocketId socket, const Closed& end) override
    {
        EXPECT_TRUE(closed.emplace(socket, end).second) << "closed twice";
    }

    bool wait(const std::function<bool()>& done, Duration limit = seconds(10))
    {
        return loop.run_until(done, limit);
    }
    const Closed& only_closed() const { return closed.begin()->second; }

    EventLoop& loop;
    WebSocketServer server;
    std::uint16_t port = 0;
    std::function<void(const UpgradeRequest&)> decide;
    std::function<void(SocketId, std::string_view)> frame;
    std::vector<UpgradeRequest> requests;
    std::vector<std::string> frames;
    std::map<SocketId, Closed> closed;
    std::vector<std::string> log;
};

struct ClientSide final : WebSocketClient::Handler {
    explicit ClientSide(EventLoop& loop, WebSocketClientLimits limits = {}) : client(loop, *this, limits, {})
    {
    }

    void on_connected(const std::string& name) override { subprotocol = name; }
    void on_frame(std::string_view text) override { frames.emplace_back(text); }
    void on_closed(const Closed& end) override
    {
        EXPECT_FALSE(closed) << "closed twice";
        closed = end;
    }
    void on_failed(const ConnectFailed& failure) override
    {
        EXPECT_FALSE(failed) << "failed twice";
        failed = failure;
    }
    bool settled() const { return subprotocol || failed; }

    WebSocketClient client;
    std::optional<std::string> subprotocol;
    std::vector<std::string> frames;
    std::optional<Closed> closed;
    std::optional<ConnectFailed> failed;
};

std::string url(std::uint16_t port, std::string_view path = "/ocpp/CP1")
{
    return "ws://127.0.0.1:" + std::to_string(port) + std::string(path);
}

TEST(WebSocket, UpgradeCarriesEverythingTheHandlerNeeds)
{
    EventLoop loop;
    ServerSide server(loop);
    ClientSide client(loop);
    auto const password = "\x00:\xff secret"s;
    EXPECT_TRUE(client.client.connect({.url = url(server.port, "/ocpp//x/CP%20%7C1?a=b%20c"),
                                       .subprotocols = {"ocpp2.0.1", "ocpp1.6"},
                                       .basic_auth = std::pair("CP |1"s, password)}));
    EXPECT_FALSE(client.client.connect({.url = url(server.port)}));
    ASSERT_TRUE(server.wait([&] { return client.settled(); }));
    EXPECT_EQ(client.subprotocol, "ocpp2.0.1");
    ASSERT_EQ(server.requests.size(), 1u);
    const auto& request = server.requests[0];
    EXPECT_EQ(request.target, "/ocpp//x/CP%20%7C1?a=b%20c");
    EXPECT_EQ(request.identity, "CP |1");
    EXPECT_EQ(request.remote_address, "127.0.0.1");
    EXPECT_EQ(request.local_port, server.port);
    EXPECT_THAT(request.subprotocols, ElementsAre("ocpp2.0.1", "ocpp1.6"));
    ASSERT_TRUE(request.credentials);
    EXPECT_EQ(request.credentials->user, "CP |1");
    EXPECT_EQ(request.credentials->password, password);
    EXPECT_FALSE(request.tls);
    EXPECT_EQ(server.server.connections(), 1u);
    EXPECT_EQ(server.server.handshakes(), 0u);
}

TEST(WebSocket, FramesOfAllSizesBothWays)
{
    EventLoop loop;
    ServerSide server(loop);
    server.frame = [&](SocketId socket, std::string_view text) {
        EXPECT_TRUE(server.server.send(socket, std::string(text)));
    };
    ClientSide client(loop);
    client.client.connect({.url = url(server.port), .subprotocols = {"ocpp1.6"}});
    ASSERT_TRUE(server.wait([&] { return client.settled(); }));
    std::vector<std::string> sent;
    for (std::size_t size : {0u, 1u, 125u, 126u, 127u, 128u, 129u, 200u, 1535u, 1536u, 4096u, 5000u, 65535u,
                             65536u, 200'000u, 256u * 1024u}) {
        std::string text;
        while (text.size() < size) text += static_cast<char>('a' + (text.size() * 7 + size) % 26);
        sent.push_back(text);
        EXPECT_TRUE(client.client.send(text));
    }
    ASSERT_TRUE(server.wait([&] { return client.frames.size() == sent.size(); }));
    EXPECT_EQ(server.frames, sent);
    EXPECT_EQ(client.frames, sent);
    EXPECT_EQ(server.server.counters().get("websocket.frames_in"), sent.size());
    EXPECT_EQ(server.server.counters().get("websocket.frames_out"), sent.size());
    EXPECT_EQ(server.server.counters().get("websocket.bytes_in"),
              client.client.counters().get("websocket.bytes_out"));
}

TEST(WebSocket, SendRightAfterAcceptArrives)
{
    EventLoop loop;
    ServerSide server(loop);
    server.decide = [&](const UpgradeRequest& request) {
        EXPECT_TRUE(server.server.accept(request.socket, "ocpp1.6"));
        EXPECT_TRUE(server.server.send(request.socket, "first"));
        server.server.close(request.socket, 1000, "bye");
        EXPECT_FALSE(server.server.send(request.socket, "too late"));
    };
    ClientSide client(loop);
    client.client.connect({.url = url(server.port), .subprotocols = {"ocpp1.6"}});
    ASSERT_TRUE(server.wait([&] { return client.closed && !server.closed.empty(); }));
    EXPECT_THAT(client.frames, ElementsAre("first"));
    EXPECT_EQ(client.closed->reason, CloseReason::peer_closed);
    EXPECT_EQ(client.closed->code, 1000);
    EXPECT_EQ(client.closed->text, "bye");
    EXPECT_EQ(server.only_closed().reason, CloseReason::closed_here);
    EXPECT_TRUE(server.wait([&] { return server.server.connections() == 0; }));
}

TEST(WebSocket, LateDecisionAndRefusalWithHeaders)
{
    EventLoop loop;
    ServerSide server(loop);
    Timer later(loop, [&] {
        server.server.refuse(server.requests[0].socket, 401, "who are you?",
                             {{"WWW-Authenticate", "Basic realm=\"ocpp\""}});
    });
    server.decide = [&](const UpgradeRequest&) { later.arm(loop.now() + Duration(20)); };
    RawPeer peer(loop, server.port);
    peer.send(upgrade_text("/ocpp/CP1", "ocpp1.6"));
    ASSERT_TRUE(server.wait([&] { return peer.ended(); }));
    EXPECT_THAT(peer.received(), StartsWith("HTTP/1.1 401 "));
    EXPECT_THAT(peer.received(), HasSubstr("WWW-Authenticate: Basic realm=\"ocpp\"\r\n"));
    EXPECT_THAT(peer.received(), HasSubstr("who are you?"));
    EXPECT_FALSE(server.server.accept(server.requests[0].socket, "ocpp1.6"));
    peer.close();
    EXPECT_TRUE(server.wait([&] { return server.server.handshakes() == 0; }));
    EXPECT_EQ(server.server.counters().get("websocket.refused.401"), 1u);
    EXPECT_TRUE(server.closed.empty());
    ASSERT_EQ(server.log.size(), 1u);
    EXPECT_THAT(server.log[0], HasSubstr("401 who are you?"));
}

TEST(WebSocket, NoSubprotocolIsTheHandlersChoice)
{
    EventLoop loop;
    ServerSide server(loop);
    {
        ClientSide client(loop);
        client.client.connect({.url = url(server.port)});
        ASSERT_TRUE(server.wait([&] { return client.settled(); }));
        EXPECT_EQ(client.subprotocol, "");
    }
    {
        ClientSide strict(loop);
        server.decide = [&](const UpgradeRequest& request) {
            server.server.accept(request.socket, std::nullopt);
        };
        strict.client.connect({.url = url(server.port), .subprotocols = {"ocpp1.6"}});
        ASSERT_TRUE(server.wait([&] { return strict.settled(); }));
        ASSERT_TRUE(strict.failed);
        EXPECT_EQ(strict.failed->step, ConnectFailure::subprotocol);
        EXPECT_THAT(strict.failed->reason, HasSubstr("chose the subprotocol none, we offered ocpp1.6"));
    }
    {
        ClientSide wrong(loop);
        server.decide = [&](const UpgradeRequest& request) {
            EXPECT_FALSE(server.server.accept(request.socket, "ocpp2.1"));
        };
        wrong.client.connect({.url = url(server.port), .subprotocols = {"ocpp1.6"}});
        ASSERT_TRUE(server.wait([&] { return wrong.settled(); }));
        ASSERT_TRUE(wrong.failed);
        EXPECT_EQ(wrong.failed->http_status, 400u);
    }
}

struct BadRequest {
    const char* name;
    std::string bytes;
    const char* status;
    const char* counter;
};

class WebSocketBadRequest : public testing::TestWithParam<BadRequest> {};

TEST_P(WebSocketBadRequest, IsRefusedBeforeTheHandler)
{
    EventLoop loop;
    ServerSide server(loop);
    RawPeer peer(loop, server.port);
    peer.send(GetParam().bytes);
    ASSERT_TRUE(server.wait([&] { return peer.ended(); }));
    EXPECT_THAT(peer.received(), StartsWith("HTTP/1.1 "s + GetParam().status));
    EXPECT_EQ(server.server.counters().get(GetParam().counter), 1u);
    EXPECT_TRUE(server.requests.empty());
    EXPECT_EQ(server.log.size(), 1u);
}

std::string replaced(std::string text, std::string_view what, std::string_view with)
{
    return text.replace(text.find(what), what.size(), with);
}

INSTANTIATE_TEST_SUITE_P(
    All, WebSocketBadRequest,
    testing::Values(
        BadRequest{"PlainGet", "GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\n\r\n", "426",
                   "websocket.refused.not_websocket"},
        BadRequest{"Post", "POST /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "426",
                   "websocket.refused.not_websocket"},
        BadRequest{"NoIdentity", upgrade_text("/", "ocpp1.6"), "404", "websocket.refused.no_identity"},
        BadRequest{"BadEscape", upgrade_text("/ocpp/%zz", "ocpp1.6"), "400", "websocket.refused.malformed"},
        BadRequest{"Garbage", "\x16\x03\x01 nonsense\r\n\r\n", "400", "websocket.refused.malformed"},
        BadRequest{"BadKey", replaced(upgrade_text("/CP1", "ocpp1.6"), "dGhlIHNhbXBsZSBub25jZQ==", "abc"),
                   "400", "websocket.refused.malformed"},
        BadRequest{"OldVersion",
                   replaced(upgrade_text("/CP1", "ocpp1.6"), "Sec-WebSocket-Version: 13",
                            "Sec-WebSocket-Version: 8"),
                   "426", "websocket.refused.version"},
        BadRequest{"BadAuthorization", upgrade_text("/CP1", "ocpp1.6", "Authorization: Basic !!!\r\n"), "400",
                   "websocket.refused.malformed"},
        BadRequest{"EarlyFrames", upgrade_text("/CP1", "ocpp1.6") + frame_text(1, "[]"), "400",
                   "websocket.refused.malformed"},
        BadRequest{"LongHeader", upgrade_text("/CP1", "ocpp1.6", "X-Pad: " + std::string(9000, 'x') + "\r\n"),
                   "431", "websocket.refused.header_size"},
        BadRequest{"LongTarget", upgrade_text("/" + std::string(9000, 'x'), "ocpp1.6"), "431",
                   "websocket.refused.header_size"}),
    [](const auto& test) { return std::string(test.param.name); });

// A peer that has finished its upgrade.
struct Upgraded {
    explicit Upgraded(ServerSide& side) : peer(side.loop, side.port)
    {
        peer.send(upgrade_text("/ocpp/CP1", "ocpp1.6"));
        EXPECT_TRUE(side.wait([&] { return peer.received().find("\r\n\r\n") != std::string::npos; }));
        EXPECT_THAT(peer.received(), StartsWith("HTTP/1.1 101 "));
        EXPECT_THAT(peer.received(), HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
        EXPECT_THAT(peer.received(), HasSubstr("Sec-WebSocket-Protocol: ocpp1.6\r\n"));
        head_bytes = peer.received().find("\r\n\r\n") + 4;
    }
    std::string frames() const { return peer.received().substr(head_bytes); }
    // Code of the close frame among what came, 0: none.
    int close_code() const
    {
        auto const at = frames().find('\x88');
        if (at == std::string::npos) return 0;
        return static_cast<unsigned char>(frames()[at + 2]) * 256 +
               static_cast<unsigned char>(frames()[at + 3]);
    }

    RawPeer peer;
    std::size_t head_bytes = 0;
};

TEST(WebSocket, FragmentsAreOneMessage)
{
    EventLoop loop;
    ServerSide server(loop);
    Upgraded station(server);
    station.peer.send(frame_text(1, "[2,", false));
    station.peer.send(frame_text(0, "", false));
    station.peer.send(frame_text(9, "ping in between"));
    station.peer.send(frame_text(0, std::string(3000, 'x'), false));
    station.peer.send(frame_text(0, "]"));
    station.peer.send(frame_text(1, "next"));
    ASSERT_TRUE(server.wait([&] { return server.frames.size() == 2; }));
    EXPECT_THAT(server.frames, ElementsAre("[2," + std::string(3000, 'x') + "]", "next"));
    EXPECT_THAT(station.frames(), HasSubstr("\x8a\x0fping in between"));
}

TEST(WebSocket, LongMessagesLeaveInOneFrame)
{
    EventLoop loop;
    ServerSide server(loop);
    Upgraded station(server);
    server.server.send(server.requests[0].socket, std::string(10'000, 'y'));
    ASSERT_TRUE(server.wait([&] { return station.frames().size() == 10'004; }));
    EXPECT_EQ(station.frames().substr(0, 4), "\x81\x7e\x27\x10");
}

TEST(WebSocket, OversizedMessageIsClosedWith1009)
{
    for (bool fragmented : {false, true}) {
        EventLoop loop;
        ServerSide server(loop, {.closing = Duration(500), .message_bytes = 1000});
        Upgraded station(server);
        if (fragmented) {
            station.peer.send(frame_text(1, std::string(600, 'x'), false) +
                              frame_text(0, std::string(600, 'x')));
        } else {
            station.peer.send(frame_text(1, std::string(1001, 'x')));
        }
        ASSERT_TRUE(server.wait([&] { return !server.closed.empty() && station.peer.ended(); }));
        EXPECT_EQ(server.only_closed().reason, CloseReason::message_too_big);
        EXPECT_EQ(station.close_code(), 1009);
        EXPECT_EQ(server.server.counters().get("websocket.violation.message_too_big"), 1u);
        EXPECT_TRUE(server.frames.empty());
        EXPECT_TRUE(server.wait([&] { return server.server.connections() == 0; }));
    }
}

TEST(WebSocket, BinaryFrameIsClosedWith1003)
{
    EventLoop loop;
    ServerSide server(loop, {.closing = Duration(500)});
    Upgraded station(server);
    station.peer.send(frame_text(2, "\x01\x02"));
    station.peer.send(frame_text(1, "not heard any more"));
    ASSERT_TRUE(server.wait([&] { return !server.closed.empty(); }));
    EXPECT_EQ(server.only_closed().reason, CloseReason::binary_frame);
    EXPECT_EQ(station.close_code(), 1003);
    EXPECT_TRUE(server.frames.empty());
}

TEST(WebSocket, BrokenFramesAndTextAreProtocolErrors)
{
    for (const std::string& bytes :
         {frame_text(1, "\xff\xfe not UTF-8"), "\xf1\x80\x00\x00\x00\x00"s /* RSV bits */,
          "\x81\x02hi"s /* not masked */, frame_text(0, "continues nothing"),
          "\x83\x80\x00\x00\x00\x00"s /* reserved opcode */}) {
        EventLoop loop;
        ServerSide server(loop, {.closing = Duration(500)});
        Upgraded station(server);
        station.peer.send(bytes);
        ASSERT_TRUE(server.wait([&] { return !server.closed.empty(); }));
        EXPECT_EQ(server.only_closed().reason, CloseReason::protocol_error) << server.only_closed().text;
        EXPECT_TRUE(server.frames.empty());
    }
}

TEST(WebSocket, PeersCloseCodeAndTextAreReported)
{
    EventLoop loop;
    ServerSide server(loop);
    ClientSide client(loop);
    client.client.connect({.url = url(server.port), .subprotocols = {"ocpp1.6"}});
    ASSERT_TRUE(server.wait([&] { return client.settled(); }));
    EXPECT_TRUE(client.client.send("last words"));
    client.client.close(1001, "rebooting");
    ASSERT_TRUE(server.wait([&] { return client.closed && !server.closed.empty(); }));
    EXPECT_THAT(server.frames, ElementsAre("last words"));
    EXPECT_EQ(server.only_closed().reason, CloseReason::peer_closed);
    EXPECT_EQ(server.only_closed().code, 1001);
    EXPECT_EQ(server.only_closed().text, "rebooting");
    EXPECT_EQ(client.closed->reason, CloseReason::closed_here);
    // A new connection may follow at once.
    client.subprotocol.reset();
    EXPECT_TRUE(client.client.connect({.url = url(server.port), .subprotocols = {"ocpp1.6"}}));
    ASSERT_TRUE(server.wait([&] { return client.settled(); }));
    EXPECT_NE(server.requests[0].socket, server.requests[1].socket);
}

TEST(WebSocket, AbortIsReportedOnBothSides)
{
    EventLoop loop;
    ServerSide server(loop);
    ClientSide client(loop);
    client.client.connect({.url = url(server.port), .subprotocols = {"ocpp1.6"}});
    ASSERT_TRUE(server.wait([&] { return client.settled(); }));
    client.client.abort();
    EXPECT_FALSE(client.closed);
    ASSERT_TRUE(server.wait([&] { return client.closed && !server.closed.empty(); }));
    EXPECT_EQ(client.closed->reason, CloseReason::aborted_here);
    EXPECT_EQ(server.only_closed().reason, CloseReason::peer_vanished);
    EXPECT_EQ(server.only_closed().code, 1006);
}

TEST(WebSocketDeadlines, SilentAndDribblingPeersAreCut)
{
    EventLoop loop;
    ServerSide server(loop, {.header = Duration(300),
                             .first_frame = Duration(300),
                             .message = Duration(300),
                             .closing = Duration(200)});
    RawPeer silent(loop, server.port);
    RawPeer dribbling(loop, server.port);
    std::string const request = upgrade_text("/CP1", "ocpp1.6");
    std::size_t sent = 0;
    Timer drip(loop, [&] {
        dribbling.send(request.substr(sent++, 1));
        drip.arm(loop.now() + Duration(10));
    });
    drip.arm(loop.now());
    ASSERT_TRUE(server.wait([&] { return silent.ended() && dribbling.ended(); }));
    EXPECT_LT(sent, request.size());
    EXPECT_EQ(server.server.counters().get("websocket.timeout.header"), 2u);
    drip.disarm();

    Upgraded quiet(server);
    Upgraded unfinished(server);
    unfinished.peer.send(frame_text(1, "[2,", false));
    Timer fragments(loop, [&] {
        unfinished.peer.send(frame_text(0, "x", false));
        fragments.arm(loop.now() + Duration(20));
    });
    fragments.arm(loop.now());
    ASSERT_TRUE(server.wait([&] { return server.closed.size() == 2; }));
    EXPECT_EQ(server.closed.at(server.requests[0].socket).reason, CloseReason::first_frame_timeout);
    EXPECT_EQ(server.closed.at(server.requests[1].socket).reason, CloseReason::message_timeout);
    EXPECT_EQ(quiet.close_code(), 1008);
    EXPECT_TRUE(server.frames.empty());
}

TEST(WebSocketDeadlines, UndecidedUpgradeGets503)
{
    EventLoop loop;
    ServerSide server(loop, {.decision = Duration(100)});
    server.decide = [](const UpgradeRequest&) {};
    RawPeer peer(loop, server.port);
    peer.send(upgrade_text("/CP1", "ocpp1.6"));
    ASSERT_TRUE(server.wait([&] { return peer.ended(); }));
    EXPECT_THAT(peer.received(), StartsWith("HTTP/1.1 503 "));
    EXPECT_FALSE(server.server.accept(server.requests[0].socket, "ocpp1.6"));
}

TEST(WebSocketDeadlines, MissingPongEndsTheConnection)
{
    EventLoop loop;
    ServerSide server(loop, {.ping_interval = Duration(200), .pong_timeout = Duration(800)});
    Upgraded deaf(server);  // sends nothing by itself
    ClientSide alive(loop);
    alive.client.connect({.url = url(server.port), .subprotocols = {"ocpp1.6"}});
    ASSERT_TRUE(server.wait([&] { return !server.closed.empty(); }));
    EXPECT_EQ(server.closed.begin()->first, server.requests[0].socket);
    EXPECT_EQ(server.only_closed().reason, CloseReason::pong_timeout);
    EXPECT_FALSE(server.wait([&] { return server.closed.size() > 1; }, seconds(1)));
    EXPECT_GE(server.server.counters().get("websocket.pings_out"), 5u);
    EXPECT_TRUE(alive.client.connected());
}

TEST(WebSocketDeadlines, TrafficInsteadOfPongsIsLifeToo)
{
    EventLoop loop;
    ServerSide server(loop, {.ping_interval = Duration(200), .pong_timeout = Duration(800)});
    Upgraded chatty(server);
    Timer talk(loop, [&] {
        chatty.peer.send(frame_text(1, "[]"));
        talk.arm(loop.now() + Duration(100));
    });
    talk.arm(loop.now());
    EXPECT_FALSE(server.wait([&] { return !server.closed.empty(); }, Duration(1500)));
    EXPECT_GE(server.server.counters().get("websocket.pings_out"), 4u);
}

TEST(WebSocketDeadlines, ToleratesStationsWithoutPongs)
{
    EventLoop loop;
    ServerSide server(loop, {.idle = Duration(1200),
                             .ping_interval = Duration(200),
                             .pong_timeout = Duration(0),
                             .closing = Duration(200)});
    Upgraded deaf(server);
    EXPECT_FALSE(server.wait([&] { return !server.closed.empty(); }, Duration(900)));
    EXPECT_GE(server.server.counters().get("websocket.pings_out"), 3u);
    ASSERT_TRUE(server.wait([&] { return !server.closed.empty(); }));
    EXPECT_EQ(server.only_closed().reason, CloseReason::idle_timeout);
}

TEST(WebSocketDeadlines, ClientPingsFromWhenItIsTold)
{
    EventLoop loop;
    ServerSide server(loop);
    ClientSide client(loop);
    client.client.connect({.url = url(server.port), .subprotocols = {"ocpp1.6"}});
    ASSERT_TRUE(server.wait([&] { return client.settled(); }));
    EXPECT_FALSE(
        server.wait([&] { return client.client.counters().get("websocket.pings_out") > 0; }, Duration(300)));
    client.client.set_ping_interval(Duration(100));
    EXPECT_TRUE(server.wait([&] { return client.client.counters().get("websocket.pings_out") >= 3; }));
    EXPECT_TRUE(client.client.connected());
    client.client.set_ping_interval(Duration(0));
    auto const sent = client.client.counters().get("websocket.pings_out");
    server.wait([] { return false; }, Duration(400));
    EXPECT_EQ(client.client.counters().get("websocket.pings_out"), sent);
}

TEST(WebSocket, SlowReaderIsClosedWhenItsQueueOverflows)
{
    EventLoop loop;
    ServerSide server(loop, {.closing = Duration(300), .outbound_bytes = 256 * 1024});
    Upgraded lazy(server);
    lazy.peer.stop_reading();
    auto const socket = server.requests[0].socket;
    std::size_t sent = 0;
    // The kernel takes some megabytes before our queue fills.
    while (sent < 10'000 && server.server.send(socket, std::string(16 * 1024, 'z'))) {
        ++sent;
        server.wait([] { return false; }, Duration(sent % 16 == 0 ? 1 : 0));
    }
    EXPECT_LT(sent, 10'000u);
    EXPECT_FALSE(server.server.send(socket, "x"));
    ASSERT_TRUE(server.wait([&] { return !server.closed.empty(); }));
    EXPECT_EQ(server.only_closed().reason, CloseReason::outbound_overflow);
    EXPECT_EQ(server.server.counters().get("websocket.outbound_overflow"), 1u);
    EXPECT_TRUE(server.wait([&] { return server.server.connections() == 0; }));
}

TEST(WebSocket, LimitsOnConnectionsAndHandshakes)
{
    EventLoop loop;
    ServerSide server(loop, {.connections = 2, .handshakes = 1});
    RawPeer waiting(loop, server.port);
    ASSERT_TRUE(server.wait([&] { return server.server.handshakes() == 1; }));
    RawPeer refused(loop, server.port);
    ASSERT_TRUE(server.wait([&] { return refused.ended(); }));
    EXPECT_EQ(server.server.counters().get("websocket.refused.handshakes"), 1u);
    waiting.close();
    ASSERT_TRUE(server.wait([&] { return server.server.handshakes() == 0; }));

    Upgraded first(server);
    Upgraded second(server);
    RawPeer third(loop, server.port);
    ASSERT_TRUE(server.wait([&] { return third.ended(); }));
    EXPECT_EQ(server.server.counters().get("websocket.refused.connections"), 1u);
    first.peer.close();
    ASSERT_TRUE(server.wait([&] { return server.server.connections() == 1; }));
    Upgraded fourth(server);
}

TEST(WebSocket, ThousandConnectionsAtOnce)
{
    EventLoop loop;
    ServerSide server(loop);
    server.frame = [&](SocketId socket, std::string_view text) {
        server.server.send(socket, std::string(text));
    };
    std::vector<std::unique_ptr<ClientSide>> clients;
    auto const count = [&](auto condition) {
        return static_cast<std::size_t>(std::count_if(
            clients.begin(), clients.end(), [&](const auto& client) { return condition(*client); }));
    };
    for (int i = 0; i < 1000; ++i) {
        clients.push_back(std::make_unique<ClientSide>(loop));
        clients.back()->client.connect(
            {.url = url(server.port, "/CP" + std::to_string(i)), .subprotocols = {"ocpp1.6"}});
    }
    ASSERT_TRUE(server.wait([&] { return count([](auto& c) { return c.settled(); }) == 1000; }, seconds(60)));
    EXPECT_EQ(server.server.connections(), 1000u);
    for (std::size_t i = 0; i < clients.size(); ++i) {
        ASSERT_TRUE(clients[i]->client.send("hello " + std::to_string(i)));
    }
    ASSERT_TRUE(
        server.wait([&] { return count([](auto& c) { return !c.frames.empty(); }) == 1000; }, seconds(60)));
    for (std::size_t i = 0; i < clients.size(); ++i) {
        EXPECT_THAT(clients[i]->frames, ElementsAre("hello " + std::to_string(i)));
    }
    server.server.stop();
    ASSERT_TRUE(server.wait([&] { return count([](auto& c) { return c.closed.has_value(); }) == 1000; },
                            seconds(60)));
    EXPECT_EQ(clients[0]->closed->code, 1001);
    EXPECT_TRUE(
        server.wait([&] { return server.server.connections() == 0 && server.closed.size() == 1000; }));
}

TEST(WebSocket, StopReleasesThePort)
{
    EventLoop loop;
    ServerSide server(loop);
    EXPECT_TRUE(server.server.listen({.address = "127.0.0.2"}));
    server.server.stop();
    ServerSide other(loop);
    EXPECT_TRUE(other.server.listen({.port = server.port}));
}

TEST(WebSocket, ListenErrorsSayWhatToDo)
{
    EventLoop loop;
    ServerSide server(loop);
    auto const taken = server.server.listen({.port = server.port});
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().message,
              "cannot listen on 127.0.0.1:" + std::to_string(server.port) +
                  ": the port is in use by another program; stop that program or choose "
                  "another port");
    auto const foreign = server.server.listen({.address = "192.0.2.1", .port = 1234});
    ASSERT_FALSE(foreign);
    EXPECT_THAT(foreign.error().message, HasSubstr("this machine has no such address"));
    auto const name = server.server.listen({.address = "localhost"});
    ASSERT_FALSE(name);
    EXPECT_THAT(name.error().message, HasSubstr("\"localhost\": not an IP address"));
}

TEST(WebSocket, DestroyedServerAndClientLeaveNothingBehind)
{
    EventLoop loop;
    auto server = std::make_unique<ServerSide>(loop);
    ClientSide client(loop);
    auto gone = std::make_unique<ClientSide>(loop);
    client.client.connect({.url = url(server->port), .subprotocols = {"ocpp1.6"}});
    gone->client.connect({.url = url(server->port), .subprotocols = {"ocpp1.6"}});
    RawPeer raw(loop, server->port);
    ASSERT_TRUE(
        server->wait([&] { return client.settled() && gone->settled() && server->requests.size() == 2; }));
    client.client.send("in flight");
    gone->client.send("in flight");
    gone.reset();
    server.reset();
    ASSERT_TRUE(loop.run_until([&] { return client.closed && raw.ended(); }, seconds(5)));
    EXPECT_EQ(client.closed->reason, CloseReason::peer_vanished);
}

TEST(WebSocket, ServerMayBeDestroyedFromItsOwnCallback)
{
    EventLoop loop;
    auto server = std::make_unique<ServerSide>(loop);
    bool destroyed = false;
    server->frame = [&](SocketId, std::string_view) {
        loop.post([&] {
            server.reset();
            destroyed = true;
        });
    };
    ClientSide client(loop);
    client.client.connect({.url = url(server->port), .subprotocols = {"ocpp1.6"}});
    ASSERT_TRUE(loop.run_until([&] { return client.settled(); }, seconds(5)));
    for (int i = 0; i < 100; ++i) client.client.send(std::string(500, 'x'));
    ASSERT_TRUE(loop.run_until([&] { return destroyed && client.closed; }, seconds(5)));
}

TEST(WebSocketClientFailures, EachHasItsOwnSentence)
{
    EventLoop loop;
    ServerSide server(loop);
    auto const attempt = [&](WebSocketTarget target, WebSocketClientLimits limits = {}) {
        ClientSide client(loop, limits);
        client.client.connect(std::move(target));
        EXPECT_FALSE(client.failed) << "event inside the call";
        EXPECT_TRUE(loop.run_until([&] { return client.settled(); }, seconds(20)));
        return client.failed.value_or(ConnectFailed{});
    };

    auto failed = attempt({.url = "http://127.0.0.1/x"});
    EXPECT_EQ(failed.step, ConnectFailure::bad_url);
    EXPECT_THAT(failed.reason, HasSubstr("is neither ws:// nor wss://"));
    failed = attempt({.url = "wss://127.0.0.1:1/x"});
    EXPECT_EQ(failed.step, ConnectFailure::tls);

    failed = attempt({.url = "ws://no-such-host.invalid/x"});
    EXPECT_EQ(failed.step, ConnectFailure::name_not_found);
    EXPECT_THAT(failed.reason, HasSubstr("the name \"no-such-host.invalid\" cannot be resolved"));

    server.server.stop();
    failed = attempt({.url = url(server.port)});
    EXPECT_EQ(failed.step, ConnectFailure::unreachable);
    EXPECT_THAT(failed.reason, HasSubstr("connection refused"));

    ServerSide refusing(loop);
    refusing.decide = [&](const UpgradeRequest& request) {
        refusing.server.refuse(request.socket, 404, "unknown");
    };
    failed = attempt({.url = url(refusing.port), .subprotocols = {"ocpp1.6"}});
    EXPECT_EQ(failed.step, ConnectFailure::http_status);
    EXPECT_EQ(failed.http_status, 404u);
    EXPECT_THAT(failed.reason, HasSubstr("answered 404 to /ocpp/CP1"));

    ServerSide undecided(loop);
    undecided.decide = [](const UpgradeRequest&) {};
    failed = attempt({.url = url(undecided.port), .subprotocols = {"ocpp1.6"}}, {.connect = Duration(100)});
    EXPECT_EQ(failed.step, ConnectFailure::timeout);
    EXPECT_THAT(failed.reason, HasSubstr("did not answer within 100 ms"));
}

TEST(WebSocketClientFailures, AbortWhileConnectingIsOneFailure)
{
    EventLoop loop;
    ServerSide server(loop);
    server.decide = [](const UpgradeRequest&) {};
    ClientSide client(loop);
    client.client.connect({.url = url(server.port), .subprotocols = {"ocpp1.6"}});
    ASSERT_TRUE(loop.run_until([&] { return !server.requests.empty(); }, seconds(5)));
    client.client.abort();
    client.client.abort();
    EXPECT_FALSE(client.failed);
    ASSERT_TRUE(loop.run_until([&] { return client.failed.has_value(); }, seconds(5)));
    EXPECT_FALSE(client.client.connecting());
}

TEST(WebSocketUrl, Check)
{
    for (const char* good :
         {"ws://h/x", "wss://h:9000/a/b%20c?d", "ws://[::1]:80/x", "WS://h", "ws://10.0.0.1/x"}) {
        EXPECT_TRUE(check_websocket_url(good)) << good;
    }
    for (const char* bad : {"", "h/x", "ftp://h/", "ws://", "ws:///x", "ws://u:p@h/x", "ws://h:99999/x",
                            "ws://h:0/x", "ws://h/a b", "ws://h/x#y"}) {
        EXPECT_FALSE(check_websocket_url(bad)) << bad;
    }
}

}  // namespace
}  // namespace ladestrom::transport
