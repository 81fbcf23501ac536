#include "api/csv.hpp"

#include "api/names.hpp"
#include "api/render.hpp"

#include <fmt/format.h>

namespace ladestrom::api {
namespace {

template <class Tag, class Rep>
std::string number(const std::optional<Quantity<Tag, Rep>>& quantity)
{
    return quantity ? fmt::format("{}", quantity->value) : std::string();
}

std::string time(const std::optional<Instant>& time)
{
    return time ? format_instant(*time) : std::string();
}

}  // namespace

std::string csv_text(std::string_view text)
{
    std::string out;
    bool quote = false;
    const auto first = text.find_first_not_of(std::string_view(" \0", 2));
    const bool formula = first != std::string_view::npos &&
                         std::string_view("=+-@\t\r\n|%").find(text[first]) != std::string_view::npos;
    if (formula) out += '\'';
    for (char c : text) {
        quote = quote || c == ',' || c == ';' || c == '"' || c == '\n' || c == '\r' || c == '\t' || c == ' ';
        if (c == '\0') continue;
        if (c == '"') out += '"';
        out += c;
    }
    return quote ? '"' + out + '"' : out;
}

std::string session_csv_header()
{
    return "id,station,evse_id,transaction_id,token,authorization,state,started,ended,meter_start_wh,"
           "meter_stop_wh,energy_wh,stop_reason,flags,billable\r\n";
}

std::string session_csv_line(const store::SessionRow& row)
{
    const auto energy = energy_of(row);
    const auto flags = flags_of(row);
    return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", csv_text(row.id),
                       csv_text(row.station.value()), row.evse.value(), csv_text(row.transaction_id),
                       csv_text(row.token.value), name_of(row.authorization), name_of(row.state),
                       format_instant(row.started), time(row.ended), row.meter_start.value,
                       number(row.meter_stop), energy ? fmt::format("{}", *energy) : std::string(),
                       row.stop_reason ? name_of(*row.stop_reason) : std::string_view(),
                       fmt::join(flags, " "), row.billable ? "true" : "false");
}

}  // namespace ladestrom::api
