#include "csms/testing/world.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace ladestrom::csms::testing {

Instant noon()
{
    return *parse_instant("2026-06-01T12:00:00Z");
}

World::World(Options options, std::uint64_t seed)
    : ledger(seed),
      options_(std::move(options)),
      csms_(std::make_unique<Csms>(options_, hasher, seed)),
      wall_(noon())
{
}

void World::feed(Input input)
{
    inputs_.push_back(std::move(input));
    drain();
}

void World::drain()
{
    if (draining_) return;
    draining_ = true;
    while (!inputs_.empty()) {
        Input input = std::move(inputs_.front());
        inputs_.pop_front();
        for (Effects& effects : csms_->handle(std::move(input), now())) carry_out(std::move(effects));
    }
    draining_ = false;
}

void World::carry_out(Effects effects)
{
    EXPECT_EQ(effects.batch != 0, !effects.writes.empty());
    if (effects.writes.empty()) {
        for (Action& action : effects.then) carry_out(std::move(action));
        return;
    }
    const auto life = life_;
    ledger.commit(std::move(effects.writes), [this, life, batch = effects.batch,
                                              then = std::move(effects.then)](Result<void> result) mutable {
        if (life != life_) return;
        if (!result) {
            feed(CommitFailed{batch, result.error().message});
            return;
        }
        for (Action& action : then) carry_out(std::move(action));
        feed(Committed{batch});
    });
}

void World::carry_out(Action action)
{
    struct Carry {
        World& world;

        void operator()(AcceptSocket& accept) const
        {
            Socket& socket = world.sockets_[accept.socket];
            EXPECT_EQ(socket.state, Socket::State::waiting);
            socket.state = Socket::State::open;
            socket.subprotocol = accept.subprotocol;
        }
        void operator()(RefuseSocket& refuse) const
        {
            Socket& socket = world.sockets_[refuse.socket];
            EXPECT_EQ(socket.state, Socket::State::waiting);
            socket.state = Socket::State::refused;
            socket.http_status = refuse.http_status;
        }
        void operator()(SendFrame& send) const
        {
            Socket& socket = world.sockets_[send.socket];
            if (socket.state == Socket::State::open) socket.frames.push_back(std::move(send.text));
        }
        void operator()(CloseSocket& close) const
        {
            Socket& socket = world.sockets_[close.socket];
            EXPECT_EQ(socket.state, Socket::State::open);
            socket.state = Socket::State::closed;
            socket.close_code = close.code;
        }
        void operator()(LoadStation& load) const
        {
            world.ledger.load_station(load.station, world.answering<StationLoaded>(load.load));
        }
        void operator()(LoadSession& load) const
        {
            world.ledger.load_session(load.key, world.answering<SessionLoaded>(load.load));
        }
        void operator()(LoadTransaction& load) const
        {
            world.ledger.load_transaction(load.station, load.transaction_id,
                                          world.answering<SessionLoaded>(load.load));
        }
        void operator()(LoadToken& load) const
        {
            World* w = &world;
            const auto life = w->life_;
            world.ledger.load_token(load.token, [w, life, load](Result<std::optional<store::TokenRow>> row) {
                if (life != w->life_) return;
                if (!load.count_running || !row) return w->feed(TokenLoaded{load.load, std::move(row), 0});
                w->ledger.count_running(load.token, [w, life, load, row](Result<std::int64_t> running) {
                    if (life != w->life_) return;
                    if (!running) return w->feed(TokenLoaded{load.load, running.error(), 0});
                    w->feed(TokenLoaded{load.load, row, *running});
                });
            });
        }
        void operator()(CommandDone& done) const
        {
            EXPECT_TRUE(world.done_.emplace(done.command, done).second) << "answered twice";
        }
        void operator()(Published& published) const { world.published_.push_back(std::move(published)); }
        void operator()(Log& log) const { world.log_.push_back(std::move(log.text)); }
    };
    std::visit(Carry{*this}, action);
}

void World::pass(Duration duration)
{
    const Tick end = tick_ + duration;
    while (const auto deadline = csms_->next_deadline()) {
        if (*deadline > end) break;
        wall_ += std::max(*deadline - tick_, Duration::zero());
        tick_ = std::max(*deadline, tick_);
        feed(Wake{});
        const auto next = csms_->next_deadline();
        if (next && *next <= tick_) {
            ADD_FAILURE() << "a deadline that does not pass";
            break;
        }
    }
    wall_ += end - tick_;
    tick_ = end;
}

void World::crash(store::MemoryLedger::Crash commits)
{
    ++life_;
    ledger.crash(commits);
    inputs_.clear();
    for (auto& [id, socket] : sockets_) {
        if (socket.state != Socket::State::refused) socket.state = Socket::State::closed;
    }
    csms_ = std::make_unique<Csms>(options_, hasher, life_ * 1000 + 7);
}

