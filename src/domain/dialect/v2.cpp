// The tables between the domain and OCPP 2.x.
#include "domain/dialect/v2.hpp"

#include "domain/dialect/tables.hpp"
#include "domain/dialect/units.hpp"

#include <array>
#include <cmath>
#include <string_view>
#include <utility>

namespace ladestrom::dialect::v2 {
namespace {

using A = AuthorizationStatus;
using WA = wire::AuthorizationStatus;
constexpr std::array<Pair<A, WA>, 10> authorizations{{
    {A::accepted, WA::Accepted},
    {A::blocked, WA::Blocked},
    {A::concurrent_tx, WA::ConcurrentTx},
    {A::expired, WA::Expired},
    {A::invalid, WA::Invalid},
    {A::no_credit, WA::NoCredit},
    {A::not_allowed_type_evse, WA::NotAllowedTypeEVSE},
    {A::not_at_this_location, WA::NotAtThisLocation},
    {A::not_at_this_time, WA::NotAtThisTime},
    {A::unknown, WA::Unknown},
}};

struct TokenTypeRow {
    IdTokenType domain;
    std::string_view wire;
};
constexpr std::array<TokenTypeRow, 9> token_types{{
    {IdTokenType::iso14443, "ISO14443"},
    {IdTokenType::iso15693, "ISO15693"},
    {IdTokenType::central, "Central"},
    {IdTokenType::local, "Local"},
    {IdTokenType::emaid, "eMAID"},
    {IdTokenType::mac_address, "MacAddress"},
    {IdTokenType::key_code, "KeyCode"},
    {IdTokenType::no_authorization, "NoAuthorization"},
    {IdTokenType::none, "NoAuthorization"},
}};

using R = StopReason;
using WR = wire::Reason;
constexpr std::array<Pair<R, WR>, 22> reasons{{
    {R::de_authorized, WR::DeAuthorized},
    {R::emergency_stop, WR::EmergencyStop},
    {R::energy_limit_reached, WR::EnergyLimitReached},
    {R::ev_disconnected, WR::EVDisconnected},
    {R::ground_fault, WR::GroundFault},
    {R::immediate_reset, WR::ImmediateReset},
    {R::local, WR::Local},
    {R::local_out_of_credit, WR::LocalOutOfCredit},
    {R::master_pass, WR::MasterPass},
    {R::other, WR::Other},
    {R::overcurrent_fault, WR::OvercurrentFault},
    {R::power_loss, WR::PowerLoss},
    {R::power_quality, WR::PowerQuality},
    {R::reboot, WR::Reboot},
    {R::remote, WR::Remote},
    {R::soc_limit_reached, WR::SOCLimitReached},
    {R::stopped_by_ev, WR::StoppedByEV},
    {R::time_limit_reached, WR::TimeLimitReached},
    {R::timeout, WR::Timeout},
    {R::hard_reset, WR::ImmediateReset},
    {R::soft_reset, WR::ImmediateReset},
    {R::unlock_command, WR::Other},
}};

using C = ChargingState;
using WC = wire::ChargingState;
constexpr std::array<Pair<C, WC>, 5> charging_states{{
    {C::idle, WC::Idle},
    {C::ev_connected, WC::EVConnected},
    {C::charging, WC::Charging},
    {C::suspended_ev, WC::SuspendedEV},
    {C::suspended_evse, WC::SuspendedEVSE},
}};

using S = ConnectorStatus;
using WS = wire::ConnectorStatus;
constexpr std::array<Pair<S, WS>, 9> statuses{{
    {S::available, WS::Available},
    {S::preparing, WS::Occupied},
    {S::charging, WS::Occupied},
    {S::suspended_evse, WS::Occupied},
    {S::suspended_ev, WS::Occupied},
    {S::finishing, WS::Occupied},
    {S::reserved, WS::Reserved},
    {S::unavailable, WS::Unavailable},
    {S::faulted, WS::Faulted},
}};

void count(Counters* counters, std::string_view name)
{
    if (counters != nullptr) counters->add(name);
}

std::optional<wire::SampledValue> to_wire(const MeterSample& sample, OcppVersion version)
{
    const auto measurand = by_name<wire::Measurand>(sample.measurand);
    if (!measurand || sample.signed_data) return std::nullopt;
    wire::SampledValue out{.value = sample.value, .measurand = measurand};
    out.context = by_name<wire::ReadingContext>(sample.context);
    if (sample.phase != MeterPhase::none) out.phase = by_name<wire::Phase>(sample.phase);
    const bool location_known = sample.location != MeterLocation::upstream || version >= OcppVersion::v2_1;
    if (sample.location != MeterLocation::outlet && location_known) {
        out.location = by_name<wire::Location>(sample.location);
    }
    if (sample.unit != MeterUnit::none) out.unit_of_measure = {.unit = std::string(to_string(sample.unit))};
    return out;
}

// The value in its base unit. A measurand without one takes any unit's number as it stands.
bool set_value(MeterSample& out, const wire::SampledValue& in)
{
    out.unit = base_unit(out.measurand);
    out.value = in.value;
    if (in.unit_of_measure) {
        const wire::UnitOfMeasure& told = *in.unit_of_measure;
        out.value *= std::pow(10.0, static_cast<double>(told.multiplier.value_or(0)));
        const bool known = !told.unit || to_base_unit(*told.unit, out);
        if (!known && out.unit != MeterUnit::none) return false;
    }
    return std::isfinite(out.value);
}

std::optional<MeterSample> from_wire(const wire::SampledValue& in, Counters* counters)
{
    MeterSample out;
    if (in.measurand) {
        const auto measurand = measurand_from(messages::to_string(*in.measurand));
        if (!measurand) {
            count(counters, "tolerance.measurand");
            return std::nullopt;
        }
        out.measurand = *measurand;
    }
    read_labels(in, out);
    if (set_value(out, in)) return out;
    count(counters, "tolerance.unit");
    return std::nullopt;
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

wire::IdToken to_wire(const IdToken& token)
{
    // 2.1 part 2, C02.FR.01: left empty. 1.6 has no word for that, so there the token has a value.
    if (token.type == IdTokenType::no_authorization) return {.id_token = "", .type = "NoAuthorization"};
    for (const TokenTypeRow& row : token_types) {
        if (row.domain == token.type) return {.id_token = token.value, .type = std::string(row.wire)};
    }
    return {.id_token = token.value, .type = "Central"};
}

IdToken from_wire(const wire::IdToken& token, Counters* counters)
{
    for (const TokenTypeRow& row : token_types) {
        if (row.wire == token.type) return {.value = token.id_token, .type = row.domain};
    }
    count(counters, "tolerance.token_type");
    return {.value = token.id_token, .type = IdTokenType::central};
}

wire::IdTokenInfo to_wire(const IdTokenInfo& info)
{
    wire::IdTokenInfo out{.status = to_wire(info.status), .cache_expiry_date_time = info.cache_expiry};
    if (info.group) out.group_id_token = to_wire(IdToken{.value = *info.group, .type = IdTokenType::central});
    return out;
}

IdTokenInfo from_wire(const wire::IdTokenInfo& info)
{
    IdTokenInfo out{
        .status = from_wire(info.status), .cache_expiry = info.cache_expiry_date_time, .group = {}};
    if (info.group_id_token) out.group = info.group_id_token->id_token;
    return out;
}

wire::Reason to_wire(StopReason reason)
{
    return down(reasons, reason, WR::Other);
}

StopReason from_wire(wire::Reason reason)
{
    return up(reasons, reason, R::other);
}

wire::ChargingState to_wire(ChargingState state)
{
    return down(charging_states, state, WC::Idle);
}

ChargingState from_wire(wire::ChargingState state)
{
    return up(charging_states, state, C::idle);
}

wire::ConnectorStatus to_wire(ConnectorStatus status)
{
    return down(statuses, status, WS::Unavailable);
}

ConnectorStatus from_wire(wire::ConnectorStatus status)
{
    return up(statuses, status, S::unavailable);
}

wire::MeterValue to_wire(const MeterValue& value, OcppVersion version)
{
    wire::MeterValue out{.timestamp = value.timestamp};
    out.sampled_value.reserve(value.samples.size());
    for (const MeterSample& sample : value.samples) {
        if (auto sampled = to_wire(sample, version)) out.sampled_value.push_back(*std::move(sampled));
    }
    return out;
}

MeterValue from_wire(const wire::MeterValue& value, Counters* counters)
{
    MeterValue out{.timestamp = value.timestamp, .samples = {}};
    out.samples.reserve(value.sampled_value.size());
    for (const wire::SampledValue& sampled : value.sampled_value) {
        auto sample = from_wire(sampled, counters);
        if (!sample) continue;
        out.samples.push_back(*sample);
        if (!sampled.signed_meter_value) continue;
        sample->signed_data = sampled.signed_meter_value->signed_meter_data;
        out.samples.push_back(*std::move(sample));
    }
    return out;
}

}  // namespace ladestrom::dialect::v2
