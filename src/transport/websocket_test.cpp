// Server and client over loopback sockets: frames, closing, many at once.
#include "transport/descriptors.hpp"
#include "transport/websocket_test_peers.hpp"

#include <algorithm>
#include <memory>
#include <thread>

namespace ladestrom::transport {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;

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

TEST(WebSocket, ManyConnectionsAtOnce)
{
    // Two descriptors each, and some for what else the process holds.
    auto const descriptors = raise_descriptor_limit().now;
    std::size_t const many = descriptors >= 2'200 ? 1'000 : 300;
    EventLoop loop;
    ServerSide server(loop, {.header = seconds(60), .closing = seconds(60)});
    server.frame = [&](SocketId socket, std::string_view text) {
        server.server.send(socket, std::string(text));
    };
    std::vector<std::unique_ptr<ClientSide>> clients;
    auto const count = [&](auto condition) {
        return static_cast<std::size_t>(std::count_if(
            clients.begin(), clients.end(), [&](const auto& client) { return condition(*client); }));
    };
    for (std::size_t i = 0; i < many; ++i) {
        clients.push_back(std::make_unique<ClientSide>(loop, WebSocketClientLimits{.connect = seconds(60)}));
        clients.back()->client.connect(
            {.url = url(server.port, "/CP" + std::to_string(i)), .subprotocols = {"ocpp1.6"}});
    }
    ASSERT_TRUE(server.wait([&] { return count([](auto& c) { return c.settled(); }) == many; }, seconds(60)));
    EXPECT_EQ(server.server.connections(), many);
    for (std::size_t i = 0; i < clients.size(); ++i) {
        ASSERT_TRUE(clients[i]->client.send("hello " + std::to_string(i)));
    }
    ASSERT_TRUE(
        server.wait([&] { return count([](auto& c) { return !c.frames.empty(); }) == many; }, seconds(60)));
    for (std::size_t i = 0; i < clients.size(); ++i) {
        EXPECT_THAT(clients[i]->frames, ElementsAre("hello " + std::to_string(i)));
    }
    server.server.stop();
    ASSERT_TRUE(server.wait([&] { return count([](auto& c) { return c.closed.has_value(); }) == many; },
                            seconds(60)));
    EXPECT_EQ(clients[0]->closed->code, 1001);
    EXPECT_TRUE(server.wait([&] { return server.server.connections() == 0 && server.closed.size() == many; },
                            seconds(60)));
}

// The peer's close frame arrives together with an answer, before our own close is through: Beast's read and
// close then waited for one another, and the end was never reported.
TEST(WebSocket, ClosingWhileAnAnswerArrivesIsReported)
{
    EventLoop far;  // in a thread of its own, as in another program
    ServerSide server(far);
    server.frame = [&](SocketId socket, std::string_view text) {
        server.server.send(socket, std::string(text));
    };
    std::thread thread([&] { far.run(); });
    EventLoop loop;
    ClientSide client(loop, {.closing = seconds(60)});
    client.client.connect({.url = url(server.port), .subprotocols = {"ocpp1.6"}});
    EXPECT_TRUE(loop.run_until([&] { return client.settled(); }, seconds(20)));
    auto const until_it_has_arrived = [] { std::this_thread::sleep_for(milliseconds(200)); };
    loop.post([&] {
        client.client.send("asked");
        until_it_has_arrived();  // the answer
        loop.post([&] {
            client.client.close(1000, "");
            until_it_has_arrived();  // the close frame behind it
        });
    });
    EXPECT_TRUE(loop.run_until([&] { return client.closed.has_value(); }, seconds(20)));
    far.post([&] { far.stop(); });
    thread.join();
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

}  // namespace
}  // namespace ladestrom::transport
