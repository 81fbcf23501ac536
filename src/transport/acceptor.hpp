// One listening socket: hands over every connection that comes in.
#pragma once

#include "base/counters.hpp"
#include "base/result.hpp"
#include "transport/event_loop.hpp"
#include "transport/listener.hpp"
#include "transport/log.hpp"
#include "transport/stream.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace ladestrom::transport {

struct Accepted {
    Stream stream;
    std::shared_ptr<const TlsContext> tls;  // null: plain
    std::string remote_address;
    std::uint16_t remote_port = 0;
    std::uint16_t local_port = 0;
};

class Acceptor : public std::enable_shared_from_this<Acceptor> {
public:
    using Callback = std::function<void(Accepted)>;

    Acceptor(EventLoop& loop, LogFunction log, Callback callback);

    // Opens the port and starts to accept. Returns the port.
    Result<std::uint16_t> open(const ListenOptions& options);
    // No callback comes after this.
    void close();

private:
    Result<void> bind(const ListenOptions& options);
    void accept();
    void accepted(const Stream::ErrorCode& error, Socket socket);

    EventLoop& loop_;
    LogFunction log_;
    Callback callback_;
    boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor> acceptor_;
    Timer retry_;
    std::shared_ptr<const TlsContext> tls_;
    std::uint16_t port_ = 0;
    bool out_of_files_ = false;
};

}  // namespace ladestrom::transport
