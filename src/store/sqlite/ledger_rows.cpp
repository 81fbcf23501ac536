#include "store/sqlite/ledger_rows.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <string>

namespace ladestrom::store::sqlite {
namespace {

// Enums are stored as their numbers. A new enumerator goes to the end; whoever puts one in the middle is told
// here, before a database of an earlier release is misread.
template <class E>
constexpr bool numbered(E last, int number)
{
    return static_cast<int>(last) == number;
}
static_assert(numbered(Admission::rejected, 2) && numbered(SessionState::ended, 1));
static_assert(numbered(OcppVersion::v1_6, 0) && numbered(OcppVersion::v2_0_1, 1) &&
              numbered(OcppVersion::v2_1, 2));
static_assert(numbered(ConnectorStatus::charging, 2) && numbered(ConnectorStatus::faulted, 8));
static_assert(numbered(ConnectorError::local_list_conflict, 6) && numbered(ConnectorError::weak_signal, 15));
static_assert(numbered(IdTokenType::emaid, 4) && numbered(IdTokenType::none, 8));
static_assert(numbered(AuthorizationStatus::invalid, 4) && numbered(AuthorizationStatus::unknown, 9));
static_assert(numbered(StopReason::local, 7) && numbered(StopReason::unlock_command, 21));
static_assert(numbered(Measurand::frequency, 11) && numbered(Measurand::soc, 19) &&
              numbered(Measurand::voltage, 21));
static_assert(numbered(MeterPhase::n, 4) && numbered(MeterPhase::l3_l1, 10));
static_assert(numbered(MeterLocation::cable, 3) && numbered(MeterLocation::upstream, 5));
static_assert(numbered(MeterContext::trigger, 6) && numbered(MeterContext::other, 7));
static_assert(numbered(MeterUnit::celsius, 8) && numbered(MeterUnit::hz, 10));

// FNV-1a over the numbers and texts of a value.
class ContentHash {
public:
    void add(std::uint64_t number)
    {
        for (int shift = 0; shift < 64; shift += 8) add_byte(static_cast<std::uint8_t>(number >> shift));
    }
    void add(std::string_view text)
    {
        add(std::uint64_t{text.size()});
        for (char c : text) add_byte(static_cast<std::uint8_t>(c));
    }
    std::int64_t value() const { return std::bit_cast<std::int64_t>(state_); }

private:
    void add_byte(std::uint8_t byte) { state_ = (state_ ^ byte) * 0x100000001B3ULL; }
    std::uint64_t state_ = 0xCBF29CE484222325ULL;
};

std::string lines_of(const std::vector<std::string>& texts)
{
    std::string lines;
    for (const std::string& text : texts) lines += text + '\n';
    return lines;
}

std::vector<std::string> split_lines(std::string_view lines)
{
    std::vector<std::string> texts;
    for (auto end = lines.find('\n'); end != lines.npos; end = lines.find('\n')) {
        texts.emplace_back(lines.substr(0, end));
        lines.remove_prefix(end + 1);
    }
    return texts;
}

DatabaseResult<void> put(Connection& connection, const PutStation& write)
{
    const StationRow& row = write.row;
    return connection.run(
        "INSERT INTO stations VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE "
        "SET "
        "admission=excluded.admission, password_hash=excluded.password_hash, "
        "security_profile=excluded.security_profile, name=excluded.name, vendor=excluded.vendor, "
        "model=excluded.model, serial_number=excluded.serial_number, "
        "firmware_version=excluded.firmware_version, "
        "iccid=excluded.iccid, imsi=excluded.imsi, meter_type=excluded.meter_type, "
        "meter_serial_number=excluded.meter_serial_number, version=excluded.version, "
        "last_boot=excluded.last_boot, last_seen=excluded.last_seen, created=excluded.created, "
        "last_transaction_id=excluded.last_transaction_id, "
        "next_password_hashes=excluded.next_password_hashes, allowed_versions=excluded.allowed_versions",
        row.id, row.admission, row.password_hash, row.security_profile, row.name, row.vendor, row.model,
        row.serial_number, row.firmware_version, row.iccid, row.imsi, row.meter_type, row.meter_serial_number,
        row.version, row.last_boot, row.last_seen, row.created, row.last_transaction_id,
        lines_of(row.next_password_hashes), row.allowed_versions.bits());
}

// Sessions and their meter values stay: they are what was charged.
DatabaseResult<void> put(Connection& connection, const DeleteStation& write)
{
    auto done = connection.run("DELETE FROM connectors WHERE station=?", write.id);
    if (done) done = connection.run("DELETE FROM stations WHERE id=?", write.id);
    return done;
}

DatabaseResult<void> put(Connection& connection, const PutConnector& write)
{
    const ConnectorRow& row = write.row;
    return connection.run(
        "INSERT INTO connectors VALUES (?,?,?,?,?,?,?) ON CONFLICT (station, evse) DO UPDATE SET "
        "status=excluded.status, error=excluded.error, info=excluded.info, "
        "vendor_error_code=excluded.vendor_error_code, since=excluded.since",
        row.station, row.evse, row.status, row.error, row.info, row.vendor_error_code, row.since);
}

DatabaseResult<void> put(Connection& connection, const PutToken& write)
{
    const TokenRow& row = write.row;
    return connection.run(
        "INSERT INTO tokens VALUES (?,?,?,?,?,?,?) ON CONFLICT (value) DO UPDATE SET type=excluded.type, "
        "token_group=excluded.token_group, status=excluded.status, valid_until=excluded.valid_until, "
        "concurrent_allowed=excluded.concurrent_allowed, note=excluded.note",
        row.token.value, row.token.type, row.group, row.status, row.valid_until, row.concurrent_allowed,
        row.note);
}

DatabaseResult<void> put(Connection& connection, const DeleteToken& write)
{
    return connection.run("DELETE FROM tokens WHERE value=?", write.value);
}

// Most writes of a session tell its newest readings and nothing else. The whole statement below renews the
// nine indexes of the table, whether their columns change or not; this one touches none of them. False: it
// does not apply, or the session is new.
DatabaseResult<bool> put_readings(Connection& connection, const SessionRow& row)
{
    if (row.state != SessionState::running || row.ended || row.meter_stop || row.stop_token) return false;
    auto done = connection.run(
        "UPDATE sessions SET meter_last=?, power_last=?, soc_last=?, sequences=? WHERE id=? AND state=0 AND "
        "station=? AND "
        "evse=? AND transaction_id=? AND token=? COLLATE BINARY AND token_type=? AND authorization=? AND "
        "started=? AND meter_start=? AND ended IS NULL AND meter_stop IS NULL AND stop_reason IS ? AND "
        "stop_token IS NULL AND start_message_id=? AND flags=? AND billable=?",
        row.meter_last, row.power_last, row.soc_last, row.sequences.to_text(), row.id, row.station, row.evse,
        row.transaction_id, row.token.value, row.token.type, row.authorization, row.started, row.meter_start,
        row.stop_reason, row.start_message_id, row.flags, row.billable);
    if (!done) return done.error();
    return connection.database().changes() > 0;
}

DatabaseResult<void> put(Connection& connection, const PutSession& write)
{
    const SessionRow& row = write.row;
    const auto readings = put_readings(connection, row);
    if (!readings) return readings.error();
    if (*readings) return {};
    std::optional<std::string> stop_token;
    std::optional<IdTokenType> stop_token_type;
    if (row.stop_token) {
        stop_token = row.stop_token->value;
        stop_token_type = row.stop_token->type;
    }
    return connection.run(
        "INSERT INTO sessions VALUES "
        "(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21, "
        "CASE WHEN ?8=1 THEN (SELECT coalesce(max(ended_order), 0) + 1 FROM sessions WHERE station=?2 AND "
        "ended_order IS NOT NULL) END,?22) ON CONFLICT (id) DO UPDATE "
        "SET "
        "station=excluded.station, evse=excluded.evse, transaction_id=excluded.transaction_id, "
        "token=excluded.token, token_type=excluded.token_type, authorization=excluded.authorization, "
        "state=excluded.state, started=excluded.started, meter_start=excluded.meter_start, "
        "ended=excluded.ended, meter_stop=excluded.meter_stop, stop_reason=excluded.stop_reason, "
        "stop_token=excluded.stop_token, stop_token_type=excluded.stop_token_type, "
        "meter_last=excluded.meter_last, power_last=excluded.power_last, soc_last=excluded.soc_last, "
        "start_message_id=excluded.start_message_id, flags=excluded.flags, billable=excluded.billable, "
        "ended_order=coalesce(ended_order, excluded.ended_order), sequences=excluded.sequences",
        row.id, row.station, row.evse, row.transaction_id, row.token.value, row.token.type, row.authorization,
        row.state, row.started, row.meter_start, row.ended, row.meter_stop, row.stop_reason, stop_token,
        stop_token_type, row.meter_last, row.power_last, row.soc_last, row.start_message_id, row.flags,
        row.billable, row.sequences.to_text());
}

// Several rows in one statement cost less than one by one.
constexpr std::size_t samples_at_once = 12;

const char* insert_samples(std::size_t rows)
{
    static const auto statements = [] {
        std::array<std::string, samples_at_once + 1> made;
        std::string sql = "INSERT INTO meter_samples VALUES ";
        for (std::size_t count = 1; count < made.size(); ++count) {
            sql += count == 1 ? "(?,?,?,?,?,?,?,?,?)" : ",(?,?,?,?,?,?,?,?,?)";
            made[count] = sql;
        }
        return made;
    }();
    return statements[rows].c_str();
}

DatabaseResult<void> add_samples(Connection& connection, std::int64_t meter_value, std::int64_t position,
                                 std::span<const MeterSample> samples)
{
    auto statement = connection.statement(insert_samples(samples.size()));
    if (!statement) return statement.error();
    int parameter = 0;
    const auto bind = [&](const auto&... values) { (bind_value(**statement, ++parameter, values), ...); };
    for (const MeterSample& sample : samples) {
        bind(meter_value, position++, sample.measurand, sample.phase, sample.location, sample.context,
             sample.unit, sample.value, sample.signed_data);
    }
    return (*statement)->run();
}

DatabaseResult<void> put(Connection& connection, const AddMeterValue& write)
{
    const MeterValueRow& row = write.row;
    auto added = connection.run(
        "INSERT INTO meter_values (session, station, evse, timestamp, content) VALUES (?,?,?,?,?) "
        "ON CONFLICT DO NOTHING",
        row.session, row.station, row.evse, row.value.timestamp, content_of(row.value));
    if (!added) return added;
    if (connection.database().changes() == 0) return {};  // a repetition
    const std::int64_t id = connection.database().last_insert_rowid();
    std::span<const MeterSample> samples = row.value.samples;
    std::int64_t position = 0;
    while (!samples.empty()) {
        const std::size_t rows = std::min(samples.size(), samples_at_once);
        if (auto added_rows = add_samples(connection, id, position, samples.first(rows)); !added_rows) {
            return added_rows;
        }
        samples = samples.subspan(rows);
        position += static_cast<std::int64_t>(rows);
    }
    return {};
}

DatabaseResult<void> put(Connection& connection, const AddStationEvent& write)
{
    return connection.run(
        "INSERT INTO station_events (station, at, kind, detail) VALUES (?,?,?,?) ON CONFLICT DO NOTHING",
        write.station, write.at, write.kind, write.detail);
}

}  // namespace

const std::string station_columns =
    "id, admission, password_hash, security_profile, name, vendor, model, serial_number, firmware_version, "
    "iccid, "
    "imsi, meter_type, meter_serial_number, version, last_boot, last_seen, created, last_transaction_id, "
    "next_password_hashes, allowed_versions";
const std::string connector_columns = "station, evse, status, error, info, vendor_error_code, since";
const std::string token_columns = "value, type, token_group, status, valid_until, concurrent_allowed, note";
const std::string session_columns =
    "id, station, evse, transaction_id, token, token_type, authorization, state, started, meter_start, "
    "ended, "
    "meter_stop, stop_reason, stop_token, stop_token_type, meter_last, power_last, soc_last, "
    "start_message_id, "
    "flags, billable, sequences";

ReadError read_failed(const DatabaseError& error)
{
    return ReadError{{error.message}, false};
}

StationRow read_station(Columns columns)
{
    StationRow row;
    columns.into(row.id);
    columns.into(row.admission);
    columns.into(row.password_hash);
    columns.into(row.security_profile);
    columns.into(row.name);
    columns.into(row.vendor);
    columns.into(row.model);
    columns.into(row.serial_number);
    columns.into(row.firmware_version);
    columns.into(row.iccid);
    columns.into(row.imsi);
    columns.into(row.meter_type);
    columns.into(row.meter_serial_number);
    columns.into(row.version);
    columns.into(row.last_boot);
    columns.into(row.last_seen);
    columns.into(row.created);
    columns.into(row.last_transaction_id);
    row.next_password_hashes = split_lines(columns.next<std::string>());
    row.allowed_versions = VersionSet::from_bits(columns.next<std::uint32_t>());
    return row;
}

ConnectorRow read_connector(Columns columns)
{
    ConnectorRow row;
    columns.into(row.station);
    columns.into(row.evse);
    columns.into(row.status);
    columns.into(row.error);
    columns.into(row.info);
    columns.into(row.vendor_error_code);
    columns.into(row.since);
    return row;
}

TokenRow read_token(Columns columns)
{
    TokenRow row;
    columns.into(row.token.value);
    columns.into(row.token.type);
    columns.into(row.group);
    columns.into(row.status);
    columns.into(row.valid_until);
    columns.into(row.concurrent_allowed);
    columns.into(row.note);
    return row;
}

SessionRow read_session(Columns columns)
{
    SessionRow row;
    columns.into(row.id);
    columns.into(row.station);
    columns.into(row.evse);
    columns.into(row.transaction_id);
    columns.into(row.token.value);
    columns.into(row.token.type);
    columns.into(row.authorization);
    columns.into(row.state);
    columns.into(row.started);
    columns.into(row.meter_start);
    columns.into(row.ended);
    columns.into(row.meter_stop);
    columns.into(row.stop_reason);
    const auto stop_token = columns.next<std::optional<std::string>>();
    const auto stop_token_type = columns.next<std::optional<IdTokenType>>();
    if (stop_token) row.stop_token = IdToken{*stop_token, stop_token_type.value_or(IdTokenType::iso14443)};
    columns.into(row.meter_last);
    columns.into(row.power_last);
    columns.into(row.soc_last);
    columns.into(row.start_message_id);
    columns.into(row.flags);
    columns.into(row.billable);
    row.sequences = SequenceSet::from_text(columns.next<std::string>());
    return row;
}

DatabaseResult<void> apply(Connection& connection, const Write& write)
{
    return std::visit([&](const auto& one) { return put(connection, one); }, write);
}

std::int64_t content_of(const MeterValue& value)
{
    ContentHash hash;
    for (const MeterSample& sample : value.samples) {
        hash.add(static_cast<std::uint64_t>(sample.measurand));
        hash.add(static_cast<std::uint64_t>(sample.phase));
        hash.add(static_cast<std::uint64_t>(sample.location));
        hash.add(static_cast<std::uint64_t>(sample.context));
        hash.add(static_cast<std::uint64_t>(sample.unit));
        hash.add(std::bit_cast<std::uint64_t>(sample.value));
        hash.add(std::string_view(sample.signed_data ? *sample.signed_data : std::string()));
    }
    return hash.value();
}

}  // namespace ladestrom::store::sqlite
