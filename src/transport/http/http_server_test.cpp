// Requests over loopback sockets: whole, in pieces, too long, too slow; answers now, later, never; events.
#include "transport/http/http_server.hpp"

#include "transport/http/http_client.hpp"
#include "transport/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>
#include <thread>

namespace ladestrom::transport {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Site {
    explicit Site(EventLoop& event_loop, HttpLimits limits = {})
        : loop(event_loop),
          server(
              loop,
              [this](HttpRequest request, HttpResponder responder) {
                  requests.push_back(request);
                  if (handler) return handler(request, std::move(responder));
                  responder.respond(HttpResponse::text("body of " + request.target));
              },
              limits, [this](LogLevel, std::string line) { log += line + "\n"; })
    {
        port = server.listen({}).value();
    }
    bool wait(const std::function<bool()>& done, Duration limit = seconds(10))
    {
        return loop.run_until(done, limit);
    }

    EventLoop& loop;
    std::function<void(const HttpRequest&, HttpResponder)> handler;
    std::vector<HttpRequest> requests;
    std::string log;
    HttpServer server;
    std::uint16_t port = 0;
};

std::string get(std::string_view target, std::string_view extra = {})
{
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(extra) + "\r\n";
}

TEST(HttpServer, RequestArrivesWhole)
{
    EventLoop loop;
    Site site(loop);
    auto const reply = http_call(loop, site.port,
                                 {.method = "POST",
                                  .target = "/a%20b/c?x=1%202&y=a+b&x=2&flag&odd=[|]",
                                  .headers = {{"Cookie", "a=1; session=s3cret; b=2"}, {"X-Api-KEY", "k"}},
                                  .body = "{\"a\":1}"});
    EXPECT_EQ(reply.status, 200u);
    EXPECT_EQ(reply.header("content-length"), std::to_string(reply.body.size()));
    EXPECT_EQ(reply.header("server"), "ladestrom");
    EXPECT_THAT(reply.header("date"),
                testing::MatchesRegex("[A-Z][a-z]+, [0-9]+ [A-Z][a-z]+ 20[0-9]+ .* GMT"));
    ASSERT_EQ(site.requests.size(), 1u);
    const auto& request = site.requests[0];
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/a%20b/c");
    EXPECT_EQ(request.body, "{\"a\":1}");
    EXPECT_EQ(request.query_value("x"), "1 2");
    EXPECT_EQ(request.query.count("x"), 2u);
    EXPECT_EQ(request.query_value("y"), "a b");
    EXPECT_EQ(request.query_value("flag"), "");
    EXPECT_EQ(request.query_value("odd"), "[|]");
    EXPECT_EQ(request.query_value("none"), std::nullopt);
    EXPECT_EQ(request.cookie("session"), "s3cret");
    EXPECT_EQ(request.cookie("sess"), "");
    EXPECT_EQ(request.header("x-api-key"), "k");
    EXPECT_EQ(request.remote_address, "127.0.0.1");
    EXPECT_TRUE(site.wait([&] { return site.server.connections() == 0; }));
}

TEST(HttpServer, KeepsTheConnectionAndTheOrderOfPipelinedRequests)
{
    EventLoop loop;
    Site site(loop);
    std::vector<HttpResponder> later;
    site.handler = [&](const HttpRequest&, HttpResponder responder) {
        later.push_back(std::move(responder));
    };
    RawPeer peer(loop, site.port);
    peer.send(get("/1") + get("/2") + "GET /3 HTT");
    ASSERT_TRUE(site.wait([&] { return later.size() == 1; }));
    EXPECT_FALSE(site.wait([&] { return later.size() > 1; }, Duration(50)));
    later[0].respond(HttpResponse::text("one"));
    later[0].respond(HttpResponse::text("not heard"));
    EXPECT_FALSE(later[0].pending());
    ASSERT_TRUE(site.wait([&] { return later.size() == 2; }));
    later[1].respond(HttpResponse::text("two"));
    peer.send("P/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    ASSERT_TRUE(site.wait([&] { return later.size() == 3; }));
    later[2].respond(HttpResponse::text("three"));
    ASSERT_TRUE(site.wait([&] { return peer.ended(); }));
    std::string bytes = peer.received();
    for (const char* body : {"one", "two", "three"}) {
        auto const reply = take_http_reply(bytes);
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->body, body);
    }
    EXPECT_EQ(bytes, "");
    EXPECT_EQ(site.server.counters().get("http.connections"), 1u);
    EXPECT_EQ(site.server.counters().get("http.requests"), 3u);
    EXPECT_EQ(site.server.counters().get("http.responses.2xx"), 3u);
}

TEST(HttpServer, HeadHasTheLengthButNoBody)
{
    EventLoop loop;
    Site site(loop);
    RawPeer peer(loop, site.port);
    peer.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n" + get("/y", "Connection: close\r\n"));
    ASSERT_TRUE(site.wait([&] { return peer.ended(); }));
    std::string bytes = peer.received();
    auto const head = take_http_reply(bytes, true);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->header("Content-Length"), "10");
    EXPECT_EQ(head->body, "");
    EXPECT_EQ(take_http_reply(bytes).value_or(HttpReply{}).body, "body of /y");
}

