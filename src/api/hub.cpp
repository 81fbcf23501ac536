#include "api/hub.hpp"

#include "api/render.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ladestrom::api {
namespace {

constexpr std::array<std::pair<std::string_view, EventType>, 6> event_names{{
    {"station", event_station},
    {"connector", event_connector},
    {"session", event_session},
    {"meter", event_meter},
    {"token", event_token},
    {"message", event_message},
}};

std::string_view name_of_kind(FrameKind kind)
{
    switch (kind) {
        case FrameKind::call: return "call";
        case FrameKind::result: return "result";
        case FrameKind::error: return "error";
        case FrameKind::other: break;
    }
    return "other";
}

// OCPP-J section 4.2: the message type number.
FrameKind kind_of(std::int64_t number)
{
    switch (number) {
        case 2: return FrameKind::call;
        case 3: return FrameKind::result;
        case 4: return FrameKind::error;
        default: return FrameKind::other;
    }
}

}  // namespace

std::optional<EventType> event_type_from(std::string_view name)
{
    for (const auto& [text, type] : event_names) {
        if (text == name) return type;
    }
    return std::nullopt;
}

std::string render(const TraceMessage& message)
{
    JsonWriter json;
    json.begin_object();
    json.member("seq", message.sequence);
    json.member("station", message.station.value());
    json.member("at", message.at);
    json.member("direction", message.direction == csms::Direction::received ? "received" : "sent");
    json.member("kind", name_of_kind(message.kind));
    json.member("message_id", message.message_id);
    json.member("action", message.action);
    json.key("latency_ms");
    if (message.latency) {
        json.value(message.latency->count());
    } else {
        json.null();
    }
    json.member("frame", message.frame);
    json.end_object();
    return json.take();
}

std::size_t Hub::Kept::bytes() const
{
    return sizeof *this + frame.text.size() + frame.station.value().size();
}

void Hub::publish(csms::Published published)
{
    std::visit([this](auto& one) { on(one); }, published);
}

template <class Make>
void Hub::send(EventType type, std::string_view name, const StationId* station, Make make)
{
    std::string data;
    bool any_closed = false;
    for (Subscriber& subscriber : subscribers_) {
        const Subscription& wanted = subscriber.subscription;
        if ((wanted.types & type) == 0) continue;
        if (wanted.station && station != nullptr && *wanted.station != *station) continue;
        if (data.empty()) data = make();
        any_closed = !subscriber.stream.send_event(name, data) || any_closed;
    }
    if (any_closed) forget_closed();
}

void Hub::forget_closed()
{
    std::erase_if(subscribers_, [](const Subscriber& one) { return !one.stream.open(); });
}

bool Hub::has_room()
{
    if (subscribers_.size() < options_.subscribers_max) return true;
    forget_closed();
    return subscribers_.size() < options_.subscribers_max;
}

void Hub::on(csms::FrameTraced& frame)
{
    counters_.add(frame.direction == csms::Direction::received ? "frames.received" : "frames.sent");
    Kept kept{.sequence = ++sequence_, .frame = {}, .understood = {}};
    if (frame.text.size() > options_.frame_bytes_max) {
        kept.understood = std::make_unique<TraceMessage>(understand(frame));
        frame.text.resize(options_.frame_bytes_max);
        frame.text.shrink_to_fit();
        kept.understood->frame.clear();
    }
    kept.frame = std::move(frame);
    keep(std::move(kept));
    const StationId& station = ring_.back().frame.station;
    send(event_message, "message", &station, [&] { return api::render(understand(ring_.size() - 1)); });
}

void Hub::on(const csms::StationChanged& changed)
{
    // The next socket answers no call of this one.
    if (!changed.connected) keep({.sequence = 0, .frame = {.station = changed.station}, .understood = {}});
    send(event_station, "station", &changed.station, [&] {
        JsonWriter json;
        json.begin_object();
        json.member("id", changed.station.value());
        json.member("connected", changed.connected);
        json.end_object();
        return json.take();
    });
}

