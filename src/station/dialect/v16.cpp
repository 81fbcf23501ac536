// The backend's calls in OCPP 1.6: one table, one typed function for each.
#include "station/dialect/v16.hpp"

#include "base/utf8.hpp"
#include "messages/v16.hpp"
#include "station/authorization/presentation.hpp"
#include "station/availability/availability.hpp"
#include "station/availability/status_reporter.hpp"
#include "station/device_model/registry.hpp"
#include "station/dialect/serving.hpp"
#include "station/dialect/v16_calls.hpp"
#include "station/metering/metering.hpp"
#include "station/provisioning/heartbeat.hpp"
#include "station/provisioning/registration.hpp"
#include "station/provisioning/reset.hpp"
#include "station/provisioning/settings.hpp"
#include "station/transactions/transactions.hpp"

#include <array>

namespace ladestrom::station {
namespace {

constexpr std::size_t longest_key = 50;  // section 7.31, characters

v16::UnlockConnectorResponse unlock_response(UnlockOutcome outcome)
{
    switch (outcome) {
        case UnlockOutcome::unlocked: return {.status = v16::UnlockStatus::Unlocked};
        case UnlockOutcome::failed: return {.status = v16::UnlockStatus::UnlockFailed};
        case UnlockOutcome::not_supported: break;
    }
    return {.status = v16::UnlockStatus::NotSupported};
}

class V16 final : public Dialect {
public:
    explicit V16(const Blocks& blocks) : blocks_(blocks) {}

    OcppVersion version() const override { return OcppVersion::v1_6; }
    bool backend_numbers() const override { return true; }
    std::optional<EncodedCall> encode(const Request& request) const override
    {
        return v16_calls::encode(request, blocks_.config);
    }
    messages::Decoded<Reply> decode(const Request& request, messages::JsonValue payload) const override
    {
        return v16_calls::decode(request, payload, context());
    }
    std::string encode(UnlockOutcome outcome) const override
    {
        return messages::encode(unlock_response(outcome));
    }
    Answer handle(std::string_view action, messages::JsonValue payload, Gate gate) override;

    Outcome<v16::ChangeAvailabilityResponse> change_availability(
        const v16::ChangeAvailabilityRequest& request);
    Outcome<v16::ChangeConfigurationResponse> change_configuration(
        const v16::ChangeConfigurationRequest& request);
    Outcome<v16::ClearCacheResponse> clear_cache(const v16::ClearCacheRequest& request);
    Outcome<v16::DataTransferResponse> data_transfer(const v16::DataTransferRequest& request);
    Outcome<v16::GetConfigurationResponse> get_configuration(const v16::GetConfigurationRequest& request);
    Outcome<v16::RemoteStartTransactionResponse> remote_start(
        const v16::RemoteStartTransactionRequest& request);
    Outcome<v16::RemoteStopTransactionResponse> remote_stop(const v16::RemoteStopTransactionRequest& request);
    Outcome<v16::ResetResponse> reset(const v16::ResetRequest& request);
    Outcome<v16::TriggerMessageResponse> trigger(const v16::TriggerMessageRequest& request);
    Later<v16::UnlockConnectorResponse> unlock(const v16::UnlockConnectorRequest& request);

    messages::DecodeContext context() const
    {
        return {
            .version = OcppVersion::v1_6, .mode = messages::Mode::tolerant, .tolerances = &blocks_.counters};
    }
    bool knows(std::string_view action) const { return v16::find_action(action) != nullptr; }

private:
    bool exists(std::int64_t connector) const
    {
        return connector >= 0 && connector <= static_cast<std::int64_t>(blocks_.config.evses.size());
    }
    static EvseId evse(std::int64_t connector) { return EvseId(static_cast<std::int32_t>(connector)); }

