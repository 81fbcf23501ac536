#include "csms/session_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace ladestrom::csms {
namespace {

// A register told in kWh with few digits may end below its last sample by rounding.
constexpr WattHours register_rounding{10};

std::optional<WattHours> energy_register(const MeterSample& sample)
{
    if (sample.measurand != Measurand::energy_active_import_register || sample.phase != MeterPhase::none)
        return {};
    if (sample.unit != MeterUnit::wh || sample.location == MeterLocation::inlet) return {};
    constexpr auto largest = static_cast<double>(largest_register.value);
    if (!std::isfinite(sample.value) || std::abs(sample.value) > largest) return {};
    return WattHours{std::llround(sample.value)};
}

bool is_single_phase(MeterPhase phase)
{
    switch (phase) {
        case MeterPhase::l1:
        case MeterPhase::l2:
        case MeterPhase::l3:
        case MeterPhase::l1_n:
        case MeterPhase::l2_n:
        case MeterPhase::l3_n: return true;
        default: return false;
    }
}

// The power of all phases: as told, or as their sum.
std::optional<Watts> total_power(const std::vector<MeterSample>& samples)
{
    std::optional<Watts> sum;
    for (const MeterSample& sample : samples) {
        if (sample.signed_data || sample.measurand != Measurand::power_active_import) continue;
        if (sample.location == MeterLocation::inlet || !std::isfinite(sample.value)) continue;
        if (sample.phase == MeterPhase::none) return Watts{sample.value};
        if (is_single_phase(sample.phase)) sum = Watts{(sum ? sum->value : 0) + sample.value};
    }
    return sum && std::isfinite(sum->value) ? sum : std::nullopt;
}

void judge_billable(store::SessionRow& session)
{
    session.billable = (session.flags & ~static_cast<std::uint32_t>(store::session_flag_matched_stop)) == 0;
}

}  // namespace

void flag(store::SessionRow& session, store::SessionFlag doubt)
{
    session.flags |= doubt;
    judge_billable(session);
}

void unflag(store::SessionRow& session, store::SessionFlag doubt)
{
    session.flags &= ~static_cast<std::uint32_t>(doubt);
    judge_billable(session);
}

void set_flag(store::SessionRow& session, store::SessionFlag doubt, bool doubtful)
{
    if (doubtful) {
        flag(session, doubt);
    } else {
        unflag(session, doubt);
    }
}

bool is_anonymous(const store::SessionRow& session)
{
    return session.token.type == IdTokenType::none;
}

bool end_is_known(const store::SessionRow& session)
{
    return session.state == store::SessionState::ended && session.meter_stop.has_value();
}

void close_without_end(store::SessionRow& session, store::SessionFlag reason)
{
    session.state = store::SessionState::ended;
    session.power_last.reset();
    flag(session, reason);
}

bool end_session(store::SessionRow& session, const SessionEnd& end)
{
    bool possible = true;
    for (const auto closed : {store::session_flag_never_stopped, store::session_flag_station_removed,
                              store::session_flag_closed_by_hand}) {
        unflag(session, closed);
    }
    if (end.ended < session.started) {
        flag(session, store::session_flag_implausible_time);
        possible = false;
    }
    const bool went_back = session.meter_last && end.meter_stop + register_rounding < *session.meter_last;
    const bool beyond = end.meter_stop >= largest_register;
    if (end.meter_stop < session.meter_start || went_back || beyond) {
        flag(session, store::session_flag_negative_energy);
        possible = false;
    }
    if (is_anonymous(session) && end.meter_stop > session.meter_start)
        flag(session, store::session_flag_unauthorized);
    session.state = store::SessionState::ended;
    session.ended = std::max(end.ended, session.started);
    session.meter_stop = std::max(end.meter_stop, session.meter_start);
    session.meter_last = session.meter_stop;
    session.stop_reason = end.reason;
    session.stop_token = end.token;
    session.power_last = Watts{0};
    return possible;
}

bool is_same_end(const store::SessionRow& session, Instant ended, WattHours meter_stop)
{
    return session.ended == std::max(ended, session.started) &&
           session.meter_stop == std::max(meter_stop, session.meter_start);
}

bool note_readings(store::SessionRow& session, const std::vector<MeterValue>& readings)
{
    bool changed = false;
    for (const MeterValue& reading : readings) {
        for (const MeterSample& sample : reading.samples) {
            if (sample.signed_data) continue;
            if (const auto energy = energy_register(sample)) {
                // Only upwards: readings may come late, and a register below its start is judged at the end.
                const WattHours last = session.meter_last.value_or(session.meter_start);
                if (*energy >= last && session.meter_last != energy) {
                    session.meter_last = energy;
                    changed = true;
                }
            } else if (sample.measurand == Measurand::soc && std::isfinite(sample.value)) {
                session.soc_last = Percent{sample.value};
                changed = true;
            }
        }
        if (const auto power = total_power(reading.samples)) {
            session.power_last = power;
            changed = true;
        }
    }
    return changed;
}

namespace {

// earlier: whether a reading of the first time is to be taken before one of the second.
template <class Earlier>
std::optional<WattHours> register_of(const std::vector<MeterValue>& readings, MeterContext context,
                                     Earlier earlier)
{
    std::optional<WattHours> best;
    Instant best_at;
    for (const MeterValue& reading : readings) {
        for (const MeterSample& sample : reading.samples) {
            if (sample.signed_data) continue;
            const auto energy = energy_register(sample);
            if (!energy) continue;
            if (sample.context == context) return energy;
            if (best && !earlier(reading.timestamp, best_at)) continue;
            best = energy;
            best_at = reading.timestamp;
        }
    }
    return best;
}

}  // namespace

std::optional<WattHours> first_register(const std::vector<MeterValue>& readings)
{
    return register_of(readings, MeterContext::transaction_begin, std::less{});
}

std::optional<WattHours> last_register(const std::vector<MeterValue>& readings)
{
    return register_of(readings, MeterContext::transaction_end, std::greater{});
}

void write_readings(Work& work, EvseId evse, const std::string& session,
                    const std::vector<MeterValue>& readings)
{
    for (const MeterValue& reading : readings) {
        if (reading.samples.empty()) continue;
        work.writes.push_back(
            store::AddMeterValue{{.station = work.id(), .evse = evse, .session = session, .value = reading}});
    }
}

std::string new_session_id(Random& random)
{
    return fmt::format("{:016x}", random.next());
}

}  // namespace ladestrom::csms
