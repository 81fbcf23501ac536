// Owns the connections of a server and finds them by their ids.
#include "transport/websocket_server.hpp"

#include "transport/acceptor.hpp"
#include "transport/websocket_channel.hpp"
#include "transport/websocket_upgrade.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <unordered_map>

namespace ladestrom::transport {

namespace {

// One source for all servers of the process: an id never means two connections.
std::uint64_t next_socket_id()
{
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

}  // namespace

class WebSocketServer::Impl final : public UpgradeSession::Owner, public WebSocketChannel::Owner {
public:
    Impl(EventLoop& loop, Handler& handler, const WebSocketLimits& limits, LogFunction log)
        : loop_(loop),
          handler_(handler),
          limits_(limits),
          channel_limits_{limits.first_frame, limits.message, limits.closing, limits.message_bytes,
                          limits.outbound_bytes},
          log_(std::move(log))
    {
    }

    ~Impl()
    {
        close_acceptors();
        for (auto& [id, session] : upgrading_) session->detach();
        for (auto& [id, channel] : channels_) channel->detach();
    }

    Result<std::uint16_t> listen(const ListenOptions& options)
    {
        auto acceptor =
            std::make_shared<Acceptor>(loop_, log_, [this](Accepted accepted) { take(std::move(accepted)); });
        auto port = acceptor->open(options);
        if (port) acceptors_.push_back(std::move(acceptor));
        return port;
    }

    bool accept(SocketId socket, std::optional<std::string_view> subprotocol)
    {
        auto const found = upgrading_.find(socket.value());
        if (found == upgrading_.end() || !found->second->deciding()) return false;
        auto const session = found->second;
        if (subprotocol && std::ranges::find(session->offered(), *subprotocol) == session->offered().end()) {
            count_and_log("websocket.refused.subprotocol", session->remote(), "subprotocol was not offered");
            session->refuse(400, "the subprotocol was not offered", {});
            return false;
        }
        upgrading_.erase(found);
        auto const channel =
            make_websocket_channel(loop_, session->release_stream(), *this,
                                   {.id = socket.value(),
                                    .limits = channel_limits_,
                                    .counters = counters_,
                                    .traffic = traffic_,
                                    .liveness = {limits_.ping_interval, limits_.pong_timeout, limits_.idle}});
        channels_.emplace(socket.value(), channel);
        counters_.add("websocket.accepted");
        std::optional<std::string> name;
        if (subprotocol) name = *subprotocol;
        channel->accept(session->head(), name);
        return true;
    }

    void refuse(SocketId socket, unsigned status, std::string_view reason, const Headers& headers)
    {
        auto const found = upgrading_.find(socket.value());
        if (found == upgrading_.end() || !found->second->deciding()) return;
        count_and_log(fmt::format("websocket.refused.{}", status), found->second->remote(),
                      fmt::format("{} {}", status, printable(reason)));
        found->second->refuse(status, reason, headers);
    }

    WebSocketChannel* find(SocketId socket)
    {
        auto const found = channels_.find(socket.value());
        return found == channels_.end() ? nullptr : found->second.get();
    }

    void stop()
    {
        close_acceptors();
        for (auto& [id, session] : std::exchange(upgrading_, {})) session->detach();
        for (auto& [id, channel] : channels_) channel->close(close_code::going_away, "the server stops");
    }

    std::size_t connections() const { return channels_.size(); }
    std::size_t handshakes() const { return upgrading_.size(); }
    const Counters& counters()
    {
        traffic_.publish(counters_);
        return counters_;
    }

private:
    void take(Accepted accepted)
    {
        counters_.add("websocket.connections");
        std::string_view full;
        if (upgrading_.size() + channels_.size() >= limits_.connections)
            full = "websocket.refused.connections";
        if (upgrading_.size() >= limits_.handshakes) full = "websocket.refused.handshakes";
        if (!full.empty()) {
            // At most one line a second: whoever floods us must not fill the disk as well.
            counters_.add(full);
            if (log_ && loop_.now() >= full_logged_ + seconds(1)) {
                full_logged_ = loop_.now();
                log_(LogLevel::warning,
                     fmt::format(
                         "connection from {} refused: {} connections, {} of them in their handshake, are "
                         "the limit",
                         accepted.remote_address, upgrading_.size() + channels_.size(), upgrading_.size()));
            }
            return;
        }
        std::uint64_t const id = next_socket_id();
        auto const session = std::make_shared<UpgradeSession>(loop_, std::move(accepted), *this, limits_, id);
        upgrading_.emplace(id, session);
        session->start();
    }

