// Taking EVSEs out of service and back.
#include "station/availability/availability.hpp"

#include "messages/journal.hpp"
#include "station/outbox/journal_records.hpp"

#include <charconv>
#include <utility>

namespace ladestrom::station {

void Availability::recover(std::string_view key, std::string_view value)
{
    key.remove_prefix(prefix.size());
    std::int32_t number = 0;
    const auto parsed = std::from_chars(key.data(), key.data() + key.size(), number);
    const auto record = decode_record<journal::Availability>(value);
    if (parsed.ec != std::errc{} || !record) {
        context_.counters.add("journal.unreadable");
        return;
    }
    if (number == 0) {
        context_.evses.station_operative = record->operative;
    } else if (Evse* evse = context_.evses.find(EvseId(number))) {
        evse->operative = record->operative;
    }
}

void Availability::record(std::int32_t evse, bool operative)
{
    context_.records.put(std::string(prefix) + std::to_string(evse),
                         messages::encode(journal::Availability{.operative = operative}));
}

bool& Availability::operative(std::int32_t evse)
{
    return evse == 0 ? context_.evses.station_operative : context_.evses.find(EvseId(evse))->operative;
}

bool Availability::planned(std::int32_t evse)
{
    bool last = operative(evse);
    for (const Pending& change : pending_) {
        if (change.evse == evse) last = change.operative;
    }
    return last;
}

void Availability::plan(std::int32_t evse, bool operative)
{
    if (planned(evse) == operative) return;
    record(evse, operative);
    pending_.push_back({context_.records.current(), evse, operative});
}

AvailabilityOutcome Availability::change(EvseId id, bool operative, OfStation of_station)
{
    const bool all = id == EvseId(0);
    if (!all && context_.evses.find(id) == nullptr) return AvailabilityOutcome::rejected;
    if (all) plan(0, operative);
    auto outcome = AvailabilityOutcome::accepted;
    for (const Evse& evse : context_.evses.all) {
        if (!all && evse.id != id) continue;
        if (!all || of_station == OfStation::with_evses) plan(evse.id.value(), operative);
        if (!operative && evse.session) outcome = AvailabilityOutcome::scheduled;
    }
    return outcome;
}

void Availability::apply_durable()
{
    while (!pending_.empty() && context_.records.durable(pending_.front().generation)) {
        operative(pending_.front().evse) = pending_.front().operative;
        pending_.pop_front();
    }
}

void Availability::take_back()
{
    apply_durable();
    for (const Pending& change : std::exchange(pending_, {})) record(change.evse, operative(change.evse));
}

}  // namespace ladestrom::station
