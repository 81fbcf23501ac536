#include "simulation/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ladestrom::simulation {
namespace {

using store::SessionRow;

std::string text_of(const SessionRow& row)
{
    return fmt::format("transaction {} of {} on EVSE {} from {} Wh ({}) to {} Wh ({}), flags {}",
                       row.transaction_id, row.token.value, row.evse.value(), row.meter_start.value,
                       format_instant(row.started), row.meter_stop ? row.meter_stop->value : -1,
                       row.ended ? format_instant(*row.ended) : "not ended", row.flags);
}

// 2.x leaves it empty where nobody has to identify.
std::string told_token(const SessionRow& row)
{
    return row.token.value == station::Config{}.free_charging_token ? "" : row.token.value;
}

// Every durable session is with the central system, once, and nothing else is. Where the station spoke 1.6,
// one without a person or a car may be: 1.6 has no word for it.
void check_sessions(Surroundings& around, const StationNode& station, const std::vector<SessionRow>& rows)
{
    using Identity = std::tuple<EvseId, WattHours, std::string>;
    std::multiset<Identity> ours, theirs, possible;
    for (const auto& [key, session] : station.sessions().all()) {
        possible.emplace(session.identity());
        if (session.paired || !station.spoke_16()) ours.emplace(session.identity());
    }
    for (const SessionRow& row : rows) theirs.emplace(row.evse, row.meter_start, told_token(row));
    const auto missing = [&](const auto& one, const auto& other, std::string_view what) {
        std::vector<Identity> lost;
        std::ranges::set_difference(one, other, std::back_inserter(lost));
        for (const auto& [evse, meter, token] : lost) {
            around.violation(station.name(), fmt::format("{}: {} on EVSE {} from {} Wh", what, token,
                                                         evse.value(), meter.value));
        }
    };
    missing(ours, theirs, "a session was lost");
    missing(theirs, possible, "a session was invented or booked twice");
}

// Begun in 2.x without a person or a car; its end fell into 1.6, which has no word for it.
bool may_stay_open(const StationNode& station, const SessionRow& row)
{
    if (!station.spoke_16() || row.meter_stop.value_or(row.meter_start) != row.meter_start) return false;
    return std::ranges::any_of(station.sessions().all(), [&](const auto& entry) {
        const DurableSession& session = entry.second;
        return !session.paired &&
               session.identity() == std::tuple(row.evse, row.meter_start, told_token(row));
    });
}

void check_rows(Surroundings& around, const StationNode& station, const std::vector<SessionRow>& rows)
{
    std::set<std::string> ids;
    for (const SessionRow& row : rows) {
        const auto wrong = [&](std::string_view what) {
            around.violation(station.name(), fmt::format("{}: {}", what, text_of(row)));
        };
        if (!ids.insert(row.transaction_id).second) wrong("a transaction id was given out twice");
        if (row.state != store::SessionState::ended || !row.ended || !row.meter_stop) {
            if (!may_stay_open(station, row)) wrong("a session never ended");
            continue;
        }
        if (*row.ended < row.started) wrong("a session ends before it starts");
        if (*row.meter_stop < row.meter_start) wrong("negative energy");
        if (row.started < world_began - hours(2) || *row.ended > around.true_wall() + hours(2)) {
            wrong("a session lies outside the time of the world");
        }
        if ((row.flags & ~static_cast<std::uint32_t>(store::session_flag_unauthorized)) != 0) {
            wrong("a session in doubt, and nothing was");
        }
    }
}

// The register moves only in sessions: they follow on each other from nothing to what the meter shows.
void check_energy(Surroundings& around, const StationNode& station, const std::vector<SessionRow>& rows)
{
    for (std::size_t i = 1; i <= station.evses(); ++i) {
        const EvseId evse(static_cast<std::int32_t>(i));
        std::vector<std::pair<WattHours, WattHours>> spans;
        for (const SessionRow& row : rows) {
            if (row.evse == evse)
                spans.emplace_back(row.meter_start, row.meter_stop.value_or(row.meter_start));
        }
        std::ranges::sort(spans);
        WattHours reached{0};
        for (const auto& [start, stop] : spans) {
            if (start != reached) {
                around.violation(
                    station.name(),
                    fmt::format("EVSE {}: a session starts at {} Wh, the one before ends at {} Wh",
                                evse.value(), start.value, reached.value));
            }
            reached = stop;
        }
        if (reached != station.true_register(evse)) {
            around.violation(station.name(),
                             fmt::format("EVSE {}: the sessions end at {} Wh, the meter shows {} Wh",
                                         evse.value(), reached.value, station.true_register(evse).value));
        }
    }
}

// 2.x tells of every kind of use in one word.
bool same_status(ConnectorStatus a, ConnectorStatus b, const station::View& view)
{
    if (a == b) return true;
    const auto in_use = [](ConnectorStatus status) {
        return status >= ConnectorStatus::preparing && status <= ConnectorStatus::finishing;
    };
    return view.version != OcppVersion::v1_6 && in_use(a) && in_use(b);
}

// Nothing is under way any more, and both sides say the same.
void check_rest(Surroundings& around, const StationNode& station, CsmsNode& csms, const Network& network)
{
    const auto view = station.view();
    if (view.queued_facts != 0) {
        around.violation(station.name(), fmt::format("{} facts were never delivered", view.queued_facts));
    }
    if (view.dead_letters != 0) {
        around.violation(station.name(), fmt::format("{} dead letters", view.dead_letters));
    }
    for (const auto& [key, value] : station.journal()) {
        for (const std::string_view prefix : {"fact/", "session/", "sample/", "dead/"}) {
            if (key.starts_with(prefix))
                around.violation(station.name(), fmt::format("left over: {} {}", key, value));
        }
    }
    const auto connection = csms.core().connection(station.id());
    const auto socket = network.open_socket(station);
    if (!connection || socket == 0 || connection->socket != socket) {
        around.violation(station.name(), fmt::format("socket {} is open, the central system has {}", socket,
                                                     connection ? connection->socket : 0));
    }
    for (const auto& row : csms.store().connectors(station.id())) {
        if (row.evse == EvseId(0)) continue;
        const auto& evse = view.evses[static_cast<std::size_t>(row.evse.value() - 1)];
        if (!same_status(row.status, evse.status, view)) {
            around.violation(station.name(),
                             fmt::format("EVSE {} shows status {}, the central system {}", row.evse.value(),
                                         static_cast<int>(evse.status), static_cast<int>(row.status)));
        }
    }
}

}  // namespace

void check_all(Surroundings& around, const Stations& stations, CsmsNode& csms, const Network& network)
{
    if (csms.unanswered_commands() > 0) {
        around.violation("csms", fmt::format("{} commands were never answered", csms.unanswered_commands()));
    }
    for (const auto& station : stations) {
        const auto rows = csms.store().sessions(station->id());
        check_sessions(around, *station, rows);
        check_rows(around, *station, rows);
        check_energy(around, *station, rows);
        check_rest(around, *station, csms, network);
        station->check_operative();
    }
}

}  // namespace ladestrom::simulation
