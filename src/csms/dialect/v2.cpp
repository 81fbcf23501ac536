// One table of both versions; which of its actions a version knows, its notation says.
#include "csms/dialect/v2.hpp"

#include "base/letter_case.hpp"

#include "csms/dialect/serving.hpp"
#include "csms/provisioning.hpp"
#include "csms/transaction_events.hpp"
#include "csms/transactions.hpp"
#include "domain/dialect/v2.hpp"
#include "messages/v2.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace ladestrom::csms {
namespace {

namespace words = dialect::v2;

// ---- one function per message ---------------------------------------------------------------------------

Outcome<v2::BootNotificationResponse> boot_notification(const v2::BootNotificationRequest& request,
                                                        Work& work)
{
    const v2::ChargingStation& station = request.charging_station;
    const BootFacts facts{.vendor = station.vendor_name,
                          .model = station.model,
                          .serial_number = text_or_empty(station.serial_number),
                          .firmware_version = text_or_empty(station.firmware_version),
                          .iccid = station.modem ? text_or_empty(station.modem->iccid) : "",
                          .imsi = station.modem ? text_or_empty(station.modem->imsi) : "",
                          .meter_type = {},
                          .meter_serial_number = {}};
    return answered<v2::BootNotificationResponse>(boot(facts, work), [](const BootAnswer& answer) {
        return v2::BootNotificationResponse{
            .current_time = answer.current_time,
            .interval = answer.interval.count(),
            .status = registration_status<v2::RegistrationStatus>(answer.admission)};
    });
}

Outcome<v2::HeartbeatResponse> heartbeat(const v2::HeartbeatRequest& /*request*/, Work& work)
{
    return v2::HeartbeatResponse{.current_time = work.now.wall};
}

bool is_occupied(ConnectorStatus status)
{
    return words::to_wire(status) == v2::ConnectorStatus::Occupied;
}

// Occupied says no more than the transaction on the EVSE has told.
Outcome<ConnectorAnswer> note_connector(EvseId evse, v2::ConnectorStatus status, Instant since, Work& work)
{
    ConnectorFacts facts{.evse = evse,
                         .status = words::from_wire(status),
                         .error = ConnectorError::no_error,
                         .info = {},
                         .vendor_error_code = {},
                         .since = since};
    const store::ConnectorRow* before = work.station.connector(evse);
    if (before != nullptr && is_occupied(facts.status) && is_occupied(before->status))
        facts.status = before->status;
    return connector_status(facts, work);
}

Outcome<v2::StatusNotificationResponse> status_notification(const v2::StatusNotificationRequest& request,
                                                            Work& work)
{
    const auto evse = connector(request.evse_id);
    if (!evse) {
        return Refused{messages::ErrorCode::property_constraint_violation, "/evseId",
                       "must be from 0 to 2147483647"};
    }
    return answered<v2::StatusNotificationResponse>(
        note_connector(*evse, request.connector_status, request.timestamp, work),
        [](const ConnectorAnswer&) { return v2::StatusNotificationResponse{}; });
}

Outcome<v2::AuthorizeResponse> authorize_token(const v2::AuthorizeRequest& request, Work& work)
{
    return answered<v2::AuthorizeResponse>(
        authorize(words::from_wire(request.id_token, &work.counters), work),
        [](const IdTokenInfo& info) { return v2::AuthorizeResponse{.id_token_info = words::to_wire(info)}; });
}

std::vector<MeterValue> readings(const std::optional<std::vector<v2::MeterValue>>& values, Work& work)
{
    std::vector<MeterValue> typed;
    if (!values) return typed;
    typed.reserve(values->size());
    for (const v2::MeterValue& value : *values) typed.push_back(words::from_wire(value, &work.counters));
    return typed;
}

TransactionEventFacts::Kind kind_of(v2::TransactionEventEnum type)
{
    switch (type) {
        case v2::TransactionEventEnum::Started: return TransactionEventFacts::Kind::started;
        case v2::TransactionEventEnum::Ended: return TransactionEventFacts::Kind::ended;
        case v2::TransactionEventEnum::Updated: break;
    }
    return TransactionEventFacts::Kind::updated;
}

Outcome<v2::TransactionEventResponse> transaction(const v2::TransactionEventRequest& request, Work& work)
{
    const v2::Transaction& info = request.transaction_info;
    TransactionEventFacts facts{.kind = kind_of(request.event_type),
                                .transaction_id = info.transaction_id,
                                .sequence = request.seq_no,
                                .at = request.timestamp,
                                .offline = request.offline.value_or(false),
                                .token_stops = request.trigger_reason == v2::TriggerReason::StopAuthorized,
                                .readings = readings(request.meter_value, work)};
    if (request.evse) facts.evse = connector_or_station(request.evse->id, work);
    if (info.charging_state) facts.charging_state = words::from_wire(*info.charging_state);
    if (info.stopped_reason) facts.reason = words::from_wire(*info.stopped_reason);
    if (request.id_token) facts.token = words::from_wire(*request.id_token, &work.counters);
    return answered<v2::TransactionEventResponse>(
        transaction_event(facts, work), [](const TransactionEventAnswer& answer) {
            v2::TransactionEventResponse response;
            if (answer.token_info) response.id_token_info = words::to_wire(*answer.token_info);
            return response;
        });
}

Outcome<v2::MeterValuesResponse> meter_values(const v2::MeterValuesRequest& request, Work& work)
{
    const ReadingFacts facts{.evse = connector_or_station(request.evse_id, work),
                             .transaction_id = {},
                             .readings = readings(request.meter_value, work)};
    return answered<v2::MeterValuesResponse>(add_readings(facts, work),
                                             [](const ReadingAnswer&) { return v2::MeterValuesResponse{}; });
}

Outcome<v2::DataTransferResponse> data_transfer(const v2::DataTransferRequest& /*request*/, Work& work)
{
    work.counters.add("csms.data_transfer.unknown_vendor");
    return v2::DataTransferResponse{.status = v2::DataTransferStatus::UnknownVendorId};
}

Outcome<v2::FirmwareStatusNotificationResponse> firmware_status(
    const v2::FirmwareStatusNotificationRequest& request, Work& work)
{
    note_status("firmware_status", to_string(request.status), request.request_id, work);
    return v2::FirmwareStatusNotificationResponse{};
}

Outcome<v2::LogStatusNotificationResponse> log_status(const v2::LogStatusNotificationRequest& request,
                                                      Work& work)
{
    note_status("log_status", to_string(request.status), request.request_id, work);
    return v2::LogStatusNotificationResponse{};
}

Outcome<v2::SecurityEventNotificationResponse> security_event(
    const v2::SecurityEventNotificationRequest& request, Work& work)
{
    note_security_event(request.timestamp, request.type, request.tech_info, work);
    return v2::SecurityEventNotificationResponse{};
}

Outcome<v2::SignCertificateResponse> sign_certificate(const v2::SignCertificateRequest& /*request*/,
                                                      Work& work)
{
    note_refused_certificate(work);
    return v2::SignCertificateResponse{.status = v2::GenericStatus::Rejected};
}

std::string name_of(const v2::Component& component, const v2::Variable& variable)
{
    return fmt::format("{}.{}", component.name, variable.name);
}

struct Availability {
    EvseId evse;
    v2::ConnectorStatus status;
    Instant at;
};

// A connector may tell its status this way too, and in 2.1 it should (2.1 part 2, G01).
std::optional<Availability> availability_in(const v2::EventData& event)
{
    const bool status = same_ignoring_case(event.component.name, "Connector") &&
                        same_ignoring_case(event.variable.name, "AvailabilityState") && event.component.evse;
    if (!status) return std::nullopt;
    const auto evse = connector(event.component.evse->id);
    const auto told = messages::parse_enum<v2::ConnectorStatus>(event.actual_value);
    if (!evse || !told) return std::nullopt;
    return Availability{*evse, *told, event.timestamp};
}

// Of several in one message the newest counts.
void keep_newest(std::vector<Availability>& all, const Availability& one)
{
    const auto same = std::ranges::find(all, one.evse, &Availability::evse);
    if (same == all.end()) {
        all.push_back(one);
    } else if (one.at >= same->at) {
        *same = one;
    }
}

Outcome<v2::NotifyEventResponse> notify_event(const v2::NotifyEventRequest& request, Work& work)
{
    std::vector<Availability> availabilities;
    for (const v2::EventData& event : request.event_data) {
        if (const auto availability = availability_in(event)) {
            keep_newest(availabilities, *availability);
            continue;
        }
        work.record_event(
            event.timestamp, "device_event",
            fmt::format("{}: {}", name_of(event.component, event.variable), event.actual_value));
    }
    for (const Availability& one : availabilities) note_connector(one.evse, one.status, one.at, work);
    return v2::NotifyEventResponse{};
}

// The parts of a report asked for by a call: the frames are in the trace, nothing keeps them.
Outcome<v2::NotifyReportResponse> notify_report(const v2::NotifyReportRequest& /*request*/, Work& work)
{
    work.counters.add("csms.report.parts");
    return v2::NotifyReportResponse{};
}

// ---- the table ------------------------------------------------------------------------------------------

// By action.
constexpr std::array rows{
    row<v2::Authorize, authorize_token>(),
    row<v2::BootNotification, boot_notification>(),
    row<v2::DataTransfer, data_transfer>(),
    row<v2::FirmwareStatusNotification, firmware_status>(),
    row<v2::Heartbeat, heartbeat>(),
    row<v2::LogStatusNotification, log_status>(),
    row<v2::MeterValues, meter_values>(),
    row<v2::NotifyEvent, notify_event>(),
    row<v2::NotifyReport, notify_report>(),
    row<v2::SecurityEventNotification, security_event>(),
    row<v2::SignCertificate, sign_certificate>(),
    row<v2::StatusNotification, status_notification>(),
    row<v2::TransactionEvent, transaction>(),
};
static_assert(std::ranges::is_sorted(rows, {}, &Row::action));

bool is_password(const v2::Component& component, const v2::Variable& variable)
{
    return same_ignoring_case(component.name, "SecurityCtrlr") &&
           same_ignoring_case(variable.name, "BasicAuthPassword");
}

class V2Dialect final : public Dialect {
public:
    explicit V2Dialect(OcppVersion version) : version_(version) {}

