#include "api/render.hpp"

#include "api/names.hpp"
#include "domain/metering.hpp"

#include <map>
#include <tuple>
#include <utility>

namespace ladestrom::api {
namespace {

template <class Tag, class Rep>
std::optional<Rep> number(const std::optional<Quantity<Tag, Rep>>& quantity)
{
    if (!quantity) return std::nullopt;
    return quantity->value;
}

template <class E>
std::optional<std::string_view> name_of(const std::optional<E>& value)
{
    if (!value) return std::nullopt;
    return api::name_of(*value);
}

void write_connection(JsonWriter& json, const std::optional<csms::ConnectionView>& connection)
{
    json.member("connected", connection.has_value());
    json.key("connection");
    if (!connection) return json.null();
    json.begin_object();
    json.member("version", api::name_of(connection->version));
    json.member("remote", connection->remote);
    json.member("tls", connection->tls);
    json.member("since", connection->since);
    json.member("last_frame", connection->last_frame);
    json.member("waiting_commands", connection->waiting_commands);
    json.end_object();
}

void write_sample(JsonWriter& json, const MeterSample& sample)
{
    json.begin_object();
    json.member("measurand", to_string(sample.measurand));
    json.member("phase", to_string(sample.phase));
    json.member("location", to_string(sample.location));
    json.member("context", to_string(sample.context));
    json.member("unit", to_string(sample.unit));
    if (sample.signed_data) {
        json.key("value");
        json.null();
        json.member("signed_data", *sample.signed_data);
    } else {
        json.member("value", sample.value);
    }
    json.end_object();
}

using SeriesKey = std::tuple<Measurand, MeterPhase, MeterLocation, MeterUnit>;
using Points = std::vector<std::pair<Instant, double>>;

void write_series(JsonWriter& json, const SeriesKey& key, const Points& points)
{
    json.begin_object();
    json.member("measurand", to_string(std::get<Measurand>(key)));
    json.member("phase", to_string(std::get<MeterPhase>(key)));
    json.member("location", to_string(std::get<MeterLocation>(key)));
    json.member("unit", to_string(std::get<MeterUnit>(key)));
    json.key("points");
    json.begin_array();
    for (const auto& [at, value] : points) {
        json.begin_array();
        json.value(at.time_since_epoch().count());
        json.value(value);
        json.end_array();
    }
    json.end_array();
    json.end_object();
}

void write_signed(JsonWriter& json, Instant at, const MeterSample& sample)
{
    json.begin_object();
    json.member("timestamp", at);
    json.member("measurand", to_string(sample.measurand));
    json.member("context", to_string(sample.context));
    json.member("data", *sample.signed_data);
    json.end_object();
}

}  // namespace

void write(JsonWriter& json, const StationView& view)
{
    const store::StationRow& row = view.station;
    json.begin_object();
    json.member("id", row.id.value());
    json.member("name", row.name);
    json.member("admission", api::name_of(row.admission));
    json.member("has_password", !row.password_hash.empty());
    json.member("security_profile", row.security_profile);
    json.key("versions");
    json.begin_array();
    for (const OcppVersion version : all_versions) {
        if (row.allowed_versions.contains(version)) json.value(api::name_of(version));
    }
    json.end_array();
    json.member("vendor", row.vendor);
    json.member("model", row.model);
    json.member("serial_number", row.serial_number);
    json.member("firmware_version", row.firmware_version);
    json.member("iccid", row.iccid);
    json.member("imsi", row.imsi);
    json.member("meter_type", row.meter_type);
    json.member("meter_serial_number", row.meter_serial_number);
    json.member("version", name_of(row.version));
    json.member("last_boot", row.last_boot);
    json.member("last_seen", row.last_seen);
    json.member("created", row.created);
    write_connection(json, view.connection);
    json.key("connectors");
    json.begin_array();
    for (const store::ConnectorRow& connector : view.connectors) write(json, connector);
    json.end_array();
    double power = 0;
    json.key("running_sessions");
    json.begin_array();
    for (const store::SessionRow& session : view.running) {
        write(json, session);
        if (session.power_last) power += session.power_last->value;
    }
    json.end_array();
    json.member("power_w", power);
    json.end_object();
}

void write(JsonWriter& json, const store::ConnectorRow& row)
{
    json.begin_object();
    json.member("station", row.station.value());
    json.member("evse_id", row.evse.value());
    json.member("status", api::name_of(row.status));
    json.member("error", api::name_of(row.error));
    json.member("info", row.info);
    json.member("vendor_error_code", row.vendor_error_code);
    json.member("since", row.since);
    json.end_object();
}

std::optional<std::int64_t> energy_of(const store::SessionRow& row)
{
    const auto newest = row.meter_stop ? row.meter_stop : row.meter_last;
    if (!newest) return std::nullopt;
    return newest->value - row.meter_start.value;
}

std::vector<std::string_view> flags_of(const store::SessionRow& row)
{
    std::vector<std::string_view> names;
    if ((row.flags & store::session_flag_orphan_stop) != 0) names.push_back("orphan_stop");
    if ((row.flags & store::session_flag_implausible_time) != 0) names.push_back("implausible_time");
    if ((row.flags & store::session_flag_negative_energy) != 0) names.push_back("negative_energy");
    if ((row.flags & store::session_flag_unauthorized) != 0) names.push_back("unauthorized");
    if ((row.flags & store::session_flag_never_stopped) != 0) names.push_back("never_stopped");
    if ((row.flags & store::session_flag_matched_stop) != 0) names.push_back("matched_stop");
    if ((row.flags & store::session_flag_station_removed) != 0) names.push_back("station_removed");
    if ((row.flags & store::session_flag_closed_by_hand) != 0) names.push_back("closed_by_hand");
    if ((row.flags & store::session_flag_contradicted_stop) != 0) names.push_back("contradicted_stop");
    if ((row.flags & store::session_flag_events_missing) != 0) names.push_back("events_missing");
    if ((row.flags & store::session_flag_start_register_missing) != 0)
        names.push_back("start_register_missing");
    if ((row.flags & store::session_flag_end_register_missing) != 0) names.push_back("end_register_missing");
    return names;
}

void write(JsonWriter& json, const store::SessionRow& row)
{
    json.begin_object();
    json.member("id", row.id);
    json.member("station", row.station.value());
    json.member("evse_id", row.evse.value());
    json.member("transaction_id", row.transaction_id);
    json.member("token", row.token.value);
    json.member("authorization", api::name_of(row.authorization));
    json.member("state", api::name_of(row.state));
    json.member("started", row.started);
    json.member("ended", row.ended);
    json.member("meter_start_wh", row.meter_start.value);
    json.member("meter_stop_wh", number(row.meter_stop));
    json.member("meter_last_wh", number(row.meter_last));
    json.member("energy_wh", energy_of(row));
    json.member("power_w", number(row.power_last));
    json.member("soc_percent", number(row.soc_last));
    json.member("stop_reason", name_of(row.stop_reason));
    json.member("stop_token", row.stop_token ? std::optional(row.stop_token->value) : std::nullopt);
    json.key("flags");
    json.begin_array();
    for (std::string_view flag : flags_of(row)) json.value(flag);
    json.end_array();
    json.member("billable", row.billable);
    json.end_object();
}

void write(JsonWriter& json, const store::TokenRow& row)
{
    json.begin_object();
    json.member("id", row.token.value);
    json.member("type", api::name_of(row.token.type));
    json.member("group", row.group);
    json.member("status", api::name_of(row.status));
    json.member("valid_until", row.valid_until);
    json.member("concurrent_allowed", row.concurrent_allowed);
    json.member("note", row.note);
    json.end_object();
}

void write(JsonWriter& json, const store::StationEventRow& row)
{
    json.begin_object();
    json.member("id", row.id);
    json.member("station", row.station.value());
    json.member("at", row.at);
    json.member("kind", row.kind);
    json.member("detail", row.detail);
    json.end_object();
}

void write(JsonWriter& json, const store::MeterValueRow& row)
{
    json.begin_object();
    json.member("station", row.station.value());
    json.member("evse_id", row.evse.value());
    json.member("session", row.session);
    json.member("timestamp", row.value.timestamp);
    json.key("samples");
    json.begin_array();
    for (const MeterSample& sample : row.value.samples) write_sample(json, sample);
    json.end_array();
    json.end_object();
}

void write(JsonWriter& json, const csms::UnknownStation& station)
{
    json.begin_object();
    json.member("id", station.identity.value());
    json.member("remote", station.remote);
    json.member("code", station.code);
    json.member("reason", station.reason);
    json.member("attempts", station.attempts);
    json.member("first_attempt", station.first_seen);
    json.member("last_attempt", station.last_seen);
    json.key("offered");
    json.begin_array();
    for (const std::string& subprotocol : station.offered) json.value(std::string_view(subprotocol));
    json.end_array();
    json.member("has_credentials", station.has_credentials);
    json.member("tls", station.tls);
    json.end_object();
}

void write(JsonWriter& json, const store::UserRow& row)
{
    json.begin_object();
    json.member("name", row.name);
    json.member("scope", api::name_of(row.scope));
    json.member("has_password", !row.password_hash.empty());
    json.member("created", row.created);
    json.member("last_login", row.last_login);
    json.end_object();
}

void write(JsonWriter& json, const store::ApiKeyRow& row)
{
    json.begin_object();
    json.member("id", row.id);
    json.member("name", row.name);
    json.member("scope", api::name_of(row.scope));
    json.member("created", row.created);
    json.member("created_by", row.created_by);
    json.member("last_used", row.last_used);
    json.end_object();
}

void write(JsonWriter& json, const store::AuditRow& row)
{
    json.begin_object();
    json.member("id", row.id);
    json.member("at", row.at);
    json.member("actor", row.actor);
    json.member("address", row.address);
    json.member("action", row.action);
    json.member("status", row.status);
    json.member("detail", row.detail);
    json.end_object();
}

std::string render_series(const std::string& session, const store::MeterValues& values)
{
    std::map<SeriesKey, Points> series;
    JsonWriter json;
    json.begin_object();
    json.member("session", session);
    json.key("signed");
    json.begin_array();
    for (const store::MeterValueRow& row : values.rows) {
        for (const MeterSample& sample : row.value.samples) {
            if (sample.signed_data) {
                write_signed(json, row.value.timestamp, sample);
            } else {
                series[{sample.measurand, sample.phase, sample.location, sample.unit}].emplace_back(
                    row.value.timestamp, sample.value);
            }
        }
    }
    json.end_array();
    json.key("series");
    json.begin_array();
    for (const auto& [key, points] : series) write_series(json, key, points);
    json.end_array();
    json.member("truncated", values.truncated);
    json.end_object();
    return json.take();
}

}  // namespace ladestrom::api
