// One established WebSocket connection of either role: frames in, frames out, pings, deadlines, the end.
// Server and client put their handshakes before it. Beast stays behind this interface.
#pragma once

#include "base/counters.hpp"
#include "base/time.hpp"
#include "transport/event_loop.hpp"
#include "transport/stream.hpp"
#include "transport/websocket_types.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ladestrom::transport {

struct ChannelLimits {
    Duration first_frame{0};
    Duration message{0};
    Duration closing{0};
    std::size_t message_bytes = 0;
    std::size_t outbound_bytes = 0;
};

struct Liveness {
    Duration ping_interval{0};
    Duration pong_timeout{0};
    Duration idle{0};
};

// Counted for every frame, hence without looking up names.
struct Traffic {
    std::uint64_t frames_in = 0;
    std::uint64_t frames_out = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::uint64_t pings_out = 0;

    // Brings "websocket.frames_in" and so on up to date.
    void publish(Counters& counters) const;
};

class WebSocketChannel {
public:
    using UpgradeHead = boost::beast::http::request<boost::beast::http::empty_body>;

    // Calls come from the loop, never from within a call of the channel's functions.
    class Owner {
    public:
        virtual void channel_frame(std::uint64_t id, std::string_view text) = 0;
        // No frames after this; the owner still keeps the channel until channel_finished.
        virtual void channel_closed(std::uint64_t id, Closed closed) = 0;
        // The socket is closed.
        virtual void channel_finished(std::uint64_t id) = 0;

    protected:
        ~Owner() = default;
    };

    struct HandshakeResult {
        Stream::ErrorCode error;
        unsigned status = 0;  // 0: no HTTP answer came
        std::string subprotocol;
    };
    struct HandshakeRequest {
        std::string host;  // the Host header
        std::string target;
        std::vector<std::pair<std::string, std::string>> headers;
    };

    virtual ~WebSocketChannel() = default;

    // Server: answers the upgrade; what is sent meanwhile waits. A failure is reported as channel_closed.
    virtual void accept(const UpgradeHead& request, const std::optional<std::string>& subprotocol) = 0;
    // Client. The owner has its own deadline on this; abort() ends it. After success it calls open().
    virtual void handshake(HandshakeRequest request, std::function<void(HandshakeResult)> done) = 0;
    virtual void open() = 0;

    // False: closing, or this text made the queue overflow.
    virtual bool send(std::string text) = 0;
    virtual void close(std::uint16_t code, std::string_view reason) = 0;
    virtual void abort() = 0;
    virtual void set_liveness(const Liveness& liveness) = 0;
    virtual Liveness liveness() const = 0;
    virtual std::optional<TlsInfo> tls_info() const = 0;
    virtual std::string certificate_error() const = 0;

    // The owner goes: the socket is closed and nothing is reported any more.
    virtual void detach() = 0;
};

struct ChannelOptions {
    std::uint64_t id = 0;
    // Shared by all channels of an owner; they live at least until detach() or channel_finished().
    const ChannelLimits& limits;
    Counters& counters;
    Traffic& traffic;
    Liveness liveness;
    Compression compression = Compression::off;
};

std::shared_ptr<WebSocketChannel> make_websocket_channel(EventLoop& loop, Stream stream,
                                                         WebSocketChannel::Owner& owner,
                                                         const ChannelOptions& options);

}  // namespace ladestrom::transport
