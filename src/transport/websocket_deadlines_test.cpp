// Peers that are silent, slow or deaf.
#include "transport/websocket_test_peers.hpp"

namespace ladestrom::transport {
namespace {

using testing::StartsWith;

TEST(WebSocketDeadlines, SilentAndDribblingPeersAreCut)
{
    EventLoop loop;
    ServerSide server(loop, {.header = Duration(300)});
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
}

TEST(WebSocketDeadlines, WhoSaysNothingOrNeverEndsIsCut)
{
    EventLoop loop;
    // Long enough for a machine that stalls: the peers share our thread.
    ServerSide server(loop, {.first_frame = seconds(3), .message = seconds(3), .closing = Duration(200)});
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
    ServerSide server(loop, {.ping_interval = Duration(200), .pong_timeout = seconds(3)});
    Upgraded deaf(server);  // sends nothing by itself
    ClientSide alive(loop);
    alive.client.connect({.url = url(server.port), .subprotocols = {"ocpp1.6"}});
    ASSERT_TRUE(server.wait([&] { return !server.closed.empty(); }));
    EXPECT_EQ(server.closed.begin()->first, server.requests[0].socket);
    EXPECT_EQ(server.only_closed().reason, CloseReason::pong_timeout);
    EXPECT_FALSE(server.wait([&] { return server.closed.size() > 1; }, seconds(1)));
    EXPECT_GE(server.server.counters().get("websocket.pings_out"), 3u);
    EXPECT_TRUE(alive.client.connected());
}

TEST(WebSocketDeadlines, TrafficInsteadOfPongsIsLifeToo)
{
    EventLoop loop;
    ServerSide server(loop, {.ping_interval = Duration(200), .pong_timeout = seconds(3)});
    Upgraded chatty(server);
    Timer talk(loop, [&] {
        chatty.peer.send(frame_text(1, "[]"));
        talk.arm(loop.now() + Duration(100));
    });
    talk.arm(loop.now());
    EXPECT_FALSE(server.wait([&] { return !server.closed.empty(); }, seconds(4)));
    EXPECT_GE(server.server.counters().get("websocket.pings_out"), 2u);
}

TEST(WebSocketDeadlines, ToleratesStationsWithoutPongs)
{
    EventLoop loop;
    ServerSide server(loop, {.idle = seconds(4),
                             .ping_interval = Duration(200),
                             .pong_timeout = Duration(0),
                             .closing = Duration(200)});
    Upgraded deaf(server);
    EXPECT_FALSE(server.wait([&] { return !server.closed.empty(); }, seconds(1)));
    EXPECT_GE(server.server.counters().get("websocket.pings_out"), 1u);
    ASSERT_TRUE(server.wait([&] { return !server.closed.empty(); }));
    EXPECT_EQ(server.only_closed().reason, CloseReason::idle_timeout);
}

// A station that reconnects need not boot again, and its heartbeat may be minutes away.
TEST(WebSocketDeadlines, AQuietPeerThatAnswersPingsLives)
{
    EventLoop loop;
    ServerSide server(
        loop, {.first_frame = seconds(3), .ping_interval = Duration(200), .pong_timeout = seconds(3)});
    ClientSide quiet(loop);
    quiet.client.connect({.url = url(server.port), .subprotocols = {"ocpp1.6"}});
    ASSERT_TRUE(server.wait([&] { return quiet.settled(); }));
    EXPECT_FALSE(server.wait([&] { return !server.closed.empty(); }, seconds(4)));
    EXPECT_TRUE(quiet.client.connected());
    EXPECT_TRUE(server.frames.empty());
}

TEST(WebSocketDeadlines, WhoNeverSentAPongIsJudgedByItsSilence)
{
    EventLoop loop;
    ServerSide server(loop, {.idle = seconds(4),
                             .ping_interval = Duration(100),
                             .pong_timeout = Duration(300),
                             .closing = Duration(200)});
    Upgraded deaf(server);
    EXPECT_FALSE(server.wait([&] { return !server.closed.empty(); }, seconds(1)));
    ASSERT_TRUE(server.wait([&] { return !server.closed.empty(); }));
    EXPECT_EQ(server.only_closed().reason, CloseReason::idle_timeout);

    Upgraded once(server);
    once.peer.send("\x8a\x80\x01\x02\x03\x04");  // a pong, masked, without a payload
    ASSERT_TRUE(server.wait([&] { return server.closed.size() == 2; }));
    EXPECT_EQ(server.closed.at(server.requests[1].socket).reason, CloseReason::pong_timeout);
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

}  // namespace
}  // namespace ladestrom::transport
