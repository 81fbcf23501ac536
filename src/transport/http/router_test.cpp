#include "transport/http/router.hpp"

#include "transport/http/http_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ladestrom::transport {
namespace {

using testing::ElementsAre;

struct Routes {
    Routes()
        : server(loop,
                 [this](HttpRequest request, HttpResponder responder) {
                     router.handle(std::move(request), std::move(responder));
                 },
                 {}, {})
    {
        port = server.listen({}).value();
    }
    void route(std::string_view method, std::string_view pattern)
    {
        router.add(method, pattern,
                   [name = std::string(pattern)](HttpRequest request, HttpResponder responder) {
                       std::string text = name;
                       for (const auto& [key, value] : request.parameters) text += " " + key + "=" + value;
                       responder.respond(HttpResponse::text(text));
                   });
    }
    HttpReply call(std::string method, std::string target)
    {
        return http_call(loop, port, {.method = std::move(method), .target = std::move(target)});
    }
    std::string get(std::string target) { return call("GET", std::move(target)).body; }

    EventLoop loop;
    Router router;
    HttpServer server;
    std::uint16_t port = 0;
};

TEST(Router, ParametersAreDecodedSegmentBySegment)
{
    Routes site;
    site.route("GET", "/api/v1/stations/{id}/calls");
    site.route("GET", "/api/v1/stations/{id}/evses/{evse}");
    EXPECT_EQ(site.get("/api/v1/stations/CP1/calls?x=1"), "/api/v1/stations/{id}/calls id=CP1");
    EXPECT_EQ(site.get("/api/v1/stations/a%2Fb%20%C3%BC/calls"),
              "/api/v1/stations/{id}/calls id=a/b \xc3\xbc");
    EXPECT_EQ(site.get("/api/v1/stations/CP1/evses/2"), "/api/v1/stations/{id}/evses/{evse} evse=2 id=CP1");
    EXPECT_EQ(site.call("GET", "/api/v1/stations/%zz/calls").status, 400u);
    EXPECT_EQ(site.call("GET", "/api/v1/stations//calls").status, 404u);
    EXPECT_EQ(site.call("GET", "/api/v1/stations/CP1/calls/").status, 404u);
    EXPECT_EQ(site.call("GET", "/api/v1/stations/CP1").status, 404u);
}

TEST(Router, TheMoreSpecificPatternWinsInAnyOrder)
{
    Routes site;
    site.route("GET", "/{rest*}");
    site.route("GET", "/a/{x}");
    site.route("GET", "/a/b");
    site.route("GET", "/a/{x}/c");
    EXPECT_EQ(site.get("/a/b"), "/a/b");
    EXPECT_EQ(site.get("/a/z"), "/a/{x} x=z");
    EXPECT_EQ(site.get("/a/b/c"), "/a/{x}/c x=b");
    EXPECT_EQ(site.get("/a/b/d"), "/{rest*} rest=a/b/d");
    EXPECT_EQ(site.get("/"), "/{rest*} rest=");
}

TEST(Router, MethodsHeadAndErrors)
{
    Routes site;
    site.route("GET", "/x");
    site.route("PUT", "/x");
    site.route("POST", "/post");
    auto const head = site.call("HEAD", "/x");
    EXPECT_EQ(head.status, 200u);
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(head.header("Content-Length"), "2");
    auto const refused = site.call("DELETE", "/x");
    EXPECT_EQ(refused.status, 405u);
    EXPECT_EQ(refused.header("Allow"), "GET, HEAD, PUT");
    EXPECT_EQ(site.call("HEAD", "/post").status, 405u);
    EXPECT_EQ(site.call("GET", "/none").status, 404u);

    site.router.set_error_response([](unsigned status, std::string_view message) {
        return HttpResponse::json("{\"error\":\"" + std::string(message) + "\"}", status);
    });
    EXPECT_EQ(site.call("GET", "/none").header("Content-Type"), "application/json");
    EXPECT_EQ(site.call("DELETE", "/x").header("Allow"), "GET, HEAD, PUT");

    site.router.set_fallback([](HttpRequest request, HttpResponder responder) {
        responder.respond(HttpResponse::text("page for " + request.path));
    });
    EXPECT_EQ(site.get("/none"), "page for /none");
    EXPECT_EQ(site.call("DELETE", "/x").status, 405u);
}

TEST(Router, BrokenPatternsAreRefusedAtStart)
{
    Router router;
    router.add("GET", "/a/{b}", {});
    for (const char* pattern : {"a", "/{", "/{}", "/{a*}/b", "/a/{b}"}) {
        EXPECT_THROW(router.add("GET", pattern, {}), std::logic_error) << pattern;
    }
    router.add("PUT", "/a/{b}", {});
    EXPECT_THAT(router.routes(), ElementsAre("GET /a/{b}", "PUT /a/{b}"));
}

}  // namespace
}  // namespace ladestrom::transport
