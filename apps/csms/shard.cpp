#include "shard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace ladestrom::app {
namespace {

transport::SocketId socket_of(csms::SocketId socket)
{
    return transport::SocketId(socket);
}

transport::LogLevel level_of(csms::LogLevel level)
{
    switch (level) {
        case csms::LogLevel::info: return transport::LogLevel::info;
        case csms::LogLevel::warning: return transport::LogLevel::warning;
        case csms::LogLevel::error: break;
    }
    return transport::LogLevel::error;
}

// What a refused client is told: never more than its status says. The reason goes to our log.
std::string_view told(int status)
{
    switch (status) {
        case 400: return "bad request";
        case 401: return "unauthorized";
        case 404: return "not found";
        case 429: return "too many requests";
        case 503: return "try again later";
        default: return "refused";
    }
}

}  // namespace

// A station that comes back need not boot again, and many send no pongs: three heartbeats of silence are the
// measure (a missing one happens), and never so little that a first ping cannot be answered.
transport::WebSocketLimits socket_limits(const csms::Options& core)
{
    transport::WebSocketLimits limits;
    limits.message_bytes = core.limits.max_frame_bytes;
    limits.idle = std::max<Duration>(3 * core.heartbeat_interval, 2 * limits.ping_interval);
    limits.first_frame = limits.idle;
    return limits;
}

Shard::Shard(transport::EventLoop& loop, store::Ledger& ledger, const csms::PasswordHasher& hasher,
             Options options, Publish publish, transport::LogFunction log)
    : loop_(loop),
      ledger_(ledger),
      core_(options.core, hasher, options.seed),
      compression_(options.compression),
      server_(loop, *this, options.sockets, log),
      timer_(loop, [this] { feed(csms::Wake{}); }),
      publish_(std::move(publish)),
      log_(std::move(log))
{
}

Shard::~Shard() = default;

Result<std::uint16_t> Shard::listen(const transport::ListenOptions& options)
{
    return server_.listen(options);
}

void Shard::stop(std::function<void()> done)
{
    stopped_ = std::move(done);
    server_.stop();
    finish_if_idle();
}

void Shard::command(api::Command command, std::function<void(csms::CommandDone)> done)
{
    const csms::CommandId id = ++newest_command_;
    commands_[id] = std::move(done);
    std::visit(
        [&](auto& one) {
            one.command = id;
            feed(std::move(one));
        },
        command);
}

// ---- in -------------------------------------------------------------------------------------------------

void Shard::on_upgrade(transport::UpgradeRequest request)
{
    csms::UpgradeRequested input;
    input.socket = request.socket.value();
    input.identity = StationId(std::move(request.identity));
    input.remote = fmt::format("{}:{}", request.remote_address, request.remote_port);
    input.offered = std::move(request.subprotocols);
    input.has_credentials = request.credentials.has_value();
    if (request.credentials) {
        input.user = std::move(request.credentials->user);
        input.password = std::move(request.credentials->password);
    }
    input.tls = request.tls.has_value();
    feed(std::move(input));
}

void Shard::on_frame(transport::SocketId socket, std::string_view text)
{
    feed(csms::FrameReceived{socket.value(), std::string(text)});
}

void Shard::on_closed(transport::SocketId socket, const transport::Closed& closed)
{
    std::string reason(name_of(closed.reason));
    if (!closed.text.empty()) reason += ": " + transport::printable(closed.text);
    feed(csms::SocketClosed{socket.value(), std::move(reason)});
    --sockets_;
    finish_if_idle();
}

void Shard::feed(csms::Input input)
{
    const csms::Now now{loop_.now(), loop_.wall()};
    for (csms::Effects& effects : core_.handle(std::move(input), now)) carry_out(std::move(effects));
    timer_.arm(core_.next_deadline());
}

// ---- out ------------------------------------------------------------------------------------------------

void Shard::carry_out(csms::Effects effects)
{
    if (effects.writes.empty()) return perform(std::move(effects.then));
    ++requests_in_flight_;
    ledger_.commit(std::move(effects.writes),
                   [this, batch = effects.batch, then = std::move(effects.then)](Result<void> done) mutable {
                       --requests_in_flight_;
                       if (done) {
                           perform(std::move(then));
                           feed(csms::Committed{batch});
                       } else {
                           if (log_) log_(transport::LogLevel::error, done.error().message);
                           feed(csms::CommitFailed{batch, done.error().message});
                       }
                       finish_if_idle();
                   });
}

