// One attempt after the other's end, each failure with the sentence that says why.
#include "transport/websocket_client.hpp"

#include "transport/connect_attempt.hpp"
#include "transport/credentials.hpp"
#include "transport/stream.hpp"
#include "transport/websocket_channel.hpp"
#include "transport/websocket_url.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/asio/ssl/error.hpp>

#include <algorithm>
#include <map>

namespace ladestrom::transport {

namespace asio = boost::asio;

namespace {

const char* counter_of(ConnectFailure step)
{
    switch (step) {
        case ConnectFailure::bad_url: return "websocket.connect_failed.url";
        case ConnectFailure::name_not_found: return "websocket.connect_failed.name";
        case ConnectFailure::unreachable: return "websocket.connect_failed.unreachable";
        case ConnectFailure::timeout: return "websocket.connect_failed.timeout";
        case ConnectFailure::certificate: return "websocket.connect_failed.certificate";
        case ConnectFailure::tls: return "websocket.connect_failed.tls";
        case ConnectFailure::http_status: return "websocket.connect_failed.http_status";
        case ConnectFailure::bad_upgrade: return "websocket.connect_failed.upgrade";
        case ConnectFailure::subprotocol: return "websocket.connect_failed.subprotocol";
    }
    return "websocket.connect_failed";
}

}  // namespace

// An attempt has a number; whatever an older one still completes is not heard.
class WebSocketClient::Impl final : public WebSocketChannel::Owner {
public:
    Impl(EventLoop& loop, Handler& handler, const WebSocketClientLimits& limits, LogFunction log)
        : loop_(loop),
          handler_(handler),
          limits_(limits),
          channel_limits_{Duration(0), limits.message, limits.closing, limits.message_bytes,
                          limits.outbound_bytes},
          liveness_{limits.ping_interval, limits.pong_timeout, limits.idle},
          log_(std::move(log)),
          deadline_(loop, [this] { timed_out(); })
    {
    }

    ~Impl()
    {
        *alive_ = false;
        drop_attempt();
        for (auto& channel : channels_) channel.second->detach();
    }

    bool connect(WebSocketTarget target)
    {
        if (state_ != State::idle) return false;
        target_ = std::move(target);
        state_ = State::connecting;
        ++attempt_number_;
        counters_.add("websocket.connects");
        auto url = parse_websocket_url(target_.url);
        if (!url) {
            fail_later({ConnectFailure::bad_url, 0, url.error().message});
        } else if (url->secure && !target_.tls) {
            fail_later({ConnectFailure::tls, 0, "a wss:// URL needs TLS settings; name a CA file"});
        } else {
            url_ = std::move(*url);
            deadline_.arm(loop_.now() + limits_.connect);
            attempt_ = std::make_shared<ConnectAttempt>(
                loop_, url_, target_.tls, target_.bind_address,
                [this](ConnectResult result) { attempted(std::move(result)); });
            attempt_->start();
        }
        return true;
    }

    bool send(std::string text) { return state_ == State::open && current()->send(std::move(text)); }

    void close(std::uint16_t code, std::string_view reason)
    {
        if (state_ == State::open) {
            current()->close(code, reason);
        } else {
            abort();
        }
    }

    void abort()
    {
        if (state_ == State::open) return current()->abort();
        if (state_ == State::connecting)
            fail_later({ConnectFailure::unreachable, 0, "the attempt was given up here"});
    }

    void set_ping_interval(Duration interval)
    {
        liveness_.ping_interval = interval;
        if (state_ == State::open) current()->set_liveness(liveness_);
    }

    bool connected() const { return state_ == State::open; }
    bool connecting() const { return state_ == State::connecting; }

    std::optional<TlsInfo> tls_info() const
    {
        if (state_ != State::open) return std::nullopt;
        return channels_.at(attempt_number_)->tls_info();
    }

    const Counters& counters()
    {
        traffic_.publish(counters_);
        return counters_;
    }

private:
    enum class State { idle, connecting, open };

    WebSocketChannel* current() { return channels_.at(attempt_number_).get(); }

    void attempted(ConnectResult result)
    {
        attempt_.reset();
        if (result.failed) return fail(std::move(*result.failed));
        auto const number = attempt_number_;
        auto const channel = make_websocket_channel(loop_, std::move(*result.stream), *this,
                                                    {.id = number,
                                                     .limits = channel_limits_,
                                                     .counters = counters_,
                                                     .traffic = traffic_,
                                                     .liveness = liveness_,
                                                     .compression = target_.compression});
        channels_.emplace(number, channel);
        channel->handshake({url_.host_header, url_.target, request_headers()},
                           [this, alive = alive_, number](WebSocketChannel::HandshakeResult upgrade) {
                               if (*alive && number == attempt_number_ && state_ == State::connecting) {
                                   upgraded(upgrade);
                               }
                           });
    }

    std::vector<std::pair<std::string, std::string>> request_headers() const
    {
        std::vector<std::pair<std::string, std::string>> headers{{"User-Agent", "ladestrom"}};
        for (const auto& header : target_.headers) headers.push_back(header);
        if (!target_.subprotocols.empty()) {
            headers.emplace_back("Sec-WebSocket-Protocol",
                                 fmt::format("{}", fmt::join(target_.subprotocols, ", ")));
        }
        if (target_.basic_auth) {
            headers.emplace_back("Authorization",
                                 encode_basic(target_.basic_auth->first, target_.basic_auth->second));
        }
        return headers;
    }

