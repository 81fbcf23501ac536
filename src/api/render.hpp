// Rows and live facts as the JSON that the description promises.
#pragma once

#include "api/json_writer.hpp"
#include "csms/csms.hpp"
#include "store/accounts.hpp"
#include "store/ledger.hpp"
#include "store/ledger_reader.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ladestrom::api {

struct StationView {
    store::StationRow station;
    std::vector<store::ConnectorRow> connectors;
    std::vector<store::SessionRow> running;
    std::optional<csms::ConnectionView> connection;
};

void write(JsonWriter& json, const StationView& view);
void write(JsonWriter& json, const store::ConnectorRow& row);
void write(JsonWriter& json, const store::SessionRow& row);
void write(JsonWriter& json, const store::TokenRow& row);
void write(JsonWriter& json, const store::StationEventRow& row);
void write(JsonWriter& json, const store::MeterValueRow& row);
void write(JsonWriter& json, const csms::UnknownStation& station);
void write(JsonWriter& json, const store::UserRow& row);
void write(JsonWriter& json, const store::ApiKeyRow& row);
void write(JsonWriter& json, const store::AuditRow& row);

// The meter values of one session as curves.
std::string render_series(const std::string& session, const store::MeterValues& values);

// Energy of a session: what it took, or has taken so far; nothing while unknown.
std::optional<std::int64_t> energy_of(const store::SessionRow& row);
std::vector<std::string_view> flags_of(const store::SessionRow& row);

template <class T>
std::string render(const T& item)
{
    JsonWriter json;
    write(json, item);
    return json.take();
}

template <class Row>
void write_items(JsonWriter& json, const std::vector<Row>& rows)
{
    json.key("items");
    json.begin_array();
    for (const Row& row : rows) write(json, row);
    json.end_array();
}

template <class Row>
std::string render_list(const std::vector<Row>& rows)
{
    JsonWriter json;
    json.begin_object();
    write_items(json, rows);
    json.end_object();
    return json.take();
}

template <class Row>
std::string render_page(const std::vector<Row>& rows, const std::optional<std::string>& next)
{
    JsonWriter json;
    json.begin_object();
    write_items(json, rows);
    json.member("next", next);
    json.end_object();
    return json.take();
}

}  // namespace ladestrom::api