    void close_acceptors()
    {
        for (auto& acceptor : std::exchange(acceptors_, {})) acceptor->close();
    }

    void count_and_log(std::string_view counter, const std::string& remote, std::string_view why)
    {
        counters_.add(counter);
        if (log_) log_(LogLevel::info, fmt::format("connection from {} refused: {}", remote, why));
    }

    void upgrade_requested(UpgradeRequest request) override { handler_.on_upgrade(std::move(request)); }

    void upgrade_failed(const std::string& remote, std::string_view counter, std::string_view why) override
    {
        count_and_log(counter, remote, why);
    }

    void upgrade_finished(std::uint64_t id) override { upgrading_.erase(id); }

    void channel_frame(std::uint64_t id, std::string_view text) override
    {
        handler_.on_frame(SocketId(id), text);
    }

    void channel_closed(std::uint64_t id, Closed closed) override
    {
        handler_.on_closed(SocketId(id), closed);
    }

    void channel_finished(std::uint64_t id) override { channels_.erase(id); }

    EventLoop& loop_;
    Handler& handler_;
    WebSocketLimits const limits_;
    ChannelLimits const channel_limits_;
    LogFunction log_;
    Counters counters_;
    Traffic traffic_;
    Tick full_logged_ = Tick(-seconds(1));
    std::vector<std::shared_ptr<Acceptor>> acceptors_;
    std::unordered_map<std::uint64_t, std::shared_ptr<UpgradeSession>> upgrading_;
    std::unordered_map<std::uint64_t, std::shared_ptr<WebSocketChannel>> channels_;
};

WebSocketServer::WebSocketServer(EventLoop& loop, Handler& handler, WebSocketLimits limits, LogFunction log)
    : impl_(std::make_unique<Impl>(loop, handler, limits, std::move(log)))
{
}

WebSocketServer::~WebSocketServer() = default;

Result<std::uint16_t> WebSocketServer::listen(const ListenOptions& options)
{
    return impl_->listen(options);
}

bool WebSocketServer::accept(SocketId socket, std::optional<std::string_view> subprotocol)
{
    return impl_->accept(socket, subprotocol);
}

void WebSocketServer::refuse(SocketId socket, unsigned status, std::string_view reason,
                             const Headers& headers)
{
    impl_->refuse(socket, status, reason, headers);
}

bool WebSocketServer::send(SocketId socket, std::string text)
{
    WebSocketChannel* const channel = impl_->find(socket);
    return channel && channel->send(std::move(text));
}

void WebSocketServer::close(SocketId socket, std::uint16_t code, std::string_view reason)
{
    if (WebSocketChannel* const channel = impl_->find(socket)) channel->close(code, reason);
}

void WebSocketServer::abort(SocketId socket)
{
    if (WebSocketChannel* const channel = impl_->find(socket)) channel->abort();
}

void WebSocketServer::set_liveness(SocketId socket, Duration ping_interval, Duration pong_timeout,
                                   Duration idle)
{
    if (WebSocketChannel* const channel = impl_->find(socket)) {
        channel->set_liveness({ping_interval, pong_timeout, idle});
    }
}

void WebSocketServer::stop()
{
    impl_->stop();
}

std::size_t WebSocketServer::connections() const
{
    return impl_->connections();
}

std::size_t WebSocketServer::handshakes() const
{
    return impl_->handshakes();
}

const Counters& WebSocketServer::counters() const
{
    return impl_->counters();
}

}  // namespace ladestrom::transport
