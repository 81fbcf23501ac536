// A station's way out: one WebSocket connection at a time to a ws:// or wss:// URL.
#pragma once

#include "base/counters.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "transport/event_loop.hpp"
#include "transport/log.hpp"
#include "transport/tls.hpp"
#include "transport/websocket_types.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ladestrom::transport {

struct WebSocketTarget {
    std::string url;                        // path and query are sent as written here
    std::vector<std::string> subprotocols;  // in order of preference
    bool require_subprotocol = true;        // false: an answer without one is also taken
    // HTTP Basic; bytes as they are.
    std::optional<std::pair<std::string, std::string>> basic_auth;
    std::shared_ptr<const TlsContext> tls;  // needed for wss
    std::vector<std::pair<std::string, std::string>> headers;
    std::string bind_address;  // local address; empty: the system's choice
    Compression compression = Compression::off;
};

struct WebSocketClientLimits {
    Duration connect = seconds(30);  // everything up to the upgrade
    Duration ping_interval = Duration(0);
    Duration pong_timeout = seconds(30);
    Duration idle = Duration(0);
    Duration message = seconds(60);
    Duration closing = seconds(5);
    std::size_t message_bytes = 1024 * 1024;
    std::size_t outbound_bytes = 4 * 1024 * 1024;
};

// Which step failed, so that a station can raise the right security event.
enum class ConnectFailure {
    bad_url,
    name_not_found,
    unreachable,  // refused, no route, reset
    timeout,
    certificate,  // the server's certificate did not verify
    tls,          // any other failure of the handshake
    http_status,  // answered, but not with 101
    bad_upgrade,  // 101, but not a valid one
    subprotocol,  // none of ours
};

struct ConnectFailed {
    ConnectFailure step{};
    unsigned http_status = 0;  // with http_status only
    std::string reason;        // one sentence with host and cause
};

class WebSocketClient {
public:
    // Calls come from the loop, never from within a call of the client's functions. Each may call the client.
    class Handler {
    public:
        virtual ~Handler() = default;
        // `subprotocol` is empty when the server chose none.
        virtual void on_connected(const std::string& subprotocol) = 0;
        virtual void on_frame(std::string_view text) = 0;
        // After on_connected, exactly once.
        virtual void on_closed(const Closed& closed) = 0;
        // Instead of on_connected.
        virtual void on_failed(const ConnectFailed& failed) = 0;
    };

    WebSocketClient(EventLoop& loop, Handler& handler, WebSocketClientLimits limits, LogFunction log);
    // Cuts the connection without reporting it.
    ~WebSocketClient();
    WebSocketClient(const WebSocketClient&) = delete;
    WebSocketClient& operator=(const WebSocketClient&) = delete;

    // on_connected or on_failed follows. Not while connecting or connected: then it does nothing and
    // returns false.
    bool connect(WebSocketTarget target);
    bool send(std::string text);
    // on_closed follows; on_failed while still connecting.
    void close(std::uint16_t code, std::string_view reason);
    // At once, without a close frame. on_closed or on_failed follows.
    void abort();

    // 0: no pings. Takes effect now.
    void set_ping_interval(Duration interval);

    bool connected() const;
    bool connecting() const;
    std::optional<TlsInfo> tls_info() const;
    const Counters& counters() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

// Checks the form of a URL without connecting: scheme, host, port.
Result<void> check_websocket_url(std::string_view url);

}  // namespace ladestrom::transport
