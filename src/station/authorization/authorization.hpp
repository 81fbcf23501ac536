// Whether a token may charge: asked of the backend, or decided here while it cannot be reached. Where a cache
// and a local list will be looked up is local_decision().
#pragma once

#include "station/calls/source.hpp"
#include "station/core/context.hpp"

#include <deque>
#include <vector>

namespace ladestrom::station {

struct Decision {
    EvseId evse;  // 0: the station, any EVSE
    IdToken token;
    bool remote = false;
    IdTokenInfo info;
    std::optional<std::int64_t> remote_start_id;  // 2.x
};

class Authorization final : public Source {
public:
    explicit Authorization(Context& context) : context_(context) {}

    // False when too many wait already.
    bool ask(EvseId evse, const IdToken& token, bool remote,
             std::optional<std::int64_t> remote_start_id = {});
    bool asking(EvseId evse) const;
    // Decides what can no longer be asked.
    void update();
    std::vector<Decision> take_decisions() { return std::exchange(decisions_, {}); }

    std::optional<Outgoing> next(Gate gate) override;
    void answered(const Reply& reply) override;
    void failed(const Failure& failure) override;
    std::optional<Tick> next_deadline() const override { return std::nullopt; }

private:
    struct Question {
        EvseId evse;
        IdToken token;
        bool remote = false;
        std::optional<std::int64_t> remote_start_id;
    };
    IdTokenInfo local_decision(const IdToken& token) const;
    void decide(const Question& question, IdTokenInfo info);

    Context& context_;
    std::deque<Question> questions_;
    std::optional<Question> in_flight_;
    std::vector<Decision> decisions_;
};

}  // namespace ladestrom::station
