// Taking EVSEs out of service and back.
#include "station/availability/availability.hpp"

#include "messages/journal.hpp"
#include "station/outbox/journal_records.hpp"

#include <charconv>

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

AvailabilityOutcome Availability::change(EvseId id, bool operative)
{
    const bool all = id == EvseId(0);
    if (!all && context_.evses.find(id) == nullptr) return AvailabilityOutcome::rejected;
    if (all && context_.evses.station_operative != operative) {
        context_.evses.station_operative = operative;
        record(0, operative);
    }
    auto outcome = AvailabilityOutcome::accepted;
    for (Evse& evse : context_.evses.all) {
        if (!all && evse.id != id) continue;
        if (evse.operative != operative) {
            evse.operative = operative;
            record(evse.id.value(), operative);
        }
        if (!operative && evse.session) outcome = AvailabilityOutcome::scheduled;
    }
    return outcome;
}

}  // namespace ladestrom::station
