// Each way in which connecting fails.
#include "transport/acceptor.hpp"
#include "transport/websocket_test_peers.hpp"

#include <boost/asio/write.hpp>

namespace ladestrom::transport {
namespace {

using testing::HasSubstr;

TEST(WebSocketClientFailures, EachHasItsOwnSentence)
{
    EventLoop loop;
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

    // A label longer than 63 bytes: the resolver refuses it without asking anybody.
    auto const name = std::string(64, 'x') + ".invalid";
    failed = attempt({.url = "ws://" + name + "/x"});
    EXPECT_EQ(failed.step, ConnectFailure::name_not_found);
    EXPECT_THAT(failed.reason, HasSubstr("the name \"" + name + "\" cannot be resolved"));

    // No program of a user listens on port 1; a port that was just given back might be somebody's again.
    failed = attempt({.url = url(1)});
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

// A server that gives everybody the same answer, and closes.
struct Liar {
    Liar(EventLoop& loop, std::string answer)
        : acceptor(std::make_shared<Acceptor>(loop, LogFunction(), [answer](Accepted accepted) {
              auto const stream = std::make_shared<Stream>(std::move(accepted.stream));
              auto const request = std::make_shared<std::array<char, 4096>>();
              stream->async_read_some(boost::asio::buffer(*request),
                                      [stream, request, answer](Stream::ErrorCode error, std::size_t) {
                                          boost::asio::write(stream->socket(), boost::asio::buffer(answer),
                                                             error);
                                          stream->shutdown_send();
                                      });
          }))
    {
        port = acceptor->open({}).value();
    }
    ~Liar() { acceptor->close(); }

    std::shared_ptr<Acceptor> acceptor;
    std::uint16_t port = 0;
};

TEST(WebSocketClientFailures, WhatIsNoAnswerIsNotCalledOne)
{
    struct Case {
        std::string answer;
        ConnectFailure step;
        unsigned status;
    };
    for (const Case& test :
         {Case{"", ConnectFailure::unreachable, 0},
          Case{"SSH-2.0-OpenSSH_9.2\r\n", ConnectFailure::unreachable, 0},
          Case{std::string(100, '\0'), ConnectFailure::unreachable, 0},
          Case{"HTTP/1.1 500 Sorry\r\n\r\n", ConnectFailure::http_status, 500},
          Case{"HTTP/1.1 500 \r\n\r\n", ConnectFailure::http_status, 500},
          Case{"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\n\r\n", ConnectFailure::http_status, 302},
          Case{"HTTP/1.1 503 Later\r\nContent-Length: 99\r\n\r\ncut", ConnectFailure::unreachable, 0}}) {
        EventLoop loop;
        Liar liar(loop, test.answer);
        ClientSide client(loop);
        client.client.connect({.url = url(liar.port), .subprotocols = {"ocpp1.6"}});
        ASSERT_TRUE(loop.run_until([&] { return client.settled(); }, seconds(20)));
        ASSERT_TRUE(client.failed);
        EXPECT_EQ(client.failed->step, test.step) << client.failed->reason;
        EXPECT_EQ(client.failed->http_status, test.status) << client.failed->reason;
    }
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
