// Time, process, journal and connection of the test world.
#include "station/test_world/world.hpp"

#include <fmt/format.h>

#include <gtest/gtest.h>

#include <algorithm>

namespace ladestrom::station::test {
namespace {

constexpr Instant world_began{seconds(1'795'000'000)};  // in November 2026
constexpr Duration network_delay{10};
constexpr int most_calls_at_once = 500;

}  // namespace

Config test_config(std::size_t evses)
{
    Config config;
    config.identity = "TEST-1";
    config.url = "ws://127.0.0.1:9/ocpp/TEST-1";
    config.evses.resize(evses);
    return config;
}

World::World(Config given) : config(std::move(given))
{
    EXPECT_TRUE(check(config)) << check(config).error().message;
    for (std::size_t i = 0; i < config.evses.size(); ++i) {
        FakeEvse evse;
        evse.id = EvseId(static_cast<std::int32_t>(i + 1));
        evses_.push_back(evse);
    }
}

World::~World()
{
    for (const std::string& violation : violations) ADD_FAILURE() << violation;
    for (const std::string& problem : backend.problems) ADD_FAILURE() << "backend: " << problem;
}

Instant World::wall_at(Tick tick) const
{
    return world_began + tick.time_since_epoch();
}

void World::later(Duration delay, Job job)
{
    jobs_.emplace(now_ + delay, std::move(job));
}

void World::in_process(Duration delay, Job job)
{
    later(delay, [this, process = process_, job = std::move(job)] {
        if (process == process_ && station_) job();
    });
}

// ---- process and power
// ----------------------------------------------------------------------------------------

void World::boot()
{
    if (station_) return;
    ++process_;
    note("boot");
    booted_at_ = now_;
    ending_ = false;
    store::Batch journal;
    for (const auto& [key, value] : durable_) journal.push_back({key, value});
    const auto wall = rtc ? std::optional(wall_at(now_) + rtc_error) : std::nullopt;
    station_ = std::make_unique<Station>(config, journal, wall, local(now_), seed + process_);
    carry_out(station_->start(local(now_)));
    in_process(announce_after, [this] { announce(); });
    in_process(Duration(500), [this] { sample(); });
}

void World::power_cut(bool tear)
{
    if (!station_) return;
    note("power cut");
    if (in_flight_ && !tear) committed(*in_flight_);
    in_flight_.reset();
    station_.reset();
    ++process_;
    ++connection_;
    link_open_ = false;
    for (FakeEvse& evse : evses_) {
        count_energy(evse);
        evse.closed = evse.welded && evse.closed;
        evse.meant_closed = false;
        evse.offered = {0};
        evse.pilot = evse.car ? hardware::PilotState::b : hardware::PilotState::a;
    }
}

void World::begin()
{
    boot();
    pass(seconds(3));
}

// ---- time
// -------------------------------------------------------------------------------------------------------

void World::pass(Duration duration)
{
    run_until(now_ + duration);
}

void World::run_until(Tick end)
{
    for (;;) {
        std::optional<Tick> next = end;
        if (!jobs_.empty()) next = std::min(*next, jobs_.begin()->first);
        if (station_) {
            if (const auto due = station_->next_deadline()) {
                next = std::min(*next, std::max(now_, booted_at_ + due->time_since_epoch()));
            }
        }
        now_ = *next;
        if (!jobs_.empty() && jobs_.begin()->first <= now_) {
            const Job job = std::move(jobs_.begin()->second);
            jobs_.erase(jobs_.begin());
            job();
            continue;
        }
        if (station_ && station_->next_deadline() && *station_->next_deadline() <= local(now_)) {
            settle_station();
            continue;
        }
        if (now_ >= end) return;
    }
}

// A station that always wants to be called again at once is stuck.
void World::settle_station()
{
    for (int calls = 0; station_ && calls < most_calls_at_once; ++calls) {
        const auto due = station_->next_deadline();
        if (!due || *due > local(now_)) return;
        feed(Wake{});
    }
    if (station_) {
        violations.push_back("the station wants to be called for ever");
        power_cut();
    }
}

void World::note(const std::string& text) const
{
    if (trace) fmt::print(stderr, "{} {}\n", format_instant(wall()), text);
}

void World::feed(Input input)
{
    if (station_) carry_out(station_->handle(std::move(input), local(now_)));
}

// ---- effects
// ----------------------------------------------------------------------------------------------------

void World::carry_out(Effects effects)
{
    for (const hardware::Command& command : effects.now) carry_out_now(command);
    if (effects.records.empty()) {
        for (const Action& action : effects.then) {
            if (station_) perform(action);
        }
        return;
    }
    if (!effects.then.empty()) violations.push_back("actions that wait for a commit in the adapter");
    commit(std::move(effects.records));
}

void World::carry_out_now(const hardware::Command& command)
{
    const auto* offer = std::get_if<hardware::OfferCurrent>(&command);
    const bool lower = offer != nullptr && offer->limit <= evse(offer->evse.value()).offered;
    if (!lower && !std::holds_alternative<hardware::OpenContactor>(command)) {
        violations.push_back("an energising command among those for now");
    }
    perform(command);
}

void World::commit(store::Batch batch)
{
    if (in_flight_) violations.push_back("a second batch in flight");
    in_flight_ = std::move(batch);
    for (const store::Record& record : *in_flight_) {
        note(fmt::format("record {} = {}", record.key, record.value.value_or("(erased)")));
    }
    const Duration time = disk == Disk::slow ? commit_time * 200 : commit_time;
    in_process(time, [this] {
        const store::Batch done = *std::exchange(in_flight_, std::nullopt);
        note(disk == Disk::failing || disk == Disk::lying ? "commit failed" : "committed");
        if (disk == Disk::failing) {
            feed(CommitFailed{"scripted"});
            return;
        }
        committed(done);
        if (disk == Disk::lying) {
            feed(CommitFailed{"scripted, but written"});
            return;
        }
        feed(Committed{});
    });
}

void World::committed(const store::Batch& batch)
{
    for (const store::Record& record : batch) {
        if (record.key.starts_with("session/")) {
            const auto before = durable_.find(record.key);
            const bool ended =
                before != durable_.end() && before->second.find(R"("ended":true)") != std::string::npos;
            if (record.value) durable_starts_.insert(record.key);
            if (!record.value && before != durable_.end() && !ended) durable_starts_.erase(record.key);
        }
        if (record.value) {
            durable_[record.key] = *record.value;
        } else {
            durable_.erase(record.key);
        }
    }
}

void World::perform(const Action& action)
{
    actions.push_back(action);
    note(fmt::format("action {}", action.index()));
    std::visit(
        [this](const auto& specific) {
            using T = std::decay_t<decltype(specific)>;
            if constexpr (std::is_same_v<T, hardware::Command>) {
                perform(specific);
            } else if constexpr (std::is_same_v<T, OpenLink>) {
                open_link(specific);
            } else if constexpr (std::is_same_v<T, CloseLink>) {
                in_process(network_delay, [this] { close_link("closed by the station"); });
                if (ending_) later(Duration(0), [this] { power_cut(false); });
            } else if constexpr (std::is_same_v<T, SendFrame>) {
                send_to_backend(specific.text);
            } else if constexpr (std::is_same_v<T, Restart>) {
                restarts.push_back(specific.kind);
                later(Duration(0), [this] { power_cut(false); });
                if (boot_after_restart) later(off_time, [this] { boot(); });
            }
        },
        action);
}

// ---- connection
// -----------------------------------------------------------------------------------------------

void World::open_link(const OpenLink& order)
{
    ++link_attempts;
    note("opens link");
    link_attempt_times.push_back(now_);
    in_process(network_delay * 3, [this, password = order.basic_password, versions = order.versions] {
        if (!network_up_) {
            note("no route");
            feed(LinkDown{"no route"});
            return;
        }
        if (backend.password && *backend.password != password) {
            note("401");
            feed(LinkDown{"the backend answered 401", 401});
            return;
        }
        note("link up");
        ++connection_;
        link_open_ = true;
        backend.version = backend.picks.value_or(versions.front());
        feed(LinkUp{backend.version});
    });
}

void World::close_link(const std::string& reason)
{
    ++connection_;
    link_open_ = false;
    note("link down: " + reason);
    feed(LinkDown{reason});
}

void World::network(bool up)
{
    network_up_ = up;
    if (!up && link_open_) close_link("network down");
}

void World::send_to_backend(const std::string& frame)
{
    if (!link_open_) return;
    note("> " + frame);
    later(network_delay, [this, frame, connection = connection_] {
        if (connection != connection_) return;  // lost on the way
        if (frame.size() > backend.longest_frame) {
            close_link("1009: message too big");
            return;
        }
        for (const std::string& reply : backend.receive(frame, wall())) {
            const auto slow = backend.delay.find(backend.log.back().action);
            const Duration delay = slow == backend.delay.end() ? Duration(0) : slow->second;
            later(network_delay + delay, [this, reply, connection] {
                if (connection != connection_) return;
                note("< " + reply);
                feed(FrameReceived{reply});
            });
        }
    });
}

void World::receive(const std::string& frame)
{
    note("< " + frame);
    feed(FrameReceived{frame});
}

std::string World::ask(const std::string& action, const std::string& payload)
{
    note("ask " + action + payload);
    const std::size_t before = backend.answers.size();
    feed(FrameReceived{backend.call(action, payload)});
    for (int i = 0; i < 200 && backend.answers.size() == before; ++i) pass(Duration(100));
    return backend.answers.size() == before ? "" : backend.answers.back();
}

// ---- people
// ---------------------------------------------------------------------------------------------------

void World::swipe(const std::string& token, int reader)
{
    note(fmt::format("swipe {} at {}", token, reader));
    feed(hardware::Event(hardware::TokenPresented{EvseId(reader), {token, IdTokenType::iso14443}}));
}

void World::limit(int number, std::optional<double> amperes)
{
    feed(EnergyManagerLimit{EvseId(number), amperes ? std::optional(Amperes{*amperes}) : std::nullopt});
}

void World::shut_down()
{
    ending_ = true;
    feed(ShutDown{});
}

void World::set_clock(Instant wall)
{
    feed(ClockSet{wall});
}

void World::resend_dead_letter(const std::string& serial)
{
    feed(ResendDeadLetter{serial});
}

bool World::durable_session(EvseId evse) const
{
    for (const auto& [key, value] : durable_) {
        const bool its = value.find(fmt::format(R"("evse":{},)", evse.value())) != std::string::npos;
        const auto has = [&](const char* flag) { return value.find(flag) != std::string::npos; };
        const bool ready = !has(R"("unpaired":true)") || has(R"("startPending":true)");
        if (key.starts_with("session/") && its && ready && !has(R"("ended":true)")) return true;
    }
    return false;
}

}  // namespace ladestrom::station::test
