// The backend's calls in OCPP 2.0.1 and 2.1: one table of both, one typed function for each. Which actions a
// version knows, its notation says.
#include "station/dialect/v2.hpp"

#include "domain/dialect/v2.hpp"
#include "messages/v2.hpp"
#include "station/authorization/presentation.hpp"
#include "station/availability/availability.hpp"
#include "station/availability/status_reporter.hpp"
#include "station/dialect/serving.hpp"
#include "station/dialect/v2_calls.hpp"
#include "station/dialect/v2_variables.hpp"
#include "station/metering/metering.hpp"
#include "station/provisioning/heartbeat.hpp"
#include "station/provisioning/registration.hpp"
#include "station/provisioning/reports.hpp"
#include "station/provisioning/reset.hpp"
#include "station/provisioning/settings.hpp"
#include "station/transactions/transactions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ladestrom::station {
namespace {

v2::UnlockConnectorResponse response_of(UnlockOutcome outcome)
{
    return {.status = outcome == UnlockOutcome::unlocked ? v2::UnlockStatus::Unlocked
                                                         : v2::UnlockStatus::UnlockFailed};
}

class V2 final : public Dialect {
public:
    V2(OcppVersion version, const Blocks& blocks) : version_(version), blocks_(blocks) {}

    OcppVersion version() const override { return version_; }
    bool backend_numbers() const override { return false; }
    std::optional<EncodedCall> encode(const Request& request) const override
    {
        return v2_calls::encode(request, blocks_.config, version_);
    }
    messages::Decoded<Reply> decode(const Request& request, messages::JsonValue payload) const override
    {
        return v2_calls::decode(request, payload, context());
    }
    std::string encode(UnlockOutcome outcome) const override
    {
        return messages::encode(response_of(outcome), version_);
    }
    Answer handle(std::string_view action, messages::JsonValue payload, Gate gate) override;

    Outcome<v2::ChangeAvailabilityResponse> change_availability(const v2::ChangeAvailabilityRequest& request);
    Outcome<v2::ClearCacheResponse> clear_cache(const v2::ClearCacheRequest& request);
    Outcome<v2::DataTransferResponse> data_transfer(const v2::DataTransferRequest& request);
    Outcome<v2::GetBaseReportResponse> get_base_report(const v2::GetBaseReportRequest& request);
    Outcome<v2::GetReportResponse> get_report(const v2::GetReportRequest& request);
    Outcome<v2::GetTransactionStatusResponse> get_transaction_status(
        const v2::GetTransactionStatusRequest& request);
    Outcome<v2::GetVariablesResponse> get_variables(const v2::GetVariablesRequest& request);
    Outcome<v2::RequestStartTransactionResponse> request_start(
        const v2::RequestStartTransactionRequest& request);
    Outcome<v2::RequestStopTransactionResponse> request_stop(
        const v2::RequestStopTransactionRequest& request);
    Outcome<v2::ResetResponse> reset(const v2::ResetRequest& request);
    Outcome<v2::SetVariablesResponse> set_variables(const v2::SetVariablesRequest& request);
    Outcome<v2::TriggerMessageResponse> trigger(const v2::TriggerMessageRequest& request);
    Later<v2::UnlockConnectorResponse> unlock(const v2::UnlockConnectorRequest& request);

    messages::DecodeContext context() const
    {
        return {.version = version_, .mode = messages::Mode::tolerant, .tolerances = &blocks_.counters};
    }
    bool knows(std::string_view action) const
    {
        const messages::ActionInfo* info = v2::find_action(action);
        return info != nullptr && info->known_in(version_);
    }

private:
    // An EVSE of ours; of its connectors there is one.
    std::optional<EvseId> find(std::int64_t evse, std::optional<std::int64_t> connector = {}) const
    {
        const auto most = static_cast<std::int64_t>(blocks_.config.evses.size());
        if (evse < 1 || evse > most || connector.value_or(1) != 1) return std::nullopt;
        return EvseId(static_cast<std::int32_t>(evse));
    }
    std::optional<EvseId> find(const v2::EVSE& evse) const { return find(evse.id, evse.connector_id); }
    // Too many items in one request, or none.
    std::optional<Refusal> unusual(std::size_t items) const;
    template <class Item>
    std::optional<Refusal> unusable(const std::vector<Item>& items) const;
    v2::GenericDeviceModelStatus report(std::int64_t request_id, std::vector<ShownVariable> variables);
    v2::ResetStatus reset_station(v2::ResetEnum type);
    v2::ResetStatus reset_evse(EvseId evse, v2::ResetEnum type);

