// Listening sockets and the sentences that say why one could not be opened.
#include "transport/acceptor.hpp"

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include <cerrno>

#include <sys/socket.h>

namespace ladestrom::transport {

namespace asio = boost::asio;
using boost::asio::ip::tcp;

namespace {

// Pause after the process ran out of descriptors: accept() would fail again at once.
constexpr Duration out_of_files_pause{100};

Error cannot_listen(const ListenOptions& options, const Stream::ErrorCode& error)
{
    bool const v6 = options.address.find(':') != std::string::npos;
    std::string const where = v6 ? fmt::format("[{}]:{}", options.address, options.port)
                                 : fmt::format("{}:{}", options.address, options.port);
    if (error == asio::error::address_in_use) {
        return Error{
            fmt::format("cannot listen on {}: the port is in use by another program; stop that program "
                        "or choose another port",
                        where)};
    }
    if (error == asio::error::access_denied) {
        return Error{
            fmt::format("cannot listen on {}: permission denied; ports below 1024 need a privilege, "
                        "choose a higher one",
                        where)};
    }
    if (error == boost::system::errc::address_not_available) {
        return Error{
            fmt::format("cannot listen on {}: this machine has no such address; use one of its own, or "
                        "0.0.0.0 for all",
                        where)};
    }
    return Error{fmt::format("cannot listen on {}: {}", where, describe(error))};
}

}  // namespace

Acceptor::Acceptor(EventLoop& loop, LogFunction log, Callback callback)
    : loop_(loop),
      log_(std::move(log)),
      callback_(std::move(callback)),
      acceptor_(loop.context()),
      retry_(loop, [this] { accept(); })
{
}

Result<void> Acceptor::bind(const ListenOptions& options)
{
    Stream::ErrorCode error;
    auto const address = asio::ip::make_address(options.address, error);
    if (error) {
        return Error{
            fmt::format("cannot listen on \"{}\": not an IP address; write one such as 127.0.0.1, 0.0.0.0 "
                        "or ::",
                        printable(options.address))};
    }
    tcp::endpoint const endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    int const yes = 1;
    if (!error && options.reuse_port &&
        ::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) != 0) {
        error.assign(errno, boost::system::system_category());
    }
    if (!error && address.is_v6()) acceptor_.set_option(asio::ip::v6_only(false), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(options.backlog, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (!error) return {};
    Stream::ErrorCode ignored;
    acceptor_.close(ignored);
    return cannot_listen(options, error);
}

Result<std::uint16_t> Acceptor::open(const ListenOptions& options)
{
    if (auto ok = bind(options); !ok) return ok.error();
    tls_ = options.tls;
    accept();
    return port_;
}

void Acceptor::close()
{
    retry_.disarm();
    callback_ = nullptr;
    Stream::ErrorCode ignored;
    acceptor_.close(ignored);
}

void Acceptor::accept()
{
    acceptor_.async_accept([self = shared_from_this()](Stream::ErrorCode error, Socket socket) {
        self->accepted(error, std::move(socket));
    });
}

void Acceptor::accepted(const Stream::ErrorCode& error, Socket socket)
{
    if (!callback_) return;
    if (error) {
        bool const no_files = error == asio::error::no_descriptors || error.value() == ENFILE ||
                              error == asio::error::no_buffer_space || error == asio::error::no_memory;
        if (!no_files) return accept();  // the peer gave up meanwhile
        if (!out_of_files_ && log_) {
            log_(LogLevel::error, fmt::format("port {}: cannot take connections: {}; raise the limit of open "
                                              "files (ulimit -n)",
                                              port_, describe(error)));
        }
        out_of_files_ = true;
        return retry_.arm(loop_.now() + out_of_files_pause);
    }
    out_of_files_ = false;
    Stream::ErrorCode ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    auto const remote = socket.remote_endpoint(ignored);
    auto address = remote.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    }
    // A copy: the callback may close this acceptor.
    auto const callback = callback_;
    callback({Stream(std::move(socket)), tls_, address.to_string(), remote.port(), port_});
    if (callback_) accept();
}

}  // namespace ladestrom::transport
