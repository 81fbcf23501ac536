// Calls out, calls in.
#include "station/calls/conversation.hpp"

#include <fmt/format.h>

#include <utility>

namespace ladestrom::station {

Conversation::Conversation(Context& context, Dialect& dialect, messages::JsonParser& parser,
                           std::span<Source* const> sources)
    : context_(context),
      dialect_(dialect),
      sources_(sources),
      peer_(dialect.version(), rpc::Limits{}, parser, context.counters)
{
}

void Conversation::send(std::string frame)
{
    context_.outputs.then(SendFrame{std::move(frame)});
}

// Facts keep their own ids over all attempts; other calls count per boot.
std::string Conversation::fresh_id()
{
    return "c" + to_text(context_.serials.next());
}

void Conversation::receive(const std::string& frame, Gate gate)
{
    rpc::Received received = peer_.receive(frame, context_.now);
    for (std::string& reply : received.replies) send(std::move(reply));
    if (received.event) take(*received.event, gate);
}

void Conversation::take(rpc::Event& event, Gate gate)
{
    std::visit(
        [&](auto& specific) {
            using T = std::decay_t<decltype(specific)>;
            if constexpr (std::is_same_v<T, rpc::Call>) {
                take_call(specific, gate);
            } else if constexpr (std::is_same_v<T, rpc::CallResult>) {
                take_result(specific);
            } else if constexpr (std::is_same_v<T, rpc::CallError>) {
                take_error(specific);
            } else if constexpr (std::is_same_v<T, rpc::ResultRefused>) {
                context_.counters.add("calls.our_answers_refused");
            } else {
                context_.counters.add("calls.sends_ignored");  // a backend has none to send
            }
        },
        event);
}

// ---- the backend calls ------------------------------------------------------------------------------------

void Conversation::take_call(const rpc::Call& call, Gate gate)
{
    const std::uint64_t changes_before = context_.records.changes();
    Answer given = dialect_.handle(call.action, call.payload, gate);
    if (std::holds_alternative<Deferred>(given)) {
        deferred_id_ = call.id;
        return;
    }
    // What was recorded for this call is durable before the backend is told so.
    const bool recorded = context_.records.changes() != changes_before;
    owed_ = Owed{call.id, std::move(given), recorded ? context_.records.current() : Generation{0}};
    release_answer(gate);
}

void Conversation::answer(const std::string& id, const Answer& answer)
{
    if (const auto* payload = std::get_if<std::string>(&answer)) {
        send(peer_.result(id, *payload));
    } else if (const auto* refusal = std::get_if<Refusal>(&answer)) {
        send(peer_.error(id, refusal->code, refusal->description));
    } else if (const auto* error = std::get_if<messages::DecodeError>(&answer)) {
        send(peer_.error(id, *error));
    }
}

void Conversation::release_answer(Gate gate)
{
    if (!owed_ || !context_.records.durable(owed_->generation)) return;
    const Owed owed = *std::exchange(owed_, std::nullopt);
    answer(owed.id, owed.answer);
    if (auto next = peer_.next_waiting_call()) take(*next, gate);
}

void Conversation::answer_deferred(std::string payload)
{
    if (!deferred_id_) return;
    owed_ = Owed{*std::exchange(deferred_id_, std::nullopt), std::move(payload), 0};
}

bool Conversation::store_failed()
{
    if (!owed_ || context_.records.durable(owed_->generation)) return false;
    owed_->answer = Refusal{messages::ErrorCode::internal_error, "the change could not be stored"};
    owed_->generation = 0;
    return true;
}

// ---- we call ----------------------------------------------------------------------------------------------

void Conversation::take_result(const rpc::CallResult& result)
{
    silences_ = 0;
    ++answers_;
    const InFlight call = std::move(*std::exchange(in_flight_, std::nullopt));
    const auto reply = dialect_.decode(call.request, result.payload);
    if (reply) {
        call.source->answered(*reply);
        return;
    }
    context_.counters.add("calls.answers_unusable");
    if (auto refusal = peer_.refuse_result(result, reply.error())) send(*std::move(refusal));
    call.source->failed({Failure::Kind::unreadable, fmt::format("unusable answer to {}: {} {}", result.action,
                                                                reply.error().path, reply.error().message)});
}

void Conversation::take_error(const rpc::CallError& error)
{
    if (error.timed_out) {
        ++silences_;
    } else {
        silences_ = 0;
        ++answers_;
    }
    const InFlight call = std::move(*std::exchange(in_flight_, std::nullopt));
    context_.counters.add(error.timed_out ? "calls.unanswered" : "calls.refused");
    call.source->failed({error.timed_out ? Failure::Kind::silence : Failure::Kind::refused,
                         fmt::format("{}: {} {}", error.action, error.code_text, error.description)});
}

void Conversation::pump(Gate gate)
{
    if (const auto late = peer_.expire(context_.now)) take_error(*late);
    while (!peer_.call_in_flight()) {
        std::optional<Outgoing> outgoing;
        Source* source = nullptr;
        for (Source* const candidate : sources_) {
            outgoing = candidate->next(gate);
            source = candidate;
            if (outgoing) break;
        }
        if (!outgoing) return;
        const auto call = dialect_.encode(outgoing->request);
        if (!call) {
            source->answered(EmptyReply{});
            continue;
        }
        std::string id = outgoing->message_id.empty() ? fresh_id() : std::move(outgoing->message_id);
        send(peer_.call(std::move(id), call->action, call->payload, context_.now));
        in_flight_ = InFlight{source, std::move(outgoing->request)};
        last_call_ = context_.now;
    }
}

void Conversation::link_lost()
{
    if (!in_flight_) return;
    const InFlight call = std::move(*std::exchange(in_flight_, std::nullopt));
    call.source->failed({Failure::Kind::link_lost, "connection lost"});
}

std::optional<Tick> Conversation::next_deadline() const
{
    std::optional<Tick> next = context_.sooner(std::nullopt, peer_.next_deadline());
    if (peer_.call_in_flight()) return next;
    for (const Source* const source : sources_) next = context_.sooner(next, source->next_deadline());
    return next;
}

}  // namespace ladestrom::station
