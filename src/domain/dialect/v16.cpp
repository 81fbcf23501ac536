// The tables between the domain and OCPP 1.6.
#include "domain/dialect/v16.hpp"

#include "domain/dialect/tables.hpp"
#include "domain/dialect/units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace ladestrom::dialect::v16 {
namespace {

using A = AuthorizationStatus;
using WA = wire::AuthorizationStatus;
constexpr std::array<Pair<A, WA>, 10> authorizations{{
    {A::accepted, WA::Accepted},
    {A::blocked, WA::Blocked},
    {A::expired, WA::Expired},
    {A::invalid, WA::Invalid},
    {A::concurrent_tx, WA::ConcurrentTx},
    {A::no_credit, WA::Blocked},
    {A::not_allowed_type_evse, WA::Blocked},
    {A::not_at_this_location, WA::Blocked},
    {A::not_at_this_time, WA::Blocked},
    {A::unknown, WA::Invalid},
}};

using R = StopReason;
using WR = wire::Reason;
constexpr std::array<Pair<R, WR>, 17> reasons{{
    {R::de_authorized, WR::DeAuthorized},
    {R::emergency_stop, WR::EmergencyStop},
    {R::ev_disconnected, WR::EVDisconnected},
    {R::hard_reset, WR::HardReset},
    {R::local, WR::Local},
    {R::other, WR::Other},
    {R::power_loss, WR::PowerLoss},
    {R::reboot, WR::Reboot},
    {R::remote, WR::Remote},
    {R::soft_reset, WR::SoftReset},
    {R::unlock_command, WR::UnlockCommand},
    {R::immediate_reset, WR::HardReset},
    {R::master_pass, WR::Local},
    {R::stopped_by_ev, WR::Local},
    {R::local_out_of_credit, WR::DeAuthorized},
    {R::ground_fault, WR::Other},
    {R::overcurrent_fault, WR::Other},
}};

using S = ConnectorStatus;
using WS = wire::ChargePointStatus;
constexpr std::array<Pair<S, WS>, 9> statuses{{
    {S::available, WS::Available},
    {S::preparing, WS::Preparing},
    {S::charging, WS::Charging},
    {S::suspended_evse, WS::SuspendedEVSE},
    {S::suspended_ev, WS::SuspendedEV},
    {S::finishing, WS::Finishing},
    {S::reserved, WS::Reserved},
    {S::unavailable, WS::Unavailable},
    {S::faulted, WS::Faulted},
}};

using E = ConnectorError;
using WE = wire::ChargePointErrorCode;
constexpr std::array<Pair<E, WE>, 16> errors{{
    {E::no_error, WE::NoError},
    {E::connector_lock_failure, WE::ConnectorLockFailure},
    {E::ev_communication_error, WE::EVCommunicationError},
    {E::ground_failure, WE::GroundFailure},
    {E::high_temperature, WE::HighTemperature},
    {E::internal_error, WE::InternalError},
    {E::local_list_conflict, WE::LocalListConflict},
    {E::other_error, WE::OtherError},
    {E::over_current_failure, WE::OverCurrentFailure},
    {E::over_voltage, WE::OverVoltage},
    {E::power_meter_failure, WE::PowerMeterFailure},
    {E::power_switch_failure, WE::PowerSwitchFailure},
    {E::reader_failure, WE::ReaderFailure},
    {E::reset_failure, WE::ResetFailure},
    {E::under_voltage, WE::UnderVoltage},
    {E::weak_signal, WE::WeakSignal},
}};

std::string number(double value, MeterUnit unit)
{
    if (unit == MeterUnit::wh) return fmt::format("{:.0f}", value);
    std::string text = fmt::format("{:.3f}", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text == "-0" ? "0" : text;
}

std::optional<double> parse_number(std::string_view text)
{
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

wire::SampledValue to_wire(const MeterSample& sample)
{
    wire::SampledValue out;
    out.value = sample.signed_data ? *sample.signed_data : number(sample.value, sample.unit);
    out.context = by_name<wire::ReadingContext>(sample.context);
    if (sample.signed_data) out.format = wire::ValueFormat::SignedData;
    out.measurand = by_name<wire::Measurand>(sample.measurand);
    if (sample.phase != MeterPhase::none) out.phase = by_name<wire::Phase>(sample.phase);
    if (sample.location != MeterLocation::outlet) out.location = by_name<wire::Location>(sample.location);
    // 1.6 has no Hz (section 7.45), and a power factor and RPM have no unit.
    out.unit = by_name<wire::UnitOfMeasure>(sample.unit);
    return out;
}

// Defaults of 1.6 section 7.43: Energy.Active.Import.Register, Sample.Periodic, Outlet, and Wh for energy.
std::optional<MeterSample> from_wire(const wire::SampledValue& in)
{
    MeterSample out;
    if (in.measurand) {
        out.measurand = by_name(*in.measurand, Measurand::voltage).value_or(out.measurand);
    }
    read_labels(in, out);
    out.unit = base_unit(out.measurand);
    if (in.format == wire::ValueFormat::SignedData) {
        out.signed_data = in.value;
        return out;
    }
    const auto value = parse_number(in.value);
    if (!value) return std::nullopt;
    out.value = *value;
    if (in.unit) {
        const bool misspelt = in.unit == wire::UnitOfMeasure::Celcius;  // errata 3.1
        to_base_unit(misspelt ? "Celsius" : messages::to_string(*in.unit), out);
    }
    if (!std::isfinite(out.value)) return std::nullopt;
    return out;
}

}  // namespace

wire::AuthorizationStatus to_wire(AuthorizationStatus status)
{
    return down(authorizations, status, WA::Invalid);
}

AuthorizationStatus from_wire(wire::AuthorizationStatus status)
{
    return up(authorizations, status, A::invalid);
}

wire::IdTagInfo to_wire(const IdTokenInfo& info)
{
    wire::IdTagInfo out;
    out.expiry_date = info.cache_expiry;
    out.parent_id_tag = info.group;
    out.status = to_wire(info.status);
    return out;
}

IdTokenInfo from_wire(const wire::IdTagInfo& info)
{
    return {.status = from_wire(info.status), .cache_expiry = info.expiry_date, .group = info.parent_id_tag};
}

wire::Reason to_wire(StopReason reason)
{
    return down(reasons, reason, WR::Other);
}

StopReason from_wire(wire::Reason reason)
{
    return up(reasons, reason, R::other);
}

wire::ChargePointStatus to_wire(ConnectorStatus status)
{
    return down(statuses, status, WS::Unavailable);
}

ConnectorStatus from_wire(wire::ChargePointStatus status)
{
    return up(statuses, status, S::unavailable);
}

wire::ChargePointErrorCode to_wire(ConnectorError error)
{
    return down(errors, error, WE::OtherError);
}

ConnectorError from_wire(wire::ChargePointErrorCode error)
{
    return up(errors, error, E::other_error);
}

wire::MeterValue to_wire(const MeterValue& value)
{
    wire::MeterValue out;
    out.timestamp = value.timestamp;
    out.sampled_value.reserve(value.samples.size());
    for (const auto& sample : value.samples) out.sampled_value.push_back(to_wire(sample));
    return out;
}

MeterValue from_wire(const wire::MeterValue& value, Counters* counters)
{
    MeterValue out{.timestamp = value.timestamp, .samples = {}};
    out.samples.reserve(value.sampled_value.size());
    for (const auto& sampled : value.sampled_value) {
        if (auto sample = from_wire(sampled)) {
            out.samples.push_back(std::move(*sample));
        } else if (counters) {
            counters->add("tolerance.meter_value_not_a_number");
        }
    }
    return out;
}

}  // namespace ladestrom::dialect::v16
