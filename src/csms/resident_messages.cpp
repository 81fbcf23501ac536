// ResidentStation: frames of the station, its calls from decoding to answer, and our calls to it.
#include "csms/redaction.hpp"
#include "csms/resident_station.hpp"
#include "csms/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace ladestrom::csms {

void ResidentStation::frame(SocketId socket, std::string_view text)
{
    if (!connection_ || connection_->socket != socket) {
        shard_.counters.add("csms.frame.of_closed_socket");
        return;
    }
    last_frame_ = shard_.now.wall;
    trace(Direction::received, text);
    rpc::Received received = connection_->peer.receive(text, shard_.now.tick);
    for (std::string& reply : received.replies) send(std::move(reply));
    if (received.event) take_event(*std::move(received.event));
    advance();
}

void ResidentStation::take_event(rpc::Event event)
{
    if (const auto* call = std::get_if<rpc::Call>(&event)) {
        take_call(*call);
    } else if (const auto* result = std::get_if<rpc::CallResult>(&event)) {
        forget_passwords(commands_.answered(*result, connection_->dialect));
    } else if (const auto* error = std::get_if<rpc::CallError>(&event)) {
        forget_passwords(commands_.refused(*error));
    } else if (std::holds_alternative<rpc::ResultRefused>(event)) {
        shard_.counters.add("csms.call.answer_refused");
    } else {
        shard_.counters.add("csms.send.not_supported");
    }
}

void ResidentStation::forget_passwords(const std::vector<std::string>& passwords)
{
    for (const std::string& password : passwords) {
        refused_password_hashes_.push_back(shard_.hasher.hash(id_, password));
    }
}

// Nothing but a boot before the station was told that it is accepted (OCPP-J 1.6 errata 3.10). A station need
// not boot again over every connection, so one that has booted before may go on.
bool ResidentStation::may_call(std::string_view action) const
{
    if (connection_->dialect.before_acceptance(action)) return true;
    const store::StationRow& row = book_->row;
    if (row.admission != store::Admission::accepted) return false;
    return connection_->told ? connection_->told == store::Admission::accepted : row.last_boot.has_value();
}

Work ResidentStation::make_work(Lookups& lookups, std::string_view message_id)
{
    return Work{
        .station = *book_,
        .lookups = lookups,
        .tokens = shard_.tokens,
        .options = shard_.options,
        .counters = shard_.counters,
        .random = shard_.random,
        .now = shard_.now,
        .version = connection_ ? connection_->peer.version() : book_->row.version.value_or(OcppVersion::v1_6),
        .message_id = message_id,
        .writes = {},
        .told = {}};
}

void ResidentStation::take_call(const rpc::Call& call)
{
    if (!may_call(call.action)) {
        shard_.counters.add("csms.call.before_acceptance");
        send(connection_->peer.error(call.id, messages::ErrorCode::security_error,
                                     "Only BootNotification until the station is accepted."));
        return;
    }
    const messages::DecodeContext context{.version = connection_->peer.version(),
                                          .mode = shard_.options.decode_mode,
                                          .tolerances = &shard_.counters};
    PendingCall pending{.socket = connection_->socket, .message_id = call.id, .serve = {}};
    if (operation_) {
        auto outcome = connection_->dialect.begin(call.action, call.payload, context, nullptr, pending.serve);
        if (const auto* refusal = std::get_if<Refused>(&outcome)) {
            refuse_call(pending, *refusal);
        } else {
            ready_call_ = std::move(pending);
        }
        return;
    }
    Lookups lookups;
    Work work = make_work(lookups, call.id);
    auto outcome = connection_->dialect.begin(call.action, call.payload, context, &work, pending.serve);
    conclude(std::move(outcome), std::move(pending), std::move(lookups), std::move(work.writes), work.told);
}

void ResidentStation::run(PendingCall call, Lookups lookups)
{
    Work work = make_work(lookups, call.message_id);
    auto outcome = call.serve(work);
    conclude(std::move(outcome), std::move(call), std::move(lookups), std::move(work.writes), work.told);
}

void ResidentStation::conclude(Outcome<std::string> outcome, PendingCall call, Lookups lookups,
                               store::WriteBatch writes, std::optional<store::Admission> told)
{
    if (std::holds_alternative<Waiting>(outcome)) {
        wait_for_facts(std::move(call), std::move(lookups));
    } else if (const auto* refusal = std::get_if<Refused>(&outcome)) {
        refuse_call(call, *refusal);
    } else if (writes.empty()) {
        answer(call, std::get<std::string>(outcome), told);
    } else {
        Operation& operation = begin_operation();
        operation.call = std::move(call);
        operation.answer = std::get<std::string>(std::move(outcome));
        operation.told = told;
        operation.of_interest = told.has_value();
        commit(std::move(writes));
    }
}

