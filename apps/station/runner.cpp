// The engine's side of the runner: start, inputs, effects, restart, link.
#include "runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <variant>

namespace ladestrom::app {

using store::sqlite::DatabaseResult;
using transport::LogLevel;

DatabaseResult<std::unique_ptr<StationRunner>> StationRunner::open(transport::EventLoop& loop,
                                                                   RunnerOptions options)
{
    auto journal =
        store::SqliteJournal::open({.path = options.state_directory + "/journal.db"},
                                   [&loop](std::function<void()> work) { loop.post(std::move(work)); });
    if (!journal) return journal.error();
    auto hardware_state = HardwareState::open(options.state_directory + "/hardware.db");
    if (!hardware_state) return hardware_state.error();
    std::unique_ptr<StationRunner> runner(
        new StationRunner(loop, std::move(options), std::move(*journal), std::move(*hardware_state)));
    if (auto restored = runner->restore(); !restored) {
        return store::sqlite::DatabaseError{restored.error(), store::sqlite::Failure::other};
    }
    return runner;
}

StationRunner::StationRunner(transport::EventLoop& loop, RunnerOptions options,
                             std::unique_ptr<store::SqliteJournal> journal, HardwareState hardware_state)
    : loop_(loop),
      options_(std::move(options)),
      journal_(std::move(journal)),
      hardware_state_(std::move(hardware_state)),
      hardware_(options_.hardware, options_.seed, loop.now()),
      timer_(loop, [this] { on_timer(); }),
      grace_(loop,
             [this] {
                 grace_over_ = true;
                 advance_further();
             }),
      narrator_(options_.log),
      wall_known_(options_.has_clock)
{
    make_client();
}

StationRunner::~StationRunner()
{
    *alive_ = false;
}

Result<void> StationRunner::restore()
{
    auto saved = hardware_state_.load();
    if (!saved) return saved.error();
    for (std::size_t i = saved->size(); i < options_.meter_start.size(); ++i) {
        hardware::simulated::SavedEvse fresh;
        fresh.energy_microjoules[0] =
            options_.meter_start[i].value * hardware::simulated::microjoules_per_watt_hour;
        saved->push_back(fresh);
    }
    hardware_.restore(*saved);
    if (!options_.has_clock) return {};
    auto offset = hardware_state_.load_clock_offset();
    if (!offset) return offset.error();
    wall_offset_ = *offset;
    return {};
}

void StationRunner::start()
{
    boot();
}

// ---- the engine's life ----------------------------------------------------------------------------------

void StationRunner::boot()
{
    booting_ = false;
    auto records = journal_->load();
    if (!records) {
        log(LogLevel::error, records.error().message);
        if (options_.failed) options_.failed(records.error().message);
        return;
    }
    stored_records_ = records->size();
    if (journal_->damaged() > 0) {
        log(LogLevel::error, fmt::format("{} damaged journal record(s) are kept aside in the table `damaged`",
                                         journal_->damaged()));
    }
    ++starts_;
    ++boots_;
    narrator_.forget();
    std::optional<Instant> clock;
    if (wall_known_) clock = wall();
    station_.emplace(options_.engine, *records, clock, now(),
                     options_.seed + static_cast<std::uint64_t>(boots_));
    log(LogLevel::info, fmt::format("engine starts with {} journal record(s)", stored_records_));
    perform(station_->start(now()));
    take(hardware_.start(now()));
    drain();
}

void StationRunner::restart(station::RestartKind kind)
{
    bool soft = kind == station::RestartKind::soft;
    log(LogLevel::info, soft ? "engine restarts" : "engine restarts as after a power cycle");
    station_.reset();
    inputs_.clear();
    in_flight_.reset();
    ++starts_;  // reports of the old engine's commit are not for the new one
    unanswered_calls_ = 0;
    open_when_closed_.reset();
    // The controller resets with the engine: contactors open now. What it tells is told again at the boot.
    (void)hardware_.start(now());
    save_hardware();
    if (!soft && !options_.has_clock) wall_known_ = false;
    booting_ = true;
    if (soft && (client_->connected() || client_->connecting())) {
        boot_when_closed_ = true;
        client_->close(transport::close_code::going_away, "restart");
        return;
    }
    loop_.post([this, alive = alive_] {
        if (!*alive) return;
        make_client();  // cuts what is still open
        boot();
    });
}

void StationRunner::shut_down(std::function<void()> done)
{
    on_down_ = std::move(done);
    if (!station_) {
        leave();
        return;
    }
    catch_up();
    feed(station::ShutDown{});
    drain();
}

void StationRunner::leave()
{
    if (!on_down_) return;
    save_hardware();
    loop_.post(std::exchange(on_down_, nullptr));
}

// ---- inputs and effects ---------------------------------------------------------------------------------

void StationRunner::drain()
{
    if (draining_) return;
    draining_ = true;
    while (station_ && !inputs_.empty()) {
        station::Input input = std::move(inputs_.front());
        inputs_.pop_front();
        station::Effects effects = station_->handle(std::move(input), now());
        hardware_.alive(now());
        perform(std::move(effects));
    }
    draining_ = false;
    if (station_) narrator_.tell(station_->view(now()));
    arm();
    if (advance_ && !std::exchange(advance_posted_, true)) {
        loop_.post([this, alive = alive_] {
            if (!*alive) return;
            advance_posted_ = false;
            advance_further();
        });
    }
}

void StationRunner::perform(station::Effects effects)
{
    for (const hardware::Command& command : effects.now) carry_out(command);
    if (effects.records.empty()) {
        act(std::move(effects.then));
        return;
    }
    if (in_flight_) {
        // The contract between engine and adapter is broken; going on could lose records.
        log(LogLevel::error, "broken invariant: a second batch while one is in flight");
        std::abort();
    }
    in_flight_ = std::move(effects.then);
    journal_->commit(std::move(effects.records),
                     [this, start = starts_](const Result<void>& outcome) { committed(start, outcome); });
}

void StationRunner::committed(std::uint64_t start, const Result<void>& outcome)
{
    if (start != starts_ || !in_flight_) return;
    std::vector<station::Action> then = std::move(*in_flight_);
    in_flight_.reset();
    if (outcome) {
        act(std::move(then));
        if (station_) inputs_.push_front(station::Committed{});
    } else {
        log(LogLevel::error, outcome.error().message);
        inputs_.push_front(station::CommitFailed{outcome.error().message});
    }
    drain();
}

void StationRunner::act(std::vector<station::Action> actions)
{
    for (const station::Action& action : actions) {
        std::visit([this](const auto& one) { carry_out(one); }, action);
        if (!station_) return;  // restarted: the rest was the old engine's
    }
}

void StationRunner::carry_out(const hardware::Command& command)
{
    take(hardware_.handle(command, now()));
}

void StationRunner::carry_out(const station::Restart& order)
{
    restart(order.kind);
}

void StationRunner::carry_out(const station::AdjustClock& adjust)
{
    set_wall(adjust.wall);
}

// ---- hardware -------------------------------------------------------------------------------------------

// What the hardware has told must not be forgotten by it: it is saved before the engine hears of it.
void StationRunner::take(const Events& events)
{
    if (events.empty()) return;
    save_hardware();
    if (!station_) return;
    for (const hardware::Event& event : events) inputs_.push_back(event);
}

void StationRunner::save_hardware()
{
    auto saved = hardware_state_.save(hardware_.save());
    if (!saved && !hardware_save_failed_) {
        log(LogLevel::error, saved.error().message + "; after a crash the meter may show less than it told");
    }
    hardware_save_failed_ = !saved;
}

// ---- link -----------------------------------------------------------------------------------------------

void StationRunner::make_client()
{
    client_.reset();
    transport::WebSocketClient::Handler& handler = *this;
    client_ = std::make_unique<transport::WebSocketClient>(loop_, handler, transport::WebSocketClientLimits{},
                                                           options_.log);
}

void StationRunner::carry_out(const station::OpenLink& open)
{
    if (!network_up_) {
        feed(station::LinkDown{"the network is down"});
        return;
    }
    transport::WebSocketTarget target;
    target.url = open.url;
    for (OcppVersion version : open.versions) target.subprotocols.emplace_back(subprotocol(version));
    if (open.basic_user) target.basic_auth = {*open.basic_user, open.basic_password};
    target.tls = options_.tls;
    if (std::ranges::any_of(open.versions, knows_compression)) target.compression = options_.compression;
    client_->set_ping_interval(open.ping_interval);
    if (!client_->connect(target)) open_when_closed_ = std::move(target);
}

void StationRunner::carry_out(const station::CloseLink& /*close*/)
{
    open_when_closed_.reset();
    if (client_->connected() || client_->connecting()) {
        client_->close(transport::close_code::normal, "");
    } else {
        leave();
    }
}

void StationRunner::carry_out(const station::SetPingInterval& order)
{
    client_->set_ping_interval(order.interval);
}

void StationRunner::carry_out(const station::SendFrame& frame)
{
    if (frame.text.starts_with("[2")) {
        ++unanswered_calls_;
        grace_over_ = false;
    }
    // What cannot be sent is lost with the link, whose end the engine hears of.
    client_->send(frame.text);
}

void StationRunner::on_connected(const std::string& subprotocol)
{
    auto version = version_of_subprotocol(subprotocol);
    log(LogLevel::info, "connected to " + options_.engine.url + ", " + subprotocol);
    if (!version) {
        client_->close(transport::close_code::policy_violation, "no subprotocol");
        return;
    }
    unanswered_calls_ = 0;
    feed(station::LinkUp{*version});
    drain();
}

void StationRunner::on_frame(std::string_view text)
{
    if (unanswered_calls_ > 0 && (text.starts_with("[3") || text.starts_with("[4"))) --unanswered_calls_;
    feed(station::FrameReceived{std::string(text)});
    drain();
}

void StationRunner::on_closed(const transport::Closed& closed)
{
    std::string reason(transport::name_of(closed.reason));
    if (!closed.text.empty()) reason += ": " + transport::printable(closed.text);
    log(LogLevel::info, fmt::format("connection closed ({}, {})", closed.code, reason));
    link_ended({std::move(reason)});
}

// The client has told the log.
void StationRunner::on_failed(const transport::ConnectFailed& failed)
{
    std::optional<int> status;
    if (failed.http_status != 0) status = static_cast<int>(failed.http_status);
    link_ended({failed.reason, status});
}

void StationRunner::link_ended(station::LinkDown down)
{
    unanswered_calls_ = 0;
    if (std::exchange(boot_when_closed_, false)) {
        boot();
        return;
    }
    if (on_down_) {
        leave();
        return;
    }
    if (auto target = std::exchange(open_when_closed_, std::nullopt)) {
        client_->connect(std::move(*target));
        return;
    }
    feed(std::move(down));
    drain();
}

void StationRunner::log(LogLevel level, std::string line) const
{
    if (options_.log) options_.log(level, std::move(line));
}

}  // namespace ladestrom::app
