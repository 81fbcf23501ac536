// Between the API's thread and the shard's: commands and questions over, answers and news back. Each side
// posts to the other's loop; nothing is shared but two counters.
#pragma once

#include "api/core_port.hpp"
#include "api/server.hpp"
#include "shard.hpp"
#include "transport/event_loop.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

namespace ladestrom::app {

class CoreBridge : public api::CorePort {
public:
    CoreBridge(transport::EventLoop& shard_loop, transport::EventLoop& api_loop)
        : shard_loop_(shard_loop), api_loop_(api_loop)
    {
    }

    // Before the loops run.
    void connect(Shard& shard, api::Server& server)
    {
        shard_ = &shard;
        server_ = &server;
    }

    // Called on the shard's thread. When the API cannot keep up, frames are left out first, then everything:
    // live views are no reason to fill the memory.
    void publish(std::vector<csms::Published> news);

    // Called on the API's thread.
    void command(api::Command command, std::function<void(csms::CommandDone)> done) override;
    void connections(std::vector<StationId> stations,
                     std::function<void(std::vector<std::optional<csms::ConnectionView>>)> done) override;
    void connected(std::function<void(std::size_t)> done) override;
    void unknown_stations(std::function<void(std::vector<csms::UnknownStation>)> done) override;
    void counters(std::function<void(api::CountersByPart)> done) override;

private:
    // ask: T(Shard&), on the shard's thread; done(T) on the API's.
    template <class Ask, class Done>
    void ask(Ask ask, Done done);

    transport::EventLoop& shard_loop_;
    transport::EventLoop& api_loop_;
    Shard* shard_ = nullptr;
    api::Server* server_ = nullptr;
    std::atomic<std::size_t> in_transit_ = 0;
    std::atomic<std::uint64_t> left_out_ = 0;
};

}  // namespace ladestrom::app
