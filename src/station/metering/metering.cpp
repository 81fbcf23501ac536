// Taking meter values when they are due.
#include "station/metering/metering.hpp"

#include "station/metering/sampler.hpp"

namespace ladestrom::station {
namespace {

// A reading becomes durable at least this often: after a power cut the session is known to have lasted as
// long.
constexpr Duration checkpoint_interval = minutes(1);
constexpr std::size_t most_requests = 64;
// Aligned values that could not be taken for so long are not of that moment any more.
constexpr Duration aligned_patience = seconds(5);

// Neither an EVSE named nor 0: all.
bool is_meant(std::optional<EvseId> named, const Evse& evse)
{
    return !named || *named == EvseId(0) || *named == evse.id;
}

// Also before and after energy may flow (2.1 part 2, E02.FR.10); not while it is said how a session goes on
// or ends.
bool in_session(const Evse& evse)
{
    return evse.session && evse.stage != Stage::recovering && evse.stage != Stage::stopping;
}

}  // namespace

std::vector<MeterSample> Metering::take(const Evse& evse, const std::vector<MeasurandSelection>& selection,
                                        MeterContext context) const
{
    if (!evse.reading) return {};
    return sample({.reading = *evse.reading,
                   .phases = evse.capabilities.phases,
                   .offered = evse.offered.value_or(Amperes{0}),
                   .context = context},
                  selection);
}

std::vector<MeasurandSelection> Metering::stop_selection() const
{
    auto selection = context_.registry.measurands(Variable::stop_sampled_measurands);
    for (const MeasurandSelection& item : context_.registry.measurands(Variable::stop_aligned_measurands)) {
        if (std::ranges::find(selection, item) == selection.end()) selection.push_back(item);
    }
    return selection;
}

std::vector<MeterSample> Metering::stop_samples(const Evse& evse, MeterContext context) const
{
    return take(evse, stop_selection(), context);
}

std::vector<MeterSample> Metering::stop_register(WattHours meter) const
{
    std::vector<MeasurandSelection> selection = stop_selection();
    std::erase_if(selection, [](const MeasurandSelection& item) {
        return item.measurand != Measurand::energy_active_import_register;
    });
    const hardware::MeterReading reading{.import_register = meter};
    return sample({.reading = reading, .context = MeterContext::transaction_end}, selection);
}

std::optional<Tick> Metering::sample_due(const Session& session) const
{
    const auto interval = context_.registry.interval(Variable::sampled_data_interval);
    if (interval == seconds(0) || !session.last_sampled) return std::nullopt;
    return *session.last_sampled + interval;
}

void Metering::update()
{
    align();
    const bool aligned = aligned_at_ && context_.now >= *aligned_at_;
    for (Evse& evse : context_.evses.all) {
        if (!evse.reading) continue;
        if (aligned) take_aligned(evse);
        Session* session = sessions_.of(evse);
        if (session == nullptr || !in_session(evse)) continue;
        sessions_.follow_state(*session, evse);
        if (const auto due = sample_due(*session); due && context_.now >= *due) take_sampled(evse, *session);
        if (session->last_checkpoint && context_.now >= *session->last_checkpoint + checkpoint_interval) {
            sessions_.checkpoint(*session, evse.reading->import_register);
        }
    }
    if (aligned) {
        aligned_time_.reset();
        align();
    }
}

void Metering::take_sampled(Evse& evse, Session& session)
{
    session.last_sampled = context_.now;
    auto samples = take(evse, context_.registry.measurands(Variable::sampled_data_measurands),
                        MeterContext::sample_periodic);
    sessions_.keep(session, take(evse, context_.registry.measurands(Variable::stop_sampled_measurands),
                                 MeterContext::sample_periodic));
    if (!samples.empty()) {
        sessions_.update(session, evse, TriggerReason::meter_value_periodic, std::move(samples));
    }
}

void Metering::take_aligned(Evse& evse)
{
    auto samples = take(evse, context_.registry.measurands(Variable::aligned_data_measurands),
                        MeterContext::sample_clock);
    Session* session = sessions_.of(evse);
    if (session != nullptr && session->told && in_session(evse)) {
        sessions_.keep(*session, take(evse, context_.registry.measurands(Variable::stop_aligned_measurands),
                                      MeterContext::sample_clock));
        if (!samples.empty()) {
            sessions_.update(*session, evse, TriggerReason::meter_value_clock, std::move(samples));
        }
        return;
    }
    // Outside a session the values are worth sending only while there is somebody to hear them.
    if (samples.empty() || !context_.online || requests_.size() >= most_requests) return;
    requests_.push_back({MeterRequest{evse.id, std::nullopt, {*aligned_time_, std::move(samples)}}, false});
}

// The next multiple of the interval since midnight UTC, as the clock now stands.
void Metering::align()
{
    const Duration interval = context_.registry.interval(Variable::aligned_data_interval);
    const auto wall = context_.clock.wall(context_.now);
    if (interval == Duration(0) || !wall) {
        aligned_at_.reset();
        aligned_time_.reset();
        return;
    }
    if (aligned_time_ && interval == aligned_interval_) {
        // The clock may have been set since, forwards past the moment or backwards.
        const Tick at = context_.now + (*aligned_time_ - *wall);
        if (at > context_.now - aligned_patience && at <= context_.now + interval) {
            aligned_at_ = at;
            return;
        }
    }
    const Duration day = hours(24);
    const Duration since_epoch = wall->time_since_epoch();
    const Duration midnight = since_epoch - since_epoch % day;
    const Duration next = ((since_epoch - midnight) / interval + 1) * interval;
    aligned_interval_ = interval;
    aligned_time_ = Instant{midnight + std::min(next, day)};
    aligned_at_ = context_.now + (*aligned_time_ - *wall);
}

bool Metering::trigger(std::optional<EvseId> id, Variable measurands)
{
    const auto wall = context_.clock.wall(context_.now);
    if (!wall) return false;
    const std::size_t before = requests_.size();
    for (const Evse& evse : context_.evses.all) {
        if (!is_meant(id, evse) || requests_.size() >= most_requests) continue;
        const Session* session = sessions_.of(evse);
        auto samples = take(evse, context_.registry.measurands(measurands), MeterContext::trigger);
        if (samples.empty()) continue;
        const auto number = session != nullptr ? session->transaction_id : std::nullopt;
        requests_.push_back({MeterRequest{evse.id, number, {*wall, std::move(samples)}}, true});
    }
    return requests_.size() > before;
}

bool Metering::trigger_event(std::optional<EvseId> id)
{
    bool any = false;
    for (const Evse& evse : context_.evses.all) {
        Session* session = sessions_.of(evse);
        const bool told = session != nullptr && session->told && in_session(evse);
        if (!is_meant(id, evse) || !told || !evse.reading) continue;
        if (context_.records.failed()) return any;
        sessions_.update(*session, evse, TriggerReason::trigger,
                         take(evse, context_.registry.measurands(Variable::sampled_data_measurands),
                              MeterContext::trigger));
        any = true;
    }
    return any;
}

std::optional<Outgoing> Metering::next(Gate gate)
{
    if (gate == Gate::boot_only) return std::nullopt;
    for (auto request = requests_.begin(); request != requests_.end(); ++request) {
        if (gate != Gate::all && !request->triggered) continue;
        Outgoing outgoing{std::move(request->body), {}};
        requests_.erase(request);
        return outgoing;
    }
    return std::nullopt;
}

std::optional<Tick> Metering::next_deadline() const
{
    std::optional<Tick> next = context_.sooner(std::nullopt, aligned_at_);
    for (const Evse& evse : context_.evses.all) {
        const Session* session = sessions_.of(evse);
        if (session == nullptr || !in_session(evse)) continue;
        next = context_.sooner(next, sample_due(*session));
        if (session->last_checkpoint)
            next = context_.sooner(next, *session->last_checkpoint + checkpoint_interval);
    }
    return next;
}

}  // namespace ladestrom::station
