// The first part of a server connection: TLS handshake, HTTP header, the wait for a decision, and a refusal.
// It ends as a WebSocketChannel or with a closed socket.
#pragma once

#include "base/counters.hpp"
#include "transport/acceptor.hpp"
#include "transport/event_loop.hpp"
#include "transport/stream.hpp"
#include "transport/websocket_channel.hpp"
#include "transport/websocket_server.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <optional>
#include <string>

namespace ladestrom::transport {

class UpgradeSession final : public DeadlineEntry, public std::enable_shared_from_this<UpgradeSession> {
public:
    class Owner {
    public:
        virtual void upgrade_requested(UpgradeRequest request) = 0;
        // Refused before a request could be passed on. `why` is a whole sentence, printable.
        virtual void upgrade_failed(std::uint64_t id, const std::string& remote, std::string_view counter,
                                    std::string_view why) = 0;
        virtual void upgrade_finished(std::uint64_t id) = 0;

    protected:
        ~Owner() = default;
    };

    UpgradeSession(EventLoop& loop, Accepted accepted, Owner& owner, const WebSocketLimits& limits,
                   std::uint64_t id);

    void start();
    bool deciding() const { return phase_ == Phase::deciding; }
    const std::vector<std::string>& offered() const { return offered_; }
    void refuse(unsigned status, std::string_view reason, const WebSocketServer::Headers& headers);
    // Only while deciding: takes the connection out of the session, which is over then.
    Stream release_stream();
    const WebSocketChannel::UpgradeHead& head() const { return parser_->get(); }
    std::string remote() const;
    void detach();

private:
    enum class Phase { tls, header, deciding, answering, draining };

    void on_deadline(Tick now) override;
    void read_header();
    void on_header(const Stream::ErrorCode& error);
    void on_header_error(const Stream::ErrorCode& error);
    // A refusal that the handler never sees.
    void reject(unsigned status, std::string_view counter, std::string_view why,
                const WebSocketServer::Headers& headers = {});
    void fail(std::string_view counter, std::string_view why);
    void drain();
    void finished();

    EventLoop& loop_;
    Stream stream_;
    std::shared_ptr<const TlsContext> tls_;
    Owner* owner_;
    const WebSocketLimits& limits_;
    std::uint64_t const id_;
    std::string remote_address_;
    std::uint16_t remote_port_;
    std::uint16_t local_port_;
    Phase phase_ = Phase::tls;
    boost::beast::flat_buffer buffer_;
    std::optional<boost::beast::http::request_parser<boost::beast::http::empty_body>> parser_;
    boost::beast::http::response<boost::beast::http::string_body> response_;
    std::vector<std::string> offered_;
};

}  // namespace ladestrom::transport
