#include "csms/tokens.hpp"

#include "csms/text.hpp"

#include <utility>

namespace ladestrom::csms {

IdTokenInfo judge_token(const std::optional<store::TokenRow>& row, Instant at)
{
    if (!row) return {.status = AuthorizationStatus::invalid, .cache_expiry = {}, .group = {}};
    IdTokenInfo info{.status = row->status, .cache_expiry = row->valid_until, .group = {}};
    if (!row->group.empty()) info.group = row->group;
    if (info.status == AuthorizationStatus::accepted && row->valid_until && *row->valid_until <= at) {
        info.status = AuthorizationStatus::expired;
    }
    return info;
}

const store::TokenRow* TokenCache::find(std::string_view value, Tick now)
{
    const std::string key = token_key(value);
    auto found = young_.find(key);
    if (found == young_.end()) {
        const auto aged = old_.find(key);
        if (aged == old_.end()) return nullptr;
        found = young_.insert(old_.extract(aged)).position;
    }
    if (now - found->second.loaded >= lifetime_) {
        young_.erase(found);
        return nullptr;
    }
    return &found->second.row;
}

void TokenCache::put(const store::TokenRow& row, Tick now)
{
    if (half_ == 0) return;
    if (young_.size() >= half_) old_ = std::exchange(young_, {});
    std::string key = token_key(row.token.value);
    old_.erase(key);
    young_.insert_or_assign(std::move(key), Entry{row, now});
}

void TokenCache::forget(std::string_view value)
{
    const std::string key = token_key(value);
    young_.erase(key);
    old_.erase(key);
}

}  // namespace ladestrom::csms
