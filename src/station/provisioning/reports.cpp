// Cutting reports into parts.
#include "station/provisioning/reports.hpp"

namespace ladestrom::station {
namespace {

constexpr std::size_t most_reports = 4;
// A part stays below 16 kB.
constexpr std::size_t variables_per_part = 30;

}  // namespace

bool Reports::add(std::int64_t request_id, std::vector<ShownVariable> variables)
{
    if (reports_.size() >= most_reports) return false;
    reports_.push_back(
        {request_id,
         0,
         {std::make_move_iterator(variables.begin()), std::make_move_iterator(variables.end())}});
    return true;
}

// The backend asked for it, so it goes also while registration is pending (2.1 part 2, B02).
std::optional<Outgoing> Reports::next(Gate gate)
{
    const auto wall = context_.clock.wall(context_.now);
    if (gate == Gate::boot_only || reports_.empty() || !wall) return std::nullopt;
    Report& report = reports_.front();
    ReportRequest part{
        .request_id = report.request_id, .part = report.part++, .more = false, .at = *wall, .variables = {}};
    while (!report.rest.empty() && part.variables.size() < variables_per_part) {
        part.variables.push_back(std::move(report.rest.front()));
        report.rest.pop_front();
    }
    part.more = !report.rest.empty();
    if (!part.more) reports_.pop_front();
    return Outgoing{std::move(part), {}};
}

}  // namespace ladestrom::station
