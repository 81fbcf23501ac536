#include "simulation/durable_sessions.hpp"

#include <algorithm>

namespace ladestrom::simulation {
namespace {

constexpr std::string_view session_prefix = "session/";

template <class T, class Value>
T read_or(const Value& value, T otherwise)
{
    T read{};
    return value.get(read) == simdjson::SUCCESS ? read : otherwise;
}

}  // namespace

DurableSession DurableSessions::read(const std::string& value)
{
    DurableSession session;
    const auto parsed = parser_.parse(value);
    if (!parsed) return session;
    session.evse = EvseId(static_cast<std::int32_t>(read_or<std::int64_t>((*parsed)["evse"], 0)));
    const auto type = read_or<std::string_view>((*parsed)["token"]["type"], "");
    if (type != "NoAuthorization") session.token = read_or<std::string_view>((*parsed)["token"]["value"], "");
    session.meter_start = {read_or<std::int64_t>((*parsed)["meterStart"], -1)};
    session.paired = !read_or<bool>((*parsed)["unpaired"], false);
    session.told = !read_or<bool>((*parsed)["startPending"], false);
    session.ended = read_or<bool>((*parsed)["ended"], false);
    return session;
}

void DurableSessions::follow(const Content& before, const Content& after)
{
    for (const auto& [key, value] : before) {
        if (!key.starts_with(session_prefix) || after.contains(key)) continue;
        // Erased before its end was recorded: it was taken back.
        if (!present_[key].ended) all_.erase(key);
        present_.erase(key);
    }
    for (auto entry = after.lower_bound(std::string(session_prefix));
         entry != after.end() && entry->first.starts_with(session_prefix); ++entry) {
        const auto old = before.find(entry->first);
        if (old != before.end() && old->second == entry->second) continue;
        present_[entry->first] = read(entry->second);
        all_[entry->first] = present_[entry->first];
    }
}

bool DurableSessions::running(EvseId evse) const
{
    return std::ranges::any_of(present_, [&](const auto& entry) {
        return entry.second.evse == evse && entry.second.allows_energy();
    });
}

}  // namespace ladestrom::simulation
