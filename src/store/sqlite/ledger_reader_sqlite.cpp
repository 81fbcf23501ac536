// Pages are cut by key, never by offset: what is written meanwhile neither repeats nor hides a row.
#include "store/sqlite/ledger_rows.hpp"
#include "store/sqlite/ledger_sqlite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace ladestrom::store::sqlite {
namespace {

ReadError bad_cursor()
{
    return ReadError{{"cursor: not one of this list; begin without one"}, true};
}

// Keys are any bytes; a cursor is printable.
std::string to_hex(std::string_view bytes)
{
    std::string out;
    for (char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return out;
}

std::optional<std::string> from_hex(std::string_view hex)
{
    if (hex.size() % 2 != 0) return std::nullopt;
    std::string out;
    for (std::size_t at = 0; at < hex.size(); at += 2) {
        unsigned byte = 0;
        const auto [end, error] = std::from_chars(hex.data() + at, hex.data() + at + 2, byte, 16);
        if (error != std::errc() || end != hex.data() + at + 2) return std::nullopt;
        out += static_cast<char>(byte);
    }
    return out;
}

std::optional<std::int64_t> to_integer(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// A pattern for LIKE ... ESCAPE '\' that finds the text anywhere; empty text: nothing to look for.
std::optional<std::string> like(std::string_view text)
{
    if (text.empty()) return std::nullopt;
    std::string pattern = "%";
    for (char c : text) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern + '%';
}

// One row more than asked for was read to learn whether there is a next page.
template <class Row, class Cursor>
Page<Row> cut(std::vector<Row> rows, std::size_t limit, Cursor cursor_of)
{
    Page<Row> page{std::move(rows), std::nullopt};
    if (page.items.size() > limit) {
        page.items.resize(limit);
        page.next = cursor_of(page.items.back());
    }
    return page;
}

// Where a list by time goes on: behind this start and id.
struct SessionCursor {
    std::int64_t started = std::numeric_limits<std::int64_t>::max();
    std::string id;
};

std::optional<SessionCursor> session_cursor(const std::string& text)
{
    if (text.empty()) return SessionCursor{};
    const auto dash = text.find('-');
    if (dash == std::string::npos) return std::nullopt;
    const auto started = to_integer(std::string_view(text).substr(0, dash));
    if (!started) return std::nullopt;
    return SessionCursor{*started, text.substr(dash + 1)};
}

template <class T>
ReadResult<T> read_result(DatabaseResult<T> result)
{
    if (!result) return read_failed(result.error());
    return std::move(*result);
}

// Pages by falling id.
template <class Row, class Read, class... Values>
ReadResult<Page<Row>> page_by_id(Connection& connection, const char* sql, const PageRequest& page, Read read,
                                 const Values&... values)
{
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    if (!page.cursor.empty()) {
        const auto given = to_integer(page.cursor);
        if (!given) return bad_cursor();
        before = *given;
    }
    std::vector<Row> rows;
    auto done = connection.each(
        sql, [&](Columns c) { rows.push_back(read(c)); }, values..., before, page.limit + 1);
    if (!done) return read_failed(done.error());
    return cut(std::move(rows), page.limit, [](const Row& row) { return std::to_string(row.id); });
}

StationEventRow read_event(Columns columns)
{
    StationEventRow row;
    columns.into(row.id);
    columns.into(row.station);
    columns.into(row.at);
    columns.into(row.kind);
    columns.into(row.detail);
    return row;
}

MeterSample read_sample(Columns& columns)
{
    MeterSample sample;
    columns.into(sample.measurand);
    columns.into(sample.phase);
    columns.into(sample.location);
    columns.into(sample.context);
    columns.into(sample.unit);
    columns.into(sample.value);
    columns.into(sample.signed_data);
    return sample;
}

// The first half lets SQLite use the index of flagged sessions. A matched stop alone is no doubt.
static_assert(session_flag_matched_stop == 32);
constexpr const char* in_doubt = "flags<>0 AND (flags & ~32)<>0";

std::string session_query(const SessionFilter& filter)
{
    std::string sql = "SELECT " + session_columns + " FROM sessions WHERE (started, id) < (?1, ?2)";
    if (filter.station) sql += " AND station=?3";
    if (filter.evse) sql += " AND evse=?4";
    if (filter.token) sql += " AND token=?5";
    if (filter.state) sql += " AND state=?6";
    if (filter.flagged) sql += fmt::format(" AND {}", in_doubt);
    if (filter.from) sql += " AND started>=?7";
    if (filter.to) sql += " AND started<?8";
    return sql + " ORDER BY started DESC, id DESC LIMIT ?9";
}

}  // namespace

DatabaseResult<std::unique_ptr<SqliteLedgerReader>> SqliteLedgerReader::open(const std::string& path,
                                                                             const std::string& vfs)
{
    auto database = Database::open(path, OpenOptions{.read_only = true, .vfs = vfs});
    if (!database) return database.error();
    return std::unique_ptr<SqliteLedgerReader>(new SqliteLedgerReader(std::move(*database)));
}

ReadResult<Page<StationRow>> SqliteLedgerReader::stations(const StationFilter& filter,
                                                          const PageRequest& page)
{
    static const std::string sql = "SELECT " + station_columns +
                                   " FROM stations WHERE id > ?1 AND (?2 IS NULL OR admission=?2) AND (?3 IS "
                                   "NULL OR id LIKE ?3 ESCAPE '\\' OR "
                                   "name LIKE ?3 ESCAPE '\\' OR vendor LIKE ?3 ESCAPE '\\' OR model LIKE ?3 "
                                   "ESCAPE '\\' OR serial_number LIKE "
                                   "?3 ESCAPE '\\') ORDER BY id LIMIT ?4";
    const auto after = from_hex(page.cursor);
    if (!after) return bad_cursor();
    std::vector<StationRow> rows;
    auto done = connection_.each(
        sql.c_str(), [&](Columns c) { rows.push_back(read_station(c)); }, *after, filter.admission,
        like(filter.search), page.limit + 1);
    if (!done) return read_failed(done.error());
    return cut(std::move(rows), page.limit, [](const StationRow& row) { return to_hex(row.id.value()); });
}

ReadResult<std::optional<StationRow>> SqliteLedgerReader::station(const StationId& id)
{
    static const std::string sql = "SELECT " + station_columns + " FROM stations WHERE id=?";
    return read_result(connection_.first(sql.c_str(), read_station, id));
}

ReadResult<std::vector<ConnectorRow>> SqliteLedgerReader::connectors(const StationId& station)
{
    static const std::string sql =
        "SELECT " + connector_columns + " FROM connectors WHERE station=? ORDER BY evse";
    std::vector<ConnectorRow> rows;
    auto done = connection_.each(
        sql.c_str(), [&](Columns c) { rows.push_back(read_connector(c)); }, station);
    if (!done) return read_failed(done.error());
    return rows;
}

ReadResult<std::vector<SessionRow>> SqliteLedgerReader::running_sessions(const StationId& station)
{
    static const std::string sql =
        "SELECT " + session_columns +
        " FROM sessions WHERE station=? AND state=0 ORDER BY evse, started LIMIT 100";
    std::vector<SessionRow> rows;
    auto done = connection_.each(
        sql.c_str(), [&](Columns c) { rows.push_back(read_session(c)); }, station);
    if (!done) return read_failed(done.error());
    return rows;
}

ReadResult<Page<StationEventRow>> SqliteLedgerReader::station_events(const StationId& station,
                                                                     const PageRequest& page)
{
    return page_by_id<StationEventRow>(connection_,
                                       "SELECT id, station, at, kind, detail FROM station_events WHERE "
                                       "station=? AND id<? ORDER BY id DESC LIMIT ?",
                                       page, read_event, station);
}

ReadResult<Page<TokenRow>> SqliteLedgerReader::tokens(const TokenFilter& filter, const PageRequest& page)
{
    static const std::string sql = "SELECT " + token_columns +
                                   " FROM tokens WHERE value > ?1 AND (?2 IS NULL OR value LIKE ?2 ESCAPE "
                                   "'\\' OR token_group LIKE ?2 ESCAPE "
                                   "'\\' OR note LIKE ?2 ESCAPE '\\') ORDER BY value LIMIT ?3";
    const auto after = from_hex(page.cursor);
    if (!after) return bad_cursor();
    std::vector<TokenRow> rows;
    auto done = connection_.each(
        sql.c_str(), [&](Columns c) { rows.push_back(read_token(c)); }, *after, like(filter.search),
        page.limit + 1);
    if (!done) return read_failed(done.error());
    return cut(std::move(rows), page.limit, [](const TokenRow& row) { return to_hex(row.token.value); });
}

ReadResult<std::optional<TokenRow>> SqliteLedgerReader::token(const std::string& value)
{
    static const std::string sql = "SELECT " + token_columns + " FROM tokens WHERE value=?";
    return read_result(connection_.first(sql.c_str(), read_token, value));
}

// The text differs with the filter, so that SQLite can choose the index that fits it.
ReadResult<Page<SessionRow>> SqliteLedgerReader::sessions(const SessionFilter& filter,
                                                          const PageRequest& page)
{
    const auto cursor = session_cursor(page.cursor);
    if (!cursor) return bad_cursor();
    auto statement = connection_.database().prepare(session_query(filter));
    if (!statement) return read_failed(statement.error());
    bind_value(*statement, 1, cursor->started);
    bind_value(*statement, 2, cursor->id);
    if (filter.station) bind_value(*statement, 3, *filter.station);
    if (filter.evse) bind_value(*statement, 4, *filter.evse);
    if (filter.token) bind_value(*statement, 5, *filter.token);
    if (filter.state) bind_value(*statement, 6, *filter.state);
    if (filter.from) bind_value(*statement, 7, *filter.from);
    if (filter.to) bind_value(*statement, 8, *filter.to);
    bind_value(*statement, 9, page.limit + 1);
    std::vector<SessionRow> rows;
    auto done = Connection::rows(*statement, [&](Columns c) { rows.push_back(read_session(c)); });
    if (!done) return read_failed(done.error());
    return cut(std::move(rows), page.limit, [](const SessionRow& row) {
        return fmt::format("{}-{}", row.started.time_since_epoch().count(), row.id);
    });
}

ReadResult<std::optional<SessionRow>> SqliteLedgerReader::session(const std::string& id)
{
    static const std::string sql = "SELECT " + session_columns + " FROM sessions WHERE id=?";
    return read_result(connection_.first(sql.c_str(), read_session, id));
}

ReadResult<MeterValues> SqliteLedgerReader::meter_values(const std::string& session, std::size_t samples_max)
{
    std::vector<MeterValueRow> rows;
    std::int64_t newest = 0;
    std::size_t samples = 0;
    const auto on_row = [&](Columns columns) {
        const auto id = columns.next<std::int64_t>();
        MeterValueRow row;
        columns.into(row.station);
        columns.into(row.evse);
        columns.into(row.value.timestamp);
        row.session = session;
        if (rows.empty() || id != newest) rows.push_back(std::move(row));
        newest = id;
        rows.back().value.samples.push_back(read_sample(columns));
        ++samples;
    };
    auto done = connection_.each(
        "SELECT v.id, v.station, v.evse, v.timestamp, s.measurand, s.phase, s.location, s.context, s.unit, "
        "s.value, "
        "s.signed_data FROM meter_values v JOIN meter_samples s ON s.meter_value = v.id WHERE v.session=? "
        "ORDER BY v.timestamp, v.id, s.position LIMIT ?",
        on_row, session, samples_max + 1);
    if (!done) return read_failed(done.error());
    const bool truncated = samples > samples_max;
    if (truncated) rows.pop_back();
    return MeterValues{std::move(rows), truncated};
}

ReadResult<FleetSummary> SqliteLedgerReader::summary(Instant since)
{
    FleetSummary sum;
    auto done =
        connection_.each("SELECT count(*), coalesce(sum(admission=0), 0) FROM stations", [&](Columns c) {
            c.into(sum.stations);
            c.into(sum.pending);
        });
    if (!done) return read_failed(done.error());
    done = connection_.each(
        "SELECT coalesce(sum(status=2), 0), coalesce(sum(status=8), 0) FROM connectors WHERE evse>0",
        [&](Columns c) {
            c.into(sum.charging);
            c.into(sum.faulted);
        });
    if (!done) return read_failed(done.error());
    done = connection_.each(
        "SELECT count(*), coalesce(sum(max(0, coalesce(meter_last, "
        "meter_start) - "
        "meter_start)), 0) FROM sessions WHERE state=0",
        [&](Columns c) {
            c.into(sum.running_sessions);
            c.into(sum.energy_since_wh);
        });
    if (!done) return read_failed(done.error());
    done = connection_.each(
        "SELECT station, sum(power_last) FROM sessions WHERE state=0 AND power_last>0 GROUP BY station",
        [&](Columns c) {
            auto& [station, power] = sum.power_w.emplace_back();
            c.into(station);
            c.into(power);
        });
    if (!done) return read_failed(done.error());
    static const std::string since_then = fmt::format(
        "SELECT (SELECT coalesce(sum(max(0, coalesce(meter_stop, meter_last, meter_start) - meter_start)), "
        "0) FROM "
        "sessions WHERE ended>=?1 AND billable=1), (SELECT count(*) FROM sessions WHERE started>=?1), "
        "(SELECT count(*) FROM sessions WHERE {})",
        in_doubt);
    done = connection_.each(
        since_then.c_str(),
        [&](Columns c) {
            sum.energy_since_wh += c.next<std::int64_t>();
            c.into(sum.sessions_since);
            c.into(sum.flagged_sessions);
        },
        since);
    if (!done) return read_failed(done.error());
    return sum;
}

}  // namespace ladestrom::store::sqlite
