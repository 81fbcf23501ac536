#include "csms/engine.hpp"

#include "csms/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ladestrom::csms {
namespace {

constexpr std::size_t longest_token = 255;  // 2.1; 1.6 stations send at most 20
constexpr std::size_t most_waiting_token_commands = 10'000;

}  // namespace

std::vector<Effects> Engine::handle(Input input, Now now)
{
    shard_.now = now;
    std::visit([this](auto& any) { take(std::move(any)); }, input);
    expire_due();
    return shard_.take_effects();
}

ResidentStation& Engine::resident(const StationId& id)
{
    std::unique_ptr<ResidentStation>& station = stations_[id];
    if (!station) station = std::make_unique<ResidentStation>(id, shard_);
    return *station;
}

void Engine::settle(ResidentStation& station)
{
    const bool unused = station.unused();
    const auto deadline = unused ? std::nullopt : station.next_deadline();
    if (deadline != station.scheduled) {
        if (station.scheduled) deadlines_.erase({*station.scheduled, station.id()});
        if (deadline) deadlines_.emplace(*deadline, station.id());
        station.scheduled = deadline;
    }
    if (!unused) return;
    const StationId id = station.id();  // erase() is not given a part of what it destroys
    stations_.erase(id);
}

std::optional<Tick> Engine::next_deadline() const
{
    if (deadlines_.empty()) return std::nullopt;
    return deadlines_.begin()->first;
}

void Engine::expire_due()
{
    while (!deadlines_.empty() && deadlines_.begin()->first <= shard_.now.tick) {
        ResidentStation& station = *stations_.at(deadlines_.begin()->second);
        station.expire();
        settle(station);
    }
}

// ---- sockets ------------------------------------------------------------------------------------------

void Engine::take(UpgradeRequested input)
{
    ResidentStation& station = resident(input.identity);
    station.upgrade(std::move(input));
    settle(station);
}

void Engine::take(FrameReceived input)
{
    const auto found = shard_.sockets.find(input.socket);
    if (found == shard_.sockets.end()) {
        shard_.counters.add("csms.frame.of_closed_socket");
        return;
    }
    ResidentStation& station = *found->second;
    station.frame(input.socket, input.text);
    settle(station);
}

void Engine::take(SocketClosed input)
{
    const auto found = shard_.sockets.find(input.socket);
    if (found == shard_.sockets.end()) return;  // closed from here, or replaced
    ResidentStation& station = *found->second;
    station.socket_closed(input.socket);
    settle(station);
}

// ---- the store ----------------------------------------------------------------------------------------

void Engine::take(Committed input)
{
    const auto found = shard_.batches_in_flight.extract(input.batch);
    if (found.empty()) return finish_token(input.batch, std::nullopt);
    ResidentStation& station = *found.mapped();
    station.committed();
    settle(station);
}

void Engine::take(CommitFailed input)
{
    const auto found = shard_.batches_in_flight.extract(input.batch);
    if (found.empty()) return finish_token(input.batch, std::move(input.reason));
    ResidentStation& station = *found.mapped();
    station.commit_failed(input.reason);
    settle(station);
}

std::optional<PendingLoad> Engine::take_load(LoadId load)
{
    auto found = shard_.loads.extract(load);
    if (found.empty()) return std::nullopt;
    return std::move(found.mapped());
}

void Engine::take(StationLoaded input)
{
    const auto load = take_load(input.load);
    if (!load) return;
    if (load->operation == 0) {
        load->station->station_loaded(std::move(input.state));
    } else {
        load->station->recent_loaded(*load, std::move(input.state));
    }
    settle(*load->station);
}

void Engine::take(TokenLoaded input)
{
    const auto load = take_load(input.load);
    if (!load) return;
    Result<TokenFacts> facts = TokenFacts{};
    if (input.token) {
        facts = TokenFacts{.row = *std::move(input.token), .running = input.running};
    } else {
        facts = input.token.error();
    }
    load->station->token_loaded(*load, std::move(facts));
    settle(*load->station);
}

void Engine::take(SessionLoaded input)
{
    const auto load = take_load(input.load);
    if (!load) return;
    load->station->session_loaded(*load, std::move(input.session));
    settle(*load->station);
}

