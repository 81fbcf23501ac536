// The table of operations, and what happens before one: login, scope, protection against foreign pages.
#include "api/handlers.hpp"
#include "api/server.hpp"

#include <array>
#include <utility>

namespace ladestrom::api {
namespace {

using store::Scope;

struct Row {
    std::string_view method;
    std::string_view path;
    std::optional<Scope> scope;  // nullopt: no login needed
    Handler handler;
};

constexpr std::string_view base_path = "/api/v1";

constexpr std::array rows{
    Row{"POST", "/login", std::nullopt, login},
    Row{"POST", "/logout", Scope::read, logout},
    Row{"GET", "/me", Scope::read, get_me},
    Row{"PUT", "/me/password", Scope::read, set_my_password},
    Row{"GET", "/stations", Scope::read, list_stations},
    Row{"GET", "/stations/{id}", Scope::read, get_station},
    Row{"PUT", "/stations/{id}", Scope::operate, put_station},
    Row{"DELETE", "/stations/{id}", Scope::operate, delete_station},
    Row{"GET", "/unknown-stations", Scope::read, list_unknown_stations},
    Row{"POST", "/stations/{id}/calls", Scope::operate, call_station},
    Row{"POST", "/stations/{id}/start", Scope::operate, start_charging},
    Row{"GET", "/stations/{id}/messages", Scope::read, list_messages},
    Row{"GET", "/stations/{id}/events", Scope::read, list_station_events},
    Row{"GET", "/tokens", Scope::read, list_tokens},
    Row{"GET", "/tokens/{id}", Scope::read, get_token},
    Row{"PUT", "/tokens/{id}", Scope::operate, put_token},
    Row{"DELETE", "/tokens/{id}", Scope::operate, delete_token},
    Row{"GET", "/sessions", Scope::read, list_sessions},
    Row{"GET", "/sessions.csv", Scope::read, export_sessions},
    Row{"GET", "/sessions/{id}", Scope::read, get_session},
    Row{"POST", "/sessions/{id}/close", Scope::operate, close_session},
    Row{"POST", "/sessions/{id}/stop", Scope::operate, stop_session},
    Row{"GET", "/sessions/{id}/meter-values", Scope::read, get_meter_series},
    Row{"GET", "/events", Scope::read, stream_events},
    Row{"GET", "/summary", Scope::read, get_summary},
    Row{"GET", "/counters", Scope::read, get_counters},
    Row{"GET", "/health", std::nullopt, get_health},
    Row{"GET", "/version", Scope::read, get_version},
    Row{"GET", "/openapi.json", Scope::read, get_openapi},
    Row{"GET", "/users", Scope::admin, list_users},
    Row{"PUT", "/users/{name}", Scope::admin, put_user},
    Row{"DELETE", "/users/{name}", Scope::admin, delete_user},
    Row{"GET", "/api-keys", Scope::admin, list_api_keys},
    Row{"POST", "/api-keys", Scope::admin, create_api_key},
    Row{"DELETE", "/api-keys/{id}", Scope::admin, delete_api_key},
    Row{"GET", "/audit", Scope::admin, list_audit},
};

Problem not_logged_in()
{
    return {401, "unauthorized", "Log in, or send an API key as Authorization: Bearer."};
}

// A page of another origin can make a browser send our cookie (SameSite=Strict is the first fence), but can
// neither set this header nor hide its Origin.
std::optional<Problem> foreign_page(const transport::HttpRequest& request)
{
    if (request.header("X-Requested-With").empty()) {
        return Problem{403, "forbidden", "The header X-Requested-With is missing.", "X-Requested-With"};
    }
    const std::string_view origin = request.header("Origin");
    const auto host = origin.find("://");
    const bool foreign = !origin.empty() && (host == std::string_view::npos ||
                                             origin.substr(host + 3) != request.header("Host"));
    if (foreign) return Problem{403, "forbidden", "The request comes from another page.", "Origin"};
    return std::nullopt;
}

// The login that may do this; nullopt, and answered: there is none.
std::optional<Login> admit(Services& services, const Row& row, const transport::HttpRequest& request,
                           const ExchangePointer& exchange)
{
    const bool reads = request.method == "GET" || request.method == "HEAD";
    Login who;
    if (row.scope) {
        auto known = services.access.authenticate(request);
        if (exchange->refused(known)) return std::nullopt;
        if (!*known) {
            exchange->answer(not_logged_in());
            return std::nullopt;
        }
        who = std::move(**known);
    }
    if (!reads && who.kind == Login::Kind::user) {
        if (const auto problem = foreign_page(request)) {
            exchange->answer(*problem);
            return std::nullopt;
        }
    }
    if (row.scope && who.scope < *row.scope) {
        exchange->answer({403, "forbidden", "This login may not do that."});
        return std::nullopt;
    }
    return who;
}

void run(Services& services, const Row& row, transport::HttpRequest request,
         transport::HttpResponder responder)
{
    auto exchange = std::make_shared<Exchange>(services, std::move(request), std::move(responder), Login{});
    auto who = admit(services, row, exchange->request(), exchange);
    if (!who) return;
    exchange->set_login(std::move(*who));
    row.handler(exchange);
}

std::string_view code_of(unsigned status)
{
    switch (status) {
        case 404: return "not_found";
        case 405: return "method_not_allowed";
        case 503: return "internal";
        default: return "invalid";
    }
}

}  // namespace

std::vector<RouteInfo> route_table()
{
    std::vector<RouteInfo> table;
    for (const Row& row : rows) {
        table.push_back({std::string(row.method), std::string(row.path),
                         std::string(row.scope ? name_of(*row.scope) : "none")});
    }
    return table;
}

void Server::add_routes()
{
    for (const Row& row : rows) {
        router_.add(row.method, std::string(base_path) + std::string(row.path),
                    [this, &row](transport::HttpRequest request, transport::HttpResponder responder) {
                        run(services_, row, std::move(request), std::move(responder));
                    });
    }
    const auto refusal = [](unsigned status, std::string_view message) {
        auto response = to_response({status, code_of(status), std::string(message)});
        add_security_headers(response, false);
        return response;
    };
    router_.set_error_response(refusal);
    http_.set_refusal(refusal);
    router_.add("GET", "/login", [this](transport::HttpRequest request, transport::HttpResponder responder) {
        // Programs that preview links ask by HEAD: that must not use the code up.
        const bool follows = request.method == "GET" && request.query_value("code");
        if (!follows) return serve_page(request, responder);
        follow_login_link(
            std::make_shared<Exchange>(services_, std::move(request), std::move(responder), Login{}));
    });
    router_.set_fallback([this](transport::HttpRequest request, transport::HttpResponder responder) {
        if (request.path == "/api" || request.path.starts_with("/api/")) {
            return serve_rest(std::move(request), std::move(responder));
        }
        serve_page(request, responder);
    });
}

// What is not in the table: who is not logged in learns nothing of what exists.
void Server::serve_rest(transport::HttpRequest request, transport::HttpResponder responder)
{
    static constexpr Row nothing{
        "", "", Scope::read, [](const ExchangePointer& exchange) {
            exchange->answer(not_found("There is no such path; see /api/v1/openapi.json."));
        }};
    run(services_, nothing, std::move(request), std::move(responder));
}

}  // namespace ladestrom::api
