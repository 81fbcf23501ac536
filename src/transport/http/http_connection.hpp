// One HTTP connection: requests one after the other, or a stream of events until its end.
#pragma once

#include "base/counters.hpp"
#include "transport/acceptor.hpp"
#include "transport/http/http_server.hpp"
#include "transport/stream.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace ladestrom::transport {

class HttpConnection final : public DeadlineEntry, public std::enable_shared_from_this<HttpConnection> {
public:
    class Owner {
    public:
        virtual void http_request(HttpRequest request, HttpResponder responder) = 0;
        virtual void http_problem(std::string_view counter, const std::string& remote,
                                  std::string_view why) = 0;
        virtual void http_finished(std::uint64_t id) = 0;
        virtual Counters& http_counters() = 0;
        virtual Instant http_time() = 0;
        // The answer to what never reached the handler.
        virtual HttpResponse http_refusal(unsigned status, std::string_view why) = 0;

    protected:
        ~Owner() = default;
    };

    HttpConnection(EventLoop& loop, Accepted accepted, Owner& owner, const HttpLimits& limits,
                   std::uint64_t id);

    void start();
    // The current answer or stream ends, then the connection.
    void stop();
    // The owner goes: the socket is closed and nothing is reported any more.
    void detach();
    // Nobody's request is being worked on, and no event stream is open.
    bool may_give_way() const { return phase_ != Phase::handling && phase_ != Phase::streaming; }

    // By the responder of request number `request`; ignored when that one is answered.
    void respond(std::uint64_t request, HttpResponse response);
    bool awaits(std::uint64_t request) const;
    bool start_events(std::uint64_t request, const HttpHeaders& headers);

    bool send_event(std::string_view name, std::string_view data, std::string_view id);
    bool streaming() const { return phase_ == Phase::streaming && owner_ && !ending_; }
    void end_events();
    void on_stream_closed(std::function<void()> callback) { stream_closed_ = std::move(callback); }

private:
    enum class Phase { tls, idle, header, body, handling, writing, streaming, draining };

    void on_deadline(Tick now) override;
    void set_phase(Phase phase, Duration limit);
    void next_request();
    void read();
    void on_read(const Stream::ErrorCode& error);
    void on_read_error(const Stream::ErrorCode& error);
    void send_continue();
    void dispatch();
    // An answer of our own; the connection ends after it.
    void reject(unsigned status, std::string_view counter, std::string_view why);
    void add_headers(boost::beast::http::fields& fields, const HttpHeaders& headers) const;
    void write(HttpResponse response);
    void write_some();
    void append_chunk(std::string_view data);
    void write_stream();
    void write_stream_some();
    void watch_stream();
    void drop_stream(std::string_view counter);
    void drain();
    void finished();
    std::string remote() const;

    using Response = boost::beast::http::response<boost::beast::http::span_body<const char>>;
    // One answer on its way out.
    struct Outgoing {
        HttpResponse response;
        Response message;
        std::optional<boost::beast::http::response_serializer<boost::beast::http::span_body<const char>>>
            serializer;
        bool head_only = false;
    };

    EventLoop& loop_;
    Stream stream_;
    std::shared_ptr<const TlsContext> tls_;
    Owner* owner_;
    const HttpLimits& limits_;
    std::uint64_t const id_;
    std::string remote_address_;
    std::uint16_t remote_port_;
    Phase phase_ = Phase::tls;
    boost::beast::flat_buffer buffer_;
    std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
    std::unique_ptr<Outgoing> outgoing_;
    std::uint64_t request_number_ = 0;
    unsigned version_ = 11;
    bool head_request_ = false;
    bool keep_alive_ = true;

    // Of an event stream.
    std::string waiting_;
    std::string writing_;
    std::size_t written_ = 0;
    bool chunked_ = false;
    bool ending_ = false;
    std::array<char, 64> ignored_;
    std::function<void()> stream_closed_;
};

}  // namespace ladestrom::transport
