// Requests and facts as OCPP 1.6 messages.
#include "station/dialect/v16_calls.hpp"

#include "base/utf8.hpp"
#include "domain/dialect/v16.hpp"
#include "messages/decode.hpp"
#include "messages/json.hpp"
#include "messages/v16.hpp"
#include "station/dialect/saying.hpp"

namespace ladestrom::station::v16_calls {
namespace {

using dialect::v16::from_wire;
using dialect::v16::to_wire;

constexpr std::size_t longest_tag = 20;  // section 7.28

template <class Message>
EncodedCall call(const typename Message::Request& request)
{
    return {Message::action, messages::encode(request, OcppVersion::v1_6)};
}

std::optional<std::string> at_most(const std::string& text, std::size_t most)
{
    return unless_empty(std::string(first_characters(text, most)));
}

EncodedCall boot(const Config& config)
{
    return call<v16::BootNotification>({
        .charge_point_vendor = config.vendor,
        .charge_point_model = config.model,
        .charge_point_serial_number = unless_empty(config.serial_number),
        .firmware_version = unless_empty(config.firmware_version),
        .iccid = unless_empty(config.iccid),
        .imsi = unless_empty(config.imsi),
        .meter_type = unless_empty(config.meter_type),
        .meter_serial_number = unless_empty(config.meter_serial_number),
    });
}

EncodedCall status(const StatusRequest& request)
{
    return call<v16::StatusNotification>({
        .connector_id = request.evse.value(),
        .error_code = to_wire(request.error),
        .info = at_most(request.info, 50),
        .status = to_wire(request.status),
        .timestamp = request.at,
        .vendor_error_code = at_most(request.vendor_error_code, 50),
    });
}

std::vector<v16::MeterValue> values_of(const std::vector<MeterValue>& values)
{
    std::vector<v16::MeterValue> all;
    for (const MeterValue& value : values) {
        v16::MeterValue mapped = to_wire(value);
        if (!mapped.sampled_value.empty()) all.push_back(std::move(mapped));
    }
    return all;
}

// What was read where only 2.x was spoken may be longer than 1.6 can say; cut, it would be somebody else's.
std::string tag_of(const IdToken& token)
{
    return characters(token.value) <= longest_tag ? token.value : std::string();
}

// A transaction of 1.6 begins when there is a person and a car.
EncodedCall started(const FactRequest& fact)
{
    return call<v16::StartTransaction>({
        .connector_id = fact.evse.value(),
        .id_tag = fact.token ? tag_of(*fact.token) : std::string(),
        .meter_start = fact.meter.value,
        .timestamp = fact.started,
    });
}

EncodedCall ended(const FactRequest& fact)
{
    v16::StopTransactionRequest request{
        .meter_stop = fact.meter.value,
        .timestamp = fact.at,
        .transaction_id = fact.transaction_id,
    };
    if (fact.token) request.id_tag = unless_empty(tag_of(*fact.token));
    if (fact.reason) request.reason = to_wire(*fact.reason);
    auto values = values_of(fact.values);
    if (!values.empty()) request.transaction_data = std::move(values);
    return call<v16::StopTransaction>(request);
}

std::optional<EncodedCall> meter_values(EvseId evse, std::optional<std::int64_t> transaction,
                                        const std::vector<MeterValue>& values)
{
    auto mapped = values_of(values);
    if (mapped.empty()) return std::nullopt;
    return call<v16::MeterValues>({
        .connector_id = evse.value(),
        .transaction_id = transaction,
        .meter_value = std::move(mapped),
    });
}

std::optional<EncodedCall> fact_call(const FactRequest& fact)
{
    switch (fact.pairing) {
        case Pairing::missing: return std::nullopt;
        case Pairing::made: return started(fact);
        case Pairing::known: break;
    }
    if (fact.kind == FactKind::ended) return ended(fact);
    return meter_values(fact.evse, fact.transaction_id, fact.values);
}

// ---- answers
// --------------------------------------------------------------------------------------------------

// The answer to a start that is wrong elsewhere: without its number the transaction would be lost to the
// backend. What it says of the token counts when it says so.
std::optional<FactReply> salvage_start(messages::JsonValue payload, Counters* tolerances)
{
    std::int64_t number = 0;
    if (payload["transactionId"].get_int64().get(number) != simdjson::SUCCESS) return std::nullopt;
    tolerances->add("tolerance.start_answer_salvaged");
    FactReply reply{std::nullopt, number};
    if (const auto status = salvage_status<v16::AuthorizationStatus>(payload, "idTagInfo")) {
        reply.info = IdTokenInfo{.status = from_wire(*status), .cache_expiry = {}, .group = {}};
    }
    return reply;
}

messages::Decoded<Reply> start_answer(messages::JsonValue payload, const messages::DecodeContext& context)
{
    auto decoded = read_answer<v16::StartTransaction>(payload, context, [](const auto& response) {
        return FactReply{from_wire(response.id_tag_info), response.transaction_id};
    });
    if (decoded) return decoded;
    if (auto salvaged = salvage_start(payload, context.tolerances)) return Reply{std::move(*salvaged)};
    return decoded;
}

messages::Decoded<Reply> fact_answer(const FactRequest& fact, messages::JsonValue payload,
                                     const messages::DecodeContext& context)
{
    if (fact.pairing == Pairing::made) return start_answer(payload, context);
    if (fact.kind != FactKind::ended)
        return read_answer<v16::MeterValues>(payload, context, [](const auto&) { return FactReply{}; });
    return read_answer<v16::StopTransaction>(payload, context, [](const auto& response) {
        FactReply reply;
        if (response.id_tag_info) reply.info = from_wire(*response.id_tag_info);
        return reply;
    });
}

}  // namespace

std::optional<EncodedCall> encode(const Request& request, const Config& config)
{
    using Call = std::optional<EncodedCall>;
    return std::visit(Overloaded{
                          [&](const BootRequest&) -> Call { return boot(config); },
                          [](const HeartbeatRequest&) -> Call { return call<v16::Heartbeat>({}); },
                          [](const AuthorizeRequest& ask) -> Call {
                              return call<v16::Authorize>({.id_tag = ask.token.value});
                          },
                          [](const StatusRequest& report) -> Call { return status(report); },
                          [](const MeterRequest& meter) -> Call {
                              return meter_values(meter.evse, meter.transaction_id, {meter.value});
                          },
                          [](const FactRequest& fact) -> Call { return fact_call(fact); },
                          [](const ReportRequest&) -> Call { return std::nullopt; },
                      },
                      request);
}

messages::Decoded<Reply> decode(const Request& request, messages::JsonValue payload,
                                const messages::DecodeContext& context)
{
    using Result = messages::Decoded<Reply>;
    return std::visit(
        Overloaded{
            [&](const BootRequest&) -> Result { return read_boot<v16::BootNotification>(payload, context); },
            [&](const HeartbeatRequest&) -> Result {
                return read_heartbeat<v16::Heartbeat>(payload, context);
            },
            [&](const AuthorizeRequest&) -> Result {
                return read_answer<v16::Authorize>(payload, context, [](const auto& response) {
                    return AuthorizeReply{from_wire(response.id_tag_info)};
                });
            },
            [&](const StatusRequest&) -> Result {
                return read_empty<v16::StatusNotification>(payload, context);
            },
            [&](const MeterRequest&) -> Result { return read_empty<v16::MeterValues>(payload, context); },
            [&](const FactRequest& fact) -> Result { return fact_answer(fact, payload, context); },
            [](const ReportRequest&) -> Result { return Reply{EmptyReply{}}; },
        },
        request);
}

}  // namespace ladestrom::station::v16_calls