    void upgraded(const WebSocketChannel::HandshakeResult& upgrade)
    {
        std::string const where = fmt::format("{} port {}", printable(url_.host), url_.port);
        // In TLS 1.3 the server's verdict on our certificate comes after the handshake.
        if (upgrade.error.category() == asio::error::get_ssl_category()) {
            return fail(
                {ConnectFailure::tls, 0, fmt::format("{} ended TLS: {}", where, describe(upgrade.error))});
        }
        if (upgrade.status != 0 && upgrade.status != 101) {
            return fail({ConnectFailure::http_status, upgrade.status,
                         fmt::format("{} answered {} to {} instead of opening the WebSocket", where,
                                     upgrade.status, printable(url_.target))});
        }
        if (upgrade.error && upgrade.status == 0) {
            return fail(
                {ConnectFailure::unreachable, 0,
                 fmt::format("{} gave no usable answer to the upgrade: {}", where, describe(upgrade.error))});
        }
        if (upgrade.error) {
            return fail({ConnectFailure::bad_upgrade, 0,
                         fmt::format("{} gave an invalid answer to the upgrade: {}", where,
                                     describe(upgrade.error))});
        }
        bool const ours =
            std::ranges::find(target_.subprotocols, upgrade.subprotocol) != target_.subprotocols.end();
        bool const none_is_fine =
            upgrade.subprotocol.empty() && (target_.subprotocols.empty() || !target_.require_subprotocol);
        if (!ours && !none_is_fine) {
            std::string const chosen =
                upgrade.subprotocol.empty() ? "none" : '"' + printable(upgrade.subprotocol) + '"';
            return fail({ConnectFailure::subprotocol, 0,
                         fmt::format("{} chose the subprotocol {}, we offered {}", where, chosen,
                                     fmt::join(target_.subprotocols, ", "))});
        }
        deadline_.disarm();
        state_ = State::open;
        counters_.add("websocket.connected");
        current()->set_liveness(liveness_);
        current()->open();
        handler_.on_connected(upgrade.subprotocol);
    }

    void timed_out()
    {
        if (state_ != State::connecting) return;
        fail({ConnectFailure::timeout, 0,
              fmt::format("{} port {} did not answer within {} ms", printable(url_.host), url_.port,
                          limits_.connect.count())});
    }

    void drop_attempt()
    {
        deadline_.disarm();
        if (attempt_) std::exchange(attempt_, nullptr)->cancel();
        auto const found = channels_.find(attempt_number_);
        if (found == channels_.end()) return;
        if (state_ == State::connecting) {
            found->second->detach();
            channels_.erase(found);
        }
    }

    // Events never come from within a call: the failure is posted, the attempt ends now.
    void fail_later(ConnectFailed failed)
    {
        drop_attempt();
        loop_.post([this, alive = alive_, number = attempt_number_, failed = std::move(failed)]() mutable {
            if (*alive && number == attempt_number_ && state_ == State::connecting) fail(std::move(failed));
        });
    }

    void fail(ConnectFailed failed)
    {
        drop_attempt();
        state_ = State::idle;
        counters_.add(counter_of(failed.step));
        if (log_) log_(LogLevel::info, failed.reason);
        handler_.on_failed(failed);
    }

    void channel_frame(std::uint64_t id, std::string_view text) override
    {
        if (id == attempt_number_ && state_ == State::open) handler_.on_frame(text);
    }

    void channel_closed(std::uint64_t id, Closed closed) override
    {
        if (id != attempt_number_ || state_ != State::open) return;
        state_ = State::idle;
        handler_.on_closed(closed);
    }

    void channel_finished(std::uint64_t id) override { channels_.erase(id); }

    EventLoop& loop_;
    Handler& handler_;
    WebSocketClientLimits const limits_;
    ChannelLimits const channel_limits_;
    Liveness liveness_;
    LogFunction log_;
    Timer deadline_;
    Counters counters_;
    Traffic traffic_;
    State state_ = State::idle;
    WebSocketTarget target_;
    WebSocketUrl url_;
    std::uint64_t attempt_number_ = 0;
    std::shared_ptr<ConnectAttempt> attempt_;
    // The current one, and older ones that have not closed their sockets yet.
    std::map<std::uint64_t, std::shared_ptr<WebSocketChannel>> channels_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

WebSocketClient::WebSocketClient(EventLoop& loop, Handler& handler, WebSocketClientLimits limits,
                                 LogFunction log)
    : impl_(std::make_unique<Impl>(loop, handler, limits, std::move(log)))
{
}

WebSocketClient::~WebSocketClient() = default;

bool WebSocketClient::connect(WebSocketTarget target)
{
    return impl_->connect(std::move(target));
}

bool WebSocketClient::send(std::string text)
{
    return impl_->send(std::move(text));
}

void WebSocketClient::close(std::uint16_t code, std::string_view reason)
{
    impl_->close(code, reason);
}

void WebSocketClient::abort()
{
    impl_->abort();
}

void WebSocketClient::set_ping_interval(Duration interval)
{
    impl_->set_ping_interval(interval);
}

bool WebSocketClient::connected() const
{
    return impl_->connected();
}

bool WebSocketClient::connecting() const
{
    return impl_->connecting();
}

std::optional<TlsInfo> WebSocketClient::tls_info() const
{
    return impl_->tls_info();
}

const Counters& WebSocketClient::counters() const
{
    return impl_->counters();
}

}  // namespace ladestrom::transport
