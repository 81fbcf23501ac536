// A small HTTP/1.1 server: REST, dashboard, control port. Answers may come later; events may stream.
// One thread: that of the loop.
#pragma once

#include "base/counters.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "transport/event_loop.hpp"
#include "transport/listener.hpp"
#include "transport/log.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ladestrom::transport {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
    std::string method;                                          // upper case
    std::string target;                                          // as sent
    std::string path;                                            // before '?', still percent-encoded
    std::multimap<std::string, std::string, std::less<>> query;  // decoded
    HttpHeaders headers;
    std::string body;
    std::string remote_address;
    std::uint16_t remote_port = 0;
    bool tls = false;
    // Filled by the router: decoded path parameters.
    std::map<std::string, std::string, std::less<>> parameters;

    // First header of that name (any case); empty when absent.
    std::string_view header(std::string_view name) const;
    // Value of a cookie; empty when absent.
    std::string_view cookie(std::string_view name) const;
    // First value of a query parameter.
    std::optional<std::string> query_value(std::string_view name) const;
    // A path parameter; empty when the pattern has none of that name.
    std::string_view parameter(std::string_view name) const;
};

struct HttpResponse {
    unsigned status = 200;
    HttpHeaders headers;  // Content-Length, Connection and Date are the server's
    std::string body;
    // A body that outlives the server, such as an embedded asset; used when `body` is empty. No copy is made.
    std::string_view static_body{};

    static HttpResponse json(std::string body, unsigned status = 200);
    static HttpResponse text(std::string body, unsigned status = 200);
};

class HttpConnection;

// A stream of server-sent events to one browser. Copies mean the same stream.
class HttpEventStream {
public:
    HttpEventStream() = default;

    // False: the stream is over, or the reader is too slow, which ends it. `data` may have several lines.
    // Empty name or id: the field is left out.
    bool send_event(std::string_view name, std::string_view data, std::string_view id = {});
    bool open() const;
    void close();
    // Called once, from the loop, however the stream ends other than by close().
    void on_closed(std::function<void()> callback);

private:
    friend class HttpResponder;
    std::weak_ptr<HttpConnection> connection_;
};

// The duty to answer one request. Copies mean the same duty; the first answer counts, later ones are ignored.
// When all copies are gone without an answer, the client gets 500.
class HttpResponder {
public:
    HttpResponder() = default;

    void respond(HttpResponse response) const;
    // Turns the answer into text/event-stream. Extra headers may be given.
    HttpEventStream start_events(HttpHeaders headers = {}) const;
    // False once answered or when the client has gone.
    bool pending() const;

private:
    friend class HttpConnection;
    class Impl;
    HttpResponder(std::weak_ptr<HttpConnection> connection, std::uint64_t request);

    std::shared_ptr<Impl> impl_;
};

struct HttpLimits {
    Duration tls_handshake = seconds(10);
    Duration header = seconds(10);      // from the first byte of a request
    Duration keep_alive = seconds(60);  // between requests
    Duration body = seconds(30);
    Duration answer = minutes(5);             // the handler's time; then 503
    Duration write = seconds(30);             // without progress of an answer
    Duration event_keep_alive = seconds(15);  // a comment line, so that proxies and we notice the dead
    Duration closing = seconds(2);            // for the peer to end, after our last byte
    std::size_t header_bytes = 16 * 1024;
    std::size_t body_bytes = 1024 * 1024;
    std::size_t event_bytes = 1024 * 1024;  // queued per stream; more: the reader is dropped
    std::size_t connections = 1'000;
};

class HttpServer {
public:
    using Handler = std::function<void(HttpRequest, HttpResponder)>;

    HttpServer(EventLoop& loop, Handler handler, HttpLimits limits, LogFunction log);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // The answer to a request that never reaches the handler: malformed, too large, too late. By default
    // `why` as plain text.
    using Refusal = std::function<HttpResponse(unsigned status, std::string_view why)>;
    void set_refusal(Refusal refusal);

    // May be called several times. Returns the port.
    Result<std::uint16_t> listen(const ListenOptions& options);
    // Listens no more, ends streams and idle connections, lets answers in progress finish.
    void stop();

    std::size_t connections() const;
    const Counters& counters() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace ladestrom::transport
