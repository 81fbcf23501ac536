#include "csms/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ladestrom::csms {
namespace {

// What a CALL has around its payload: type, id, action.
constexpr std::size_t frame_overhead = 128;

}  // namespace

std::optional<std::string> Commands::find_fault(const CallCommand& command, const Dialect& dialect)
{
    if (!dialect.can_call(command.action)) {
        return fmt::format("action: \"{}\" is no call that a central system makes in this version",
                           command.action.substr(0, 64));
    }
    if (command.payload.size() + frame_overhead > shard_.options.limits.max_frame_bytes) {
        return fmt::format("payload: {} bytes are more than a frame may hold", command.payload.size());
    }
    const auto parsed = shard_.parser.parse(command.payload);
    if (!parsed) return fmt::format("payload: {}", parsed.error().message);
    const std::size_t first = command.payload.find_first_not_of(" \t\r\n");
    if (command.payload[first] != '{') return "payload: must be a JSON object";
    if (command.timeout <= Duration::zero()) return "timeout: must be more than nothing";
    return std::nullopt;
}

bool Commands::put_into_words(CallCommand& command, const Dialect& dialect)
{
    if (!command.intent) return true;
    const auto request_id = static_cast<std::int64_t>(shard_.random.below(std::uint64_t{1} << 31U));
    auto call = dialect.call_for(*command.intent, request_id);
    if (!call) return false;
    const auto parsed = shard_.parser.parse(call->payload);
    if (!parsed || !dialect.request_is_valid(call->action, *parsed)) return false;
    command.action = call->action;
    command.payload = std::move(call->payload);
    return true;
}

void Commands::add(CallCommand command, const Dialect& dialect)
{
    if (!put_into_words(command, dialect)) {
        shard_.done(command.command, CommandStatus::invalid,
                    "the version that the station speaks has no words for this");
        return;
    }
    if (auto fault = find_fault(command, dialect)) {
        shard_.done(command.command, CommandStatus::invalid, *std::move(fault));
        return;
    }
    if (waiting_.size() >= shard_.options.max_waiting_commands) {
        shard_.counters.add("csms.command.busy");
        shard_.done(command.command, CommandStatus::busy, "too many commands wait for this station");
        return;
    }
    auto passwords = passwords_in(command, dialect);
    waiting_.push_back({.command = command.command,
                        .action = std::move(command.action),
                        .payload = std::move(command.payload),
                        .deadline = shard_.now.tick + command.timeout,
                        .passwords = std::move(passwords)});
}

std::vector<std::string> Commands::passwords_in(const CallCommand& command, const Dialect& dialect) const
{
    const auto parsed = shard_.parser.parse(command.payload);
    if (!parsed) return {};
    return dialect.passwords_told(command.action, *parsed);
}

void Commands::add_own(OutgoingCall call)
{
    if (waiting_.size() >= shard_.options.max_waiting_commands) return;
    waiting_.push_back({.command = {},
                        .action = std::string(call.action),
                        .payload = std::move(call.payload),
                        .deadline = shard_.now.tick + shard_.options.limits.call_timeout});
}

std::optional<std::string> Commands::next_frame(rpc::Peer& peer)
{
    if (waiting_.empty() || in_flight_ || peer.call_in_flight()) return std::nullopt;
    const Queued next = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    in_flight_ = InFlight{next.command, next.passwords};
    const Duration left = std::max(next.deadline - shard_.now.tick, Duration(1));
    std::string id = fmt::format("{:016x}", shard_.random.next());
    return peer.call(std::move(id), next.action, next.payload, shard_.now.tick, left);
}

std::vector<std::string> Commands::answered(const rpc::CallResult& result, const Dialect& dialect)
{
    if (!in_flight_) return {};
    InFlight answered = *std::exchange(in_flight_, std::nullopt);
    if (!dialect.answer_is_valid(result.action, result.payload)) {
        shard_.counters.add("csms.command.answer_not_standard");
    }
    if (answered.command) {
        shard_.counters.add("csms.command.answered");
        shard_.act(CommandDone{.command = *answered.command,
                               .status = CommandStatus::result,
                               .json = messages::to_text(result.payload)});
    }
    if (answered.passwords.empty() || dialect.password_is_taken(result.payload)) return {};
    return std::move(answered.passwords);
}

std::vector<std::string> Commands::refused(const rpc::CallError& error)
{
    if (!in_flight_) return {};
    InFlight refused = *std::exchange(in_flight_, std::nullopt);
    if (error.timed_out) {
        finish(refused.command, CommandStatus::no_answer, "the station did not answer in time");
        return {};  // it may have taken them
    }
    if (refused.command) {
        shard_.counters.add("csms.command.refused");
        shard_.act(CommandDone{.command = *refused.command,
                               .status = CommandStatus::call_error,
                               .code = error.code_text,
                               .description = error.description,
                               .details = error.details});
    }
    return std::move(refused.passwords);
}

void Commands::finish(std::optional<CommandId> command, CommandStatus status, std::string description)
{
    if (!command) return;
    if (status == CommandStatus::no_answer) shard_.counters.add("csms.command.no_answer");
    shard_.done(*command, status, std::move(description));
}

void Commands::socket_lost()
{
    if (!in_flight_) return;
    const InFlight lost = *std::exchange(in_flight_, std::nullopt);
    finish(lost.command, CommandStatus::no_answer, "the connection was lost after the call was sent");
}

void Commands::disconnected()
{
    for (Queued& queued : std::exchange(waiting_, {})) {
        finish(queued.command, CommandStatus::not_connected,
               "the connection was lost before the call was sent");
    }
}

void Commands::expire()
{
    const auto late = [&](const Queued& queued) { return queued.deadline <= shard_.now.tick; };
    for (Queued& queued : waiting_) {
        if (late(queued)) {
            finish(queued.command, CommandStatus::no_answer, "its time passed before it could be sent");
        }
    }
    std::erase_if(waiting_, late);
}

std::optional<Tick> Commands::next_deadline() const
{
    const auto first = std::ranges::min_element(waiting_, {}, &Queued::deadline);
    return first == waiting_.end() ? std::optional<Tick>() : first->deadline;
}

}  // namespace ladestrom::csms
