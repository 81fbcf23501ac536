// Stations, calls to them, their frames and their log.
#include "api/handlers.hpp"
#include "api/render.hpp"

#include <charconv>
#include <limits>

namespace ladestrom::api {

StationId station_of(const Exchange& exchange)
{
    return StationId(std::string(exchange.request().parameter("id")));
}

namespace {

Problem unknown_station()
{
    return not_found("There is no such station.");
}

// nullopt, and answered: the store failed.
std::optional<StationView> view_of(const ExchangePointer& exchange, store::StationRow row,
                                   std::optional<csms::ConnectionView> connection)
{
    store::LedgerReader& reader = exchange->services().reader;
    auto connectors = reader.connectors(row.id);
    if (exchange->refused(connectors)) return std::nullopt;
    auto running = reader.running_sessions(row.id);
    if (exchange->refused(running)) return std::nullopt;
    return StationView{std::move(row), std::move(*connectors), std::move(*running), std::move(connection)};
}

void answer_station(const ExchangePointer& exchange)
{
    auto row = exchange->services().reader.station(station_of(*exchange));
    if (exchange->refused(row)) return;
    if (!*row) return exchange->answer(unknown_station());
    exchange->services().core.connections(
        {(*row)->id}, [exchange, row = **row](std::vector<std::optional<csms::ConnectionView>> connections) {
            const auto view = view_of(exchange, row, connections.empty() ? std::nullopt : connections[0]);
            if (view) exchange->answer_json(render(*view));
        });
}

// True, and answered: there is no such station.
bool missing(const ExchangePointer& exchange)
{
    auto row = exchange->services().reader.station(station_of(*exchange));
    if (exchange->refused(row)) return true;
    if (*row) return false;
    exchange->answer(unknown_station());
    return true;
}

bool printable_name(std::string_view name)
{
    for (char c : name) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
    }
    return !name.empty() && name.size() <= 255;
}

}  // namespace

store::PageRequest page_of(Query& query, std::int64_t limit_max)
{
    store::PageRequest page;
    page.limit = static_cast<std::size_t>(query.integer("limit", 1, limit_max).value_or(50));
    page.cursor = query.text("cursor", {0, 1024}).value_or("");
    return page;
}

std::optional<Problem> problem_of(const csms::CommandDone& done)
{
    switch (done.status) {
        case csms::CommandStatus::result:
        case csms::CommandStatus::call_error: return std::nullopt;
        case csms::CommandStatus::invalid: return invalid(done.description, "");
        case csms::CommandStatus::unknown_station: return unknown_station();
        case csms::CommandStatus::not_connected:
            return Problem{409, "not_connected", "The station is not connected."};
        case csms::CommandStatus::no_answer:
            return Problem{504, "no_answer",
                           "The station did not answer; whether it carried the call out is unknown."};
        case csms::CommandStatus::busy:
            return Problem{429, "busy", "Too many commands wait for this station; try again later."};
        case csms::CommandStatus::store_failed: break;
    }
    return store_failed();
}

void list_stations(const ExchangePointer& exchange)
{
    Query query(exchange->request());
    store::StationFilter filter;
    filter.search = query.text("search", {0, 100}).value_or("");
    filter.admission = query.choice<store::Admission>("admission");
    const auto page = page_of(query);
    if (exchange->refused(query)) return;
    auto rows = exchange->services().reader.stations(filter, page);
    if (exchange->refused(rows)) return;
    std::vector<StationId> ids;
    for (const store::StationRow& row : rows->items) ids.push_back(row.id);
    exchange->services().core.connections(
        std::move(ids),
        [exchange, rows = std::move(*rows)](std::vector<std::optional<csms::ConnectionView>> connections) {
            connections.resize(rows.items.size());
            std::vector<StationView> views;
            for (std::size_t i = 0; i < rows.items.size(); ++i) {
                auto view = view_of(exchange, rows.items[i], std::move(connections[i]));
                if (!view) return;
                views.push_back(std::move(*view));
            }
            exchange->answer_json(render_page(views, rows.next));
        });
}

void get_station(const ExchangePointer& exchange)
{
    answer_station(exchange);
}

void put_station(const ExchangePointer& exchange)
{
    Body body(exchange->services().parser, exchange->request().body);
    csms::PutStationCommand put;
    put.station = station_of(*exchange);
    put.admission = body.choice<store::Admission>("admission");
    put.password = body.text("password", {1, 64});
    put.name = body.text("name", {0, 100});
    if (const auto profile = body.integer("security_profile", 0, 2)) {
        put.security_profile = static_cast<int>(*profile);
    }
    if (const auto versions = body.choices<OcppVersion>("versions")) {
        put.allowed_versions.emplace();
        for (const OcppVersion version : *versions) put.allowed_versions->add(version);
    }
    if (!printable_name(put.station.value()))
        body.fail_parameter("id", "is 1 to 255 bytes without control characters");
    if (exchange->refused(body)) return;
    exchange->set_audit_detail(put.password ? "with a new password" : "");
    exchange->services().core.command(std::move(put), [exchange](const csms::CommandDone& done) {
        if (const auto problem = problem_of(done)) return exchange->answer(*problem);
        answer_station(exchange);
    });
}

void delete_station(const ExchangePointer& exchange)
{
    if (missing(exchange)) return;
    exchange->services().core.command(csms::DeleteStationCommand{0, station_of(*exchange)},
                                      [exchange](const csms::CommandDone& done) {
                                          if (const auto problem = problem_of(done)) {
                                              return exchange->answer(*problem);
                                          }
                                          exchange->answer_nothing();
                                      });
}

void list_unknown_stations(const ExchangePointer& exchange)
{
    exchange->services().core.unknown_stations([exchange](const std::vector<csms::UnknownStation>& stations) {
        exchange->answer_json(render_list(stations));
    });
}

void list_messages(const ExchangePointer& exchange)
{
    Query query(exchange->request());
    Hub::TraceFilter filter;
    filter.station = station_of(*exchange);
    filter.action = query.text("action", {0, 64});
    if (const auto direction = query.text("direction", {0, 20})) {
        if (*direction != "received" && *direction != "sent") query.fail("direction", "is received or sent");
        filter.direction = *direction == "sent" ? csms::Direction::sent : csms::Direction::received;
    }
    const auto page = page_of(query);
    std::uint64_t before = std::numeric_limits<std::uint64_t>::max();
    if (!page.cursor.empty()) {
        const char* last = page.cursor.data() + page.cursor.size();
        const auto [end, error] = std::from_chars(page.cursor.data(), last, before);
        if (error != std::errc() || end != last) query.fail("cursor", "is not one of this list");
    }
    if (exchange->refused(query) || missing(exchange)) return;
    const auto found = exchange->services().hub.messages(filter, page.limit, before);
    JsonWriter json;
    json.begin_object();
    json.key("items");
    json.begin_array();
    for (const TraceMessage& message : found.items) json.raw(render(message));
    json.end_array();
    json.member("next", found.next);
    json.end_object();
    exchange->answer_json(json.take());
}

void list_station_events(const ExchangePointer& exchange)
{
    Query query(exchange->request());
    const auto page = page_of(query);
    if (exchange->refused(query) || missing(exchange)) return;
    auto rows = exchange->services().reader.station_events(station_of(*exchange), page);
    if (exchange->refused(rows)) return;
    exchange->answer_json(render_page(rows->items, rows->next));
}

}  // namespace ladestrom::api
