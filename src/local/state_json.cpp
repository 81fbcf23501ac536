// Field by field; units stand at the end of names.
#include "local/state_json.hpp"

#include "local/json_writer.hpp"
#include "local/names.hpp"

#include <string_view>

namespace ladestrom::local {
namespace {

using hardware::simulated::Car;
using hardware::simulated::SimulatedEvse;

constexpr std::array<std::string_view, 4> disk_names{"ok", "full", "fail", "slow"};

template <class Quantities>
void phases(JsonWriter& json, std::string_view name, const Quantities& values)
{
    json.key(name);
    json.begin_array();
    for (const auto& value : values) json.value(value);
    json.end_array();
}

void write_reading(JsonWriter& json, std::string_view name, const hardware::MeterReading& reading)
{
    json.key(name);
    json.begin_object();
    json.member("import_wh", reading.import_register);
    phases(json, "current_a", reading.current);
    phases(json, "voltage_v", reading.voltage);
    phases(json, "power_w", reading.power);
    json.member("frequency_hz", reading.frequency_hz);
    json.member("soc", reading.soc);
    json.member("temperature_c", reading.temperature);
    json.end_object();
}

void write_session(JsonWriter& json, const std::optional<station::SessionView>& session)
{
    json.key("session");
    if (!session) {
        json.null();
        return;
    }
    json.begin_object();
    json.member("id", session->id);
    json.member("transaction_id", session->transaction_id);
    json.key("transaction");
    session->transaction.empty() ? json.null() : json.value(session->transaction);
    json.key("token");
    session->token ? json.value(session->token->value) : json.null();
    json.member("started", session->started);
    json.member("meter_start_wh", session->meter_start);
    json.member("energy_wh", session->energy);
    json.member("charging_state", name_of(session->charging_state));
    json.end_object();
}

void write_evse(JsonWriter& json, const station::EvseView& evse)
{
    json.begin_object();
    json.member("evse", evse.evse.value());
    json.member("status", name_of(evse.status));
    json.member("error", name_of(evse.error));
    json.member("pilot", name_of(evse.pilot));
    json.member("contactor_closed", evse.contactor_closed);
    json.member("locked", evse.locked);
    json.member("operative", evse.operative);
    json.member("offered_a", evse.offered);
    json.member("limited_by", evse.limited_by);
    json.member("indication", name_of(evse.indication));
    write_reading(json, "meter", evse.meter);
    write_session(json, evse.session);
    json.end_object();
}

void write_view(JsonWriter& json, const std::optional<station::View>& view)
{
    json.key("engine");
    if (!view) {
        json.null();
        return;
    }
    json.begin_object();
    json.member("connection", name_of(view->connection));
    json.key("version");
    view->version ? json.value(subprotocol(*view->version)) : json.null();
    json.member("last_link_error", view->last_link_error);
    json.member("registration", view->registration);
    json.member("wall", view->wall);
    json.member("queued_facts", view->queued_facts);
    json.member("dead_letters", view->dead_letters);
    json.member("store_failed", view->store_failed);
    json.key("evses");
    json.begin_array();
    for (const station::EvseView& evse : view->evses) write_evse(json, evse);
    json.end_array();
    json.end_object();
}

void write_car(JsonWriter& json, const std::optional<Car>& car)
{
    json.key("car");
    if (!car) {
        json.null();
        return;
    }
    const auto& settings = car->settings();
    json.begin_object();
    json.member("soc", car->soc());
    json.member("stored_microjoules", car->stored_microjoules());
    json.member("capacity_wh", settings.capacity);
    json.member("max_current", settings.max_current);
    json.member("min_current", settings.min_current);
    json.member("phases", settings.phases);
    json.member("taper_from", settings.taper_from);
    json.member("taper_to", settings.taper_to);
    json.member("efficiency", settings.efficiency);
    json.member("wants_energy", settings.wants_energy);
    json.member("refuses", settings.refuses);
    json.member("onset_ms", settings.onset.count());
    json.member("pause_ms", settings.pause.count());
    json.end_object();
}

void write_fault(JsonWriter& json, const hardware::FaultChanged& fault)
{
    json.key("fault");
    if (fault.error == ConnectorError::no_error && !fault.emergency_stop) {
        json.null();
        return;
    }
    json.begin_object();
    json.member("code", name_of(fault.error));
    json.member("critical", fault.critical);
    json.member("emergency_stop", fault.emergency_stop);
    json.member("info", fault.info);
    json.member("vendor_error_code", fault.vendor_error_code);
    json.end_object();
}

void write_hardware(JsonWriter& json, const SimulatedEvse& evse)
{
    json.begin_object();
    json.member("evse", evse.id().value());
    json.member("pilot", name_of(evse.pilot()));
    json.member("contactor_closed", evse.contactor_closed());
    json.member("locked", evse.locked());
    json.member("welded", evse.welded());
    json.member("jammed", evse.jammed());
    json.member("offered_a", evse.offered());
    json.member("offered_phases", evse.offered_phases());
    json.member("cable_rating", evse.cable_rating());
    json.member("indication", name_of(evse.indication()));
    phases(json, "energy_microjoules", evse.energy_microjoules());
    write_reading(json, "meter", evse.reading());
    write_fault(json, evse.fault());
    write_car(json, evse.car());
    json.end_object();
}

}  // namespace

std::string state_json(const DeviceState& state)
{
    JsonWriter json;
    json.begin_object();
    json.member("identity", state.identity);
    json.member("url", state.url);
    json.member("wall", state.wall);
    json.member("tick_ms", state.tick.time_since_epoch().count());
    json.member("starts", state.starts);
    json.member("network_up", state.network_up);
    json.key("disk");
    json.begin_object();
    json.member("mode", disk_names[static_cast<std::size_t>(state.disk)]);
    json.member("reserve", state.disk_reserve);
    json.member("stored_records", state.stored_records);
    json.member("damaged_records", state.damaged_records);
    json.end_object();
    write_view(json, state.view);
    json.key("hardware");
    json.begin_object();
    write_fault(json, state.hardware->station_fault());
    json.key("evses");
    json.begin_array();
    for (const SimulatedEvse& evse : state.hardware->evses()) write_hardware(json, evse);
    json.end_array();
    json.end_object();
    json.key("counters");
    json.begin_object();
    if (state.counters != nullptr) {
        for (const auto& [name, count] : state.counters->all()) json.member(name, count);
    }
    json.end_object();
    json.end_object();
    return json.take();
}

std::string dead_letters_json(const std::vector<station::DeadLetterView>& letters)
{
    JsonWriter json;
    json.begin_array();
    for (const station::DeadLetterView& letter : letters) {
        json.begin_object();
        json.member("serial", letter.serial);
        json.member("kind", letter.kind);
        json.member("session", letter.session);
        json.member("evse", letter.evse.value());
        json.member("transaction_id", letter.transaction_id);
        json.key("token");
        letter.token ? json.value(letter.token->value) : json.null();
        json.member("at", letter.at);
        json.member("meter_wh", letter.meter);
        json.member("reason", letter.reason);
        json.member("given_up_at", letter.given_up_at);
        json.end_object();
    }
    json.end_array();
    return json.take();
}

}  // namespace ladestrom::local
