// From the first byte to the decision. Whatever is wrong with the request is refused here, before any state
// of the central system is touched.
#include "transport/websocket_upgrade.hpp"

#include "transport/credentials.hpp"

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

namespace ladestrom::transport {

namespace http = boost::beast::http;

namespace {

std::string_view view(boost::beast::string_view text)
{
    return {text.data(), text.size()};
}

// Of a 16-byte nonce (RFC 6455, 4.1).
bool valid_key(std::string_view key)
{
    auto const nonce = decode_base64(key);
    return nonce && nonce->size() == 16;
}

}  // namespace

UpgradeSession::UpgradeSession(EventLoop& loop, Accepted accepted, Owner& owner,
                               const WebSocketLimits& limits, std::uint64_t id)
    : loop_(loop),
      stream_(std::move(accepted.stream)),
      tls_(std::move(accepted.tls)),
      owner_(&owner),
      limits_(limits),
      id_(id),
      remote_address_(std::move(accepted.remote_address)),
      remote_port_(accepted.remote_port),
      local_port_(accepted.local_port),
      buffer_(limits.header_bytes)
{
}

std::string UpgradeSession::remote() const
{
    bool const v6 = remote_address_.find(':') != std::string::npos;
    return v6 ? fmt::format("[{}]:{}", remote_address_, remote_port_)
              : fmt::format("{}:{}", remote_address_, remote_port_);
}

void UpgradeSession::start()
{
    if (!tls_) return read_header();
    loop_.deadlines().set(*this, loop_.now() + limits_.tls_handshake);
    if (auto const error = stream_.begin_tls_server(*tls_)) {
        return fail("websocket.refused.tls", fmt::format("TLS: {}", describe(error)));
    }
    stream_.async_handshake([self = shared_from_this()](Stream::ErrorCode error) {
        if (!self->owner_) return;
        if (!error) return self->read_header();
        std::string const certificate = self->stream_.certificate_error();
        self->fail("websocket.refused.tls",
                   certificate.empty()
                       ? fmt::format("TLS handshake failed: {}", describe(error))
                       : fmt::format("TLS: the client's certificate is refused: {}", certificate));
    });
}

void UpgradeSession::read_header()
{
    phase_ = Phase::header;
    loop_.deadlines().set(*this, loop_.now() + limits_.header);
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](Stream::ErrorCode error, std::size_t) {
                                if (!self->owner_ || self->phase_ != Phase::header) return;
                                if (error) return self->on_header_error(error);
                                self->on_header(error);
                            });
}

void UpgradeSession::on_header_error(const Stream::ErrorCode& error)
{
    if (error == http::error::end_of_stream || error == boost::asio::error::eof ||
        error == boost::asio::error::connection_reset) {
        // A finished TLS handshake has cost us something.
        return fail(stream_.secure() ? "websocket.refused.nothing_after_tls" : "websocket.refused.no_request",
                    "closed without a request");
    }
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        return reject(431, "websocket.refused.header_size",
                      fmt::format("HTTP header longer than {} bytes", limits_.header_bytes));
    }
    if (error.category() == http::make_error_code(http::error::bad_method).category()) {
        return reject(400, "websocket.refused.malformed", fmt::format("malformed HTTP: {}", describe(error)));
    }
    fail("websocket.refused.no_request", describe(error));
}

