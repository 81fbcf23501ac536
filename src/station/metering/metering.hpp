// When meter values are taken (OCPP 1.6 section 3.16): sampled during a session every
// MeterValueSampleInterval from its start, clock-aligned at multiples of ClockAlignedDataInterval from
// midnight UTC, and when triggered.
#pragma once

#include "station/calls/source.hpp"
#include "station/core/context.hpp"
#include "station/transactions/sessions.hpp"

#include <deque>

namespace ladestrom::station {

class Metering final : public Source {
public:
    Metering(Context& context, Sessions& sessions) : context_(context), sessions_(sessions) {}

    // Takes what is due.
    void update();
    // TriggerMessage; none: all EVSEs. measurands: the variable that lists them. False when there is nothing
    // to send.
    bool trigger(std::optional<EvseId> evse, Variable measurands);
    // TriggerMessage of a TransactionEvent (2.1 part 2, F06.FR.07). False when no transaction runs there.
    bool trigger_event(std::optional<EvseId> evse);
    // What was asked for on this connection is not for the next one.
    void link_lost() { requests_.clear(); }

    // What goes with the begin and the end of a session: of both lists (errata 3.14).
    std::vector<MeterSample> stop_samples(const Evse& evse, MeterContext context) const;
    // The register alone, when the rest is no longer known.
    std::vector<MeterSample> stop_register(WattHours meter) const;

    std::optional<Outgoing> next(Gate gate) override;
    void answered(const Reply&) override {}
    void failed(const Failure&) override {}
    std::optional<Tick> next_deadline() const override;

private:
    void take_sampled(Evse& evse, Session& session);
    void take_aligned(Evse& evse);
    void align();
    std::vector<MeterSample> take(const Evse& evse, const std::vector<MeasurandSelection>& selection,
                                  MeterContext context) const;
    std::vector<MeasurandSelection> stop_selection() const;
    std::optional<Tick> sample_due(const Session& session) const;

    struct Request {
        MeterRequest body;
        bool triggered = false;
    };
    Context& context_;
    Sessions& sessions_;
    std::deque<Request> requests_;  // outside the queue of facts; bounded
    std::optional<Tick> aligned_at_;
    Duration aligned_interval_{0};
    std::optional<Instant> aligned_time_;
};

}  // namespace ladestrom::station
