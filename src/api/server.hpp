// The central system's HTTP side: REST, live events, dashboard. Everything of it runs on its loop's thread.
#pragma once

#include "api/services.hpp"
#include "transport/http/router.hpp"
#include "transport/listener.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ladestrom::api {

// Method, path below /api/v1, and what a login must be allowed; "none" needs no login.
struct RouteInfo {
    std::string method, path, scope;
};
std::vector<RouteInfo> route_table();

class Server {
public:
    // All references outlive the server; work posted to the loop ends before it does.
    Server(transport::EventLoop& loop, store::LedgerReader& reader, store::Accounts& accounts, CorePort& core,
           const crypto::KeyedHash& hash, Options options, transport::LogFunction log);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Returns the port.
    Result<std::uint16_t> listen(const transport::ListenOptions& options);
    void stop();
    std::size_t connections() const { return http_.connections(); }

    void publish(csms::Published published) { hub_.publish(std::move(published)); }
    // For the link that lets `user` in once: /login?code=<code>.
    std::string issue_login_code(const std::string& user) { return access_.issue_code(user); }
    // Where stations connect, once that is known.
    void set_station_listeners(std::vector<StationListener> listeners)
    {
        options_.station_listeners = std::move(listeners);
    }

private:
    void add_routes();
    void end_expired_streams();
    void serve_page(const transport::HttpRequest& request, const transport::HttpResponder& responder);
    void serve_rest(transport::HttpRequest request, transport::HttpResponder responder);

    Options options_;
    Access access_;
    Hub hub_;
    Services services_;
    transport::Router router_;
    transport::HttpServer http_;
    transport::Timer stream_check_;
};

}  // namespace ladestrom::api
