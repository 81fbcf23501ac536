// Requests and facts as OCPP 2.x messages.
#include "station/dialect/v2_calls.hpp"

#include "domain/dialect/v2.hpp"
#include "messages/decode.hpp"
#include "messages/json.hpp"
#include "messages/v2.hpp"
#include "station/dialect/saying.hpp"
#include "station/dialect/v2_variables.hpp"

#include <array>

namespace ladestrom::station::v2_calls {
namespace {

namespace words = dialect::v2;

constexpr std::int64_t only_connector = 1;  // of every EVSE

template <class Message>
EncodedCall call(const typename Message::Request& request, OcppVersion version)
{
    return {Message::action, messages::encode(request, version)};
}

v2::BootReason reason_of(BootReason reason)
{
    switch (reason) {
        case BootReason::local_reset: return v2::BootReason::LocalReset;
        case BootReason::remote_reset: return v2::BootReason::RemoteReset;
        case BootReason::triggered: return v2::BootReason::Triggered;
        case BootReason::power_up: break;
    }
    return v2::BootReason::PowerUp;
}

EncodedCall boot(const BootRequest& request, const Config& config, OcppVersion version)
{
    v2::ChargingStation station{.model = config.model,
                                .vendor_name = config.vendor,
                                .serial_number = unless_empty(config.serial_number),
                                .modem = std::nullopt,
                                .firmware_version = unless_empty(config.firmware_version)};
    if (!config.iccid.empty() || !config.imsi.empty()) {
        station.modem = {.iccid = unless_empty(config.iccid), .imsi = unless_empty(config.imsi)};
    }
    return call<v2::BootNotification>(
        {.charging_station = std::move(station), .reason = reason_of(request.reason)}, version);
}

// Only connectors have a status, and what is Occupied before and after has not changed.
std::optional<EncodedCall> status(const StatusRequest& request, OcppVersion version)
{
    const v2::ConnectorStatus told = words::to_wire(request.status);
    const bool known = request.believed && words::to_wire(*request.believed) == told;
    if (request.evse == EvseId(0) || known || !request.at) return std::nullopt;
    return call<v2::StatusNotification>({.timestamp = *request.at,
                                         .connector_status = told,
                                         .evse_id = request.evse.value(),
                                         .connector_id = only_connector},
                                        version);
}

std::vector<v2::MeterValue> values_of(const std::vector<MeterValue>& values, OcppVersion version)
{
    std::vector<v2::MeterValue> all;
    for (const MeterValue& value : values) {
        v2::MeterValue mapped = words::to_wire(value, version);
        if (!mapped.sampled_value.empty()) all.push_back(std::move(mapped));
    }
    return all;
}

std::optional<EncodedCall> meter_values(const MeterRequest& meter, OcppVersion version)
{
    auto values = values_of({meter.value}, version);
    if (values.empty()) return std::nullopt;
    return call<v2::MeterValues>({.evse_id = meter.evse.value(), .meter_value = std::move(values)}, version);
}

struct TriggerRow {
    TriggerReason ours;
    v2::TriggerReason wire;
};
using T = TriggerReason;
using W = v2::TriggerReason;
constexpr std::array<TriggerRow, 19> triggers{{
    {T::authorized, W::Authorized},
    {T::cable_plugged_in, W::CablePluggedIn},
    {T::deauthorized, W::Deauthorized},
    {T::ev_departed, W::EVDeparted},
    {T::ev_detected, W::EVDetected},
    {T::meter_value_clock, W::MeterValueClock},
    {T::meter_value_periodic, W::MeterValuePeriodic},
    {T::remote_start, W::RemoteStart},
    {T::remote_stop, W::RemoteStop},
    {T::reset_command, W::ResetCommand},
    {T::stop_authorized, W::StopAuthorized},
    {T::unlock_command, W::UnlockCommand},
    {T::abnormal_condition, W::AbnormalCondition},
    {T::charging_state_changed, W::ChargingStateChanged},
    {T::trigger, W::Trigger},
    {T::tx_resumed, W::TxResumed},
    {T::ev_communication_lost, W::EVCommunicationLost},
    {T::ev_connect_timeout, W::EVConnectTimeout},
    {T::other, W::AbnormalCondition},
}};

W to_wire(TriggerReason reason, OcppVersion version)
{
    if (reason == T::tx_resumed && version < OcppVersion::v2_1) return W::ChargingStateChanged;
    for (const TriggerRow& row : triggers) {
        if (row.ours == reason) return row.wire;
    }
    return W::AbnormalCondition;
}

v2::TransactionEventEnum kind_of(FactKind kind)
{
    switch (kind) {
        case FactKind::started: return v2::TransactionEventEnum::Started;
        case FactKind::updated: return v2::TransactionEventEnum::Updated;
        case FactKind::ended: break;
    }
    return v2::TransactionEventEnum::Ended;
}

// What is billed by is always told: the register at the begin and at the end.
void add_register(const FactRequest& fact, std::vector<v2::MeterValue>& values)
{
    if (fact.kind == FactKind::updated) return;
    const auto context = fact.kind == FactKind::started ? v2::ReadingContext::Transaction_Begin
                                                        : v2::ReadingContext::Transaction_End;
    const bool told = std::ranges::any_of(values, [&](const v2::MeterValue& value) {
        return std::ranges::any_of(value.sampled_value, [&](const v2::SampledValue& sample) {
            return sample.context == context &&
                   sample.measurand == v2::Measurand::Energy_Active_Import_Register;
        });
    });
    if (told) return;
    values.push_back({.sampled_value = {{.value = static_cast<double>(fact.meter.value),
                                         .measurand = v2::Measurand::Energy_Active_Import_Register,
                                         .context = context}},
                      .timestamp = fact.at});
}

EncodedCall transaction(const FactRequest& fact, OcppVersion version)
{
    auto values = values_of(fact.values, version);
    add_register(fact, values);
    v2::TransactionEventRequest event{
        .event_type = kind_of(fact.kind),
        .timestamp = fact.at,
        .trigger_reason = to_wire(fact.trigger, version),
        .seq_no = fact.sequence,
        .transaction_info = {.transaction_id = fact.transaction,
                             .charging_state = words::to_wire(fact.charging_state),
                             .remote_start_id = fact.remote_start_id},
        .evse = v2::EVSE{.id = fact.evse.value(), .connector_id = only_connector},
    };
    if (fact.reason) event.transaction_info.stopped_reason = words::to_wire(*fact.reason);
    if (!values.empty()) event.meter_value = std::move(values);
    if (fact.offline) event.offline = true;
    // Once (part 2, E03.FR.01): when the car comes later, it has been told.
    const bool told = fact.kind == FactKind::updated && fact.trigger == TriggerReason::cable_plugged_in;
    if (fact.token && !told) event.id_token = words::to_wire(*fact.token);
    return call<v2::TransactionEvent>(event, version);
}

EncodedCall report(const ReportRequest& part, OcppVersion version)
{
    v2::NotifyReportRequest request{
        .request_id = part.request_id, .generated_at = part.at, .seq_no = part.part};
    request.report_data.emplace();
    for (const ShownVariable& variable : part.variables)
        request.report_data->push_back(v2_variables::report_of(variable));
    if (part.more) request.tbc = true;
    return call<v2::NotifyReport>(request, version);
}

// ---- answers --------------------------------------------------------------------------------------------

messages::Decoded<Reply> fact_answer(messages::JsonValue payload, const messages::DecodeContext& context)
{
    auto decoded = read_answer<v2::TransactionEvent>(payload, context, [](const auto& response) {
        FactReply reply;
        if (response.id_token_info) reply.info = words::from_wire(*response.id_token_info);
        return reply;
    });
    if (decoded) return decoded;
    const auto status = salvage_status<v2::AuthorizationStatus>(payload, "idTokenInfo");
    if (!status) return decoded;
    context.tolerances->add("tolerance.start_answer_salvaged");
    return Reply{
        FactReply{IdTokenInfo{.status = words::from_wire(*status), .cache_expiry = {}, .group = {}}, {}}};
}

}  // namespace

std::optional<EncodedCall> encode(const Request& request, const Config& config, OcppVersion version)
{
    using Call = std::optional<EncodedCall>;
    return std::visit(Overloaded{
                          [&](const BootRequest& ask) -> Call { return boot(ask, config, version); },
                          [&](const HeartbeatRequest&) -> Call { return call<v2::Heartbeat>({}, version); },
                          [&](const AuthorizeRequest& ask) -> Call {
                              return call<v2::Authorize>({.id_token = words::to_wire(ask.token)}, version);
                          },
                          [&](const StatusRequest& report) -> Call { return status(report, version); },
                          [&](const MeterRequest& meter) -> Call { return meter_values(meter, version); },
                          [&](const FactRequest& fact) -> Call { return transaction(fact, version); },
                          [&](const ReportRequest& part) -> Call { return report(part, version); },
                      },
                      request);
}

messages::Decoded<Reply> decode(const Request& request, messages::JsonValue payload,
                                const messages::DecodeContext& context)
{
    using Result = messages::Decoded<Reply>;
    return std::visit(
        Overloaded{
            [&](const BootRequest&) -> Result { return read_boot<v2::BootNotification>(payload, context); },
            [&](const HeartbeatRequest&) -> Result {
                return read_heartbeat<v2::Heartbeat>(payload, context);
            },
            [&](const AuthorizeRequest&) -> Result {
                return read_answer<v2::Authorize>(payload, context, [](const auto& response) {
                    return AuthorizeReply{words::from_wire(response.id_token_info)};
                });
            },
            [&](const StatusRequest&) -> Result {
                return read_empty<v2::StatusNotification>(payload, context);
            },
            [&](const MeterRequest&) -> Result { return read_empty<v2::MeterValues>(payload, context); },
            [&](const FactRequest&) -> Result { return fact_answer(payload, context); },
            [&](const ReportRequest&) -> Result { return read_empty<v2::NotifyReport>(payload, context); },
        },
        request);
}

}  // namespace ladestrom::station::v2_calls
