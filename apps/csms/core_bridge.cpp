#include "core_bridge.hpp"

#include <utility>
#include <variant>

namespace ladestrom::app {
namespace {

constexpr std::size_t frames_in_transit_max = 20'000;
constexpr std::size_t news_in_transit_max = 100'000;

}  // namespace

void CoreBridge::publish(std::vector<csms::Published> news)
{
    const std::size_t waiting = in_transit_;
    if (waiting > frames_in_transit_max) {
        const std::size_t before = news.size();
        std::erase_if(news, [&](const csms::Published& one) {
            return waiting > news_in_transit_max || std::holds_alternative<csms::FrameTraced>(one);
        });
        left_out_ += before - news.size();
    }
    if (news.empty()) return;
    in_transit_ += news.size();
    api_loop_.post([this, news = std::move(news)]() mutable {
        in_transit_ -= news.size();
        for (csms::Published& one : news) server_->publish(std::move(one));
    });
}

void CoreBridge::command(api::Command command, std::function<void(csms::CommandDone)> done)
{
    shard_loop_.post([this, command = std::move(command), done = std::move(done)]() mutable {
        shard_->command(std::move(command), [this, done = std::move(done)](csms::CommandDone outcome) {
            api_loop_.post([done, outcome = std::move(outcome)] { done(outcome); });
        });
    });
}

template <class Ask, class Done>
void CoreBridge::ask(Ask ask, Done done)
{
    shard_loop_.post([this, ask = std::move(ask), done = std::move(done)] {
        api_loop_.post([done, answer = ask(*shard_)] { done(answer); });
    });
}

void CoreBridge::connections(std::vector<StationId> stations,
                             std::function<void(std::vector<std::optional<csms::ConnectionView>>)> done)
{
    ask(
        [stations = std::move(stations)](Shard& shard) {
            std::vector<std::optional<csms::ConnectionView>> views;
            for (const StationId& station : stations) views.push_back(shard.core().connection(station));
            return views;
        },
        std::move(done));
}

void CoreBridge::connected(std::function<void(std::size_t)> done)
{
    ask([](Shard& shard) { return shard.core().connections().size(); }, std::move(done));
}

void CoreBridge::unknown_stations(std::function<void(std::vector<csms::UnknownStation>)> done)
{
    ask([](Shard& shard) { return shard.core().unknown_stations(); }, std::move(done));
}

void CoreBridge::counters(std::function<void(api::CountersByPart)> done)
{
    ask(
        [this](Shard& shard) {
            api::CountersByPart all;
            all["csms"] = shard.core().counters().all();
            all["websocket"] = shard.socket_counters().all();
            all["trace"]["left_out"] = left_out_;
            return all;
        },
        std::move(done));
}

}  // namespace ladestrom::app
