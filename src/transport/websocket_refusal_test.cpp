// Who gets no WebSocket, and what is said about it.
#include "transport/websocket_test_peers.hpp"

namespace ladestrom::transport {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::StartsWith;

TEST(WebSocketRefusal, LateDecisionAndRefusalWithHeaders)
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

TEST(WebSocketRefusal, NoSubprotocolIsTheHandlersChoice)
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

TEST(WebSocketRefusal, LimitsOnConnectionsAndHandshakes)
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

TEST(WebSocketRefusal, StopReleasesThePort)
{
    EventLoop loop;
    ServerSide server(loop);
    // An address that no other program of this machine takes a port of meanwhile.
    auto const port = server.server.listen({.address = "127.77.0.1"});
    ASSERT_TRUE(port);
    ServerSide other(loop);
    EXPECT_FALSE(other.server.listen({.address = "127.77.0.1", .port = *port}));
    server.server.stop();
    EXPECT_TRUE(other.server.listen({.address = "127.77.0.1", .port = *port}));
}

TEST(WebSocketRefusal, ListenErrorsSayWhatToDo)
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

}  // namespace
}  // namespace ladestrom::transport
