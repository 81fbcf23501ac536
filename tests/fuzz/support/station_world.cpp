#include "support/station_world.hpp"

#include "support/require.hpp"

#include "messages/decode.hpp"
#include "messages/v16.hpp"
#include "rpc/peer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace ladestrom::fuzz {
namespace {

constexpr Instant world_began{seconds(1'795'000'000)};  // in November 2026
constexpr Duration call_timeout = rpc::Limits{}.call_timeout;
constexpr int most_calls_at_once = 5000;
constexpr int most_wakes = 200;  // of one step of time
constexpr std::size_t longest_key = 200;
constexpr std::size_t longest_value = 1024 * 1024;

void require_storable(const store::Record& record)
{
    const bool printable = std::ranges::all_of(record.key, [](char c) { return c > 0x20 && c < 0x7F; });
    require(printable && !record.key.empty() && record.key.size() <= longest_key, "a journal key",
            record.key);
    require(!record.value || record.value->size() <= longest_value, "a journal value", record.key);
}

}  // namespace

StationWorld::StationWorld(Options options) : options_(std::move(options))
{
    offered_.resize(options_.config.evses.size());
    boot();
}

Instant StationWorld::wall() const
{
    return world_began + now_.time_since_epoch();
}

Amperes& StationWorld::offered(EvseId evse)
{
    require(evse >= EvseId(1) && evse <= EvseId(evses()), "an order is to an EVSE there is");
    return offered_[static_cast<std::size_t>(evse.value() - 1)];
}

// ---- process ----------------------------------------------------------------------------------------------

void StationWorld::boot()
{
    booted_at_ = now_;
    ++boots_;
    store::Batch journal;
    for (const auto& [key, value] : durable_) journal.push_back({key, value});
    const auto clock = options_.clock_set ? std::optional(wall()) : std::nullopt;
    station_ = std::make_unique<station::Station>(options_.config, journal, clock, local(), boots_);
    carry_out(station_->start(local()));
    for (std::int32_t evse = 1; evse <= evses(); ++evse) {
        inputs_.push_back(hardware::Event(hardware::LockMoved{EvseId(evse), false, false}));
        inputs_.push_back(hardware::Event(hardware::MeterRead{EvseId(evse), {}}));
        inputs_.push_back(hardware::Event(hardware::PilotChanged{EvseId(evse), hardware::PilotState::a}));
    }
    run();
}

void StationWorld::power_cut(bool torn, std::optional<std::size_t> damaged)
{
    if (in_flight_ && !torn) {
        for (const store::Record& record : *in_flight_) {
            if (record.value) {
                durable_[record.key] = *record.value;
            } else {
                durable_.erase(record.key);
            }
        }
    }
    in_flight_.reset();
    after_commit_.clear();
    inputs_.clear();
    station_.reset();
    link_ = Link::closed;
    books_.reset();
    call_.reset();
    registration_.clear();
    restart_.reset();
    std::ranges::fill(offered_, Amperes{0});
    if (damaged && !durable_.empty())
        durable_.erase(std::next(durable_.begin(), static_cast<std::ptrdiff_t>(*damaged % durable_.size())));
    boot();
}

void StationWorld::feed(station::Input input)
{
    inputs_.push_back(std::move(input));
    run();
}

void StationWorld::run()
{
    if (running_) return;
    running_ = true;
    for (int calls = 0;; ++calls) {
        require(calls < most_calls_at_once, "the station comes to rest");
        if (restart_) {
            running_ = false;
            power_cut(false, std::nullopt);
            return;
        }
        if (!inputs_.empty()) {
            station::Input input = std::move(inputs_.front());
            inputs_.pop_front();
            carry_out(station_->handle(std::move(input), local()));
        } else if (const auto due = station_->next_deadline(); due && *due <= local()) {
            carry_out(station_->handle(station::Wake{}, local()));
        } else {
            break;
        }
    }
    running_ = false;
}

void StationWorld::pass(Duration time)
{
    const Tick end = now_ + time;
    for (int wakes = 0; wakes < most_wakes; ++wakes) {
        const auto due = station_->next_deadline();
        const Tick at = due ? booted_at_ + due->time_since_epoch() : end;
        if (at >= end) break;
        now_ = std::max(now_, at);
        run();
    }
    now_ = end;
    run();
}

// ---- effects ----------------------------------------------------------------------------------------------

void StationWorld::carry_out(station::Effects effects)
{
    for (const hardware::Command& command : effects.now) carry_out_now(command);
    if (effects.records.empty()) {
        for (const station::Action& action : effects.then) perform(action);
        return;
    }
    require(!in_flight_, "one batch in flight");
    for (const store::Record& record : effects.records) require_storable(record);
    in_flight_ = std::move(effects.records);
    after_commit_ = std::move(effects.then);
    if (!held_) end_commit(true);
}

void StationWorld::carry_out_now(const hardware::Command& command)
{
    const auto* offer = std::get_if<hardware::OfferCurrent>(&command);
    require(offer != nullptr ? offer->limit <= offered(offer->evse)
                             : std::holds_alternative<hardware::OpenContactor>(command),
            "what does not wait reduces energy");
    perform(command);
}

void StationWorld::end_commit(bool stored)
{
    if (!in_flight_) return;
    const store::Batch batch = *std::exchange(in_flight_, std::nullopt);
    const auto then = std::exchange(after_commit_, {});
    if (!stored) return feed(station::CommitFailed{"no reason"});
    for (const store::Record& record : batch) {
        if (record.value) {
            durable_[record.key] = *record.value;
        } else {
            durable_.erase(record.key);
        }
    }
    for (const station::Action& action : then) perform(action);
    feed(station::Committed{});
}

void StationWorld::perform(const station::Action& action)
{
    std::visit(
        [this](const auto& specific) {
            using T = std::decay_t<decltype(specific)>;
            if constexpr (std::is_same_v<T, hardware::Command>) {
                perform(specific);
            } else if constexpr (std::is_same_v<T, station::OpenLink>) {
                require(link_ == Link::closed, "one connection at a time");
                link_ = Link::opening;
                if (options_.backend_answers) link_up(specific.versions.front());
            } else if constexpr (std::is_same_v<T, station::CloseLink>) {
                link_down();
            } else if constexpr (std::is_same_v<T, station::SendFrame>) {
                if (link_ == Link::open) send(specific.text);
            } else if constexpr (std::is_same_v<T, station::Restart>) {
                restart_ = specific.kind;
            }
        },
        action);
}

void StationWorld::perform(const hardware::Command& command)
{
    const auto obey = [this](hardware::Event event) {
        if (options_.hardware_obeys) inputs_.push_back(std::move(event));
    };
    std::visit(
        [&](const auto& order) {
            using T = std::decay_t<decltype(order)>;
            Amperes& offer = offered(order.evse);
            if constexpr (std::is_same_v<T, hardware::OfferCurrent>) {
                const auto& can =
                    options_.config.evses[static_cast<std::size_t>(order.evse.value() - 1)].capabilities;
                require(order.limit == Amperes{0} ||
                            (order.limit >= can.min_current && order.limit <= can.max_current),
                        "what is offered is nothing, or between least and most");
                offer = order.limit;
            } else if constexpr (std::is_same_v<T, hardware::CloseContactor>) {
                require(durable_session(order.evse), "a contactor closes for a durable session");
                obey(hardware::ContactorMoved{order.evse, true, {}});
            } else if constexpr (std::is_same_v<T, hardware::OpenContactor>) {
                obey(hardware::ContactorMoved{order.evse, false, {}});
            } else if constexpr (std::is_same_v<T, hardware::LockCable>) {
                obey(hardware::LockMoved{order.evse, true, false});
            } else if constexpr (std::is_same_v<T, hardware::UnlockCable>) {
                obey(hardware::LockMoved{order.evse, false, false});
            }
        },
        command);
}

bool StationWorld::durable_session(EvseId evse) const
{
    const std::string its = fmt::format(R"("evse":{},)", evse.value());
    return std::ranges::any_of(durable_, [&](const auto& record) {
        const auto has = [&](std::string_view text) { return record.second.find(text) != std::string::npos; };
        // With a person and a car, or with energy as its beginning.
        const bool ready = !has(R"("unpaired":true)") || has(R"("startPending":true)");
        return record.first.starts_with("session/") && has(its) && ready && !has(R"("ended":true)");
    });
}

// ---- connection -------------------------------------------------------------------------------------------

void StationWorld::link_up(OcppVersion version)
{
    if (link_ != Link::opening) return;
    link_ = Link::open;
    version_ = version;
    books_.emplace(messages::Sender::station, version);
    call_.reset();
    feed(station::LinkUp{version});
}

void StationWorld::link_down()
{
    if (link_ == Link::closed) return;
    link_ = Link::closed;
    feed(station::LinkDown{"gone"});
}

void StationWorld::send(const std::string& text)
{
    const SentFrame frame = books_->sent(text);
    if (frame.type != SentFrame::Type::call) return;
    require(!call_ || local() - call_->at >= call_timeout, "one call in flight", text);
    require_registered(frame.action, text);
    call_ = Call{frame.id, frame.action, local()};
    if (options_.backend_answers) answer("");
}

// OCPP 1.6 section 4.2, 2.1 part 2 B02: nothing but its boot before it is accepted; while it waits, what it
// is asked for.
void StationWorld::require_registered(const std::string& action, const std::string& text) const
{
    if (action == "BootNotification" || registration_ == "Accepted") return;
    require(registration_ == "Pending" && action != "StartTransaction" && action != "StopTransaction" &&
                action != "TransactionEvent" && action != "Authorize",
            "only what is allowed before it is accepted", text);
}

void StationWorld::deliver(std::string_view frame)
{
    if (link_ != Link::open) return;
    books_->received(frame);
    take_answer(frame);
    feed(station::FrameReceived{std::string(frame)});
}

// What the backend tells by this frame, if it answers the call in flight.
void StationWorld::take_answer(std::string_view frame)
{
    if (!call_) return;
    messages::JsonParser parser;
    const auto document = parser.parse(frame);
    simdjson::dom::array array;
    if (!document || document->get(array)) return;
    const std::vector<messages::JsonValue> items(array.begin(), array.end());
    std::int64_t type = 0;
    std::string_view id;
    if (items.size() < 2 || items[0].get(type) || (type != 3 && type != 4) || items[1].get(id)) return;
    if (id != call_->id || local() - call_->at >= call_timeout) return;
    const Call answered = *std::exchange(call_, std::nullopt);
    if (type != 3 || items.size() != 3 || answered.action != "BootNotification") return;
    const auto boot =
        messages::decode<v16::BootNotificationResponse>(items[2], {.mode = messages::Mode::tolerant});
    if (boot) registration_ = v16::to_string(boot->status);
}

std::string StationWorld::good_answer(const std::string& action)
{
    const std::string time = format_instant(wall());
    if (action == "BootNotification")
        return fmt::format(R"({{"status":"Accepted","currentTime":"{}","interval":300}})", time);
    if (action == "Heartbeat") return fmt::format(R"({{"currentTime":"{}"}})", time);
    if (action == "Authorize") {
        return version_ == OcppVersion::v1_6 ? R"({"idTagInfo":{"status":"Accepted"}})"
                                             : R"({"idTokenInfo":{"status":"Accepted"}})";
    }
    if (action == "StartTransaction") {
        return fmt::format(R"({{"transactionId":{},"idTagInfo":{{"status":"Accepted"}}}})", ++transactions_);
    }
    return "{}";
}

void StationWorld::answer(std::string_view payload)
{
    if (!call_ || link_ != Link::open) return;
    const std::string text = payload.empty() ? good_answer(call_->action) : std::string(payload);
    const std::string frame = fmt::format(R"([3,"{}",{}])", call_->id, text);
    deliver(frame);
}

void StationWorld::refuse(std::string_view code)
{
    if (call_) deliver(fmt::format(R"([4,"{}","{}","refused",{{}}])", call_->id, code));
}

}  // namespace ladestrom::fuzz
