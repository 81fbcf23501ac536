// Asking the backend, and deciding without it.
#include "station/authorization/authorization.hpp"

#include <utility>

namespace ladestrom::station {
namespace {

constexpr std::size_t most_questions = 16;

}  // namespace

bool Authorization::ask(EvseId evse, const IdToken& token, bool remote,
                        std::optional<std::int64_t> remote_start_id)
{
    if (questions_.size() >= most_questions) return false;
    questions_.push_back({evse, token, remote, remote_start_id});
    return true;
}

bool Authorization::asking(EvseId evse) const
{
    return (in_flight_ && in_flight_->evse == evse) ||
           std::ranges::any_of(questions_, [&](const Question& question) { return question.evse == evse; });
}

void Authorization::update()
{
    if (context_.online) return;
    for (const Question& question : std::exchange(questions_, {})) {
        decide(question, local_decision(question.token));
    }
}

// Nobody knows the token here: AllowOfflineTxForUnknownId decides (OCPP 1.6 section 3.5.4).
IdTokenInfo Authorization::local_decision(const IdToken&) const
{
    const bool allowed = context_.registry.boolean(Variable::offline_tx_for_unknown_id);
    return {.status = allowed ? AuthorizationStatus::accepted : AuthorizationStatus::unknown,
            .cache_expiry = std::nullopt,
            .group = std::nullopt};
}

void Authorization::decide(const Question& question, IdTokenInfo info)
{
    context_.counters.add(info.status == AuthorizationStatus::accepted ? "authorization.accepted"
                                                                       : "authorization.refused");
    decisions_.push_back(
        {question.evse, question.token, question.remote, std::move(info), question.remote_start_id});
}

std::optional<Outgoing> Authorization::next(Gate gate)
{
    if (gate != Gate::all || questions_.empty()) return std::nullopt;
    in_flight_ = std::move(questions_.front());
    questions_.pop_front();
    return Outgoing{AuthorizeRequest{in_flight_->token}, {}};
}

void Authorization::answered(const Reply& reply)
{
    decide(*std::exchange(in_flight_, std::nullopt), std::get<AuthorizeReply>(reply).info);
}

// Silence and errors are no refusal: the backend could not say, as if it were out of reach.
void Authorization::failed(const Failure&)
{
    const Question question = *std::exchange(in_flight_, std::nullopt);
    decide(question, local_decision(question.token));
}

}  // namespace ladestrom::station
