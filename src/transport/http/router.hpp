// Which function answers which path. Patterns: "/api/v1/stations/{id}/calls"; "/assets/{path*}" takes the
// rest.
#pragma once

#include "transport/http/http_server.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::transport {

class Router {
public:
    using Handler = std::function<void(HttpRequest, HttpResponder)>;
    using ErrorResponse = std::function<HttpResponse(unsigned status, std::string_view message)>;

    // Literal segments win over parameters, parameters over {rest*}. A GET route also answers HEAD.
    // A malformed or repeated pattern is a broken invariant of the program: it throws.
    void add(std::string_view method, std::string_view pattern, Handler handler);
    // Instead of 404 for paths that no pattern matches; for a single-page application.
    void set_fallback(Handler handler) { fallback_ = std::move(handler); }
    // How 400, 404 and 405 look; plain text unless set.
    void set_error_response(ErrorResponse make) { error_response_ = std::move(make); }

    // Percent-decodes the parameters into request.parameters. A path that cannot be decoded is 400.
    void handle(HttpRequest request, HttpResponder responder) const;

    // "GET /api/v1/stations/{id}", in the order of add(): to compare with a published description.
    std::vector<std::string> routes() const;

private:
    struct Segment {
        enum class Kind { literal, parameter, rest } kind;
        std::string text;
    };
    struct Route {
        std::string method;
        std::string pattern;
        std::vector<Segment> segments;
        Handler handler;
    };

    static bool matches(const Route& route, const std::vector<std::string>& path);
    static void fill_parameters(const Route& route, const std::vector<std::string>& path,
                                HttpRequest& request);
    void fail(const HttpResponder& responder, unsigned status, std::string_view message,
              HttpHeaders headers = {}) const;

    std::vector<Route> routes_;
    Handler fallback_;
    ErrorResponse error_response_;
};

}  // namespace ladestrom::transport
