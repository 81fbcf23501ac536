// Floods from one address: others get in, whatever it does.
#include "transport/websocket_test_peers.hpp"

#include <memory>

namespace ladestrom::transport {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* flooder = "127.0.0.9";

std::uint64_t count(const ServerSide& side, std::string_view counter)
{
    return side.server.counters().get(counter);
}

// Attack 7: every handshake place held by one address that never goes on.
TEST(WebSocketAttacks, OneAddressCannotHoldAllHandshakes)
{
    EventLoop loop;
    ServerSide server(loop, {.handshakes = 10});
    std::vector<std::unique_ptr<RawPeer>> stalled;
    for (int i = 0; i < 10; ++i) stalled.push_back(std::make_unique<RawPeer>(loop, server.port, flooder));
    ASSERT_TRUE(server.wait([&] { return server.server.handshakes() == 10; }));
    RawPeer eleventh(loop, server.port, flooder);
    ASSERT_TRUE(server.wait([&] { return eleventh.ended(); })) << "no place for more of its own";
    EXPECT_EQ(count(server, "websocket.refused.handshakes"), 1u);

    for (int i = 0; i < 3; ++i) Upgraded station(server);
    EXPECT_EQ(count(server, "websocket.handshake.gave_way"), 1u)
        << "one place is enough for one after another";
    EXPECT_TRUE(server.wait([&] { return stalled[0]->ended(); })) << "the oldest";
    EXPECT_FALSE(stalled[9]->ended());
}

// The same where the limit of all connections is reached first.
TEST(WebSocketAttacks, OneAddressCannotHoldAllConnectionsByHandshakes)
{
    EventLoop loop;
    ServerSide server(loop, {.connections = 5});
    Upgraded first(server);
    std::vector<std::unique_ptr<RawPeer>> stalled;
    for (int i = 0; i < 4; ++i) stalled.push_back(std::make_unique<RawPeer>(loop, server.port, flooder));
    ASSERT_TRUE(server.wait([&] { return server.server.handshakes() == 4; }));
    Upgraded second(server);
    EXPECT_EQ(server.server.connections(), 2u);
    EXPECT_FALSE(first.peer.ended());
}

// In a storm of many addresses whoever came first is served: making room would finish nobody.
TEST(WebSocketAttacks, AStormOfManyAddressesTakesNoPlaceFromWhoIsNearlyDone)
{
    EventLoop loop;
    ServerSide server(loop, {.handshakes = 10});
    std::vector<std::unique_ptr<RawPeer>> peers;
    for (int i = 1; i <= 20; ++i) {
        peers.push_back(std::make_unique<RawPeer>(loop, server.port, "127.0.1." + std::to_string(i)));
    }
    ASSERT_TRUE(server.wait([&] { return count(server, "websocket.refused.handshakes") == 10; }));
    EXPECT_EQ(count(server, "websocket.handshake.gave_way"), 0u);
    peers[0]->send(upgrade_text("/CP1", "ocpp1.6"));
    EXPECT_TRUE(server.wait([&] { return peers[0]->received().starts_with("HTTP/1.1 101 "); }));
}

// Attack 6: passwords tried from one address.
TEST(WebSocketAttacks, AnAddressThatIsAlwaysRefusedIsNoLongerHeard)
{
    EventLoop loop;
    ServerSide server(loop, {.closing = Duration(200), .refusals = 5});
    server.decide = [&](const UpgradeRequest& request) {
        if (request.remote_address != flooder) return (void)server.server.accept(request.socket, "ocpp1.6");
        server.server.refuse(request.socket, 401, "unauthorized");
    };
    for (int i = 0; i < 5; ++i) {
        RawPeer guess(loop, server.port, flooder);
        guess.send(upgrade_text("/CP1", "ocpp1.6"));
        ASSERT_TRUE(server.wait([&] { return guess.ended(); }));
        EXPECT_THAT(guess.received(), StartsWith("HTTP/1.1 401 "));
    }
    for (int i = 0; i < 100; ++i) {
        RawPeer guess(loop, server.port, flooder);
        ASSERT_TRUE(server.wait([&] { return guess.ended(); }));
        EXPECT_EQ(guess.received(), "");
    }
    EXPECT_EQ(server.requests.size(), 5u);
    EXPECT_EQ(count(server, "websocket.refused.address"), 100u);
    EXPECT_LE(server.log.size(), 5u + 2u) << "at most one more line a second";
    Upgraded station(server);
    // The budget fills up again: nobody is locked out for good.
    auto const heard = [&] {
        RawPeer guess(loop, server.port, flooder);
        guess.send(upgrade_text("/CP1", "ocpp1.6"));
        server.wait([&] { return guess.ended(); });
        return guess.received().starts_with("HTTP/1.1 401 ");
    };
    server.wait([] { return false; }, Duration(2'100));
    EXPECT_TRUE(heard());
}

// Whoever only looks whether the port is open, as load balancers do, is never held off.
TEST(WebSocketAttacks, PortChecksCostNothing)
{
    EventLoop loop;
    ServerSide server(loop, {.refusals = 5});
    for (int i = 0; i < 50; ++i) {
        RawPeer check(loop, server.port);
        check.close();
    }
    ASSERT_TRUE(server.wait([&] { return count(server, "websocket.refused.no_request") == 50; }));
    Upgraded station(server);
    EXPECT_EQ(count(server, "websocket.refused.address"), 0u);
}

// Attack 8: 100,000 fragments of one byte, and of none, are one message or none; never more memory.
TEST(WebSocketAttacks, TinyFragmentsAreOneMessageWithinItsLimit)
{
    EventLoop loop;
    ServerSide server(loop, {.message_bytes = 100'000});
    Upgraded station(server);
    std::string burst = frame_text(1, "x", false);
    for (int i = 0; i < 49'998; ++i) burst += frame_text(0, i % 2 == 0 ? "x" : "", false);
    burst += frame_text(0, "x");
    station.peer.send(burst);
    ASSERT_TRUE(server.wait([&] { return server.frames.size() == 1; }, seconds(60)));
    EXPECT_EQ(server.frames[0], std::string(25'001, 'x'));

    std::string too_many = frame_text(1, "x", false);
    for (int i = 0; i < 100'001; ++i) too_many += frame_text(0, "x", false);
    station.peer.send(too_many);
    ASSERT_TRUE(server.wait([&] { return !server.closed.empty(); }, seconds(60)));
    EXPECT_EQ(server.only_closed().reason, CloseReason::message_too_big);
    EXPECT_EQ(server.frames.size(), 1u);
}

// Attack 8: the length a frame claims is not believed.
TEST(WebSocketAttacks, AHeaderThatClaimsExabytesIsClosedWith1009)
{
    EventLoop loop;
    ServerSide server(loop);
    for (const char* head :
         {"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff", "\x81\xff\x00\x00\x00\x00\x00\x04\x00\x01"}) {
        Upgraded station(server);
        station.peer.send(std::string(head, 10) + std::string(4, '\0'));
        ASSERT_TRUE(server.wait([&] { return station.close_code() != 0; }));
        EXPECT_EQ(station.close_code(), 1009);
    }
}

}  // namespace
}  // namespace ladestrom::transport
