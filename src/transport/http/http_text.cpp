// Dates, queries and events as text.
#include "transport/http/http_text.hpp"

#include "transport/percent.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace ladestrom::transport {

namespace {

void append_field(std::string& event, std::string_view field, std::string_view value)
{
    event += field;
    for (char c : value) {
        if (c != '\r' && c != '\n' && c != '\0') event += c;
    }
    event += '\n';
}

}  // namespace

std::string http_date(Instant instant)
{
    std::time_t const seconds_utc =
        std::chrono::duration_cast<std::chrono::seconds>(instant.time_since_epoch()).count();
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(seconds_utc));
}

std::string one_line(std::string value)
{
    for (char& c : value) {
        if (c == '\r' || c == '\n' || c == '\0') c = ' ';
    }
    return value;
}

std::optional<std::multimap<std::string, std::string, std::less<>>> parse_query(std::string_view query)
{
    std::multimap<std::string, std::string, std::less<>> values;
    while (!query.empty()) {
        auto const end = query.find('&');
        auto const pair = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        if (pair.empty()) continue;
        auto const equals = pair.find('=');
        auto name = percent_decode(pair.substr(0, equals), true);
        auto value = percent_decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1), true);
        if (!name || !value) return std::nullopt;
        values.emplace(std::move(*name), std::move(*value));
    }
    return values;
}

std::string event_text(std::string_view name, std::string_view data, std::string_view id)
{
    std::string event;
    event.reserve(name.size() + data.size() + id.size() + 32);
    if (!id.empty()) append_field(event, "id: ", id);
    if (!name.empty()) append_field(event, "event: ", name);
    for (;;) {
        auto const line_end = data.find('\n');
        append_field(event, "data: ", data.substr(0, line_end));
        if (line_end == std::string_view::npos) break;
        data.remove_prefix(line_end + 1);
    }
    event += '\n';
    return event;
}

}  // namespace ladestrom::transport
