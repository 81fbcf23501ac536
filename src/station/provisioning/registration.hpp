// BootNotification: once per process start until accepted, and when triggered (OCPP 1.6 section 4.2).
#pragma once

#include "station/calls/source.hpp"
#include "station/core/context.hpp"
#include "station/provisioning/settings.hpp"

namespace ladestrom::station {

class RegistrationBlock final : public Source {
public:
    RegistrationBlock(Context& context, Settings& settings) : context_(context), settings_(settings) {}

    std::optional<Outgoing> next(Gate gate) override;
    void answered(const Reply& reply) override;
    void failed(const Failure& failure) override;
    std::optional<Tick> next_deadline() const override;

    // Why this process was started.
    void started_because(BootReason reason) { reason_ = reason; }
    // False once accepted: a boot is told once (errata 3.35).
    bool trigger()
    {
        triggered_ = !accepted();
        return triggered_;
    }
    Registration status() const { return status_; }
    // How often the backend has said Accepted.
    std::uint64_t acceptances() const { return acceptances_; }
    bool accepted() const { return status_ == Registration::accepted; }
    Gate gate() const;

private:
    void retry_in(Duration wait) { next_attempt_ = context_.now + wait; }

    Context& context_;
    Settings& settings_;
    Registration status_ = Registration::none;
    BootReason reason_ = BootReason::power_up;
    std::optional<Tick> next_attempt_;  // none: at once
    int failures_ = 0;
    std::uint64_t acceptances_ = 0;
    bool triggered_ = false;
};

}  // namespace ladestrom::station
