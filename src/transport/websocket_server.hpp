// The OCPP endpoint: takes connections, lets its handler decide on every upgrade, carries text frames.
// Sizes and times are limited from the first byte on. One thread: that of the loop.
#pragma once

#include "base/counters.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "transport/event_loop.hpp"
#include "transport/listener.hpp"
#include "transport/log.hpp"
#include "transport/websocket_types.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ladestrom::transport {

// Names one connection; never used again within the process.
using SocketId = Id<struct SocketTag, std::uint64_t>;

// HTTP Basic, decoded. Bytes: a 1.6 password may hold NUL, ':' and non-UTF-8.
struct BasicCredentials {
    std::string user;
    std::string password;
};

struct UpgradeRequest {
    SocketId socket;
    std::string remote_address;
    std::uint16_t remote_port = 0;
    std::uint16_t local_port = 0;           // tells the listeners of one server apart
    std::string target;                     // as sent, with the query
    std::string identity;                   // last segment of the path, percent-decoded; never empty
    std::vector<std::string> subprotocols;  // as offered, in order; may be empty
    // Split behind the user when the user equals `identity`, else at the first ':'.
    std::optional<BasicCredentials> credentials;
    std::string user_agent;
    std::optional<TlsInfo> tls;  // nullopt: plain
};

struct WebSocketLimits {
    Duration tls_handshake = seconds(10);
    Duration header = seconds(10);
    Duration decision = seconds(30);       // from on_upgrade to accept() or refuse(); then 503
    Duration first_frame = seconds(60);    // from the upgrade, a pong counts; 0: none
    Duration idle = Duration(0);           // nothing received, not even a pong; 0: none
    Duration ping_interval = seconds(60);  // 0: no pings
    // From a ping until anything is received; 0: never. Some stations send no pongs: with idle set, it holds
    // only for those that have sent one.
    Duration pong_timeout = seconds(30);
    Duration message = seconds(30);  // from the first byte of a message until its last
    Duration closing = seconds(5);   // close handshake; then the connection is cut
    std::size_t header_bytes = 8 * 1024;
    std::size_t message_bytes = 256 * 1024;
    std::size_t outbound_bytes = 1024 * 1024;  // queued per connection
    std::size_t connections = 20'000;
    std::size_t handshakes = 2'000;  // connections that are not upgraded yet
    // Of one address (IPv6: of one /64) within ten seconds; more of its connections are closed unread. 0:
    // none.
    std::size_t refusals = 100;
};

class WebSocketServer {
public:
    // Calls come from the loop, never from within a call of the server's functions. Each may call the server.
    class Handler {
    public:
        virtual ~Handler() = default;
        // Answer by accept() or refuse(), now or later. A connection that goes away before the answer is not
        // reported: accept() then returns false.
        virtual void on_upgrade(UpgradeRequest request) = 0;
        // `text` is valid UTF-8 and lives during the call.
        virtual void on_frame(SocketId socket, std::string_view text) = 0;
        // Exactly once for each socket for which accept() returned true; the last thing heard of it.
        virtual void on_closed(SocketId socket, const Closed& closed) = 0;
    };

    using Headers = std::vector<std::pair<std::string, std::string>>;

    WebSocketServer(EventLoop& loop, Handler& handler, WebSocketLimits limits, LogFunction log);
    // Cuts all connections without reporting them.
    ~WebSocketServer();
    WebSocketServer(const WebSocketServer&) = delete;
    WebSocketServer& operator=(const WebSocketServer&) = delete;

    // May be called several times. Returns the port.
    Result<std::uint16_t> listen(const ListenOptions& options);

    // 101. nullopt: without a subprotocol, which the standard wants refused. False: the connection is gone,
    // or `subprotocol` was not offered (then it has been refused with 400). send() may follow at once.
    bool accept(SocketId socket, std::optional<std::string_view> subprotocol,
                Compression compression = Compression::off);
    // A plain HTTP answer with `reason` as its text, then the end. Headers such as WWW-Authenticate.
    void refuse(SocketId socket, unsigned status, std::string_view reason, const Headers& headers = {});

    // Queues one text frame. False: no such socket, or it is closing, or the queue overflowed just now, which
    // closes it.
    bool send(SocketId socket, std::string text);
    // After what is queued. The rest of the peer's frames is dropped. on_closed follows.
    void close(SocketId socket, std::uint16_t code, std::string_view reason);
    // Without a close frame. on_closed follows.
    void abort(SocketId socket);
    // Pings and idle time of one socket, instead of the limits' ones.
    void set_liveness(SocketId socket, Duration ping_interval, Duration pong_timeout, Duration idle);

    // Listens no more and closes all sockets with 1001; on_closed follows for each, within limits.closing.
    void stop();

    std::size_t connections() const;  // upgraded ones
    std::size_t handshakes() const;   // the others
    const Counters& counters() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace ladestrom::transport