TEST(HttpServer, LargeStaticBodyAndExpectContinue)
{
    static std::string const asset(3'000'000, 'a');
    EventLoop loop;
    Site site(loop);
    site.handler = [&](const HttpRequest&, HttpResponder responder) {
        responder.respond({.headers = {{"Content-Type", "text/css"}}, .static_body = asset});
    };
    EXPECT_TRUE(http_call(loop, site.port, {}).body == asset);

    RawPeer peer(loop, site.port);
    peer.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    ASSERT_TRUE(site.wait([&] { return !peer.received().empty(); }));
    EXPECT_EQ(peer.received(), "HTTP/1.1 100 Continue\r\n\r\n");
    peer.send("hello");
    ASSERT_TRUE(site.wait([&] { return site.requests.size() == 2; }));
    EXPECT_EQ(site.requests[1].body, "hello");
}

TEST(HttpServer, ResponseHeadersCannotBeSplit)
{
    EventLoop loop;
    Site site(loop);
    site.handler = [&](const HttpRequest& request, HttpResponder responder) {
        responder.respond({.status = 302, .headers = {{"Location", *request.query_value("to")}}});
    };
    auto const reply = http_call(loop, site.port, {.target = "/?to=/x%0d%0aSet-Cookie:%20a=b"});
    EXPECT_EQ(reply.status, 302u);
    EXPECT_EQ(reply.header("Location"), "/x  Set-Cookie: a=b");
    EXPECT_EQ(reply.header("Set-Cookie"), "");
}

struct BadHttp {
    const char* name;
    std::string bytes;
    const char* status;
    const char* counter;
};

class HttpBadRequest : public testing::TestWithParam<BadHttp> {};

TEST_P(HttpBadRequest, IsAnsweredAndEndsTheConnection)
{
    EventLoop loop;
    Site site(loop, {.header_bytes = 2000, .body_bytes = 1000});
    RawPeer peer(loop, site.port);
    peer.send(GetParam().bytes);
    ASSERT_TRUE(site.wait([&] { return peer.ended(); }));
    EXPECT_THAT(peer.received(), StartsWith(std::string("HTTP/1.1 ") + GetParam().status));
    EXPECT_EQ(site.server.counters().get(GetParam().counter), 1u);
    EXPECT_TRUE(site.requests.empty());
    EXPECT_NE(site.log, "");
}