void Hub::on(const csms::ConnectorChanged& changed)
{
    send(event_connector, "connector", &changed.connector.station, [&] { return render(changed.connector); });
}

void Hub::on(const csms::SessionChanged& changed)
{
    send(event_session, "session", &changed.session.station, [&] { return render(changed.session); });
}

void Hub::on(const csms::MeterValueAdded& added)
{
    send(event_meter, "meter", &added.row.station, [&] { return render(added.row); });
}

void Hub::on(const csms::TokenChanged& changed)
{
    send(event_token, "token", nullptr, [&] {
        JsonWriter json;
        json.begin_object();
        json.member("id", changed.token);
        json.end_object();
        return json.take();
    });
}

TraceMessage Hub::understand(const csms::FrameTraced& frame) const
{
    TraceMessage message;
    message.station = frame.station;
    message.direction = frame.direction;
    message.at = frame.at;
    auto parsed = parser_.parse(frame.text);
    simdjson::dom::array parts;
    std::int64_t number = 0;
    if (!parsed || parsed->get(parts) != simdjson::SUCCESS) return message;
    if (parts.at(0).get(number) != simdjson::SUCCESS) return message;
    std::string_view text;
    message.kind = kind_of(number);
    if (parts.at(1).get(text) == simdjson::SUCCESS) message.message_id = text.substr(0, 64);
    if (message.kind == FrameKind::call && parts.at(2).get(text) == simdjson::SUCCESS) {
        message.action = text.substr(0, 64);
    }
    return message;
}

TraceMessage Hub::alone(const Kept& kept) const
{
    TraceMessage message = kept.understood ? *kept.understood : understand(kept.frame);
    message.sequence = kept.sequence;
    message.frame = kept.frame.text;
    return message;
}

// An answer takes its name and its time from the newest call of the other direction before it, if it answers
// that one and no other answer has.
TraceMessage Hub::understand(std::size_t at) const
{
    TraceMessage message = alone(ring_[at]);
    if (message.kind == FrameKind::call) return message;
    while (at-- > 0) {
        const Kept& earlier = ring_[at];
        if (earlier.frame.station != message.station) continue;
        if (earlier.sequence == 0) break;
        const TraceMessage other = alone(earlier);
        const bool same_direction = other.direction == message.direction;
        if (same_direction && other.kind != FrameKind::call && other.message_id == message.message_id) break;
        if (same_direction || other.kind != FrameKind::call) continue;
        if (other.message_id == message.message_id) {
            message.action = other.action;
            message.latency = std::max(Duration::zero(), message.at - other.at);
        }
        break;
    }
    return message;
}

void Hub::keep(Kept kept)
{
    ring_bytes_ += kept.bytes();
    ring_.push_back(std::move(kept));
    while (ring_.size() > options_.frames_max || (ring_bytes_ > options_.bytes_max && ring_.size() > 1)) {
        ring_bytes_ -= ring_.front().bytes();
        ring_.pop_front();
    }
}

void Hub::subscribe(transport::HttpEventStream stream, Subscription subscription)
{
    forget_closed();
    subscribers_.push_back({std::move(stream), std::move(subscription)});
}

void Hub::end_streams(const std::function<bool(const Login&)>& over)
{
    std::erase_if(subscribers_, [&](Subscriber& one) {
        if (!over(one.subscription.login)) return false;
        one.stream.close();
        return true;
    });
}

store::Page<TraceMessage> Hub::messages(const TraceFilter& filter, std::size_t limit,
                                        std::uint64_t before) const
{
    store::Page<TraceMessage> page;
    for (std::size_t at = ring_.size(); at-- > 0;) {
        const Kept& kept = ring_[at];
        if (kept.sequence == 0 || kept.sequence >= before || kept.frame.station != filter.station) continue;
        if (filter.direction && *filter.direction != kept.frame.direction) continue;
        TraceMessage message = understand(at);
        if (filter.action && *filter.action != message.action) continue;
        if (page.items.size() == limit) {
            page.next = std::to_string(page.items.back().sequence);
            break;
        }
        page.items.push_back(std::move(message));
    }
    return page;
}

}  // namespace ladestrom::api
