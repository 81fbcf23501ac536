// Beast HTTP with a deadline for every phase.
#include "transport/http/http_connection.hpp"

#include "transport/http/http_text.hpp"

#include <fmt/format.h>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/write.hpp>

#include <sstream>

namespace ladestrom::transport {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

// Room beside the header for what comes with it.
constexpr std::size_t read_ahead_bytes = 64 * 1024;
// What an idle connection keeps ready.
constexpr std::size_t first_read_bytes = 512;

std::string_view std_view(beast::string_view text)
{
    return {text.data(), text.size()};
}

}  // namespace

HttpConnection::HttpConnection(EventLoop& loop, Accepted accepted, Owner& owner, const HttpLimits& limits,
                               std::uint64_t id)
    : loop_(loop),
      stream_(std::move(accepted.stream)),
      tls_(std::move(accepted.tls)),
      owner_(&owner),
      limits_(limits),
      id_(id),
      remote_address_(std::move(accepted.remote_address)),
      remote_port_(accepted.remote_port),
      buffer_(limits.header_bytes + read_ahead_bytes)
{
}

std::string HttpConnection::remote() const
{
    return fmt::format("{} port {}", remote_address_, remote_port_);
}

void HttpConnection::set_phase(Phase phase, Duration limit)
{
    phase_ = phase;
    loop_.deadlines().set(*this, loop_.now() + limit);
}

void HttpConnection::start()
{
    if (!tls_) {
        next_request();
        // A fresh connection has the time of a header, not that of a pause between requests.
        return set_phase(Phase::idle, limits_.header);
    }
    set_phase(Phase::tls, limits_.tls_handshake);
    if (auto const error = stream_.begin_tls_server(*tls_)) {
        owner_->http_problem("http.refused.tls", remote(), fmt::format("TLS: {}", describe(error)));
        return finished();
    }
    stream_.async_handshake([self = shared_from_this()](Stream::ErrorCode error) {
        if (!self->owner_) return;
        if (error) {
            self->owner_->http_problem("http.refused.tls", self->remote(),
                                       fmt::format("TLS handshake failed: {}", describe(error)));
            return self->finished();
        }
        self->next_request();
        self->set_phase(Phase::idle, self->limits_.header);
    });
}

// Requests

void HttpConnection::next_request()
{
    outgoing_.reset();
    ++request_number_;
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser_->body_limit(limits_.body_bytes);
    if (buffer_.size() > 0) {
        set_phase(Phase::header, limits_.header);
        return read();
    }
    set_phase(Phase::idle, limits_.keep_alive);
    buffer_.shrink_to_fit();
    // The first bytes by hand: Beast would not tell that a header has begun.
    stream_.async_read_some(buffer_.prepare(first_read_bytes),
                            [self = shared_from_this()](Stream::ErrorCode error, std::size_t bytes) {
                                if (!self->owner_ || self->phase_ != Phase::idle) return;
                                if (error) return self->finished();
                                self->buffer_.commit(bytes);
                                self->set_phase(Phase::header, self->limits_.header);
                                self->read();
                            });
}

void HttpConnection::read()
{
    http::async_read_some(stream_, buffer_, *parser_,
                          [self = shared_from_this()](Stream::ErrorCode error, std::size_t) {
                              if (self->owner_) self->on_read(error);
                          });
}

void HttpConnection::on_read(const Stream::ErrorCode& error)
{
    if (phase_ != Phase::header && phase_ != Phase::body) return;
    if (error) return on_read_error(error);
    if (parser_->is_header_done() && phase_ == Phase::header) {
        set_phase(Phase::body, limits_.body);
        if (!parser_->is_done() && beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
            return send_continue();
        }
    }
    if (parser_->is_done()) return dispatch();
    read();
}

void HttpConnection::on_read_error(const Stream::ErrorCode& error)
{
    version_ = 11;
    head_request_ = false;
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        return reject(431, "http.refused.header_size",
                      fmt::format("request header longer than {} bytes", limits_.header_bytes));
    }
    if (error == http::error::body_limit) {
        return reject(413, "http.refused.body_size",
                      fmt::format("request body longer than {} bytes", limits_.body_bytes));
    }
    if (error == http::error::end_of_stream || error == http::error::partial_message ||
        error.category() != http::make_error_code(http::error::bad_method).category()) {
        return finished();
    }
    reject(400, "http.refused.malformed", fmt::format("malformed request: {}", describe(error)));
}

void HttpConnection::send_continue()
{
    static constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(text),
                      [self = shared_from_this()](Stream::ErrorCode error, std::size_t) {
                          if (!self->owner_) return;
                          if (error) return self->finished();
                          self->read();
                      });
}