INSTANTIATE_TEST_SUITE_P(
    All, HttpBadRequest,
    testing::Values(
        BadHttp{"Garbage", "\x16\x03\x01\x02\r\n\r\n", "400", "http.refused.malformed"},
        BadHttp{"LongHeader", get("/", "X-Pad: " + std::string(3000, 'x') + "\r\n"), "431",
                "http.refused.header_size"},
        BadHttp{"LongTarget", get("/" + std::string(3000, 'x')), "431", "http.refused.header_size"},
        BadHttp{"AnnouncedBody", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", "413",
                "http.refused.body_size"},
        BadHttp{"ChunkedBody",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n" +
                    std::string(1024, 'x') + "\r\n400\r\n" + std::string(1024, 'x') + "\r\n0\r\n\r\n",
                "413", "http.refused.body_size"},
        BadHttp{"NoHost", "GET / HTTP/1.1\r\n\r\n", "400", "http.refused.malformed"},
        BadHttp{"Absolute", get("http://other/"), "400", "http.refused.malformed"},
        BadHttp{"BadQuery", get("/?a=%zz"), "400", "http.refused.malformed"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(HttpServerDeadlines, EveryPhaseEnds)
{
    EventLoop loop;
    // Long enough for a machine that stalls: the peers share our thread.
    Site site(loop,
              {.header = seconds(2), .keep_alive = seconds(2), .body = seconds(2), .answer = Duration(200)});
    RawPeer silent(loop, site.port);
    RawPeer header(loop, site.port);
    header.send("GET / HTTP/1.1\r\nHo");
    RawPeer body(loop, site.port);
    body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    ASSERT_TRUE(site.wait([&] { return silent.ended() && header.ended() && body.ended(); }));
    EXPECT_EQ(silent.received(), "");
    EXPECT_THAT(header.received(), StartsWith("HTTP/1.1 408 "));
    EXPECT_THAT(body.received(), StartsWith("HTTP/1.1 408 "));

    RawPeer kept(loop, site.port);
    kept.send(get("/"));
    ASSERT_TRUE(site.wait([&] { return kept.ended(); }));
    EXPECT_THAT(kept.received(), StartsWith("HTTP/1.1 200 "));

    std::optional<HttpResponder> never;
    site.handler = [&](const HttpRequest&, HttpResponder responder) { never = std::move(responder); };
    EXPECT_EQ(http_call(loop, site.port, {}).status, 503u);
    EXPECT_FALSE(never->pending());
    never->respond(HttpResponse::text("too late"));
    for (const char* counter : {"http.timeout.header", "http.timeout.body", "http.timeout.answer"}) {
        EXPECT_EQ(site.server.counters().get(counter), 1u) << counter;
    }
    EXPECT_GE(site.server.counters().get("http.timeout.idle"), 2u);
}

TEST(HttpServerDeadlines, WhoTakesNoAnswerIsCut)
{
    static std::string const asset(30'000'000, 'a');
    EventLoop loop;
    Site site(loop, {.write = Duration(200)});
    site.handler = [&](const HttpRequest&, HttpResponder responder) {
        responder.respond({.static_body = asset});
    };
    RawPeer peer(loop, site.port);
    peer.stop_reading();
    peer.send(get("/"));
    ASSERT_TRUE(site.wait([&] { return site.server.counters().get("http.timeout.write") == 1; }));
    EXPECT_EQ(site.server.connections(), 0u);
}

TEST(HttpServer, ForgottenResponderIs500)
{
    EventLoop loop;
    Site site(loop);
    site.handler = [](const HttpRequest&, HttpResponder) {};
    EXPECT_EQ(http_call(loop, site.port, {}).status, 500u);
}

TEST(HttpServer, ConnectionLimitStopAndDestruction)
{
    EventLoop loop;
    auto site = std::make_unique<Site>(loop, HttpLimits{.connections = 1});
    std::vector<HttpResponder> later;
    site->handler = [&](const HttpRequest&, HttpResponder responder) {
        later.push_back(std::move(responder));
    };
    RawPeer first(loop, site->port);
    first.send(get("/"));
    ASSERT_TRUE(site->wait([&] { return later.size() == 1; }));
    RawPeer second(loop, site->port);
    ASSERT_TRUE(site->wait([&] { return second.ended(); }));
    EXPECT_EQ(site->server.counters().get("http.refused.connections"), 1u);
    site->server.stop();
    EXPECT_TRUE(later[0].pending());
    later[0].respond(HttpResponse::text("still"));
    ASSERT_TRUE(site->wait([&] { return first.ended(); }));
    EXPECT_THAT(first.received(), HasSubstr("Connection: close"));
    EXPECT_THAT(first.received(), HasSubstr("still"));

    auto other = std::make_unique<Site>(loop);
    other->handler = site->handler;
    RawPeer third(loop, other->port);
    third.send(get("/"));
    ASSERT_TRUE(other->wait([&] { return later.size() == 2; }));
    other.reset();
    EXPECT_FALSE(later[1].pending());
    later[1].respond(HttpResponse::text("nobody there"));
    ASSERT_TRUE(loop.run_until([&] { return third.ended(); }, seconds(5)));
    EXPECT_EQ(third.received(), "");
}

// Attack 6: who holds all places idle gives one up for somebody else, work in progress stays.
TEST(HttpServer, AttackOneAddressCannotHoldAllConnections)
{
    EventLoop loop;
    Site site(loop, HttpLimits{.connections = 4});
    std::vector<HttpResponder> later;
    site.handler = [&](const HttpRequest& request, HttpResponder responder) {
        if (request.path == "/slow") return later.push_back(std::move(responder));
        responder.respond(HttpResponse::text("served"));
    };
    RawPeer working(loop, site.port, "127.0.0.9");
    working.send(get("/slow"));
    ASSERT_TRUE(site.wait([&] { return later.size() == 1; }));
    std::vector<std::unique_ptr<RawPeer>> idle;
    for (int i = 0; i < 3; ++i) idle.push_back(std::make_unique<RawPeer>(loop, site.port, "127.0.0.9"));
    ASSERT_TRUE(site.wait([&] { return site.server.connections() == 4; }));

    RawPeer own(loop, site.port, "127.0.0.9");
    ASSERT_TRUE(site.wait([&] { return own.ended(); })) << "none for its own";
    RawPeer other(loop, site.port);
    other.send(get("/"));
    ASSERT_TRUE(site.wait([&] { return other.received().find("served") != std::string::npos; }));
    EXPECT_TRUE(site.wait([&] { return idle[0]->ended(); })) << "the oldest that does no work";
    EXPECT_EQ(site.server.counters().get("http.connection.gave_way"), 1u);
    later[0].respond(HttpResponse::text("finished"));
    EXPECT_TRUE(site.wait([&] { return working.received().find("finished") != std::string::npos; }));
}

struct EventSite : Site {
    explicit EventSite(EventLoop& event_loop, HttpLimits limits = {}) : Site(event_loop, limits)
    {
        handler = [this](const HttpRequest&, HttpResponder responder) {
            stream = responder.start_events({{"X-Extra", "1"}});
            stream.on_closed([this] { ++closed; });
        };
    }
    HttpEventStream stream;
    int closed = 0;
};

TEST(HttpEvents, StreamOfEventsUntilWeEndIt)
{
    EventLoop loop;
    EventSite site(loop);
    RawPeer peer(loop, site.port);
    peer.send(get("/events"));
    ASSERT_TRUE(site.wait([&] { return site.stream.open(); }));
    EXPECT_TRUE(site.stream.send_event("station", "{\"id\":1}", "7"));
    EXPECT_TRUE(site.stream.send_event("", "two\nlines\r\nof data"));
    EXPECT_TRUE(site.stream.send_event("bad\nname", ""));
    site.stream.close();
    EXPECT_FALSE(site.stream.open());
    EXPECT_FALSE(site.stream.send_event("late", "x"));
    ASSERT_TRUE(site.wait([&] { return peer.ended(); }));
    std::string bytes = peer.received();
    auto const reply = take_http_reply(bytes, false, true);
    ASSERT_TRUE(reply);
    EXPECT_EQ(bytes, "");
    EXPECT_EQ(reply->header("Content-Type"), "text/event-stream");
    EXPECT_EQ(reply->header("Cache-Control"), "no-store");
    EXPECT_EQ(reply->header("X-Extra"), "1");
    EXPECT_EQ(reply->body,
              "id: 7\nevent: station\ndata: {\"id\":1}\n\n"
              "data: two\ndata: lines\ndata: of data\n\n"
              "event: badname\ndata: \n\n");
    EXPECT_EQ(site.closed, 0);
    EXPECT_TRUE(site.wait([&] { return site.server.connections() == 0; }));
}

TEST(HttpEvents, ClientsEndIsReportedOnce)
{
    EventLoop loop;
    EventSite site(loop);
    auto peer = std::make_unique<RawPeer>(loop, site.port);
    peer->send(get("/events"));
    ASSERT_TRUE(site.wait([&] { return site.stream.open(); }));
    peer.reset();
    ASSERT_TRUE(site.wait([&] { return site.closed == 1; }));
    EXPECT_FALSE(site.stream.send_event("x", "y"));
    EXPECT_FALSE(site.wait([&] { return site.closed > 1; }, Duration(50)));
}

TEST(HttpEvents, KeepAliveComments)
{
    EventLoop loop;
    EventSite site(loop, {.event_keep_alive = Duration(100)});
    RawPeer peer(loop, site.port);
    peer.send(get("/events"));
    EXPECT_TRUE(site.wait([&] {
        auto const& got = peer.received();
        return got.find("\r\n: \n\n\r\n") != got.rfind("\r\n: \n\n\r\n");
    }));
    EXPECT_TRUE(site.stream.open());
}

TEST(HttpEvents, SlowReaderIsDroppedOthersGoOn)
{
    EventLoop loop;
    EventSite site(loop, {.event_bytes = 200'000});
    RawPeer slow(loop, site.port);
    slow.stop_reading();
    slow.send(get("/events"));
    ASSERT_TRUE(site.wait([&] { return site.stream.open(); }));
    auto slow_stream = site.stream;
    RawPeer fast(loop, site.port);
    fast.send(get("/events"));
    ASSERT_TRUE(site.wait([&] { return site.requests.size() == 2; }));
    int sent = 0;
    while (sent < 2000 && slow_stream.send_event("big", std::string(20'000, 'x'))) {
        ++sent;
        EXPECT_TRUE(site.stream.send_event("small", "y"));
        site.wait([] { return false; }, Duration(sent % 10 == 0 ? 1 : 0));
    }
    EXPECT_LT(sent, 2000);
    ASSERT_TRUE(site.wait([&] { return site.closed == 1; }));
    EXPECT_EQ(site.server.counters().get("http.events.reader_too_slow"), 1u);
    EXPECT_TRUE(site.stream.open());
}

TEST(HttpEvents, StopTellsTheApplication)
{
    EventLoop loop;
    EventSite site(loop);
    RawPeer peer(loop, site.port);
    peer.send(get("/events"));
    ASSERT_TRUE(site.wait([&] { return site.stream.open(); }));
    site.server.stop();
    ASSERT_TRUE(site.wait([&] { return site.closed == 1 && peer.ended(); }));
    EXPECT_THAT(peer.received(), testing::EndsWith("\r\n0\r\n\r\n"));
}

TEST(HttpEvents, OldClientsGetNoChunks)
{
    EventLoop loop;
    EventSite site(loop);
    RawPeer peer(loop, site.port);
    peer.send("GET / HTTP/1.0\r\n\r\n");
    ASSERT_TRUE(site.wait([&] { return site.stream.open(); }));
    site.stream.send_event("", "x");
    site.stream.close();
    ASSERT_TRUE(site.wait([&] { return peer.ended(); }));
    EXPECT_THAT(peer.received(), Not(HasSubstr("chunked")));
    EXPECT_THAT(peer.received(), testing::EndsWith("\r\n\r\ndata: x\n\n"));
}

TEST(HttpServer, Tls)
{
    EventLoop loop;
    Site site(loop);
    TestAuthority authority;
    auto const context = TlsContext::server({.certificates = {authority.issue()}}).value();
    auto const port = site.server.listen({.tls = context}).value();
    std::string answer;
    bool done = false;
    std::thread client([&] {
        SSL_CTX* trust = SSL_CTX_new(TLS_client_method());
        SSL_CTX_load_verify_locations(trust, authority.root_file().c_str(), nullptr);
        SSL_CTX_set_verify(trust, SSL_VERIFY_PEER, nullptr);
        BIO* bio = BIO_new_ssl_connect(trust);
        std::string const where = "127.0.0.1:" + std::to_string(port);
        BIO_set_conn_hostname(bio, where.c_str());
        std::string const request = get("/secret", "Connection: close\r\n");
        if (BIO_do_connect(bio) == 1) BIO_write(bio, request.data(), static_cast<int>(request.size()));
        std::array<char, 512> buffer;
        for (int n; (n = BIO_read(bio, buffer.data(), buffer.size())) > 0;) answer.append(buffer.data(), n);
        BIO_free_all(bio);
        SSL_CTX_free(trust);
        loop.post([&] { done = true; });
    });
    EXPECT_TRUE(site.wait([&] { return done; }));
    client.join();
    EXPECT_THAT(answer, testing::EndsWith("\r\n\r\nbody of /secret"));
    EXPECT_TRUE(site.requests.at(0).tls);
}

}  // namespace
}  // namespace ladestrom::transport
