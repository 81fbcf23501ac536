// Live updates, figures, health, version, the description itself.
#include "api/handlers.hpp"
#include "api/openapi.hpp"
#include "api/render.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace ladestrom::api {
namespace {

// "station,session" as bits; a name that is none is the input's fault.
unsigned types_of(Query& query)
{
    const auto given = query.text("types", {0, 200});
    if (!given) return events_by_default;
    unsigned types = 0;
    std::string_view rest = *given;
    while (true) {
        const auto comma = rest.find(',');
        const auto type = event_type_from(rest.substr(0, comma));
        if (!type) query.fail("types", "is a list of station, connector, session, meter, token, message");
        types |= type.value_or(event_station);
        if (comma == std::string_view::npos) return types;
        rest.remove_prefix(comma + 1);
    }
}

std::string render_summary(const store::FleetSummary& sum, double power, std::size_t connected)
{
    JsonWriter json;
    json.begin_object();
    json.member("stations", sum.stations);
    json.member("connected", connected);
    json.member("pending", sum.pending);
    json.member("charging", sum.charging);
    json.member("faulted", sum.faulted);
    json.member("running_sessions", sum.running_sessions);
    json.member("power_w", power);
    json.member("energy_today_wh", sum.energy_since_wh);
    json.member("sessions_today", sum.sessions_since);
    json.member("flagged_sessions", sum.flagged_sessions);
    json.end_object();
    return json.take();
}

void add_counters(CountersByPart& all, std::string part, const Counters& counters)
{
    all[std::move(part)].insert(counters.all().begin(), counters.all().end());
}

}  // namespace

void stream_events(const ExchangePointer& exchange)
{
    Services& services = exchange->services();
    Query query(exchange->request());
    Hub::Subscription subscription;
    if (auto station = query.text("station", {1, 255})) subscription.station = StationId(std::move(*station));
    subscription.types = types_of(query);
    subscription.login = exchange->login();
    if (exchange->refused(query)) return;
    if (!services.hub.has_room()) {
        return exchange->answer({429, "too_many_requests", "Too many live streams are open; close some."});
    }
    transport::HttpResponse headers;
    add_security_headers(headers, false);
    headers.headers.emplace_back("X-Accel-Buffering", "no");
    auto stream = exchange->responder().start_events(headers.headers);
    stream.send_event("hello", render_version(services.options));
    services.hub.subscribe(std::move(stream), std::move(subscription));
}

void get_summary(const ExchangePointer& exchange)
{
    const auto now = exchange->services().loop.wall();
    const Instant midnight(std::chrono::floor<std::chrono::days>(now.time_since_epoch()));
    auto sum = exchange->services().reader.summary(midnight);
    if (exchange->refused(sum)) return;
    std::vector<StationId> charging;
    for (const auto& [station, power] : sum->power_w) charging.push_back(station);
    exchange->services().core.connections(
        std::move(charging),
        [exchange, sum = *sum](const std::vector<std::optional<csms::ConnectionView>>& connections) {
            // What a station said before it was lost says nothing of now.
            double power = 0;
            for (std::size_t i = 0; i < connections.size(); ++i) {
                if (connections[i]) power += sum.power_w[i].second;
            }
            exchange->services().core.connected([exchange, sum, power](std::size_t connected) {
                exchange->answer_json(render_summary(sum, power, connected));
            });
        });
}

void get_counters(const ExchangePointer& exchange)
{
    exchange->services().core.counters([exchange](CountersByPart all) {
        add_counters(all, "access", exchange->services().access.counters());
        add_counters(all, "trace", exchange->services().hub.counters());
        add_counters(all, "http", exchange->services().http.counters());
        all["api"]["event_streams"] = exchange->services().hub.subscribers();
        JsonWriter json;
        json.begin_object();
        for (const auto& [part, counters] : all) {
            json.key(part);
            json.begin_object();
            for (const auto& [name, count] : counters) json.member(name, count);
            json.end_object();
        }
        json.end_object();
        exchange->answer_json(json.take());
    });
}

void get_health(const ExchangePointer& exchange)
{
    const Options& options = exchange->services().options;
    const bool well = !options.store_healthy || options.store_healthy();
    JsonWriter json;
    json.begin_object();
    json.member("status", well ? "ok" : "failing");
    json.member("store", well ? "ok" : "failing");
    json.end_object();
    exchange->answer_json(json.take(), well ? 200 : 503);
}

std::string render_version(const Options& options)
{
    JsonWriter json;
    json.begin_object();
    json.member("name", "ladestrom-csms");
    json.member("version", options.version);
    json.member("api", "1");
    json.key("ocpp");
    json.begin_array();
    for (OcppVersion version : options.ocpp) json.value(name_of(version));
    json.end_array();
    json.key("station_listeners");
    json.begin_array();
    for (const StationListener& listener : options.station_listeners) {
        json.begin_object();
        json.member("port", listener.port);
        json.member("tls", listener.tls);
        json.member("path", listener.path);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json.take();
}

void get_version(const ExchangePointer& exchange)
{
    exchange->answer_json(render_version(exchange->services().options));
}

void get_openapi(const ExchangePointer& exchange)
{
    exchange->answer_json(std::string(openapi_json()));
}

}  // namespace ladestrom::api
