// Which status is due to be reported.
#include "station/availability/status_reporter.hpp"

namespace ladestrom::station {
namespace {

constexpr Duration unanswered_pause = seconds(60);

}  // namespace

StatusReporter::StatusReporter(Context& context) : context_(context), lines_(context.evses.all.size() + 1) {}

void StatusReporter::update()
{
    follow(lines_[0], station_status(context_.evses, context_.records.failed()));
    for (std::size_t i = 0; i < context_.evses.all.size(); ++i) {
        follow(lines_[i + 1],
               connector_status(context_.evses, context_.evses.all[i], context_.records.failed()));
    }
}

void StatusReporter::follow(Line& line, const ShownStatus& shown)
{
    if (line.current == shown) return;
    if (line.current.status != shown.status) line.since = context_.now;
    line.current = shown;
    line.at = context_.clock.wall(context_.now);
}

void StatusReporter::report_all()
{
    for (Line& line : lines_) line.reported.reset();
}

void StatusReporter::link_up(OcppVersion version)
{
    const Duration threshold = context_.registry.interval(Variable::offline_threshold);
    const bool long_gone = lost_at_ && context_.now > *lost_at_ + threshold && !context_.backend_numbers;
    if (long_gone || (version_ && *version_ != version)) report_all();
    version_ = version;
    lost_at_.reset();
}

void StatusReporter::link_lost()
{
    if (!lost_at_) lost_at_ = context_.now;
}

void StatusReporter::trigger(std::optional<EvseId> evse)
{
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (!evse || static_cast<std::size_t>(evse->value()) == i) lines_[i].triggered = true;
    }
}

// A status must be stable for MinimumStatusDuration. An error is told at once.
Tick StatusReporter::due(const Line& line) const
{
    const bool hold = line.reported && line.current.error == ConnectorError::no_error;
    const auto minimum = hold ? context_.registry.interval(Variable::minimum_status_duration) : seconds(0);
    return std::max(line.since + minimum, line.not_before);
}

std::optional<Outgoing> StatusReporter::next(Gate gate)
{
    if (gate == Gate::boot_only) return std::nullopt;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        Line& line = lines_[i];
        const bool changed = gate == Gate::all && line.reported != line.current && context_.now >= due(line);
        if (!changed && !line.triggered) continue;
        in_flight_ = i;
        sent_ = line.current;
        std::optional<ConnectorStatus> believed;
        if (line.reported && !line.triggered) {
            believed = line.reported->status;
            const auto step = next_status(line.reported->status, sent_.status);
            // 2.x has no table of transitions.
            if (step != sent_.status && context_.backend_numbers)
                sent_ = {step, ConnectorError::no_error, "", ""};
        }
        line.triggered = false;
        return Outgoing{StatusRequest{
                            .evse = EvseId(static_cast<std::int32_t>(i)),
                            .status = sent_.status,
                            .error = sent_.error,
                            .info = sent_.info,
                            .vendor_error_code = sent_.vendor_error_code,
                            .at = line.at ? line.at : context_.clock.wall(context_.now),
                            .believed = believed,
                        },
                        {}};
    }
    return std::nullopt;
}

void StatusReporter::answered(const Reply&)
{
    lines_[in_flight_].reported = sent_;
}

void StatusReporter::failed(const Failure& failure)
{
    Line& line = lines_[in_flight_];
    // Refused: it was heard, and saying it again would be refused again. Otherwise nobody knows whether it
    // was heard: even a status that holds again by now has to be told again.
    const bool heard = failure.kind == Failure::Kind::refused || failure.kind == Failure::Kind::unreadable;
    line.reported.reset();
    if (heard) line.reported = sent_;
    if (failure.kind == Failure::Kind::silence) line.not_before = context_.now + unanswered_pause;
}

std::optional<Tick> StatusReporter::next_deadline() const
{
    std::optional<Tick> next;
    for (const Line& line : lines_) {
        if (line.reported != line.current) next = context_.sooner(next, due(line));
    }
    return next;
}

}  // namespace ladestrom::station
