// The lean use of Beast: reads into a small buffer inside the object and grows only for long messages, writes
// one frame per message, leaves all timeouts to the loop's deadline wheel.
#include "transport/websocket_channel.hpp"

#include "transport/message_buffer.hpp"
#include "transport/websocket_compression.hpp"

#include <boost/beast/websocket/stream.hpp>
#include <boost/beast/zlib/error.hpp>

#include <algorithm>

namespace ladestrom::transport {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

namespace {

constexpr std::size_t read_hint_bytes = 4 * 1024;
// What a queued frame costs besides its bytes.
constexpr std::size_t entry_bytes = 64;
// So many written frames may stay at the front of the queue before it is moved up.
constexpr std::size_t written_kept_max = 64;

CloseReason reason_of(const Stream::ErrorCode& error)
{
    if (error == websocket::error::closed) return CloseReason::peer_closed;
    if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) {
        return CloseReason::message_too_big;
    }
    if (error == websocket::condition::protocol_violation) return CloseReason::protocol_error;
    if (error.category() == beast::zlib::make_error_code({}).category()) return CloseReason::bad_compression;
    return CloseReason::peer_vanished;
}

class Channel final : public WebSocketChannel,
                      public DeadlineEntry,
                      public std::enable_shared_from_this<Channel> {
public:
    Channel(EventLoop& loop, Stream stream, Owner& owner, const ChannelOptions& options)
        : websocket_(std::move(stream)),
          loop_(loop),
          owner_(&owner),
          limits_(options.limits),
          counters_(options.counters),
          traffic_(options.traffic),
          id_(options.id),
          compression_(options.compression),
          liveness_(options.liveness)
    {
        // By default Beast cuts what is longer than 4 KiB into several frames, which stations do not like.
        websocket_.auto_fragment(false);
        websocket_.read_message_max(limits_.message_bytes);
        websocket_.control_callback([this](websocket::frame_type kind, beast::string_view) {
            heard();
            got_frame_ = true;
            if (kind == websocket::frame_type::pong) answers_pings_ = true;
        });
    }

    void accept(const UpgradeHead& request, const std::optional<std::string>& subprotocol) override
    {
        if (compression_ == Compression::on) websocket_.set_option(deflate_answer(request));
        websocket_.set_option(
            websocket::stream_base::decorator([this, subprotocol](websocket::response_type& response) {
                response.set(http::field::server, "ladestrom");
                if (subprotocol) response.set(http::field::sec_websocket_protocol, *subprotocol);
                note_extensions(response);
            }));
        set_deadline(loop_.now() + limits_.closing);
        websocket_.async_accept(request, [self = this->shared_from_this()](Stream::ErrorCode error) {
            self->forget_decorator();
            if (error) return self->finish(error);
            self->open();
        });
    }

    void handshake(HandshakeRequest request, std::function<void(HandshakeResult)> done) override
    {
        websocket_.set_option(websocket::stream_base::decorator(
            [headers = std::move(request.headers)](websocket::request_type& head) {
                for (const auto& [name, value] : headers) head.set(name, value);
            }));
        if (compression_ == Compression::on) websocket_.set_option(deflate_offer());
        auto const response = std::make_shared<websocket::response_type>();
        websocket_.async_handshake(
            *response, request.host, request.target,
            [self = this->shared_from_this(), response, done = std::move(done)](Stream::ErrorCode error) {
                self->forget_decorator();
                if (!error) self->note_extensions(*response);
                auto const name = (*response)[http::field::sec_websocket_protocol];
                // Where no answer could be read, Beast says 500.
                bool const answered = !error || error == websocket::condition::handshake_failed;
                done({error, answered ? response->result_int() : 0, std::string(name)});
            });
    }

    void open() override
    {
        if (!owner_ || reported_) return;
        open_ = true;
        Tick const now = loop_.now();
        opened_ = heard_ = pinged_ = now;
        read();
        if (!ending_) {
            plan(now);
        } else {
            set_deadline(now + limits_.closing);
            if (outbound_.empty()) return send_close();
        }
        write();
    }

    bool send(std::string text) override
    {
        if (ending_ || reported_ || !owner_) return false;
        std::size_t const cost = text.size() + entry_bytes;
        if (outbound_bytes_ + cost > limits_.outbound_bytes) {
            end(CloseReason::outbound_overflow, close_code::policy_violation, "reads too slowly");
            return false;
        }
        outbound_bytes_ += cost;
        outbound_.push_back(std::move(text));
        write();
        return true;
    }

    void close(std::uint16_t code, std::string_view reason) override
    {
        end(CloseReason::closed_here, code, reason);
    }

    void abort() override { cut(CloseReason::aborted_here, "aborted"); }

    void set_liveness(const Liveness& liveness) override
    {
        liveness_ = liveness;
        pinged_ = loop_.now();
        awaiting_pong_ = false;
        if (open_ && !ending_ && !reported_) plan(loop_.now());
    }

    Liveness liveness() const override { return liveness_; }

    std::optional<TlsInfo> tls_info() const override
    {
        const Stream& stream = websocket_.next_layer();
        if (!stream.secure()) return std::nullopt;
        return stream.tls_info();
    }

    std::string certificate_error() const override { return websocket_.next_layer().certificate_error(); }

    void detach() override
    {
        owner_ = nullptr;
        loop_.deadlines().remove(*this);
        websocket_.next_layer().close();
    }

private:
    // Why and how we end the connection; allocated only then.
    struct Ending {
        CloseReason reason;
        std::uint16_t code;
        std::string text;
        bool close_sent = false;
    };

    void forget_decorator()
    {
        websocket_.set_option(websocket::stream_base::decorator([](websocket::response_type&) {}));
    }

    // What both sides have agreed to.
    void note_extensions(const websocket::response_type& response)
    {
        if (compression_ == Compression::off || !names_deflate(response)) return;
        compressed_ = true;
        counters_.add("websocket.compressed");
        message_.make_whole(limits_.message_bytes);
    }

    void heard()
    {
        heard_ = loop_.now();
        awaiting_pong_ = false;
    }

    // Reading

    void read()
    {
        websocket_.async_read_some(
            message_.room(websocket_.read_size_hint(read_hint_bytes)),
            [self = this->shared_from_this()](Stream::ErrorCode error, std::size_t bytes) {
                self->on_read(error, bytes);
            });
    }

    void on_read(const Stream::ErrorCode& error, std::size_t bytes)
    {
        if (!owner_ || reported_) return;
        if (error) return finish(error);
        heard();
        got_frame_ = true;
        traffic_.bytes_in += bytes;
        if (websocket_.got_binary() && !ending_) {
            end(CloseReason::binary_frame, close_code::unsupported_data, "text frames only");
        }
        message_.add(bytes);
        if (websocket_.is_message_done()) {
            reading_message_ = false;
            deliver(message_.text());
            message_.clear();
        } else if (!std::exchange(reading_message_, true)) {
            message_.expect_more();
            message_started_ = heard_;
            if (!ending_) plan(heard_);
        }
        // A close that is under way reads by itself. With a second reader Beast's two can wait for one
        // another for ever, when the peer's close frame lies in the buffer already.
        if (ending_ && ending_->close_sent) return;
        read();
    }

    void deliver(std::string_view text)
    {
        if (ending_ || !owner_) return;
        ++traffic_.frames_in;
        owner_->channel_frame(id_, text);
    }

    // Writing

    void write()
    {
        if (!open_ || writing_ || outbound_.empty() || reported_) return;
        writing_ = true;
        // Beast begins another frame where its buffer for what is compressed ends.
        if (compressed_) websocket_.write_buffer_bytes(deflated_bytes_max(outbound_[written_].size()));
        websocket_.async_write(asio::buffer(outbound_[written_]),
                               [self = this->shared_from_this()](Stream::ErrorCode error, std::size_t bytes) {
                                   self->on_written(error, bytes);
                               });
    }

    void on_written(const Stream::ErrorCode& error, std::size_t bytes)
    {
        writing_ = false;
        if (error || !owner_ || reported_) return;  // the read fails as well and reports
        ++traffic_.frames_out;
        traffic_.bytes_out += bytes;
        outbound_bytes_ -= outbound_[written_].size() + entry_bytes;
        outbound_[written_++] = {};
        if (written_ == outbound_.size()) {
            outbound_ = {};
            written_ = 0;
            if (ending_) send_close();
            return;
        }
        if (written_ >= written_kept_max && written_ * 2 >= outbound_.size()) {
            outbound_.erase(outbound_.begin(), outbound_.begin() + static_cast<std::ptrdiff_t>(written_));
            written_ = 0;
        }
        write();
    }

    // The end

    void end(CloseReason reason, std::uint16_t code, std::string_view text)
    {
        if (ending_ || reported_) return;
        // A control frame carries at most 125 bytes, two of them the code.
        ending_ = std::make_unique<Ending>(Ending{reason, code, std::string(text.substr(0, 123))});
        // Only close() waits for what is queued. What is being written stays: Beast refers to it.
        if (reason != CloseReason::closed_here) outbound_.resize(written_ + (writing_ ? 1 : 0));
        if (!open_) return;  // follows the upgrade, within its deadline
        set_deadline(loop_.now() + limits_.closing);
        if (!writing_ || reason != CloseReason::closed_here) send_close();
    }

    void send_close()
    {
        if (std::exchange(ending_->close_sent, true)) return;
        websocket::close_reason reason;
        reason.code = static_cast<websocket::close_code>(ending_->code);
        reason.reason.assign(ending_->text.data(), ending_->text.size());
        // Its result does not matter: the read that is under way ends with the connection.
        websocket_.async_close(reason, [self = this->shared_from_this()](Stream::ErrorCode error) {
            self->finish(error ? error : Stream::ErrorCode(websocket::error::closed));
        });
    }

    // Without a close frame. Reported also when nobody reads any more.
    void cut(CloseReason reason, std::string_view text)
    {
        if (reported_) return;
        if (!ending_) {
            ending_ = std::make_unique<Ending>(Ending{reason, close_code::abnormal, std::string(text), true});
        }
        websocket_.next_layer().close();
        loop_.post([self = this->shared_from_this()] {
            self->finish(Stream::ErrorCode(asio::error::operation_aborted));
        });
    }

    void finish(const Stream::ErrorCode& error)
    {
        if (reported_ || !owner_) return;
        reported_ = true;
        Stream& stream = websocket_.next_layer();
        stream.shutdown_send();
        set_deadline(loop_.now() + limits_.closing);
        Closed closed =
            ending_ ? Closed{ending_->reason, ending_->code, std::move(ending_->text)} : closed_by(error);
        counters_.add(counter_of(closed.reason));
        auto const self = this->shared_from_this();
        owner_->channel_closed(id_, std::move(closed));
        if (!stream.socket().is_open()) return finished();
        stream.async_drain([self] { self->finished(); });
    }

    Closed closed_by(const Stream::ErrorCode& error)
    {
        Closed closed{.reason = reason_of(error), .text = describe(error)};
        if (closed.reason == CloseReason::peer_closed) {
            const auto& reason = websocket_.reason();
            closed.code =
                reason.code == websocket::close_code::none ? close_code::none_received : reason.code;
            closed.text.assign(reason.reason.data(), reason.reason.size());
        } else if (closed.reason == CloseReason::message_too_big) {
            closed.code = close_code::too_big;
        }
        return closed;
    }

    void finished()
    {
        websocket_.next_layer().close();
        loop_.deadlines().remove(*this);
        if (Owner* const owner = std::exchange(owner_, nullptr)) owner->channel_finished(id_);
    }

    // Deadlines

    void set_deadline(Tick at) { loop_.deadlines().set(*this, at); }

    // The earliest of all times at which something may have to be done. Frames that come meanwhile do not
    // touch the wheel: on_deadline looks at the times again.
    void plan(Tick now)
    {
        std::optional<Tick> at;
        auto const consider = [&at](Tick since, Duration wait) {
            if (wait > Duration(0) && (!at || since + wait < *at)) at = since + wait;
        };
        if (!got_frame_) consider(opened_, limits_.first_frame);
        if (reading_message_) consider(message_started_, limits_.message);
        consider(heard_, liveness_.idle);
        if (pong_is_due()) consider(unanswered_, liveness_.pong_timeout);
        consider(pinged_, liveness_.ping_interval);
        if (at) {
            set_deadline(std::max(*at, now));
        } else {
            loop_.deadlines().remove(*this);
        }
    }

    void on_deadline(Tick now) override
    {
        auto const self = this->shared_from_this();
        if (reported_) return websocket_.next_layer().close();
        if (ending_ || !open_) return cut(CloseReason::peer_vanished, "no answer in time");
        auto const over = [now](Tick since, Duration wait) {
            return wait > Duration(0) && now >= since + wait;
        };
        if (!got_frame_ && over(opened_, limits_.first_frame)) {
            return end(CloseReason::first_frame_timeout, close_code::policy_violation, "no first message");
        }
        if (reading_message_ && over(message_started_, limits_.message)) {
            return end(CloseReason::message_timeout, close_code::policy_violation, "message not finished");
        }
        bool const silent = over(heard_, liveness_.idle);
        bool const unanswered = pong_is_due() && over(unanswered_, liveness_.pong_timeout);
        if ((silent || unanswered) && unread()) {
            // It was we who were late, not the peer: what waits is read before the next look.
            heard();
        } else if (silent) {
            return end(CloseReason::idle_timeout, close_code::policy_violation, "idle");
        }
        if (pong_is_due() && unanswered) {
            // A dead peer answers no close frame.
            return cut(CloseReason::pong_timeout, "no pong");
        }
        if (over(pinged_, liveness_.ping_interval)) ping(now);
        plan(now);
    }

    // Some stations send no pongs: who never has is judged by the idle time, where there is one.
    bool pong_is_due() const { return awaiting_pong_ && (answers_pings_ || liveness_.idle == Duration(0)); }

    // Bytes have arrived that the loop has not come to read.
    bool unread()
    {
        Stream::ErrorCode error;
        return websocket_.next_layer().socket().available(error) > 0 && !error;
    }

    void ping(Tick now)
    {
        pinged_ = now;
        if (!awaiting_pong_) unanswered_ = now;
        awaiting_pong_ = true;
        if (std::exchange(pinging_, true)) return;
        ++traffic_.pings_out;
        websocket_.async_ping(
            {}, [self = this->shared_from_this()](Stream::ErrorCode) { self->pinging_ = false; });
    }

    websocket::stream<Stream> websocket_;
    EventLoop& loop_;
    Owner* owner_;
    const ChannelLimits& limits_;
    Counters& counters_;
    Traffic& traffic_;
    std::uint64_t const id_;
    Compression const compression_;
    Liveness liveness_;
    Tick opened_{};
    Tick heard_{};
    Tick pinged_{};
    Tick unanswered_{};  // the first ping since anything was heard
    Tick message_started_{};
    MessageBuffer message_;
    std::vector<std::string> outbound_;
    std::size_t written_ = 0;  // so many at the front of outbound_ are done
    std::size_t outbound_bytes_ = 0;
    std::unique_ptr<Ending> ending_;
    bool open_ = false;
    bool compressed_ = false;
    bool got_frame_ = false;  // of any kind: a pong is a sign of life
    bool reading_message_ = false;
    bool writing_ = false;
    bool pinging_ = false;
    bool awaiting_pong_ = false;
    bool answers_pings_ = false;
    bool reported_ = false;
};

}  // namespace

void Traffic::publish(Counters& counters) const
{
    auto const set = [&counters](std::string_view name, std::uint64_t value) {
        counters.add(name, value - counters.get(name));
    };
    set("websocket.frames_in", frames_in);
    set("websocket.frames_out", frames_out);
    set("websocket.bytes_in", bytes_in);
    set("websocket.bytes_out", bytes_out);
    set("websocket.pings_out", pings_out);
}

std::shared_ptr<WebSocketChannel> make_websocket_channel(EventLoop& loop, Stream stream,
                                                         WebSocketChannel::Owner& owner,
                                                         const ChannelOptions& options)
{
    return std::make_shared<Channel>(loop, std::move(stream), owner, options);
}

}  // namespace ladestrom::transport