void UpgradeSession::on_header(const Stream::ErrorCode&)
{
    auto& head = parser_->get();
    std::string_view const target = view(head.target());
    if (!boost::beast::websocket::is_upgrade(head)) {
        return reject(426, "websocket.refused.not_websocket", "this port speaks OCPP over WebSocket only",
                      {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}});
    }
    if (view(head[http::field::sec_websocket_version]) != "13") {
        return reject(426, "websocket.refused.version", "WebSocket version 13 is required",
                      {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}});
    }
    if (!valid_key(view(head[http::field::sec_websocket_key])) || head.count(http::field::host) == 0) {
        return reject(400, "websocket.refused.malformed",
                      "Sec-WebSocket-Key or Host is missing or malformed");
    }
    if (buffer_.size() > 0 || parser_->content_length().value_or(0) > 0 || parser_->chunked()) {
        return reject(400, "websocket.refused.malformed", "data before the end of the WebSocket handshake");
    }
    auto identity = identity_of_target(target);
    if (!identity) {
        return reject(400, "websocket.refused.malformed",
                      fmt::format("the path \"{}\" cannot be percent-decoded", printable(target)));
    }
    if (identity->empty()) {
        return reject(404, "websocket.refused.no_identity",
                      fmt::format("the path \"{}\" names no station", printable(target)));
    }

    UpgradeRequest request{
        .socket = SocketId(id_),
        .remote_address = remote_address_,
        .remote_port = remote_port_,
        .local_port = local_port_,
        .target = std::string(target),
        .identity = std::move(*identity),
        .user_agent = std::string(view(head[http::field::user_agent])),
    };
    // The header may come several times; together it is one list (RFC 6455, 11.3.4).
    auto const [first, last] = head.equal_range(http::field::sec_websocket_protocol);
    for (auto it = first; it != last; ++it) {
        for (auto& name : subprotocols_of(view(it->value()))) request.subprotocols.push_back(std::move(name));
    }
    if (head.count(http::field::authorization) > 0) {
        auto basic = decode_basic(view(head[http::field::authorization]), request.identity);
        if (!basic) {
            return reject(400, "websocket.refused.malformed",
                          "the Authorization header is not well-formed Basic");
        }
        request.credentials = BasicCredentials{std::move(basic->first), std::move(basic->second)};
    }
    if (stream_.secure()) request.tls = stream_.tls_info();

    // Secrets do not stay longer than needed, and Beast would answer an Expect with 100.
    head.erase(http::field::authorization);
    head.erase(http::field::expect);
    buffer_ = boost::beast::flat_buffer();
    offered_ = request.subprotocols;
    phase_ = Phase::deciding;
    loop_.deadlines().set(*this, loop_.now() + limits_.decision);
    owner_->upgrade_requested(std::move(request));
}

void UpgradeSession::on_deadline(Tick)
{
    auto const self = shared_from_this();
    switch (phase_) {
        case Phase::tls: return fail("websocket.timeout.tls_handshake", "no TLS handshake in time");
        case Phase::header: return fail("websocket.timeout.header", "no complete HTTP header in time");
        case Phase::deciding:
            return reject(503, "websocket.timeout.decision", "the central system gave no answer in time");
        case Phase::answering:
        case Phase::draining: return finished();
    }
}

void UpgradeSession::reject(unsigned status, std::string_view counter, std::string_view why,
                            const WebSocketServer::Headers& headers)
{
    owner_->upgrade_failed(id_, remote(), counter, why);
    refuse(status, why, headers);
}

void UpgradeSession::refuse(unsigned status, std::string_view reason, const WebSocketServer::Headers& headers)
{
    phase_ = Phase::answering;
    loop_.deadlines().set(*this, loop_.now() + limits_.closing);
    response_.version(11);
    response_.result(status);
    response_.set(http::field::server, "ladestrom");
    response_.set(http::field::connection, "close");
    response_.set(http::field::content_type, "text/plain; charset=utf-8");
    for (const auto& [name, value] : headers) response_.insert(name, value);
    response_.body() = std::string(reason) + "\n";
    response_.prepare_payload();
    http::async_write(stream_, response_, [self = shared_from_this()](Stream::ErrorCode, std::size_t) {
        if (self->owner_) self->drain();
    });
}

void UpgradeSession::fail(std::string_view counter, std::string_view why)
{
    owner_->upgrade_failed(id_, remote(), counter, why);
    finished();
}

void UpgradeSession::drain()
{
    phase_ = Phase::draining;
    stream_.shutdown_send();
    stream_.async_drain([self = shared_from_this()] {
        if (self->owner_) self->finished();
    });
}

Stream UpgradeSession::release_stream()
{
    loop_.deadlines().remove(*this);
    owner_ = nullptr;
    return std::move(stream_);
}

void UpgradeSession::finished()
{
    loop_.deadlines().remove(*this);
    stream_.close();
    if (Owner* const owner = std::exchange(owner_, nullptr)) owner->upgrade_finished(id_);
}

void UpgradeSession::detach()
{
    owner_ = nullptr;
    loop_.deadlines().remove(*this);
    stream_.close();
}

}  // namespace ladestrom::transport
