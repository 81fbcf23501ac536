// Tokens: a bounded cache of what the store knows of them, and the decision whether one may charge.
#pragma once

#include "base/time.hpp"
#include "domain/token.hpp"
#include "store/ledger.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ladestrom::csms {

// What is known of a token at a decision.
struct TokenFacts {
    std::optional<store::TokenRow> row;
    std::int64_t running = 0;  // sessions, over all stations; only where it was asked for
};

// What to tell a station of a token at a time. Concurrent use is judged apart: it depends on the session.
IdTokenInfo judge_token(const std::optional<store::TokenRow>& row, Instant at);

// Tokens that exist, by value without regard to letter case. Two generations: when the younger is full it
// becomes the older, whose entries are forgotten unless used again. What is not in the store is not kept, so
// a station that tries names cannot push out real tokens.
class TokenCache {
public:
    TokenCache(std::size_t capacity, Duration lifetime) : half_(capacity / 2), lifetime_(lifetime) {}

    // Valid until the next call of put().
    const store::TokenRow* find(std::string_view value, Tick now);
    void put(const store::TokenRow& row, Tick now);
    void forget(std::string_view value);
    std::size_t size() const { return young_.size() + old_.size(); }

private:
    struct Entry {
        store::TokenRow row;
        Tick loaded;
    };
    using Generation = std::unordered_map<std::string, Entry>;

    std::size_t half_;
    Duration lifetime_;
    Generation young_, old_;
};

}  // namespace ladestrom::csms
