#include "store/sqlite/ledger_sqlite.hpp"

#include "store/sqlite/ledger_rows.hpp"

#include <utility>

namespace ladestrom::store::sqlite {
namespace {

Result<void> plain(const DatabaseResult<void>& outcome)
{
    if (outcome) return {};
    return Error{outcome.error().message};
}

DatabaseResult<std::vector<SessionRow>> recent_sessions(Connection& connection, const StationId& id)
{
    static const std::string sql =
        "SELECT " + session_columns +
        " FROM sessions WHERE station=? AND ended_order IS NOT NULL ORDER BY ended_order DESC LIMIT 20";
    std::vector<SessionRow> rows;
    auto done = connection.each(
        sql.c_str(), [&](Columns c) { rows.push_back(read_session(c)); }, id);
    if (!done) return done.error();
    return rows;
}

DatabaseResult<StationState> station_state(Connection& connection, const StationId& id)
{
    static const std::string station = "SELECT " + station_columns + " FROM stations WHERE id=?";
    static const std::string connectors =
        "SELECT " + connector_columns + " FROM connectors WHERE station=? ORDER BY evse";
    static const std::string running =
        "SELECT " + session_columns + " FROM sessions WHERE station=? AND state=0 ORDER BY started";
    StationState state;
    auto row = connection.first(station.c_str(), read_station, id);
    if (!row) return row.error();
    state.station = std::move(*row);
    auto done = connection.each(
        connectors.c_str(), [&](Columns c) { state.connectors.push_back(read_connector(c)); }, id);
    if (!done) return done.error();
    done = connection.each(
        running.c_str(), [&](Columns c) { state.running.push_back(read_session(c)); }, id);
    if (!done) return done.error();
    auto recent = recent_sessions(connection, id);
    if (!recent) return recent.error();
    state.recent = std::move(*recent);
    return state;
}

DatabaseResult<std::optional<TokenRow>> token_row(Connection& connection, const std::string& value)
{
    static const std::string sql = "SELECT " + token_columns + " FROM tokens WHERE value=?";
    return connection.first(sql.c_str(), read_token, value);
}

}  // namespace

SqliteLedger::SqliteLedger(std::shared_ptr<LedgerQueue> queue, Executor executor)
    : queue_(std::move(queue)), executor_(std::move(executor))
{
}

void SqliteLedger::commit(WriteBatch batch, std::function<void(Result<void>)> done)
{
    queue_->write(
        [batch = std::move(batch)](Connection& connection) -> DatabaseResult<void> {
            for (const Write& write : batch) {
                if (auto applied = apply(connection, write); !applied) return applied;
            }
            return {};
        },
        [executor = executor_, done = std::move(done)](const DatabaseResult<void>& outcome) mutable {
            // Moved: what the asker holds in it must end on the asker's thread.
            executor([done = std::move(done), result = plain(outcome)] { done(result); });
        });
}

template <class T, class Read>
void SqliteLedger::load(Read read, std::function<void(Result<T>)> done)
{
    auto found = std::make_shared<T>();
    queue_->read(
        [read = std::move(read), found](Connection& connection) -> DatabaseResult<void> {
            auto row = read(connection);
            if (!row) return row.error();
            *found = std::move(*row);
            return {};
        },
        [executor = executor_, found, done = std::move(done)](const DatabaseResult<void>& outcome) mutable {
            executor([done = std::move(done), found, result = plain(outcome)] {
                if (result) {
                    done(std::move(*found));
                } else {
                    done(result.error());
                }
            });
        });
}

void SqliteLedger::load_station(StationId id, std::function<void(Result<StationState>)> done)
{
    load<StationState>([id = std::move(id)](Connection& c) { return station_state(c, id); }, std::move(done));
}

void SqliteLedger::load_token(std::string value, std::function<void(Result<std::optional<TokenRow>>)> done)
{
    load<std::optional<TokenRow>>([value = std::move(value)](Connection& c) { return token_row(c, value); },
                                  std::move(done));
}

void SqliteLedger::load_session(SessionKey key, std::function<void(Result<std::optional<SessionRow>>)> done)
{
    static const std::string sql = "SELECT " + session_columns +
                                   " FROM sessions WHERE station=?1 AND started=?2 AND evse=?3 AND "
                                   "(token=?4 OR token='' OR ?4='') AND meter_start=?5 AND (?6='' OR "
                                   "start_message_id=?6) ORDER BY id LIMIT 1";
    load<std::optional<SessionRow>>(
        [key = std::move(key)](Connection& c) {
            return c.first(sql.c_str(), read_session, key.station, key.started, key.evse, key.token,
                           key.meter_start, key.start_message_id);
        },
        std::move(done));
}

void SqliteLedger::load_transaction(StationId station, std::string transaction_id,
                                    std::function<void(Result<std::optional<SessionRow>>)> done)
{
    static const std::string sql =
        "SELECT " + session_columns +
        " FROM sessions WHERE station=? AND transaction_id=? ORDER BY started DESC LIMIT 1";
    load<std::optional<SessionRow>>(
        [station = std::move(station), transaction_id = std::move(transaction_id)](Connection& c) {
            return c.first(sql.c_str(), read_session, station, transaction_id);
        },
        std::move(done));
}

void SqliteLedger::count_running(std::string token, std::function<void(Result<std::int64_t>)> done)
{
    load<std::int64_t>(
        [token = std::move(token)](Connection& c) -> DatabaseResult<std::int64_t> {
            auto count = c.first(
                "SELECT count(*) FROM sessions WHERE token=? AND state=0",
                [](Columns columns) { return columns.next<std::int64_t>(); }, token);
            if (!count) return count.error();
            return count->value_or(0);
        },
        std::move(done));
}

}  // namespace ladestrom::store::sqlite