    Blocks blocks_;
};

// ---- the calls
// ------------------------------------------------------------------------------------------------

constexpr std::array<CallRow<V16>, 10> v16_rows{{
    {"ChangeAvailability", typed<V16, v16::ChangeAvailability, &V16::change_availability>},
    {"ChangeConfiguration", typed<V16, v16::ChangeConfiguration, &V16::change_configuration>},
    {"ClearCache", typed<V16, v16::ClearCache, &V16::clear_cache>},
    {"DataTransfer", typed<V16, v16::DataTransfer, &V16::data_transfer>},
    {"GetConfiguration", typed<V16, v16::GetConfiguration, &V16::get_configuration>},
    {"RemoteStartTransaction", typed<V16, v16::RemoteStartTransaction, &V16::remote_start>, false},
    {"RemoteStopTransaction", typed<V16, v16::RemoteStopTransaction, &V16::remote_stop>, false},
    {"Reset", typed<V16, v16::Reset, &V16::reset>},
    {"TriggerMessage", typed<V16, v16::TriggerMessage, &V16::trigger>},
    {"UnlockConnector", typed<V16, v16::UnlockConnector, &V16::unlock>},
}};

Answer V16::handle(std::string_view action, messages::JsonValue payload, Gate gate)
{
    return serve<V16>(v16_rows, *this, action, payload, gate);
}

// ---- one function per message
// ------------------------------------------------------------------------------------

Outcome<v16::ChangeAvailabilityResponse> V16::change_availability(
    const v16::ChangeAvailabilityRequest& request)
{
    using Status = v16::AvailabilityStatus;
    if (!exists(request.connector_id)) return v16::ChangeAvailabilityResponse{.status = Status::Rejected};
    const bool operative = request.type == v16::AvailabilityType::Operative;
    const auto outcome = blocks_.availability.change(evse(request.connector_id), operative,
                                                     Availability::OfStation::with_evses);
    return v16::ChangeAvailabilityResponse{.status = status_of<Status>(outcome)};
}

Outcome<v16::ChangeConfigurationResponse> V16::change_configuration(
    const v16::ChangeConfigurationRequest& request)
{
    using Status = v16::ConfigurationStatus;
    const auto status = [&] {
        switch (blocks_.settings.change(request.key, request.value)) {
            case ChangeOutcome::accepted: return Status::Accepted;
            case ChangeOutcome::reboot_required: return Status::RebootRequired;
            case ChangeOutcome::not_supported: return Status::NotSupported;
            case ChangeOutcome::rejected: break;
        }
        return Status::Rejected;
    };
    return v16::ChangeConfigurationResponse{.status = status()};
}

// There is no cache to clear (errata 3.23).
Outcome<v16::ClearCacheResponse> V16::clear_cache(const v16::ClearCacheRequest&)
{
    return v16::ClearCacheResponse{.status = v16::ClearCacheStatus::Rejected};
}

Outcome<v16::DataTransferResponse> V16::data_transfer(const v16::DataTransferRequest&)
{
    return v16::DataTransferResponse{.status = v16::DataTransferStatus::UnknownVendorId};
}

Outcome<v16::GetConfigurationResponse> V16::get_configuration(const v16::GetConfigurationRequest& request)
{
    const std::vector<std::string> keys = request.key.value_or(std::vector<std::string>{});
    const auto report = blocks_.registry.report(keys);
    if (!report) return Refusal{messages::ErrorCode::occurrence_constraint_violation, report.error().message};
    v16::GetConfigurationResponse response;
    if (!report->known.empty()) {
        response.configuration_key.emplace();
        for (const KeyValue& known : report->known) {
            response.configuration_key->push_back(
                {.key = known.key, .readonly = known.read_only, .value = known.value});
        }
    }
    if (!report->unknown.empty()) {
        // A name too long for a key was tolerated; it is not sent back at that length.
        response.unknown_key.emplace();
        for (const std::string& unknown : report->unknown)
            response.unknown_key->emplace_back(first_characters(unknown, longest_key));
    }
    return response;
}

// A charging profile in the request is ignored, as a station without smart charging should (section 5.11).
Outcome<v16::RemoteStartTransactionResponse> V16::remote_start(
    const v16::RemoteStartTransactionRequest& request)
{
    using Status = v16::RemoteStartStopStatus;
    std::optional<EvseId> id;
    if (request.connector_id) {
        if (*request.connector_id < 1 || !exists(*request.connector_id)) {
            return v16::RemoteStartTransactionResponse{.status = Status::Rejected};
        }
        id = evse(*request.connector_id);
    }
    const bool accepted =
        blocks_.presentation.remote_start(id, {.value = request.id_tag, .type = IdTokenType::iso14443});
    return v16::RemoteStartTransactionResponse{.status = accepted ? Status::Accepted : Status::Rejected};
}

Outcome<v16::RemoteStopTransactionResponse> V16::remote_stop(const v16::RemoteStopTransactionRequest& request)
{
    using Status = v16::RemoteStartStopStatus;
    const bool accepted = blocks_.transactions.remote_stop(request.transaction_id);
    return v16::RemoteStopTransactionResponse{.status = accepted ? Status::Accepted : Status::Rejected};
}

Outcome<v16::ResetResponse> V16::reset(const v16::ResetRequest& request)
{
    const bool soft = request.type == v16::ResetType::Soft;
    const bool accepted = soft ? blocks_.reset.request(RestartKind::soft, StopReason::soft_reset)
                               : blocks_.reset.request(RestartKind::hard, StopReason::hard_reset);
    return v16::ResetResponse{.status = accepted ? v16::ResetStatus::Accepted : v16::ResetStatus::Rejected};
}

Outcome<v16::TriggerMessageResponse> V16::trigger(const v16::TriggerMessageRequest& request)
{
    using Status = v16::TriggerMessageStatus;
    const auto answer = [](bool accepted) {
        return v16::TriggerMessageResponse{.status = accepted ? Status::Accepted : Status::Rejected};
    };
    // Where a connector says nothing it is passed over (section 5.17).
    std::optional<EvseId> id;
    if (request.connector_id) id = evse(*request.connector_id);
    const bool known = !request.connector_id || exists(*request.connector_id);
    switch (request.requested_message) {
        case v16::MessageTrigger::BootNotification: return answer(blocks_.registration.trigger());
        case v16::MessageTrigger::Heartbeat: blocks_.heartbeat.trigger(); return answer(true);
        case v16::MessageTrigger::StatusNotification:
            if (known) blocks_.statuses.trigger(id);
            return answer(known);
        case v16::MessageTrigger::MeterValues:
            return answer(known && blocks_.metering.trigger(id, Variable::sampled_data_measurands));
        case v16::MessageTrigger::DiagnosticsStatusNotification:
        case v16::MessageTrigger::FirmwareStatusNotification: break;
    }
    return v16::TriggerMessageResponse{.status = Status::NotImplemented};
}

Later<v16::UnlockConnectorResponse> V16::unlock(const v16::UnlockConnectorRequest& request)
{
    if (!exists(request.connector_id)) return unlock_response(UnlockOutcome::not_supported);
    const auto outcome = blocks_.unlock.request(evse(request.connector_id));
    if (!outcome) return std::nullopt;
    return unlock_response(*outcome);
}

}  // namespace

std::unique_ptr<Dialect> make_v16(const Blocks& blocks)
{
    return std::make_unique<V16>(blocks);
}

}  // namespace ladestrom::station
