// Owns the connections of a server and finds them by their ids.
#include "transport/websocket_server.hpp"

#include "transport/acceptor.hpp"
#include "transport/address_places.hpp"
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

// Within this time a network's budget of refusals fills up again.
constexpr Duration refusals_refill = seconds(10);

// What costs a network some of its budget. Who merely goes away again, as port checks and vanishing stations
// do, or waits in vain for our decision, has done nothing wrong.
bool costs(std::string_view counter)
{
    return counter != "websocket.refused.no_request" && counter != "websocket.timeout.decision";
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
          log_(std::move(log)),
          refusals_(limits.refusals, refusals_refill)
    {
    }

    ~Impl()
    {
        close_acceptors();
        for (auto& [id, upgrading] : upgrading_) upgrading.session->detach();
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

    bool accept(SocketId socket, std::optional<std::string_view> subprotocol, Compression compression)
    {
        auto const found = upgrading_.find(socket.value());
        if (found == upgrading_.end() || !found->second.session->deciding()) return false;
        auto const session = found->second.session;
        if (subprotocol && std::ranges::find(session->offered(), *subprotocol) == session->offered().end()) {
            count_and_log("websocket.refused.subprotocol", session->remote(), "subprotocol was not offered");
            session->refuse(400, "the subprotocol was not offered", {});
            return false;
        }
        leave(socket.value());
        auto const channel =
            make_websocket_channel(loop_, session->release_stream(), *this,
                                   {.id = socket.value(),
                                    .limits = channel_limits_,
                                    .counters = counters_,
                                    .traffic = traffic_,
                                    .liveness = {limits_.ping_interval, limits_.pong_timeout, limits_.idle},
                                    .compression = compression});
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
        if (found == upgrading_.end() || !found->second.session->deciding()) return;
        const auto& [session, network] = found->second;
        count_and_log(fmt::format("websocket.refused.{}", status), session->remote(),
                      fmt::format("{} {}", status, printable(reason)));
        bool const by_their_fault = status >= 400 && status < 500;
        if (by_their_fault) refusals_.note(network, loop_.now());
        session->refuse(status, reason, headers);
    }

    WebSocketChannel* find(SocketId socket)
    {
        auto const found = channels_.find(socket.value());
        return found == channels_.end() ? nullptr : found->second.get();
    }

    void stop()
    {
        close_acceptors();
        for (auto& [id, upgrading] : std::exchange(upgrading_, {})) upgrading.session->detach();
        places_ = {};
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
    struct Upgrading {
        std::shared_ptr<UpgradeSession> session;
        std::string network;
    };

    void take(Accepted accepted)
    {
        counters_.add("websocket.connections");
        std::string network = network_of(accepted.remote_address);
        if (refusals_.spent(network, loop_.now())) {
            return turn_away("websocket.refused.address", accepted,
                             "too many refusals of its address just before");
        }
        bool const full = upgrading_.size() + channels_.size() >= limits_.connections;
        if ((full || upgrading_.size() >= limits_.handshakes) && !make_place(network)) {
            return full ? turn_away("websocket.refused.connections", accepted, "all connections are taken")
                        : turn_away("websocket.refused.handshakes", accepted, "all handshakes are taken");
        }
        std::uint64_t const id = next_socket_id();
        auto const session = std::make_shared<UpgradeSession>(loop_, std::move(accepted), *this, limits_, id);
        places_.take(network, id);
        upgrading_.emplace(id, Upgrading{session, std::move(network)});
        session->start();
    }

    void turn_away(std::string_view counter, const Accepted& accepted, std::string_view why)
    {
        counters_.add(counter);
        // At most one line a second: whoever floods us must not fill the disk as well.
        if (!log_ || loop_.now() < turned_away_logged_ + seconds(1)) return;
        turned_away_logged_ = loop_.now();
        log_(LogLevel::warning,
             fmt::format("connection from {} refused: {}; {} connections are open, {} in their handshake",
                         accepted.remote_address, why, channels_.size(), upgrading_.size()));
    }

    // A network that holds many handshakes gives up its oldest for one that holds few.
    bool make_place(const std::string& network)
    {
        auto const greediest = places_.greediest(network);
        if (!greediest) return false;
        std::uint64_t const oldest = *places_.places(*greediest).begin();
        counters_.add("websocket.handshake.gave_way");
        auto const session = upgrading_.at(oldest).session;
        leave(oldest);
        session->detach();
        return true;
    }

    void leave(std::uint64_t id)
    {
        auto const found = upgrading_.find(id);
        if (found == upgrading_.end()) return;
        places_.leave(found->second.network, id);
        upgrading_.erase(found);
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

    void upgrade_failed(std::uint64_t id, const std::string& remote, std::string_view counter,
                        std::string_view why) override
    {
        count_and_log(counter, remote, why);
        auto const found = upgrading_.find(id);
        if (found != upgrading_.end() && costs(counter)) refusals_.note(found->second.network, loop_.now());
    }

    void upgrade_finished(std::uint64_t id) override { leave(id); }

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
    Tick turned_away_logged_ = Tick(-seconds(1));
    RefusalBudget refusals_;
    AddressPlaces places_;
    std::vector<std::shared_ptr<Acceptor>> acceptors_;
    std::unordered_map<std::uint64_t, Upgrading> upgrading_;
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

bool WebSocketServer::accept(SocketId socket, std::optional<std::string_view> subprotocol,
                             Compression compression)
{
    return impl_->accept(socket, subprotocol, compression);
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
