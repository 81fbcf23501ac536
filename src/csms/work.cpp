#include "csms/work.hpp"

#include "csms/text.hpp"

#include <algorithm>
#include <utility>

namespace ladestrom::csms {

void StationBook::apply(const store::Write& write)
{
    if (const auto* station = std::get_if<store::PutStation>(&write)) {
        row = station->row;
    } else if (const auto* put = std::get_if<store::PutConnector>(&write)) {
        const auto found = std::ranges::find(connectors, put->row.evse, &store::ConnectorRow::evse);
        if (found == connectors.end()) {
            connectors.push_back(put->row);
        } else {
            *found = put->row;
        }
    } else if (const auto* session = std::get_if<store::PutSession>(&write)) {
        const auto found = std::ranges::find(running, session->row.id, &store::SessionRow::id);
        const bool runs = session->row.state == store::SessionState::running;
        if (found != running.end() && runs) {
            *found = session->row;
        } else if (found != running.end()) {
            running.erase(found);
        } else if (runs) {
            if (running.size() >= most_running) running.erase(running.begin());
            running.push_back(session->row);
        }
    }
}

const store::ConnectorRow* StationBook::connector(EvseId evse) const
{
    const auto found = std::ranges::find(connectors, evse, &store::ConnectorRow::evse);
    return found == connectors.end() ? nullptr : &*found;
}

const store::SessionRow* StationBook::running_transaction(std::string_view transaction_id) const
{
    const auto found = std::ranges::find(running, transaction_id, &store::SessionRow::transaction_id);
    return found == running.end() ? nullptr : &*found;
}

store::StationRow& Work::changed_station()
{
    for (store::Write& write : writes) {
        if (auto* put = std::get_if<store::PutStation>(&write)) return put->row;
    }
    writes.push_back(store::PutStation{station.row});
    auto& row = std::get<store::PutStation>(writes.back()).row;
    row.last_seen = now.wall;
    return row;
}

const TokenFacts* Work::token(std::string_view value, bool count_running)
{
    return lookups.token(value, count_running, tokens, now.tick);
}

void Work::record_event(Instant at, std::string kind, std::string detail)
{
    writes.push_back(
        store::AddStationEvent{id(), at, bounded(std::move(kind)), bounded(std::move(detail), 2000)});
}

}  // namespace ladestrom::csms
