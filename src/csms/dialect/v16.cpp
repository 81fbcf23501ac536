#include "csms/dialect/v16.hpp"

#include "base/letter_case.hpp"

#include "csms/dialect/serving.hpp"
#include "csms/provisioning.hpp"
#include "csms/session_rules.hpp"
#include "csms/text.hpp"
#include "csms/transactions.hpp"
#include "domain/dialect/v16.hpp"
#include "messages/decode.hpp"
#include "messages/json.hpp"
#include "messages/v16.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ladestrom::csms {
namespace {

using messages::Codec;
using messages::DecodeContext;
using messages::ErrorCode;
using messages::JsonValue;
using messages::Sender;

// ---- one function per message ---------------------------------------------------------------------------

// As told, but no sum of registers may overflow later.
WattHours meter_register(std::int64_t told, Work& work)
{
    const WattHours kept{std::clamp(told, -largest_register.value, largest_register.value)};
    if (kept.value != told) work.counters.add("csms.call.bad_register");
    return kept;
}

IdToken id_token(std::string tag)
{
    return {.value = std::move(tag), .type = IdTokenType::iso14443};
}

Outcome<v16::BootNotificationResponse> boot_notification(const v16::BootNotificationRequest& request,
                                                         Work& work)
{
    const BootFacts facts{
        .vendor = request.charge_point_vendor,
        .model = request.charge_point_model,
        .serial_number = text_or_empty(request.charge_point_serial_number ? request.charge_point_serial_number
                                                                          : request.charge_box_serial_number),
        .firmware_version = text_or_empty(request.firmware_version),
        .iccid = text_or_empty(request.iccid),
        .imsi = text_or_empty(request.imsi),
        .meter_type = text_or_empty(request.meter_type),
        .meter_serial_number = text_or_empty(request.meter_serial_number)};
    return answered<v16::BootNotificationResponse>(boot(facts, work), [](const BootAnswer& answer) {
        return v16::BootNotificationResponse{
            .status = registration_status<v16::RegistrationStatus>(answer.admission),
            .current_time = answer.current_time,
            .interval = answer.interval.count()};
    });
}

Outcome<v16::HeartbeatResponse> heartbeat(const v16::HeartbeatRequest& /*request*/, Work& work)
{
    return v16::HeartbeatResponse{.current_time = work.now.wall};
}

Outcome<v16::StatusNotificationResponse> status_notification(const v16::StatusNotificationRequest& request,
                                                             Work& work)
{
    const auto evse = connector(request.connector_id);
    if (!evse) {
        return Refused{ErrorCode::property_constraint_violation, "/connectorId",
                       "must be from 0 to 2147483647"};
    }
    const ConnectorFacts facts{.evse = *evse,
                               .status = dialect::v16::from_wire(request.status),
                               .error = dialect::v16::from_wire(request.error_code),
                               .info = text_or_empty(request.info),
                               .vendor_error_code = text_or_empty(request.vendor_error_code),
                               .since = request.timestamp};
    return answered<v16::StatusNotificationResponse>(
        connector_status(facts, work),
        [](const ConnectorAnswer&) { return v16::StatusNotificationResponse{}; });
}

Outcome<v16::AuthorizeResponse> authorize_tag(const v16::AuthorizeRequest& request, Work& work)
{
    return answered<v16::AuthorizeResponse>(
        authorize(id_token(request.id_tag), work), [](const IdTokenInfo& info) {
            return v16::AuthorizeResponse{.id_tag_info = dialect::v16::to_wire(info)};
        });
}

Outcome<v16::StartTransactionResponse> start(const v16::StartTransactionRequest& request, Work& work)
{
    const StartFacts facts{.evse = connector_or_station(request.connector_id, work),
                           .token = id_token(request.id_tag),
                           .started = request.timestamp,
                           .meter_start = meter_register(request.meter_start, work)};
    return answered<v16::StartTransactionResponse>(
        start_transaction(facts, work), [](const StartAnswer& answer) {
            return v16::StartTransactionResponse{.id_tag_info = dialect::v16::to_wire(answer.token_info),
                                                 .transaction_id = answer.transaction_id};
        });
}

std::vector<MeterValue> readings(const std::vector<v16::MeterValue>& values, Work& work)
{
    std::vector<MeterValue> typed;
    typed.reserve(values.size());
    for (const v16::MeterValue& value : values)
        typed.push_back(dialect::v16::from_wire(value, &work.counters));
    return typed;
}

Outcome<v16::StopTransactionResponse> stop(const v16::StopTransactionRequest& request, Work& work)
{
    StopFacts facts{.transaction_id = request.transaction_id,
                    .token = {},
                    .ended = request.timestamp,
                    .meter_stop = meter_register(request.meter_stop, work),
                    .reason = request.reason ? dialect::v16::from_wire(*request.reason) : StopReason::local,
                    .readings = {}};
    if (request.id_tag) facts.token = id_token(*request.id_tag);
    if (request.transaction_data) facts.readings = readings(*request.transaction_data, work);
    return answered<v16::StopTransactionResponse>(
        stop_transaction(facts, work), [](const StopAnswer& answer) {
            v16::StopTransactionResponse response;
            if (answer.token_info) response.id_tag_info = dialect::v16::to_wire(*answer.token_info);
            return response;
        });
}

Outcome<v16::MeterValuesResponse> meter_values(const v16::MeterValuesRequest& request, Work& work)
{
    const ReadingFacts facts{.evse = connector_or_station(request.connector_id, work),
                             .transaction_id = request.transaction_id,
                             .readings = readings(request.meter_value, work)};
    return answered<v16::MeterValuesResponse>(
        add_readings(facts, work), [](const ReadingAnswer&) { return v16::MeterValuesResponse{}; });
}

Outcome<v16::DataTransferResponse> data_transfer(const v16::DataTransferRequest& /*request*/, Work& work)
{
    work.counters.add("csms.data_transfer.unknown_vendor");
    return v16::DataTransferResponse{.status = v16::DataTransferStatus::UnknownVendorId};
}

Outcome<v16::FirmwareStatusNotificationResponse> firmware_status(
    const v16::FirmwareStatusNotificationRequest& request, Work& work)
{
    note_status("firmware_status", to_string(request.status), std::nullopt, work);
    return v16::FirmwareStatusNotificationResponse{};
}

Outcome<v16::DiagnosticsStatusNotificationResponse> diagnostics_status(
    const v16::DiagnosticsStatusNotificationRequest& request, Work& work)
{
    note_status("diagnostics_status", to_string(request.status), std::nullopt, work);
    return v16::DiagnosticsStatusNotificationResponse{};
}

Outcome<v16::SignedFirmwareStatusNotificationResponse> signed_firmware_status(
    const v16::SignedFirmwareStatusNotificationRequest& request, Work& work)
{
    note_status("firmware_status", to_string(request.status), request.request_id, work);
    return v16::SignedFirmwareStatusNotificationResponse{};
}

Outcome<v16::LogStatusNotificationResponse> log_status(const v16::LogStatusNotificationRequest& request,
                                                       Work& work)
{
    note_status("log_status", to_string(request.status), request.request_id, work);
    return v16::LogStatusNotificationResponse{};
}

Outcome<v16::SecurityEventNotificationResponse> security_event(
    const v16::SecurityEventNotificationRequest& request, Work& work)
{
    note_security_event(request.timestamp, request.type, request.tech_info, work);
    return v16::SecurityEventNotificationResponse{};
}

Outcome<v16::SignCertificateResponse> sign_certificate(const v16::SignCertificateRequest& /*request*/,
                                                       Work& work)
{
    note_refused_certificate(work);
    return v16::SignCertificateResponse{.status = v16::GenericStatus::Rejected};
}

// ---- the table --------------------------------------------------------------------------------------------

std::optional<std::string> bytes_of_hexadecimal(std::string_view text)
{
    if (text.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t at = 0; at < text.size(); at += 2) {
        unsigned byte = 0;
        const char* const end = text.data() + at + 2;
        const auto read = std::from_chars(text.data() + at, end, byte, 16);
        if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

// By action.
constexpr std::array rows{
    row<v16::Authorize, authorize_tag>(),
    row<v16::BootNotification, boot_notification>(),
    row<v16::DataTransfer, data_transfer>(),
    row<v16::DiagnosticsStatusNotification, diagnostics_status>(),
    row<v16::FirmwareStatusNotification, firmware_status>(),
    row<v16::Heartbeat, heartbeat>(),
    row<v16::LogStatusNotification, log_status>(),
    row<v16::MeterValues, meter_values>(),
    row<v16::SecurityEventNotification, security_event>(),
    row<v16::SignCertificate, sign_certificate>(),
    row<v16::SignedFirmwareStatusNotification, signed_firmware_status>(),
    row<v16::StartTransaction, start>(),
    row<v16::StatusNotification, status_notification>(),
    row<v16::StopTransaction, stop>(),
};
static_assert(std::ranges::is_sorted(rows, {}, &Row::action));

std::optional<std::int64_t> whole_number(std::string_view text)
{
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return value;
}

class V16Dialect final : public Dialect {
public:
    Outcome<std::string> begin(std::string_view action, JsonValue payload, const DecodeContext& context,
                               Work* work, Serve& serve) const override
    {
        const auto found = std::ranges::lower_bound(rows, action, {}, &Row::action);
        if (found != rows.end() && found->action == action)
            return found->begin(payload, context, work, serve);
        const bool known = v16::find_action(action) != nullptr;
        return Refused{known ? ErrorCode::not_supported : ErrorCode::not_implemented, "",
                       known ? "A station does not make this call." : "There is no such action in OCPP 1.6."};
    }

    bool before_acceptance(std::string_view action) const override
    {
        return action == v16::BootNotification::action;
    }

    bool can_call(std::string_view action) const override
    {
        const messages::ActionInfo* info = v16::find_action(action);
        return info != nullptr && info->sender != Sender::station;
    }

    bool request_is_valid(std::string_view action, JsonValue payload) const override
    {
        return v16::validate_request(action, payload, {.version = OcppVersion::v1_6}).has_value();
    }

    bool answer_is_valid(std::string_view action, JsonValue payload) const override
    {
        return v16::validate_response(action, payload, {.version = OcppVersion::v1_6}).has_value();
    }

    // The security whitepaper has the password told in hexadecimal digits and used as bytes; stations exist
    // that use what they are told as it stands.
    std::vector<std::string> passwords_told(std::string_view action, JsonValue payload) const override
    {
        std::string_view key, value;
        if (action != v16::ChangeConfiguration::action) return {};
        if (payload["key"].get(key) || payload["value"].get(value)) return {};
        if (!same_ignoring_case(key, "AuthorizationKey") || value.empty()) return {};
        std::vector<std::string> passwords{std::string(value)};
        if (auto bytes = bytes_of_hexadecimal(value)) passwords.push_back(*std::move(bytes));
        return passwords;
    }

    bool password_is_taken(JsonValue answer) const override
    {
        std::string_view status;
        return !answer["status"].get(status) && (status == "Accepted" || status == "RebootRequired");
    }

    std::optional<OutgoingCall> call_for(const Intent& intent, std::int64_t /*request_id*/) const override
    {
        if (const auto* start = std::get_if<StartCharging>(&intent)) {
            return OutgoingCall{v16::RemoteStartTransaction::action,
                                messages::encode(v16::RemoteStartTransactionRequest{
                                    .connector_id = start->evse.value(), .id_tag = start->token.value})};
        }
        const auto id = whole_number(std::get<StopCharging>(intent).transaction_id);
        if (!id) return std::nullopt;
        return OutgoingCall{v16::RemoteStopTransaction::action,
                            messages::encode(v16::RemoteStopTransactionRequest{.transaction_id = *id})};
    }

    OutgoingCall ask_for_boot() const override
    {
        return {v16::TriggerMessage::action,
                messages::encode(
                    v16::TriggerMessageRequest{.requested_message = v16::MessageTrigger::BootNotification})};
    }
};

}  // namespace

const Dialect& v16_dialect()
{
    static const V16Dialect dialect;
    return dialect;
}

}  // namespace ladestrom::csms
