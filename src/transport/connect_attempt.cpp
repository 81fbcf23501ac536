// Name, TCP, TLS: each step's failure has its own sentence.
#include "transport/connect_attempt.hpp"

#include "transport/log.hpp"

#include <fmt/format.h>
#include <boost/asio/ip/tcp.hpp>

namespace ladestrom::transport {

namespace asio = boost::asio;
using boost::asio::ip::tcp;

ConnectAttempt::ConnectAttempt(EventLoop& loop, WebSocketUrl url, std::shared_ptr<const TlsContext> tls,
                               std::string bind_address, Done done)
    : loop_(loop),
      url_(std::move(url)),
      tls_(std::move(tls)),
      bind_address_(std::move(bind_address)),
      done_(std::move(done)),
      resolver_(loop.context())
{
}

void ConnectAttempt::start()
{
    resolver_.async_resolve(
        url_.host, std::to_string(url_.port), asio::ip::resolver_base::numeric_service,
        [self = shared_from_this()](Stream::ErrorCode error, Resolver::results_type found) {
            self->resolved(error, found);
        });
}

void ConnectAttempt::cancel()
{
    done_ = nullptr;
    resolver_.cancel();
    if (stream_) stream_->close();
}

void ConnectAttempt::resolved(const Stream::ErrorCode& error, const Resolver::results_type& found)
{
    if (!done_) return;
    if (error) {
        return fail(ConnectFailure::name_not_found, fmt::format("the name \"{}\" cannot be resolved: {}",
                                                                printable(url_.host), describe(error)));
    }
    for (const auto& entry : found) endpoints_.push_back(entry.endpoint());
    try_next(asio::error::host_not_found);
}

void ConnectAttempt::try_next(const Stream::ErrorCode& last_error)
{
    if (endpoints_.empty()) {
        return fail(ConnectFailure::unreachable,
                    fmt::format("cannot connect to {} port {}: {}", printable(url_.host), url_.port,
                                describe(last_error)));
    }
    tcp::endpoint const endpoint = endpoints_.front();
    endpoints_.pop_front();
    Socket socket(loop_.context());
    Stream::ErrorCode error;
    socket.open(endpoint.protocol(), error);
    if (!error && !bind_address_.empty()) {
        auto const address = asio::ip::make_address(bind_address_, error);
        if (!error) socket.bind(tcp::endpoint(address, 0), error);
    }
    if (error) return try_next(error);
    stream_.emplace(std::move(socket));
    stream_->socket().async_connect(endpoint, [self = shared_from_this()](Stream::ErrorCode result) {
        if (!self->done_) return;
        if (result) return self->try_next(result);
        self->connected();
    });
}

void ConnectAttempt::connected()
{
    Stream::ErrorCode ignored;
    stream_->socket().set_option(tcp::no_delay(true), ignored);
    if (!url_.secure) return succeed();
    if (auto const error = stream_->begin_tls_client(*tls_, url_.host)) {
        return fail(ConnectFailure::tls, fmt::format("TLS: {}", describe(error)));
    }
    stream_->async_handshake([self = shared_from_this()](Stream::ErrorCode error) {
        if (!self->done_) return;
        if (error) return self->tls_failed(error);
        self->succeed();
    });
}

void ConnectAttempt::tls_failed(const Stream::ErrorCode& error)
{
    std::string const certificate = stream_->certificate_error();
    if (!certificate.empty()) {
        return fail(ConnectFailure::certificate, fmt::format("the certificate of {} port {} is refused: {}",
                                                             printable(url_.host), url_.port, certificate));
    }
    fail(ConnectFailure::tls, fmt::format("TLS handshake with {} port {} failed: {}", printable(url_.host),
                                          url_.port, describe(error)));
}

void ConnectAttempt::succeed()
{
    ConnectResult result;
    result.stream = std::move(stream_);
    std::exchange(done_, nullptr)(std::move(result));
}

void ConnectAttempt::fail(ConnectFailure step, std::string reason)
{
    ConnectResult result;
    result.failed = ConnectFailed{step, 0, std::move(reason)};
    std::exchange(done_, nullptr)(std::move(result));
}

}  // namespace ladestrom::transport