    OcppVersion version_;
    Blocks blocks_;
};

// ---- the calls ------------------------------------------------------------------------------------------

// While registration is pending a start or stop is answered, with Rejected (2.1 part 2, B02).
constexpr std::array<CallRow<V2>, 13> v2_rows{{
    {"ChangeAvailability", typed<V2, v2::ChangeAvailability, &V2::change_availability>},
    {"ClearCache", typed<V2, v2::ClearCache, &V2::clear_cache>},
    {"DataTransfer", typed<V2, v2::DataTransfer, &V2::data_transfer>},
    {"GetBaseReport", typed<V2, v2::GetBaseReport, &V2::get_base_report>},
    {"GetReport", typed<V2, v2::GetReport, &V2::get_report>},
    {"GetTransactionStatus", typed<V2, v2::GetTransactionStatus, &V2::get_transaction_status>},
    {"GetVariables", typed<V2, v2::GetVariables, &V2::get_variables>},
    {"RequestStartTransaction", typed<V2, v2::RequestStartTransaction, &V2::request_start>},
    {"RequestStopTransaction", typed<V2, v2::RequestStopTransaction, &V2::request_stop>},
    {"Reset", typed<V2, v2::Reset, &V2::reset>},
    {"SetVariables", typed<V2, v2::SetVariables, &V2::set_variables>},
    {"TriggerMessage", typed<V2, v2::TriggerMessage, &V2::trigger>},
    {"UnlockConnector", typed<V2, v2::UnlockConnector, &V2::unlock>},
}};

Answer V2::handle(std::string_view action, messages::JsonValue payload, Gate gate)
{
    return serve<V2>(v2_rows, *this, action, payload, gate);
}

// ---- availability and remote control --------------------------------------------------------------------

Outcome<v2::ChangeAvailabilityResponse> V2::change_availability(const v2::ChangeAvailabilityRequest& request)
{
    using Status = v2::ChangeAvailabilityStatus;
    std::optional<EvseId> evse{EvseId(0)};
    if (request.evse) evse = find(*request.evse);
    if (!evse) return v2::ChangeAvailabilityResponse{.status = Status::Rejected};
    const bool operative = request.operational_status == v2::OperationalStatus::Operative;
    const auto outcome = blocks_.availability.change(*evse, operative, Availability::OfStation::alone);
    return v2::ChangeAvailabilityResponse{.status = status_of<Status>(outcome)};
}

// A charging profile in the request is ignored while there is no smart charging (2.1 part 2, F01.FR.12).
Outcome<v2::RequestStartTransactionResponse> V2::request_start(
    const v2::RequestStartTransactionRequest& request)
{
    const auto answer = [](bool accepted) {
        return v2::RequestStartTransactionResponse{.status = accepted ? v2::RequestStartStopStatus::Accepted
                                                                      : v2::RequestStartStopStatus::Rejected};
    };
    std::optional<EvseId> evse;
    if (request.evse_id) evse = find(*request.evse_id);
    const bool known = !request.evse_id || evse;
    if (!known || !blocks_.registration.accepted()) return answer(false);
    return answer(blocks_.presentation.remote_start(
        evse, dialect::v2::from_wire(request.id_token, &blocks_.counters), request.remote_start_id));
}

Outcome<v2::RequestStopTransactionResponse> V2::request_stop(const v2::RequestStopTransactionRequest& request)
{
    const bool accepted = blocks_.registration.accepted() &&
                          blocks_.transactions.remote_stop(std::string_view(request.transaction_id));
    return v2::RequestStopTransactionResponse{.status = accepted ? v2::RequestStartStopStatus::Accepted
                                                                 : v2::RequestStartStopStatus::Rejected};
}

Outcome<v2::GetTransactionStatusResponse> V2::get_transaction_status(
    const v2::GetTransactionStatusRequest& request)
{
    if (!request.transaction_id) {
        return v2::GetTransactionStatusResponse{.messages_in_queue = blocks_.transactions.any_queued()};
    }
    const TransactionState state = blocks_.transactions.state_of(*request.transaction_id);
    return v2::GetTransactionStatusResponse{.messages_in_queue = state.queued,
                                            .ongoing_indicator = state.ongoing};
}

// 2.x opens no lock under a transaction (2.1 part 2, F05.FR.02).
Later<v2::UnlockConnectorResponse> V2::unlock(const v2::UnlockConnectorRequest& request)
{
    using Status = v2::UnlockStatus;
    const auto evse = find(request.evse_id, request.connector_id);
    if (!evse) return v2::UnlockConnectorResponse{.status = Status::UnknownConnector};
    if (blocks_.transactions.authorized(*evse)) {
        return v2::UnlockConnectorResponse{.status = Status::OngoingAuthorizedTransaction};
    }
    const auto outcome = blocks_.unlock.request(*evse);
    if (!outcome) return std::nullopt;
    return response_of(*outcome);
}

Outcome<v2::TriggerMessageResponse> V2::trigger(const v2::TriggerMessageRequest& request)
{
    using Status = v2::TriggerMessageStatus;
    const auto answer = [](bool accepted) {
        return v2::TriggerMessageResponse{.status = accepted ? Status::Accepted : Status::Rejected};
    };
    std::optional<EvseId> evse;
    if (request.evse) evse = find(*request.evse);
    const bool known = !request.evse || evse;
    switch (request.requested_message) {
        case v2::MessageTrigger::BootNotification: return answer(blocks_.registration.trigger());
        case v2::MessageTrigger::Heartbeat: blocks_.heartbeat.trigger(); return answer(true);
        case v2::MessageTrigger::StatusNotification:
            if (known) blocks_.statuses.trigger(evse);
            return answer(known);
        case v2::MessageTrigger::MeterValues:
            return answer(known && blocks_.metering.trigger(evse, Variable::aligned_data_measurands));
        case v2::MessageTrigger::TransactionEvent:
            return answer(known && blocks_.registration.accepted() && blocks_.metering.trigger_event(evse));
        default: break;
    }
    return v2::TriggerMessageResponse{.status = Status::NotImplemented};
}

Outcome<v2::DataTransferResponse> V2::data_transfer(const v2::DataTransferRequest&)
{
    return v2::DataTransferResponse{.status = v2::DataTransferStatus::UnknownVendorId};
}

// There is no cache to clear (2.1 part 2, C11.FR.04).
Outcome<v2::ClearCacheResponse> V2::clear_cache(const v2::ClearCacheRequest&)
{
    return v2::ClearCacheResponse{.status = v2::ClearCacheStatus::Rejected};
}

// ---- reset ----------------------------------------------------------------------------------------------

Outcome<v2::ResetResponse> V2::reset(const v2::ResetRequest& request)
{
    if (!request.evse_id || *request.evse_id == 0)
        return v2::ResetResponse{.status = reset_station(request.type)};
    const auto evse = find(*request.evse_id);
    return v2::ResetResponse{.status = evse ? reset_evse(*evse, request.type) : v2::ResetStatus::Rejected};
}

v2::ResetStatus status_of(Reset::IdleOutcome outcome)
{
    switch (outcome) {
        case Reset::IdleOutcome::now: return v2::ResetStatus::Accepted;
        case Reset::IdleOutcome::scheduled: return v2::ResetStatus::Scheduled;
        case Reset::IdleOutcome::refused: break;
    }
    return v2::ResetStatus::Rejected;
}

v2::ResetStatus V2::reset_station(v2::ResetEnum type)
{
    const auto answer = [](bool accepted) {
        return accepted ? v2::ResetStatus::Accepted : v2::ResetStatus::Rejected;
    };
    switch (type) {
        case v2::ResetEnum::OnIdle: return status_of(blocks_.reset.request_on_idle());
        case v2::ResetEnum::ImmediateAndResume: return answer(blocks_.reset.request_and_resume());
        case v2::ResetEnum::Immediate: break;
    }
    return answer(blocks_.reset.request(RestartKind::soft, StopReason::immediate_reset));
}

v2::ResetStatus V2::reset_evse(EvseId evse, v2::ResetEnum type)
{
    if (type == v2::ResetEnum::ImmediateAndResume) return v2::ResetStatus::Rejected;
    return status_of(blocks_.reset.request_evse(evse, type == v2::ResetEnum::OnIdle));
}

// ---- device model ---------------------------------------------------------------------------------------

std::optional<Refusal> V2::unusual(std::size_t items) const
{
    const auto most = blocks_.registry.integer(Variable::items_per_message);
    if (items > 0 && static_cast<std::int64_t>(items) <= most) return std::nullopt;
    return Refusal{messages::ErrorCode::occurrence_constraint_violation,
                   fmt::format("{} items, expected 1 to {}", items, most)};
}

// Of the request's items, each with a component and a variable.
template <class Item>
std::optional<Refusal> V2::unusable(const std::vector<Item>& items) const
{
    if (auto refusal = unusual(items.size())) return refusal;
    const auto told = [](const Item& item) {
        return v2_variables::can_be_told(item.component, item.variable);
    };
    if (std::ranges::all_of(items, told)) return std::nullopt;
    return Refusal{messages::ErrorCode::property_constraint_violation,
                   "a name of more than 50 characters, or a negative EVSE or connector"};
}

Outcome<v2::GetVariablesResponse> V2::get_variables(const v2::GetVariablesRequest& request)
{
    if (auto refusal = unusable(request.get_variable_data)) return *std::move(refusal);
    const auto all = blocks_.inventory.all();
    v2::GetVariablesResponse response;
    for (const v2::GetVariableData& asked : request.get_variable_data)
        response.get_variable_result.push_back(v2_variables::get(asked, all));
    return response;
}

Outcome<v2::SetVariablesResponse> V2::set_variables(const v2::SetVariablesRequest& request)
{
    if (auto refusal = unusable(request.set_variable_data)) return *std::move(refusal);
    const auto all = blocks_.inventory.all();
    v2::SetVariablesResponse response;
    for (const v2::SetVariableData& asked : request.set_variable_data)
        response.set_variable_result.push_back(v2_variables::set(asked, all, blocks_.settings));
    return response;
}

v2::GenericDeviceModelStatus V2::report(std::int64_t request_id, std::vector<ShownVariable> variables)
{
    using Status = v2::GenericDeviceModelStatus;
    if (variables.empty()) return Status::EmptyResultSet;
    return blocks_.reports.add(request_id, std::move(variables)) ? Status::Accepted : Status::Rejected;
}

Outcome<v2::GetBaseReportResponse> V2::get_base_report(const v2::GetBaseReportRequest& request)
{
    auto variables = v2_variables::base_report(request.report_base, blocks_.inventory.all());
    return v2::GetBaseReportResponse{.status = report(request.request_id, std::move(variables))};
}

Outcome<v2::GetReportResponse> V2::get_report(const v2::GetReportRequest& request)
{
    if (request.component_variable) {
        if (auto refusal = unusual(request.component_variable->size())) return *std::move(refusal);
    }
    auto variables = v2_variables::custom_report(request, blocks_.inventory.all());
    return v2::GetReportResponse{.status = report(request.request_id, std::move(variables))};
}

}  // namespace

std::unique_ptr<Dialect> make_v2(OcppVersion version, const Blocks& blocks)
{
    return std::make_unique<V2>(version, blocks);
}

}  // namespace ladestrom::station
