// Charging sessions: lists, details, curves, CSV.
#include "api/csv.hpp"
#include "api/handlers.hpp"
#include "api/render.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ladestrom::api {
namespace {

constexpr std::size_t series_samples_max = 200'000;

store::SessionFilter filter_of(Query& query)
{
    store::SessionFilter filter;
    if (auto station = query.text("station", {1, 255})) filter.station = StationId(std::move(*station));
    if (const auto evse = query.integer("evse_id", 0, std::numeric_limits<std::int32_t>::max())) {
        filter.evse = EvseId(static_cast<std::int32_t>(*evse));
    }
    filter.token = query.text("token", {1, 255});
    filter.state = query.choice<store::SessionState>("state");
    filter.flagged = query.boolean("flagged").value_or(false);
    filter.from = query.time("from");
    filter.to = query.time("to");
    return filter;
}

transport::HttpResponse csv_response(std::string text)
{
    transport::HttpResponse response;
    response.headers.emplace_back("Content-Type", "text/csv; charset=utf-8; header=present");
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"sessions.csv\"");
    response.body = std::move(text);
    return response;
}

bool wants_csv(const transport::HttpRequest& request)
{
    const std::string_view accept = request.header("Accept");
    return accept.find("text/csv") != std::string_view::npos &&
           accept.find("application/json") == std::string_view::npos;
}

}  // namespace

void list_sessions(const ExchangePointer& exchange)
{
    Query query(exchange->request());
    const auto filter = filter_of(query);
    const auto page = page_of(query);
    if (exchange->refused(query)) return;
    auto rows = exchange->services().reader.sessions(filter, page);
    if (exchange->refused(rows)) return;
    if (!wants_csv(exchange->request())) return exchange->answer_json(render_page(rows->items, rows->next));
    std::string text = session_csv_header();
    for (const store::SessionRow& row : rows->items) text += session_csv_line(row);
    exchange->answer(csv_response(std::move(text)));
}

void export_sessions(const ExchangePointer& exchange)
{
    Query query(exchange->request());
    const auto filter = filter_of(query);
    const std::size_t most = exchange->services().options.export_max;
    const auto limit = query.integer("limit", 1, static_cast<std::int64_t>(most));
    if (exchange->refused(query)) return;
    auto left = limit ? static_cast<std::size_t>(*limit) : most;
    std::string text = session_csv_header();
    store::PageRequest page;
    do {
        page.limit = std::min<std::size_t>(left, 1000);
        auto rows = exchange->services().reader.sessions(filter, page);
        if (exchange->refused(rows)) return;
        for (const store::SessionRow& row : rows->items) text += session_csv_line(row);
        left -= rows->items.size();
        page.cursor = rows->next.value_or("");
    } while (left > 0 && !page.cursor.empty());
    // Who bills by it must not miss any unseen.
    if (!limit && !page.cursor.empty()) {
        return exchange->answer(invalid(
            fmt::format("from: there are more than {} sessions; choose a shorter time", most), "from"));
    }
    exchange->answer(csv_response(std::move(text)));
}

void get_session(const ExchangePointer& exchange)
{
    auto row = exchange->services().reader.session(std::string(exchange->request().parameter("id")));
    if (exchange->refused(row)) return;
    if (!*row) return exchange->answer(not_found("There is no such session."));
    exchange->answer_json(render(**row));
}

std::optional<store::SessionRow> running_session(const ExchangePointer& exchange)
{
    auto row = exchange->services().reader.session(std::string(exchange->request().parameter("id")));
    if (exchange->refused(row)) return std::nullopt;
    if (!*row) {
        exchange->answer(not_found("There is no such session."));
        return std::nullopt;
    }
    if ((*row)->state != store::SessionState::running) {
        exchange->answer({409, "conflict", "The session has ended already."});
        return std::nullopt;
    }
    return *std::move(row);
}

void close_session(const ExchangePointer& exchange)
{
    const auto row = running_session(exchange);
    if (!row) return;
    exchange->services().core.command(
        csms::CloseSessionCommand{0, row->station, row->id, row->transaction_id},
        [exchange](const csms::CommandDone& done) {
            if (const auto problem = problem_of(done)) return exchange->answer(*problem);
            get_session(exchange);
        });
}

void get_meter_series(const ExchangePointer& exchange)
{
    store::LedgerReader& reader = exchange->services().reader;
    auto row = reader.session(std::string(exchange->request().parameter("id")));
    if (exchange->refused(row)) return;
    if (!*row) return exchange->answer(not_found("There is no such session."));
    auto values = reader.meter_values((*row)->id, series_samples_max);
    if (exchange->refused(values)) return;
    exchange->answer_json(render_series((*row)->id, *values));
}

}  // namespace ladestrom::api
