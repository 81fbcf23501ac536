#include "csms/lookups.hpp"

#include <utility>

namespace ladestrom::csms {

bool Lookups::ask(Kind kind)
{
    if (!facts_) facts_ = std::make_unique<Facts>();
    bool& asked = facts_->asked[static_cast<std::size_t>(kind)];
    if (asked) return false;
    asked = true;
    ++facts_->missing;
    return true;
}

const TokenFacts* Lookups::token(std::string_view value, bool count_running, TokenCache& cache, Tick now)
{
    if (facts_ && facts_->token) return &*facts_->token;
    if (ask(Kind::token)) {
        const store::TokenRow* known = cache.find(value, now);
        const bool enough = known != nullptr && (!count_running || known->concurrent_allowed ||
                                                 known->status != AuthorizationStatus::accepted);
        if (enough) {
            answer(TokenFacts{.row = *known, .running = 0});
            return &*facts_->token;
        }
        facts_->wanted.push_back({Kind::token, LoadToken{0, std::string(value), count_running}});
    }
    return nullptr;
}

const std::optional<store::SessionRow>* Lookups::session(const store::SessionKey& key)
{
    if (ask(Kind::session)) facts_->wanted.push_back({Kind::session, LoadSession{0, key}});
    return facts_->session ? &*facts_->session : nullptr;
}

const std::optional<store::SessionRow>* Lookups::transaction(const StationId& station,
                                                             std::string transaction_id)
{
    if (ask(Kind::transaction)) {
        facts_->wanted.push_back({Kind::transaction, LoadTransaction{0, station, std::move(transaction_id)}});
    }
    return facts_->transaction ? &*facts_->transaction : nullptr;
}

const std::vector<store::SessionRow>* Lookups::recent(const StationId& station)
{
    if (ask(Kind::recent)) facts_->wanted.push_back({Kind::recent, LoadStation{0, station}});
    return facts_->recent ? &*facts_->recent : nullptr;
}

std::vector<Lookups::Wanted> Lookups::take_wanted()
{
    return facts_ ? std::exchange(facts_->wanted, {}) : std::vector<Wanted>{};
}

void Lookups::answer(TokenFacts token)
{
    if (!facts_->token) --facts_->missing;
    facts_->token = std::move(token);
}

void Lookups::answer(Kind kind, std::optional<store::SessionRow> session)
{
    auto& slot = kind == Kind::session ? facts_->session : facts_->transaction;
    if (!slot) --facts_->missing;
    slot = std::move(session);
}

void Lookups::answer(std::vector<store::SessionRow> recent)
{
    if (!facts_->recent) --facts_->missing;
    facts_->recent = std::move(recent);
}

}  // namespace ladestrom::csms