void ResidentStation::wait_for_facts(PendingCall call, Lookups lookups)
{
    Operation& operation = begin_operation();
    operation.call = std::move(call);
    operation.lookups = std::move(lookups);
    for (Lookups::Wanted& wanted : operation.lookups.take_wanted()) {
        PendingLoad pending{.station = this, .operation = operation.serial, .kind = wanted.kind, .token = {}};
        if (const auto* token = std::get_if<LoadToken>(&wanted.load)) pending.token = *token;
        ++loads_in_flight_;
        shard_.load(std::move(wanted.load), std::move(pending));
    }
}

// ---- facts --------------------------------------------------------------------------------------------

// False: the operation that asked was given up.
bool ResidentStation::is_awaited(const PendingLoad& load)
{
    --loads_in_flight_;
    return operation_ && operation_->serial == load.operation;
}

void ResidentStation::token_loaded(const PendingLoad& load, Result<TokenFacts> token)
{
    if (!is_awaited(load)) return;
    if (!token) return lookup_failed(token.error().message);
    if (load.stale) {
        PendingLoad again = load;
        again.stale = false;
        ++loads_in_flight_;
        shard_.load(*load.token, std::move(again));
        return;
    }
    if (token->row) shard_.tokens.put(*token->row, shard_.now.tick);
    operation_->lookups.answer(*std::move(token));
    rerun_when_complete();
}

void ResidentStation::session_loaded(const PendingLoad& load,
                                     Result<std::optional<store::SessionRow>> session)
{
    if (!is_awaited(load)) return;
    if (!session) return lookup_failed(session.error().message);
    // A row of another station is no answer, whatever the store thought.
    if (*session && (*session)->station != id_) session = std::optional<store::SessionRow>();
    if (operation_->closing) {
        const auto operation = std::move(operation_);
        closing_loaded(*std::move(operation->closing), *std::move(session));
        advance();
        return;
    }
    operation_->lookups.answer(load.kind, *std::move(session));
    rerun_when_complete();
}

void ResidentStation::recent_loaded(const PendingLoad& load, Result<store::StationState> state)
{
    if (!is_awaited(load)) return;
    if (!state) return lookup_failed(state.error().message);
    operation_->lookups.answer(std::move(state->recent));
    rerun_when_complete();
}

void ResidentStation::rerun_when_complete()
{
    if (!operation_->lookups.complete()) return;
    const auto operation = std::move(operation_);
    run(*std::move(operation->call), std::move(operation->lookups));
    advance();
}

// No answer, so the station keeps its facts and tells them again (offline costs it no attempt).
void ResidentStation::lookup_failed(const std::string& reason)
{
    const auto operation = std::move(operation_);
    shard_.counters.add("csms.store.load_failed");
    shard_.log(LogLevel::error, fmt::format("station \"{}\": {}", printable(id_.value()), reason));
    if (operation->closing) {
        shard_.done(operation->closing->command, CommandStatus::store_failed, reason);
    } else if (connection_ && operation->call->socket == connection_->socket) {
        drop_connection(internal_error, "the store failed");
    }
    advance();
}

// ---- answers and our calls ----------------------------------------------------------------------------

void ResidentStation::answer(const PendingCall& call, const std::string& payload,
                             std::optional<store::Admission> told)
{
    if (!connection_ || connection_->socket != call.socket) {
        shard_.counters.add("csms.answer.socket_gone");
        return;
    }
    if (told) connection_->told = told;
    send(connection_->peer.result(call.message_id, payload));
}

void ResidentStation::refuse_call(const PendingCall& call, const Refused& refusal)
{
    shard_.counters.add("csms.call.refused");
    if (connection_ && connection_->socket == call.socket) {
        send(connection_->peer.error(call.message_id, refusal));
    }
}

void ResidentStation::send(std::string frame)
{
    trace(Direction::sent, frame);
    shard_.act(SendFrame{connection_->socket, std::move(frame)});
}

void ResidentStation::send_commands()
{
    if (!connection_) return;
    if (auto frame = commands_.next_frame(connection_->peer)) send(*std::move(frame));
}

void ResidentStation::trace(Direction direction, std::string_view text)
{
    if (!shard_.options.trace_frames) return;
    shard_.publish(FrameTraced{id_, direction, shard_.now.wall, without_secrets(text)});
}

void ResidentStation::expire()
{
    if (connection_) {
        if (const auto error = connection_->peer.expire(shard_.now.tick)) (void)commands_.refused(*error);
    }
    commands_.expire();
    send_commands();
}

std::optional<Tick> ResidentStation::next_deadline() const
{
    auto deadline = commands_.next_deadline();
    if (!connection_) return deadline;
    const auto answer_due = connection_->peer.next_deadline();
    if (answer_due && (!deadline || *answer_due < *deadline)) deadline = answer_due;
    return deadline;
}

}  // namespace ladestrom::csms