void Shard::perform(std::vector<csms::Action> actions)
{
    for (csms::Action& action : actions) {
        std::visit([this](auto& one) { perform(one); }, action);
    }
}

void Shard::perform(csms::AcceptSocket& accept)
{
    const bool agreed = !accept.subprotocol.empty();
    const auto version = version_of_subprotocol(accept.subprotocol);
    const bool accepted = server_.accept(
        socket_of(accept.socket), agreed ? std::optional<std::string_view>(accept.subprotocol) : std::nullopt,
        version && knows_compression(*version) ? compression_ : transport::Compression::off);
    if (accepted) {
        ++sockets_;
        return;
    }
    // Not inside the core's own turn.
    loop_.post([this, socket = accept.socket] {
        feed(csms::SocketClosed{socket, "gone before it was accepted"});
    });
}

void Shard::perform(csms::RefuseSocket& refuse)
{
    transport::WebSocketServer::Headers headers;
    if (refuse.http_status == 401) headers.emplace_back("WWW-Authenticate", "Basic realm=\"OCPP\"");
    server_.refuse(socket_of(refuse.socket), static_cast<unsigned>(refuse.http_status),
                   told(refuse.http_status), headers);
}

void Shard::perform(csms::SendFrame& send)
{
    server_.send(socket_of(send.socket), std::move(send.text));
}

void Shard::perform(csms::CloseSocket& close)
{
    server_.close(socket_of(close.socket), static_cast<std::uint16_t>(close.code), close.reason);
}

void Shard::perform(csms::LoadStation& load)
{
    ++requests_in_flight_;
    ledger_.load_station(load.station, [this, id = load.load](Result<store::StationState> state) {
        --requests_in_flight_;
        feed(csms::StationLoaded{id, std::move(state)});
        finish_if_idle();
    });
}

void Shard::perform(csms::LoadToken& load)
{
    // Both questions at once: one after the other would wait for two commits.
    struct Answer {
        std::optional<Result<std::optional<store::TokenRow>>> token;
        std::optional<Result<std::int64_t>> running;
    };
    ++requests_in_flight_;
    const auto answer = std::make_shared<Answer>();
    const auto took = [this, id = load.load, answer] {
        if (!answer->token || !answer->running) return;
        --requests_in_flight_;
        csms::TokenLoaded loaded{id, *std::move(answer->token), 0};
        if (*answer->running) {
            loaded.running = **answer->running;
        } else if (loaded.token) {
            loaded.token = answer->running->error();
        }
        feed(std::move(loaded));
        finish_if_idle();
    };
    if (!load.count_running) answer->running = 0;
    ledger_.load_token(load.token, [answer, took](Result<std::optional<store::TokenRow>> row) {
        answer->token = std::move(row);
        took();
    });
    if (!load.count_running) return;
    ledger_.count_running(load.token, [answer, took](Result<std::int64_t> running) {
        answer->running = std::move(running);
        took();
    });
}

void Shard::perform(csms::LoadSession& load)
{
    ++requests_in_flight_;
    ledger_.load_session(load.key, [this, id = load.load](Result<std::optional<store::SessionRow>> session) {
        --requests_in_flight_;
        feed(csms::SessionLoaded{id, std::move(session)});
        finish_if_idle();
    });
}

void Shard::perform(csms::LoadTransaction& load)
{
    ++requests_in_flight_;
    ledger_.load_transaction(load.station, load.transaction_id,
                             [this, id = load.load](Result<std::optional<store::SessionRow>> session) {
                                 --requests_in_flight_;
                                 feed(csms::SessionLoaded{id, std::move(session)});
                                 finish_if_idle();
                             });
}

void Shard::perform(csms::CommandDone& done)
{
    const auto found = commands_.find(done.command);
    if (found == commands_.end()) return;
    const auto answer = std::move(found->second);
    commands_.erase(found);
    answer(std::move(done));
}

void Shard::perform(csms::Published& published)
{
    published_.push_back(std::move(published));
    if (std::exchange(flush_is_due_, true)) return;
    loop_.post([this] { flush(); });
}

void Shard::perform(csms::Log& line)
{
    if (log_) log_(level_of(line.level), line.text);
}

void Shard::flush()
{
    flush_is_due_ = false;
    publish_(std::exchange(published_, {}));
}

void Shard::finish_if_idle()
{
    if (!stopped_ || sockets_ > 0 || requests_in_flight_ > 0) return;
    loop_.post(std::exchange(stopped_, {}));
}

}  // namespace ladestrom::app
