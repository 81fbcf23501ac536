// From a host name to a connected, TLS-verified stream.
#pragma once

#include "transport/event_loop.hpp"
#include "transport/stream.hpp"
#include "transport/websocket_client.hpp"
#include "transport/websocket_url.hpp"

#include <boost/asio/ip/basic_resolver.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace ladestrom::transport {

// Exactly one of the two.
struct ConnectResult {
    std::optional<ConnectFailed> failed;
    std::optional<Stream> stream;
};

// Kept alive by its own operations. No deadline of its own: the owner cancels.
class ConnectAttempt final : public std::enable_shared_from_this<ConnectAttempt> {
public:
    using Done = std::function<void(ConnectResult)>;

    ConnectAttempt(EventLoop& loop, WebSocketUrl url, std::shared_ptr<const TlsContext> tls,
                   std::string bind_address, Done done);

    void start();
    // `done` is not called any more.
    void cancel();

private:
    using Resolver = boost::asio::ip::basic_resolver<boost::asio::ip::tcp, Executor>;

    void resolved(const Stream::ErrorCode& error, const Resolver::results_type& found);
    void try_next(const Stream::ErrorCode& last_error);
    void connected();
    void tls_failed(const Stream::ErrorCode& error);
    void succeed();
    void fail(ConnectFailure step, std::string reason);

    EventLoop& loop_;
    WebSocketUrl url_;
    std::shared_ptr<const TlsContext> tls_;
    std::string bind_address_;
    Done done_;
    Resolver resolver_;
    std::deque<boost::asio::ip::tcp::endpoint> endpoints_;
    std::optional<Stream> stream_;
};

}  // namespace ladestrom::transport
