// What one operation reads from the store. The function that needs a fact asks for it; while the store has
// not answered it gets nothing and gives up for now, and it is run again from the start once every answer is
// there. An operation asks for each kind of fact at most once.
#pragma once

#include "csms/csms.hpp"
#include "csms/tokens.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace ladestrom::csms {

class Lookups {
public:
    enum class Kind : std::uint8_t { token, session, transaction, recent };

    // The cache spares a load where the number of running sessions cannot matter.
    const TokenFacts* token(std::string_view value, bool count_running, TokenCache& cache, Tick now);
    const std::optional<store::SessionRow>* session(const store::SessionKey& key);
    const std::optional<store::SessionRow>* transaction(const StationId& station, std::string transaction_id);
    // The newest sessions of the station that have ended, newest first.
    const std::vector<store::SessionRow>* recent(const StationId& station);

    // ---- for the one who carries it out ----
    struct Wanted {
        Kind kind;
        Action load;  // LoadToken, LoadSession, LoadTransaction or LoadStation; its id is not set yet
    };
    // What was asked for since the last call.
    std::vector<Wanted> take_wanted();
    bool complete() const { return !facts_ || facts_->missing == 0; }

    void answer(TokenFacts token);
    void answer(Kind kind, std::optional<store::SessionRow> session);
    void answer(std::vector<store::SessionRow> recent);

private:
    struct Facts {
        std::optional<TokenFacts> token;
        std::optional<std::optional<store::SessionRow>> session, transaction;
        std::optional<std::vector<store::SessionRow>> recent;
        std::vector<Wanted> wanted;
        std::size_t missing = 0;
        bool asked[4] = {};
    };

    // True the first time.
    bool ask(Kind kind);

    std::unique_ptr<Facts> facts_;  // none for the many operations that read nothing
};

}  // namespace ladestrom::csms
