// One core on one thread: its sockets, its clock, the effects it orders.
#pragma once

#include "api/core_port.hpp"
#include "csms/csms.hpp"
#include "store/ledger.hpp"
#include "transport/event_loop.hpp"
#include "transport/log.hpp"
#include "transport/websocket_server.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace ladestrom::app {

// How long stations may be silent follows from the heartbeat they are told.
transport::WebSocketLimits socket_limits(const csms::Options& core);

// Everything, constructor and destructor included, happens on the loop's thread.
class Shard : private transport::WebSocketServer::Handler {
public:
    struct Options {
        csms::Options core;
        transport::WebSocketLimits sockets;
        transport::Compression compression = transport::Compression::off;
        std::uint64_t seed = 0;
    };
    using Publish = std::function<void(std::vector<csms::Published>)>;

    // ledger answers on the same loop; hasher and ledger outlive the shard. publish gets what happened in one
    // turn of the loop, in order.
    Shard(transport::EventLoop& loop, store::Ledger& ledger, const csms::PasswordHasher& hasher,
          Options options, Publish publish, transport::LogFunction log);
    ~Shard() override;

    Result<std::uint16_t> listen(const transport::ListenOptions& options);
    // Closes the sockets; done when they are closed and every commit that was ordered is through.
    void stop(std::function<void()> done);

    void command(api::Command command, std::function<void(csms::CommandDone)> done);
    const csms::Csms& core() const { return core_; }
    const Counters& socket_counters() const { return server_.counters(); }

private:
    void on_upgrade(transport::UpgradeRequest request) override;
    void on_frame(transport::SocketId socket, std::string_view text) override;
    void on_closed(transport::SocketId socket, const transport::Closed& closed) override;

    void feed(csms::Input input);
    void carry_out(csms::Effects effects);
    void perform(std::vector<csms::Action> actions);
    void perform(csms::AcceptSocket& accept);
    void perform(csms::RefuseSocket& refuse);
    void perform(csms::SendFrame& send);
    void perform(csms::CloseSocket& close);
    void perform(csms::LoadStation& load);
    void perform(csms::LoadToken& load);
    void perform(csms::LoadSession& load);
    void perform(csms::LoadTransaction& load);
    void perform(csms::CommandDone& done);
    void perform(csms::Published& published);
    void perform(csms::Log& line);

    void flush();
    void finish_if_idle();

    transport::EventLoop& loop_;
    store::Ledger& ledger_;
    csms::Csms core_;
    transport::Compression const compression_;
    transport::WebSocketServer server_;
    transport::Timer timer_;
    Publish publish_;
    transport::LogFunction log_;
    std::vector<csms::Published> published_;
    bool flush_is_due_ = false;
    csms::CommandId newest_command_ = 0;
    std::map<csms::CommandId, std::function<void(csms::CommandDone)>> commands_;
    std::size_t sockets_ = 0;             // accepted and not closed yet
    std::size_t requests_in_flight_ = 0;  // to the ledger
    std::function<void()> stopped_;
};

}  // namespace ladestrom::app
