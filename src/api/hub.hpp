// Live updates: what the core publishes goes to whoever listens, and frames into a bounded ring to look back.
#pragma once

#include "api/access.hpp"
#include "base/counters.hpp"
#include "csms/csms.hpp"
#include "messages/json.hpp"
#include "store/ledger_reader.hpp"
#include "transport/http/http_server.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::api {

enum class FrameKind { call, result, error, other };

// One frame on a station's socket, with what is known of it.
struct TraceMessage {
    std::uint64_t sequence = 0;
    StationId station;
    csms::Direction direction = csms::Direction::received;
    Instant at;
    FrameKind kind = FrameKind::other;
    std::string message_id, action;
    std::optional<Duration> latency;  // of an answer
    std::string frame;
};

std::string render(const TraceMessage& message);

enum EventType : unsigned {
    event_station = 1,
    event_connector = 2,
    event_session = 4,
    event_meter = 8,
    event_token = 16,
    event_message = 32,
};
inline constexpr unsigned events_by_default =
    event_station | event_connector | event_session | event_meter | event_token;
std::optional<EventType> event_type_from(std::string_view name);

class Hub {
public:
    struct Options {
        std::size_t frames_max = 20'000;
        std::size_t bytes_max = 64 * 1024 * 1024;
        std::size_t frame_bytes_max = 64 * 1024;
        std::size_t subscribers_max = 200;
    };
    struct Subscription {
        std::optional<StationId> station;
        unsigned types = events_by_default;
        Login login;
    };
    struct TraceFilter {
        StationId station;
        std::optional<std::string> action;
        std::optional<csms::Direction> direction;
    };

    explicit Hub(Options options) : options_(options) {}

    void publish(csms::Published published);

    // Streams that are over make room.
    bool has_room();
    void subscribe(transport::HttpEventStream stream, Subscription subscription);
    // Ends the streams of logins for which `over` holds.
    void end_streams(const std::function<bool(const Login&)>& over);
    std::size_t subscribers() const { return subscribers_.size(); }

    // Newest first; `before`: only older ones than that sequence number.
    store::Page<TraceMessage> messages(const TraceFilter& filter, std::size_t limit,
                                       std::uint64_t before) const;

    const Counters& counters() const { return counters_; }

private:
    struct Subscriber {
        transport::HttpEventStream stream;
        Subscription subscription;
    };
    // A frame as it came: few are ever looked at, and who looks pays for understanding them.
    struct Kept {
        std::uint64_t sequence = 0;  // 0: not a frame; here the station was disconnected
        csms::FrameTraced frame;
        std::unique_ptr<TraceMessage> understood;  // before its text was cut

        std::size_t bytes() const;
    };

    void on(csms::FrameTraced& frame);
    void on(const csms::StationChanged& changed);
    void on(const csms::ConnectorChanged& changed);
    void on(const csms::SessionChanged& changed);
    void on(const csms::MeterValueAdded& added);
    void on(const csms::TokenChanged& changed);

    TraceMessage understand(const csms::FrameTraced& frame) const;
    TraceMessage alone(const Kept& kept) const;
    TraceMessage understand(std::size_t at) const;
    void keep(Kept kept);
    // make: std::string(); only called when somebody listens. station: null for what belongs to none.
    void forget_closed();
    template <class Make>
    void send(EventType type, std::string_view name, const StationId* station, Make make);

    Options options_;
    mutable messages::JsonParser parser_;
    std::vector<Subscriber> subscribers_;
    std::deque<Kept> ring_;
    std::size_t ring_bytes_ = 0;
    std::uint64_t sequence_ = 0;
    Counters counters_;
};

}  // namespace ladestrom::api
