// One TCP connection, plain or TLS, as the AsyncStream that Beast asks for. OpenSSL works on the descriptor
// itself (SSL_set_fd): only so does SSL_MODE_RELEASE_BUFFERS free the 34 KB of an idle connection, which
// asio::ssl::stream keeps. Plain and TLS are one type, so that Beast is instantiated once.
#pragma once

#include "transport/tls.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

struct ssl_st;

namespace ladestrom::transport {

using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

class Stream {
public:
    using executor_type = Executor;
    using ErrorCode = boost::system::error_code;

    explicit Stream(Socket socket) : socket_(std::move(socket)) {}
    Stream(Stream&&) = default;
    Stream& operator=(Stream&&) = default;

    executor_type get_executor() noexcept { return socket_.get_executor(); }
    Socket& socket() { return socket_; }
    bool secure() const { return ssl_ != nullptr; }

    // Before the handshake. A client names the host it expects: a name or an IP address.
    ErrorCode begin_tls_server(const TlsContext& context);
    ErrorCode begin_tls_client(const TlsContext& context, const std::string& host);
    void async_handshake(std::function<void(ErrorCode)> done);
    // After a failed handshake: what was wrong with the peer's certificate; empty when that was not it.
    std::string certificate_error() const;
    TlsInfo tls_info() const;

    // close_notify when possible, then FIN. Never blocks.
    void shutdown_send();
    void close();
    // Throws away what the peer still sends, until it ends or close() is called; so that the last bytes
    // sent reach a peer that is still sending (closing with unread bytes resets the connection).
    void async_drain(std::function<void()> done);

    template <class MutableBuffers, class Token>
    auto async_read_some(const MutableBuffers& buffers, Token&& token)
    {
        return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
            [this](auto handler, const MutableBuffers& to) {
                if (!ssl_) {
                    socket_.async_read_some(to, std::move(handler));
                } else {
                    start_tls_read(first_of(to), std::move(handler));
                }
            },
            token, buffers);
    }

    template <class ConstBuffers, class Token>
    auto async_write_some(const ConstBuffers& buffers, Token&& token)
    {
        return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
            [this](auto handler, const ConstBuffers& from) {
                if (!ssl_) {
                    socket_.async_write_some(from, std::move(handler));
                } else {
                    start_tls_write(from, std::move(handler));
                }
            },
            token, buffers);
    }

    friend void beast_close_socket(Stream& stream) { stream.close(); }

private:
    enum class Want { nothing, read, write };
    struct Step {
        Want want = Want::nothing;
        std::size_t bytes = 0;
        ErrorCode error;
    };
    struct SslDeleter {
        void operator()(ssl_st* ssl) const;
    };
    // A TLS record holds at most 16 KiB.
    static constexpr std::size_t record_bytes = 16 * 1024;

    ErrorCode begin_tls(const TlsContext& context);
    // OpenSSL holds bytes that the socket will not report again.
    bool read_is_buffered() const;
    Step handshake_step();
    Step read_step(void* to, std::size_t bytes);
    Step write_step(const void* from, std::size_t bytes);
    Step step_of(int result);

    template <class MutableBuffers>
    static boost::asio::mutable_buffer first_of(const MutableBuffers& buffers)
    {
        auto const end = boost::asio::buffer_sequence_end(buffers);
        for (auto it = boost::asio::buffer_sequence_begin(buffers); it != end; ++it) {
            boost::asio::mutable_buffer const buffer = *it;
            if (buffer.size() > 0) return buffer;
        }
        return {};
    }

    template <class Self>
    void wait(Want want, Self& self)
    {
        socket_.async_wait(want == Want::read ? Socket::wait_read : Socket::wait_write, std::move(self));
    }

    // Waits for `first`, then runs `step` until it wants nothing. A completion without a wait is posted: a
    // handler never runs inside the call that started the operation.
    template <class StepFunction, class Handler>
    void start(StepFunction step, Handler&& handler, Want first = Want::nothing)
    {
        boost::asio::async_compose<Handler, void(ErrorCode, std::size_t)>(
            [this, step = std::move(step), first, phase = 0, done = Step{}](auto& self,
                                                                            ErrorCode error = {}) mutable {
                if (phase == 2) return self.complete(done.error, done.bytes);
                if (error) return self.complete(error, 0);
                if (first != Want::nothing) {
                    phase = 1;
                    return wait(std::exchange(first, Want::nothing), self);
                }
                done = step();
                if (done.want != Want::nothing) {
                    phase = 1;
                    wait(done.want, self);
                } else if (phase == 0) {
                    phase = 2;
                    boost::asio::post(get_executor(), std::move(self));
                } else {
                    self.complete(done.error, done.bytes);
                }
            },
            handler, socket_);
    }

    template <class Handler>
    void start_tls_read(boost::asio::mutable_buffer to, Handler&& handler)
    {
        // Whoever reads again has dealt with one message and mostly has to wait for the next: to try first
        // costs a read that fails.
        start([this, to] { return read_step(to.data(), to.size()); }, std::forward<Handler>(handler),
              read_is_buffered() ? Want::nothing : Want::read);
    }

    template <class ConstBuffers, class Handler>
    void start_tls_write(const ConstBuffers& from, Handler&& handler)
    {
        // Frame head and payload go into one record. After WANT_WRITE the same bytes are gathered again.
        start(
            [this, from] {
                std::array<char, record_bytes> record;
                std::size_t const bytes = boost::asio::buffer_copy(boost::asio::buffer(record), from);
                return write_step(record.data(), bytes);
            },
            std::forward<Handler>(handler));
    }

    Socket socket_;
    std::unique_ptr<ssl_st, SslDeleter> ssl_;
};

// How Beast ends the connection under a WebSocket. The owner drains and closes afterwards, with a deadline.
template <class Handler>
void async_teardown(boost::beast::role_type, Stream& stream, Handler&& handler)
{
    stream.shutdown_send();
    boost::asio::post(stream.get_executor(),
                      boost::beast::bind_front_handler(std::forward<Handler>(handler), Stream::ErrorCode{}));
}

inline void teardown(boost::beast::role_type, Stream& stream, Stream::ErrorCode& error)
{
    stream.shutdown_send();
    error = {};
}

// "connection refused" rather than a category and a number.
std::string describe(const boost::system::error_code& error);

}  // namespace ladestrom::transport