void HttpConnection::dispatch()
{
    auto message = parser_->release();
    version_ = message.version();
    keep_alive_ = keep_alive_ && message.keep_alive();
    head_request_ = message.method() == http::verb::head;

    HttpRequest request;
    request.method = std::string(std_view(message.method_string()));
    request.target = std::string(std_view(message.target()));
    if (request.target.empty() || request.target.front() != '/') {
        return reject(400, "http.refused.malformed", "the request target must begin with /");
    }
    auto const question = request.target.find('?');
    request.path = request.target.substr(0, question);
    if (question != std::string::npos) {
        auto query = parse_query(std::string_view(request.target).substr(question + 1));
        if (!query) return reject(400, "http.refused.malformed", "the query cannot be percent-decoded");
        request.query = std::move(*query);
    }
    if (version_ >= 11 && message.count(http::field::host) == 0) {
        return reject(400, "http.refused.malformed", "the Host header is missing");
    }
    for (const auto& field : message) {
        request.headers.emplace_back(std_view(field.name_string()), std_view(field.value()));
    }
    request.body = std::move(message.body());
    request.remote_address = remote_address_;
    request.remote_port = remote_port_;
    request.tls = stream_.secure();

    owner_->http_counters().add("http.requests");
    set_phase(Phase::handling, limits_.answer);
    HttpResponder responder(shared_from_this(), request_number_);
    owner_->http_request(std::move(request), std::move(responder));
}

void HttpConnection::reject(unsigned status, std::string_view counter, std::string_view why)
{
    owner_->http_problem(counter, remote(), why);
    keep_alive_ = false;
    write(owner_->http_refusal(status, why));
}

// Answers

bool HttpConnection::awaits(std::uint64_t request) const
{
    return owner_ && phase_ == Phase::handling && request == request_number_;
}

void HttpConnection::respond(std::uint64_t request, HttpResponse response)
{
    if (awaits(request)) write(std::move(response));
}

void HttpConnection::add_headers(http::fields& fields, const HttpHeaders& headers) const
{
    fields.set(http::field::server, "ladestrom");
    fields.set(http::field::date, http_date(owner_->http_time()));
    for (const auto& [name, value] : headers) fields.insert(name, one_line(value));
}

void HttpConnection::write(HttpResponse response)
{
    owner_->http_counters().add(fmt::format("http.responses.{}xx", response.status / 100));
    outgoing_ = std::make_unique<Outgoing>();
    outgoing_->response = std::move(response);
    outgoing_->head_only = head_request_;
    auto& message = outgoing_->message;
    const auto& content = outgoing_->response;
    message.version(version_);
    message.result(content.status);
    add_headers(message, content.headers);
    message.keep_alive(keep_alive_);
    std::string_view const body = content.body.empty() ? content.static_body : std::string_view(content.body);
    message.body() = beast::span<const char>(body.data(), body.size());
    message.prepare_payload();
    outgoing_->serializer.emplace(message);
    outgoing_->serializer->split(head_request_);
    write_some();
}

void HttpConnection::write_some()
{
    set_phase(Phase::writing, limits_.write);
    http::async_write_some(
        stream_, *outgoing_->serializer, [self = shared_from_this()](Stream::ErrorCode error, std::size_t) {
            if (!self->owner_ || self->phase_ != Phase::writing) return;
            auto& serializer = *self->outgoing_->serializer;
            bool const done =
                serializer.is_done() || (self->outgoing_->head_only && serializer.is_header_done());
            if (error && error != http::error::end_of_stream) return self->finished();
            if (!done && !error) return self->write_some();
            if (!self->keep_alive_) return self->drain();
            self->next_request();
        });
}

// Events

bool HttpConnection::start_events(std::uint64_t request, const HttpHeaders& headers)
{
    if (!awaits(request)) return false;
    HttpHeaders all{{"Content-Type", "text/event-stream"},
                    {"Cache-Control", "no-store"},
                    {"X-Accel-Buffering", "no"}};  // proxies of the nginx kind hold events back otherwise
    all.insert(all.end(), headers.begin(), headers.end());
    if (head_request_) {
        write({.status = 200, .headers = std::move(all)});
        return false;
    }
    owner_->http_counters().add("http.responses.2xx");
    owner_->http_counters().add("http.event_streams");
    http::response<http::empty_body> head;
    head.version(version_);
    head.result(http::status::ok);
    add_headers(head, all);
    // HTTP/1.0 knows no chunks: there the end of the connection ends the stream.
    chunked_ = version_ >= 11;
    if (chunked_) head.chunked(true);
    head.keep_alive(false);
    std::ostringstream text;
    text << head.base();
    waiting_ = text.str();
    keep_alive_ = false;
    set_phase(Phase::streaming, limits_.event_keep_alive);
    watch_stream();
    write_stream();
    return true;
}

