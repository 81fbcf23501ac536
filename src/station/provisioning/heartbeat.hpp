// Heartbeat: after HeartbeatInterval without any call of ours (OCPP 1.6 section 4.6), and the clock it
// brings.
#pragma once

#include "station/calls/source.hpp"
#include "station/core/context.hpp"

namespace ladestrom::station {

class Heartbeat final : public Source {
public:
    explicit Heartbeat(Context& context) : context_(context) {}

    std::optional<Outgoing> next(Gate gate) override;
    void answered(const Reply& reply) override;
    void failed(const Failure&) override;
    std::optional<Tick> next_deadline() const override;

    void trigger() { triggered_ = true; }
    // Any call of ours is a sign of life.
    void call_sent(Tick at) { last_call_ = at; }

private:
    // After silence of ours; for the clock even when other calls keep the connection busy.
    Tick due_at() const;

    Context& context_;
    Tick last_call_{};
    std::optional<Tick> failed_at_;  // the last one
    bool triggered_ = false;
};

}  // namespace ladestrom::station
