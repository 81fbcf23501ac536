// For the tests of WebSocket server and client: both sides with everything they hear, and a raw upgraded
// peer.
#pragma once

#include "transport/test_support.hpp"
#include "transport/websocket_client.hpp"
#include "transport/websocket_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::transport {

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
        server.accept(request.socket,
                      request.subprotocols.empty() ? std::nullopt
                                                   : std::optional<std::string_view>(request.subprotocols[0]),
                      compression);
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
    Compression compression = Compression::off;
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

inline std::string url(std::uint16_t port, std::string_view path = "/ocpp/CP1")
{
    return "ws://127.0.0.1:" + std::to_string(port) + std::string(path);
}

// A peer that has finished its upgrade.
struct Upgraded {
    // `extra`: whole header lines.
    explicit Upgraded(ServerSide& side, std::string_view extra = {}) : peer(side.loop, side.port)
    {
        peer.send(upgrade_text("/ocpp/CP1", "ocpp1.6", extra));
        EXPECT_TRUE(side.wait([&] { return peer.received().find("\r\n\r\n") != std::string::npos; }));
        EXPECT_THAT(peer.received(), testing::StartsWith("HTTP/1.1 101 "));
        EXPECT_THAT(peer.received(),
                    testing::HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
        EXPECT_THAT(peer.received(), testing::HasSubstr("Sec-WebSocket-Protocol: ocpp1.6\r\n"));
        head_bytes = peer.received().find("\r\n\r\n") + 4;
    }
    std::string head() const { return peer.received().substr(0, head_bytes); }
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

}  // namespace ladestrom::transport