    Outcome<std::string> begin(std::string_view action, messages::JsonValue payload,
                               const messages::DecodeContext& context, Work* work,
                               Serve& serve) const override
    {
        const auto found = std::ranges::lower_bound(rows, action, {}, &Row::action);
        if (found != rows.end() && found->action == action)
            return found->begin(payload, context, work, serve);
        const messages::ActionInfo* info = known(action);
        if (info == nullptr) {
            return Refused{messages::ErrorCode::not_implemented, "",
                           fmt::format("There is no such action in OCPP {}.", to_string(version_))};
        }
        return Refused{messages::ErrorCode::not_supported, "",
                       info->sender == messages::Sender::csms ? "A station does not make this call."
                                                              : "This central system does not serve it yet."};
    }

    bool before_acceptance(std::string_view action) const override
    {
        return action == v2::BootNotification::action;
    }

    bool can_call(std::string_view action) const override
    {
        const messages::ActionInfo* info = known(action);
        return info != nullptr && info->sender != messages::Sender::station;
    }

    bool request_is_valid(std::string_view action, messages::JsonValue payload) const override
    {
        return v2::validate_request(action, payload, {.version = version_}).has_value();
    }

    bool answer_is_valid(std::string_view action, messages::JsonValue payload) const override
    {
        return v2::validate_response(action, payload, {.version = version_}).has_value();
    }

