// What every handler may use, and the one request that it answers.
#pragma once

#include "api/access.hpp"
#include "api/assets.hpp"
#include "api/core_port.hpp"
#include "api/hub.hpp"
#include "api/input.hpp"
#include "api/problem.hpp"
#include "store/ledger_reader.hpp"
#include "transport/event_loop.hpp"
#include "transport/http/http_server.hpp"
#include "transport/log.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ladestrom::api {

// Where stations connect, as people are told.
struct StationListener {
    std::uint16_t port = 0;
    bool tls = false;
    std::string path = "/";
};

struct Options {
    std::string version;
    std::vector<OcppVersion> ocpp{OcppVersion::v1_6};
    std::vector<StationListener> station_listeners;
    bool secure_cookie = false;  // also without TLS of our own: a proxy has it
    std::function<bool()> store_healthy;
    std::function<Access::Now()> clock;  // of logins; empty: the loop's
    std::size_t export_max = 100'000;    // lines of a CSV file
    std::span<const Asset> assets;
    Access::Options access;
    // How often live streams are ended whose login has expired.
    Duration stream_check = seconds(30);
    Hub::Options hub;
};

struct Services {
    transport::EventLoop& loop;
    store::LedgerReader& reader;
    store::Accounts& accounts;
    CorePort& core;
    Access& access;
    Hub& hub;
    const Options& options;
    transport::LogFunction log;
    const transport::HttpServer& http;  // what it refused and cut
    messages::JsonParser parser{};
};

// One request. Handlers answer once, now or later.
class Exchange {
public:
    Exchange(Services& services, transport::HttpRequest request, transport::HttpResponder responder,
             Login login)
        : services_(services),
          request_(std::move(request)),
          responder_(std::move(responder)),
          login_(std::move(login))
    {
    }

    Services& services() { return services_; }
    const transport::HttpRequest& request() const { return request_; }
    const transport::HttpResponder& responder() const { return responder_; }
    const Login& login() const { return login_; }
    // Of a login that has just been made.
    void set_login(Login login) { login_ = std::move(login); }

    // A write of somebody we know is answered when it stands in the audit log.
    void answer(transport::HttpResponse response);
    void answer(const Problem& problem) { answer(to_response(problem)); }
    void answer_json(std::string json, unsigned status = 200);
    void answer_nothing();

    // True, and answered: the read failed.
    template <class T>
    bool refused(const store::ReadResult<T>& result)
    {
        if (result) return false;
        answer_read_error(result.error());
        return true;
    }
    // True, and answered: the input is wrong.
    template <class Input>
        requires requires(Input& input) { input.finish(); }
    bool refused(Input& input)
    {
        const auto problem = input.finish();
        if (problem) answer(*problem);
        return problem.has_value();
    }

    // What the audit log tells besides method and path; never a secret.
    void set_audit_detail(std::string detail) { audit_detail_ = std::move(detail); }

private:
    void answer_read_error(const store::ReadError& error);
    bool is_audited() const;
    store::AuditRow audit_row(unsigned status) const;

    Services& services_;
    transport::HttpRequest request_;
    transport::HttpResponder responder_;
    Login login_;
    std::string audit_detail_;
};

using ExchangePointer = std::shared_ptr<Exchange>;

// Every answer carries these; html: the dashboard's page.
void add_security_headers(transport::HttpResponse& response, bool html);

}  // namespace ladestrom::api
