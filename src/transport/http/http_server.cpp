// Requests, answers and their server, in front of the connections.
#include "transport/http/http_server.hpp"

#include "base/letter_case.hpp"

#include "transport/acceptor.hpp"
#include "transport/address_places.hpp"
#include "transport/http/http_connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace ladestrom::transport {

namespace {

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const
{
    for (const auto& [key, value] : headers) {
        if (same_ignoring_case(key, name)) return value;
    }
    return {};
}

std::string_view HttpRequest::cookie(std::string_view name) const
{
    for (const auto& [key, value] : headers) {
        if (!same_ignoring_case(key, "Cookie")) continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            auto const end = rest.find(';');
            auto pair = rest.substr(0, end);
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
            if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
                return pair.substr(name.size() + 1);
            }
        }
    }
    return {};
}

std::optional<std::string> HttpRequest::query_value(std::string_view name) const
{
    auto const found = query.find(name);
    if (found == query.end()) return std::nullopt;
    return query.lower_bound(name)->second;
}

std::string_view HttpRequest::parameter(std::string_view name) const
{
    auto const found = parameters.find(name);
    return found == parameters.end() ? std::string_view() : found->second;
}

HttpResponse HttpResponse::json(std::string body, unsigned status)
{
    return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

HttpResponse HttpResponse::text(std::string body, unsigned status)
{
    return {.status = status,
            .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
            .body = std::move(body)};
}

// Dies with the last copy of its responder.
class HttpResponder::Impl {
public:
    Impl(std::weak_ptr<HttpConnection> connection, std::uint64_t request)
        : connection_(std::move(connection)), request_(request)
    {
    }
    ~Impl()
    {
        auto const connection = connection_.lock();
        if (connection)
            connection->respond(request_, HttpResponse::text("the request was not answered\n", 500));
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    std::shared_ptr<HttpConnection> connection() const { return connection_.lock(); }
    std::uint64_t request() const { return request_; }

private:
    std::weak_ptr<HttpConnection> connection_;
    std::uint64_t request_;
};

HttpResponder::HttpResponder(std::weak_ptr<HttpConnection> connection, std::uint64_t request)
    : impl_(std::make_shared<Impl>(std::move(connection), request))
{
}

void HttpResponder::respond(HttpResponse response) const
{
    auto const connection = impl_ ? impl_->connection() : nullptr;
    if (connection) connection->respond(impl_->request(), std::move(response));
}

HttpEventStream HttpResponder::start_events(HttpHeaders headers) const
{
    HttpEventStream stream;
    auto const connection = impl_ ? impl_->connection() : nullptr;
    if (connection && connection->start_events(impl_->request(), headers)) stream.connection_ = connection;
    return stream;
}

bool HttpResponder::pending() const
{
    auto const connection = impl_ ? impl_->connection() : nullptr;
    return connection && connection->awaits(impl_->request());
}

bool HttpEventStream::send_event(std::string_view name, std::string_view data, std::string_view id)
{
    auto const connection = connection_.lock();
    return connection && connection->send_event(name, data, id);
}

bool HttpEventStream::open() const
{
    auto const connection = connection_.lock();
    return connection && connection->streaming();
}

void HttpEventStream::close()
{
    if (auto const connection = connection_.lock()) connection->end_events();
}

void HttpEventStream::on_closed(std::function<void()> callback)
{
    auto const connection = connection_.lock();
    if (connection && connection->streaming()) connection->on_stream_closed(std::move(callback));
}

class HttpServer::Impl final : public HttpConnection::Owner {
public:
    Impl(EventLoop& loop, Handler handler, const HttpLimits& limits, LogFunction log)
        : loop_(loop), handler_(std::move(handler)), limits_(limits), log_(std::move(log))
    {
    }

    ~Impl()
    {
        close_acceptors();
        for (auto& [id, place] : connections_) place.connection->detach();
    }

    Result<std::uint16_t> listen(const ListenOptions& options)
    {
        auto acceptor =
            std::make_shared<Acceptor>(loop_, log_, [this](Accepted accepted) { take(std::move(accepted)); });
        auto port = acceptor->open(options);
        if (port) acceptors_.push_back(std::move(acceptor));
        return port;
    }

    void set_refusal(Refusal refusal) { refusal_ = std::move(refusal); }

    void stop()
    {
        close_acceptors();
        // A copy: those that are idle leave the map meanwhile.
        for (auto& [id, place] : std::unordered_map(connections_)) place.connection->stop();
    }

    std::size_t connections() const { return connections_.size(); }
    const Counters& counters() const { return counters_; }

private:
    struct Place {
        std::shared_ptr<HttpConnection> connection;
        std::string network;
    };

    void take(Accepted accepted)
    {
        counters_.add("http.connections");
        std::string network = network_of(accepted.remote_address);
        if (connections_.size() >= limits_.connections && !make_place(network)) {
            counters_.add("http.refused.connections");
            if (log_ && loop_.now() >= full_logged_ + seconds(1)) {
                full_logged_ = loop_.now();
                log_(LogLevel::warning,
                     fmt::format("HTTP connection from {} refused: {} connections are the limit",
                                 accepted.remote_address, limits_.connections));
            }
            return;
        }
        std::uint64_t const id = ++last_id_;
        auto const connection =
            std::make_shared<HttpConnection>(loop_, std::move(accepted), *this, limits_, id);
        places_.take(network, id);
        connections_.emplace(id, Place{connection, std::move(network)});
        connection->start();
    }

    // A network that holds many connections gives up its oldest that does no work for one that holds few.
    bool make_place(const std::string& network)
    {
        auto const greediest = places_.greediest(network);
        if (!greediest) return false;
        for (std::uint64_t const id : places_.places(*greediest)) {
            auto const connection = connections_.at(id).connection;
            if (!connection->may_give_way()) continue;
            counters_.add("http.connection.gave_way");
            connection->detach();
            http_finished(id);
            return true;
        }
        return false;
    }

    void close_acceptors()
    {
        for (auto& acceptor : std::exchange(acceptors_, {})) acceptor->close();
    }

    void http_request(HttpRequest request, HttpResponder responder) override
    {
        handler_(std::move(request), std::move(responder));
    }
    void http_problem(std::string_view counter, const std::string& remote, std::string_view why) override
    {
        counters_.add(counter);
        if (log_) log_(LogLevel::info, fmt::format("HTTP from {}: {}", remote, why));
    }
    void http_finished(std::uint64_t id) override
    {
        auto const found = connections_.find(id);
        if (found == connections_.end()) return;
        places_.leave(found->second.network, id);
        connections_.erase(found);
    }
    Counters& http_counters() override { return counters_; }
    Instant http_time() override { return loop_.wall(); }
    HttpResponse http_refusal(unsigned status, std::string_view why) override
    {
        return refusal_ ? refusal_(status, why) : HttpResponse::text(std::string(why) + "\n", status);
    }

    EventLoop& loop_;
    Handler handler_;
    HttpLimits const limits_;
    Refusal refusal_;
    LogFunction log_;
    Counters counters_;
    Tick full_logged_ = Tick(-seconds(1));
    std::uint64_t last_id_ = 0;
    std::vector<std::shared_ptr<Acceptor>> acceptors_;
    AddressPlaces places_;
    std::unordered_map<std::uint64_t, Place> connections_;
};

HttpServer::HttpServer(EventLoop& loop, Handler handler, HttpLimits limits, LogFunction log)
    : impl_(std::make_unique<Impl>(loop, std::move(handler), limits, std::move(log)))
{
}

HttpServer::~HttpServer() = default;

Result<std::uint16_t> HttpServer::listen(const ListenOptions& options)
{
    return impl_->listen(options);
}

void HttpServer::set_refusal(Refusal refusal)
{
    impl_->set_refusal(std::move(refusal));
}

void HttpServer::stop()
{
    impl_->stop();
}

std::size_t HttpServer::connections() const
{
    return impl_->connections();
}

const Counters& HttpServer::counters() const
{
    return impl_->counters();
}

}  // namespace ladestrom::transport