CommandId World::start_command(Input input)
{
    const CommandId id = ++last_command_;
    std::visit(
        [&](auto& any) {
            if constexpr (requires { any.command; }) any.command = id;
        },
        input);
    feed(std::move(input));
    return id;
}

CommandDone World::command(Input input)
{
    const auto answer = done(start_command(std::move(input)));
    EXPECT_TRUE(answer) << "the command was not answered";
    return answer.value_or(CommandDone{});
}

std::optional<CommandDone> World::done(CommandId command) const
{
    const auto found = done_.find(command);
    return found == done_.end() ? std::nullopt : std::optional(found->second);
}

void World::put_station(const std::string& id, const std::string& password, store::Admission admission)
{
    PutStationCommand put;
    put.station = StationId(id);
    put.admission = admission;
    put.password = password;
    EXPECT_EQ(command(put).status, CommandStatus::result);
}

void World::put_token(const std::string& value, AuthorizationStatus status)
{
    put_token(store::TokenRow{.token = {.value = value}, .status = status});
}

void World::put_token(store::TokenRow row)
{
    EXPECT_EQ(command(PutTokenCommand{0, std::move(row)}).status, CommandStatus::result);
}

bool World::logged(std::string_view part) const
{
    return std::ranges::any_of(log_,
                               [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

// ---- stations -----------------------------------------------------------------------------------------

Station::Station(World& world, std::string id, std::string secret)
    : user(id), password(std::move(secret)), world_(world), id_(std::move(id))
{
}

Socket::State Station::connect(std::vector<std::string> offered)
{
    socket_ = world_.new_socket();
    world_.socket(socket_);
    world_.feed(UpgradeRequested{.socket = socket_,
                                 .identity = StationId(id_),
                                 .remote = "192.0.2.7",
                                 .offered = std::move(offered),
                                 .has_credentials = has_credentials,
                                 .user = has_credentials ? user : "",
                                 .password = has_credentials ? password : "",
                                 .tls = tls});
    return world_.socket(socket_).state;
}

void Station::disconnect()
{
    world_.socket(socket_).state = Socket::State::closed;
    world_.feed(SocketClosed{socket_, "gone"});
}

void Station::send(const std::string& frame)
{
    world_.feed(FrameReceived{socket_, frame});
}

std::string Station::call(const std::string& action, const std::string& payload)
{
    return call(action, payload, fmt::format("{}-{}-{}", id_, socket_, ++messages_));
}

std::string Station::call(const std::string& action, const std::string& payload,
                          const std::string& message_id)
{
    send(fmt::format(R"([2,"{}","{}",{}])", message_id, action, payload));
    return message_id;
}

std::string Station::receive()
{
    auto& frames = world_.socket(socket_).frames;
    if (frames.empty()) return {};
    std::string frame = std::move(frames.front());
    frames.pop_front();
    return frame;
}

std::string Station::ask(const std::string& action, const std::string& payload)
{
    call(action, payload);
    return receive();
}

std::string Station::boot(const std::string& model)
{
    return ask(
        "BootNotification",
        fmt::format(R"({{"chargePointVendor":"Ladestrom","chargePointModel":"{}","firmwareVersion":"1.2"}})",
                    model));
}

std::string start_payload(const std::string& tag, Instant at, int meter, int connector)
{
    return fmt::format(R"({{"connectorId":{},"idTag":"{}","meterStart":{},"timestamp":"{}"}})", connector,
                       tag, meter, format_instant(at));
}

std::string stop_payload(std::int64_t transaction, Instant at, int meter, const std::string& tag)
{
    return fmt::format(
        R"({{"transactionId":{},"meterStop":{},"timestamp":"{}","reason":"EVDisconnected"{}}})", transaction,
        meter, format_instant(at), tag.empty() ? "" : fmt::format(R"(,"idTag":"{}")", tag));
}

std::string Station::start(const std::string& tag, Instant at, int meter, int connector)
{
    return ask("StartTransaction", start_payload(tag, at, meter, connector));
}

std::string Station::stop(std::int64_t transaction, Instant at, int meter, const std::string& tag)
{
    return ask("StopTransaction", stop_payload(transaction, at, meter, tag));
}

std::string Station::meter_values(std::optional<std::int64_t> transaction, Instant at,
                                  const std::string& value, const std::string& unit, int connector)
{
    const std::string of = transaction ? fmt::format(R"("transactionId":{},)", *transaction) : "";
    return ask(
        "MeterValues",
        fmt::format(R"({{"connectorId":{},{}"meterValue":[{{"timestamp":"{}","sampledValue":[)"
                    R"({{"value":"{}","measurand":"Energy.Active.Import.Register","unit":"{}"}}]}}]}})",
                    connector, of, format_instant(at), value, unit));
}

std::int64_t transaction_id(std::string_view answer)
{
    constexpr std::string_view key = "\"transactionId\":";
    const auto at = answer.find(key);
    if (at == std::string_view::npos) return 0;
    return std::stoll(std::string(answer.substr(at + key.size(), 20)));
}

}  // namespace ladestrom::csms::testing