    // BasicAuthPassword is used as it stands (2.0.1 part 2, A00.FR.205).
    std::vector<std::string> passwords_told(std::string_view action,
                                            messages::JsonValue payload) const override
    {
        std::vector<std::string> passwords;
        if (action != v2::SetVariables::action) return passwords;
        const auto request = messages::decode<v2::SetVariablesRequest>(payload, {.version = version_});
        if (!request) return passwords;
        for (const v2::SetVariableData& data : request->set_variable_data) {
            if (is_password(data.component, data.variable)) passwords.push_back(data.attribute_value);
        }
        return passwords;
    }

    bool password_is_taken(messages::JsonValue answer) const override
    {
        using Status = v2::SetVariableStatus;
        const auto response = messages::decode<v2::SetVariablesResponse>(answer, {.version = version_});
        return response &&
               std::ranges::any_of(response->set_variable_result, [](const v2::SetVariableResult& one) {
                   const bool taken = one.attribute_status == Status::Accepted ||
                                      one.attribute_status == Status::RebootRequired;
                   return taken && is_password(one.component, one.variable);
               });
    }

    std::optional<OutgoingCall> call_for(const Intent& intent, std::int64_t request_id) const override
    {
        if (const auto* start = std::get_if<StartCharging>(&intent)) {
            const v2::RequestStartTransactionRequest request{.id_token = words::to_wire(start->token),
                                                             .remote_start_id = request_id,
                                                             .evse_id = start->evse.value()};
            return OutgoingCall{v2::RequestStartTransaction::action, messages::encode(request, version_)};
        }
        const v2::RequestStopTransactionRequest request{.transaction_id =
                                                            std::get<StopCharging>(intent).transaction_id};
        return OutgoingCall{v2::RequestStopTransaction::action, messages::encode(request, version_)};
    }

    OutgoingCall ask_for_boot() const override
    {
        return {v2::TriggerMessage::action,
                messages::encode(
                    v2::TriggerMessageRequest{.requested_message = v2::MessageTrigger::BootNotification},
                    version_)};
    }

private:
    const messages::ActionInfo* known(std::string_view action) const
    {
        const messages::ActionInfo* info = v2::find_action(action);
        return info != nullptr && info->known_in(version_) ? info : nullptr;
    }

    OcppVersion version_;
};

}  // namespace

const Dialect& v2_dialect(OcppVersion version)
{
    static const V2Dialect v2_0_1(OcppVersion::v2_0_1);
    static const V2Dialect v2_1(OcppVersion::v2_1);
    return version == OcppVersion::v2_0_1 ? v2_0_1 : v2_1;
}

}  // namespace ladestrom::csms