void HttpConnection::append_chunk(std::string_view data)
{
    if (chunked_) {
        waiting_ += beast::buffers_to_string(http::make_chunk(asio::const_buffer(data.data(), data.size())));
    } else {
        waiting_ += data;
    }
}

bool HttpConnection::send_event(std::string_view name, std::string_view data, std::string_view id)
{
    if (!streaming()) return false;
    std::string const event = event_text(name, data, id);
    if (waiting_.size() + writing_.size() - written_ + event.size() > limits_.event_bytes) {
        drop_stream("http.events.reader_too_slow");
        return false;
    }
    owner_->http_counters().add("http.events.sent");
    append_chunk(event);
    write_stream();
    return true;
}

void HttpConnection::end_events()
{
    if (!streaming()) return;
    ending_ = true;
    stream_closed_ = nullptr;
    if (chunked_) waiting_ += beast::buffers_to_string(http::make_chunk_last());
    write_stream();
}

void HttpConnection::write_stream()
{
    if (!writing_.empty() || !stream_.socket().is_open()) return;
    if (waiting_.empty()) {
        if (ending_) return drain();
        return loop_.deadlines().set(*this, loop_.now() + limits_.event_keep_alive);
    }
    writing_ = std::exchange(waiting_, {});
    written_ = 0;
    write_stream_some();
}

void HttpConnection::write_stream_some()
{
    loop_.deadlines().set(*this, loop_.now() + limits_.write);
    stream_.async_write_some(asio::buffer(writing_) + written_,
                             [self = shared_from_this()](Stream::ErrorCode error, std::size_t bytes) {
                                 // After an error the watching read fails as well and reports.
                                 if (!self->owner_ || self->phase_ != Phase::streaming || error) return;
                                 self->written_ += bytes;
                                 if (self->written_ < self->writing_.size()) return self->write_stream_some();
                                 self->writing_.clear();
                                 self->written_ = 0;
                                 self->write_stream();
                             });
}

// Nothing more is expected from the client; its end is what we wait for.
void HttpConnection::watch_stream()
{
    stream_.async_read_some(asio::buffer(ignored_),
                            [self = shared_from_this()](Stream::ErrorCode error, std::size_t) {
                                if (!self->owner_ || self->phase_ != Phase::streaming) return;
                                if (error) return self->finished();
                                self->watch_stream();
                            });
}

// The watching read fails and reports.
void HttpConnection::drop_stream(std::string_view counter)
{
    owner_->http_problem(counter, remote(), "the event stream is dropped: its reader is too slow");
    ending_ = true;
    stream_.close();
}

// The end

void HttpConnection::on_deadline(Tick)
{
    auto const self = shared_from_this();
    switch (phase_) {
        case Phase::tls:
            owner_->http_problem("http.timeout.tls_handshake", remote(), "no TLS handshake in time");
            return finished();
        case Phase::idle: owner_->http_counters().add("http.timeout.idle"); return finished();
        case Phase::header:
        case Phase::body: {
            bool const header = phase_ == Phase::header;
            // The read under way still refers to the stream; closing after the answer ends it.
            return reject(408, header ? "http.timeout.header" : "http.timeout.body",
                          header ? "no complete request header in time" : "no complete request body in time");
        }
        case Phase::handling: return reject(503, "http.timeout.answer", "no answer in time");
        case Phase::writing:
            owner_->http_problem("http.timeout.write", remote(), "takes no answer");
            return finished();
        case Phase::streaming:
            if (!writing_.empty()) return drop_stream("http.timeout.write");
            append_chunk(": \n\n");
            return write_stream();
        case Phase::draining: return finished();
    }
}

void HttpConnection::drain()
{
    set_phase(Phase::draining, limits_.closing);
    stream_.shutdown_send();
    stream_.async_drain([self = shared_from_this()] {
        if (self->owner_) self->finished();
    });
}

void HttpConnection::stop()
{
    keep_alive_ = false;
    if (phase_ == Phase::streaming) {
        // The application did not end it, so it is told.
        auto const closed = std::exchange(stream_closed_, nullptr);
        end_events();
        if (closed) loop_.post(closed);
    } else if (phase_ == Phase::idle || phase_ == Phase::tls) {
        finished();
    }
}

void HttpConnection::finished()
{
    loop_.deadlines().remove(*this);
    stream_.close();
    auto const closed = std::exchange(stream_closed_, nullptr);
    auto const self = shared_from_this();
    if (Owner* const owner = std::exchange(owner_, nullptr)) owner->http_finished(id_);
    if (closed) closed();
}

void HttpConnection::detach()
{
    owner_ = nullptr;
    stream_closed_ = nullptr;
    loop_.deadlines().remove(*this);
    stream_.close();
}

}  // namespace ladestrom::transport