// ---- people -------------------------------------------------------------------------------------------

void Engine::take(CallCommand input)
{
    ResidentStation& station = resident(input.station);
    station.task(std::move(input));
    settle(station);
}

void Engine::take(PutStationCommand input)
{
    ResidentStation& station = resident(input.station);
    station.task(std::move(input));
    settle(station);
}

void Engine::take(DeleteStationCommand input)
{
    ResidentStation& station = resident(input.station);
    station.task(std::move(input));
    settle(station);
}

void Engine::take(CloseSessionCommand input)
{
    ResidentStation& station = resident(input.station);
    station.task(std::move(input));
    settle(station);
}

void Engine::take(Wake /*input*/) {}

void Engine::take(PutTokenCommand input)
{
    const std::string& value = input.token.token.value;
    if (value.empty() || value.size() > longest_token || !is_printable(value)) {
        shard_.done(input.command, CommandStatus::invalid, "token: must have 1 to 255 printable bytes");
        return;
    }
    std::string key = token_key(value);
    queue_token(std::move(key), std::move(input));
}

void Engine::take(DeleteTokenCommand input)
{
    std::string key = token_key(input.token);
    queue_token(std::move(key), std::move(input));
}

// Changes of one token keep their order; those of different tokens go to the store together.
void Engine::queue_token(std::string key, TokenCommand command)
{
    if (waiting_token_commands_ >= most_waiting_token_commands) {
        const CommandId id = std::visit([](const auto& any) { return any.command; }, command);
        shard_.done(id, CommandStatus::busy, "too many changes of tokens wait");
        return;
    }
    ++waiting_token_commands_;
    auto& queue = token_commands_[key];
    queue.push_back(std::move(command));
    if (queue.size() == 1) commit_token(key);
}

void Engine::commit_token(const std::string& key)
{
    const TokenCommand& command = token_commands_.at(key).front();
    store::WriteBatch writes;
    if (const auto* put = std::get_if<PutTokenCommand>(&command)) {
        writes.push_back(store::PutToken{put->token});
    } else {
        writes.push_back(store::DeleteToken{std::get<DeleteTokenCommand>(command).token});
    }
    token_batches_.emplace(shard_.commit(std::move(writes)), key);
}

void Engine::finish_token(BatchId batch, std::optional<std::string> failure)
{
    auto found = token_batches_.extract(batch);
    if (found.empty()) return;
    const std::string key = std::move(found.mapped());
    // Also after a failure: whether it was stored is not sure.
    shard_.tokens.forget(key);
    for (auto& [load, pending] : shard_.loads) {
        if (pending.token && token_key(pending.token->token) == key) pending.stale = true;
    }
    auto& queue = token_commands_.at(key);
    const TokenCommand command = std::move(queue.front());
    queue.pop_front();
    --waiting_token_commands_;
    const CommandId id = std::visit([](const auto& any) { return any.command; }, command);
    if (failure) {
        shard_.counters.add("csms.store.commit_failed");
        shard_.log(LogLevel::error, fmt::format("token \"{}\": {}", printable(key), *failure));
        shard_.done(id, CommandStatus::store_failed, *std::move(failure));
    } else {
        const auto* put = std::get_if<PutTokenCommand>(&command);
        shard_.publish(
            TokenChanged{put ? put->token.token.value : std::get<DeleteTokenCommand>(command).token});
        shard_.done(id, CommandStatus::result);
    }
    if (queue.empty()) {
        token_commands_.erase(key);
    } else {
        commit_token(key);
    }
}

// ---- views --------------------------------------------------------------------------------------------

std::optional<ConnectionView> Engine::connection(const StationId& station) const
{
    const auto found = stations_.find(station);
    return found == stations_.end() ? std::nullopt : found->second->view();
}

std::vector<ConnectionView> Engine::connections() const
{
    std::vector<ConnectionView> views;
    for (const auto& [id, station] : stations_) {
        if (auto view = station->view()) views.push_back(*std::move(view));
    }
    return views;
}

}  // namespace ladestrom::csms
