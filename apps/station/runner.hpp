// Runs one station: feeds the engine with what hardware, link, journal and clock report, and carries out its
// effects in the order the engine's contract asks for. One event loop, one thread.
#pragma once

#include "hardware_state.hpp"
#include "local/device.hpp"
#include "narrator.hpp"
#include "station/station.hpp"
#include "store/sqlite/journal_sqlite.hpp"
#include "transport/event_loop.hpp"
#include "transport/websocket_client.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ladestrom::app {

struct RunnerOptions {
    station::Config engine;                         // checked
    hardware::simulated::SimulatedConfig hardware;  // as many EVSEs as the engine
    std::vector<WattHours> meter_start;             // registers of meters that were never used
    std::string state_directory;                    // exists
    bool has_clock = true;                          // one that outlives power cuts
    std::uint64_t seed = 1;
    // Real time that a backend has for an answer before an advance goes on without it.
    Duration backend_grace = seconds(1);
    std::shared_ptr<const transport::TlsContext> tls;  // for wss
    transport::Compression compression = transport::Compression::off;
    transport::LogFunction log;
    // The station cannot go on: the journal cannot be read any more. Called once.
    std::function<void(std::string reason)> failed;
};

class StationRunner final : public local::Device, private transport::WebSocketClient::Handler {
public:
    // Opens the journal and the hardware's state; nobody else may use the state directory meanwhile.
    static store::sqlite::DatabaseResult<std::unique_ptr<StationRunner>> open(transport::EventLoop& loop,
                                                                              RunnerOptions options);
    ~StationRunner() override;

    void start();
    // In order: what is running stays in the journal, the link is closed. `done` is called once, later.
    void shut_down(std::function<void()> done);

    // ---- local::Device ------------------------------------------------------------------------------------

    local::DeviceState state() override;
    std::size_t evse_count() const override { return options_.hardware.evses.size(); }
    Result<void> plug(EvseId evse, const hardware::simulated::Car& car,
                      std::optional<Amperes> cable_rating) override;
    Result<void> unplug(EvseId evse, bool pulled) override;
    Result<void> set_car(EvseId evse, const hardware::simulated::CarSettings& settings,
                         std::optional<Percent> soc) override;
    Result<void> swipe(EvseId evse, const IdToken& token) override;
    Result<void> set_fault(EvseId evse, const hardware::simulated::Fault& fault) override;
    Result<void> clear_fault(EvseId evse) override;
    std::vector<station::DeadLetterView> dead_letters() override;
    Result<void> resend_dead_letter(const std::string& serial) override;
    void set_network(bool up) override;
    void set_clock(Instant wall) override;
    void advance_clock(Duration time, std::function<void(Result<void>)> done) override;
    void limit(EvseId evse, std::optional<Amperes> limit) override;
    void set_disk(local::DiskMode mode) override;
    [[noreturn]] void kill() override;

private:
    using Events = hardware::simulated::Events;

    // An advance of the clock that is under way.
    struct Advance {
        Tick target;
        std::function<void(Result<void>)> done;
        int steps_without_progress = 0;
    };

    StationRunner(transport::EventLoop& loop, RunnerOptions options,
                  std::unique_ptr<store::SqliteJournal> journal, HardwareState hardware_state);
    Result<void> restore();

    // ---- clock
    Tick now() const { return loop_.now() + skipped_; }
    Instant wall() const { return loop_.wall() + wall_offset_; }
    void set_wall(Instant wall);
    void arm();
    void on_timer();
    std::optional<Tick> next_deadline() const;
    void step();
    void advance_further();
    bool settled();
    void skip_to(Tick at);
    void finish_advance(Result<void> outcome);

    // ---- engine
    void boot();
    void feed(station::Input input) { inputs_.push_back(std::move(input)); }
    void drain();
    void perform(station::Effects effects);
    void act(std::vector<station::Action> actions);
    void committed(std::uint64_t start, const Result<void>& outcome);
    void restart(station::RestartKind kind);

    void carry_out(const hardware::Command& command);
    void carry_out(const station::OpenLink& open);
    void carry_out(const station::CloseLink& close);
    void carry_out(const station::SetPingInterval& interval);
    void carry_out(const station::SendFrame& frame);
    void carry_out(const station::Restart& restart);
    void carry_out(const station::AdjustClock& adjust);

    // ---- hardware
    void take(const Events& events);
    Result<void> take(Result<Events> events);
    void save_hardware();
    // Lets time pass up to now, so that what a person does comes after what happened before.
    void catch_up() { take(hardware_.advance(now())); }

    // ---- link
    void make_client();
    void on_connected(const std::string& subprotocol) override;
    void on_frame(std::string_view text) override;
    void on_closed(const transport::Closed& closed) override;
    void on_failed(const transport::ConnectFailed& failed) override;
    void link_ended(station::LinkDown down);
    void leave();

    void log(transport::LogLevel level, std::string line) const;

    transport::EventLoop& loop_;
    RunnerOptions options_;
    std::unique_ptr<store::SqliteJournal> journal_;
    HardwareState hardware_state_;
    hardware::simulated::SimulatedStation hardware_;
    std::unique_ptr<transport::WebSocketClient> client_;
    transport::Timer timer_;
    transport::Timer grace_;  // real time given to the backend during an advance
    Narrator narrator_;

    std::optional<station::Station> station_;
    std::deque<station::Input> inputs_;
    bool draining_ = false;
    std::optional<std::vector<station::Action>> in_flight_;  // behind the commit
    std::uint64_t starts_ = 0;                               // one more at every end and start of the engine
    int boots_ = 0;
    bool booting_ = false;
    bool boot_when_closed_ = false;
    std::size_t stored_records_ = 0;

    Duration skipped_{0};
    Duration wall_offset_{0};
    bool wall_known_ = true;
    std::optional<Advance> advance_;
    bool advance_posted_ = false;
    bool grace_over_ = false;

    bool network_up_ = true;
    std::optional<transport::WebSocketTarget> open_when_closed_;
    int unanswered_calls_ = 0;

    std::function<void()> on_down_;
    bool hardware_save_failed_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace ladestrom::app
