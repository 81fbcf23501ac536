// Opening, losing and reopening the connection.
#include "station/link/link.hpp"

#include "station/link/backoff.hpp"

namespace ladestrom::station {
namespace {

// An attempt that the adapter neither completes nor fails.
constexpr Duration opening_patience = minutes(2);

}  // namespace

void Link::open()
{
    state_ = State::opening;
    retry_at_ = context_.now + opening_patience;
    const Config& config = context_.config;
    const std::string& password = credentials_.offer();
    OpenLink order{
        .url = config.url,
        .versions = config.versions,
        .basic_user = std::nullopt,
        .basic_password = {},
        .ping_interval = context_.registry.interval(Variable::websocket_ping_interval),
    };
    if (!password.empty()) {
        order.basic_user = config.identity;
        order.basic_password = password;
    }
    context_.outputs.then(std::move(order));
}

void Link::up(OcppVersion version)
{
    state_ = State::up;
    version_ = version;
    credentials_.accepted();
    last_error_.clear();
}

void Link::down(const LinkDown& input)
{
    if (state_ != State::closing) last_error_ = input.reason;
    if (input.http_status) credentials_.refused(*input.http_status);
    state_ = State::down;
    version_.reset();
    retry_at_ = context_.now + backoff(reconnect_range, failures_++, context_.random);
    context_.counters.add("link.down");
}

void Link::drop(const std::string& reason)
{
    if (state_ == State::down || state_ == State::closing) return;
    last_error_ = reason;
    state_ = State::closing;
    context_.outputs.then(CloseLink{});
}

void Link::advance()
{
    if (finished_ || context_.now < retry_at_) return;
    if (state_ == State::down) open();
    if (state_ == State::opening && context_.now >= retry_at_) drop("no answer to the attempt to connect");
}

void Link::set_ping_interval()
{
    if (state_ == State::up) {
        context_.outputs.then(SetPingInterval{context_.registry.interval(Variable::websocket_ping_interval)});
    }
}

std::optional<Tick> Link::next_deadline() const
{
    if (finished_ || state_ == State::up || state_ == State::closing) return std::nullopt;
    return retry_at_;
}

}  // namespace ladestrom::station
