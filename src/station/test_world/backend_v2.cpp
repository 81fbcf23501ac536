// The scripted central system in OCPP 2.0.1 and 2.1. It knows a transaction that was begun in another version
// by its time, token and register, as the real one does.
#include "messages/decode.hpp"
#include "messages/v2.hpp"
#include "station/test_world/backend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ladestrom::station::test {
namespace {

std::optional<std::int64_t> register_of(const v2::TransactionEventRequest& event, v2::ReadingContext context)
{
    if (!event.meter_value) return std::nullopt;
    for (const v2::MeterValue& value : *event.meter_value) {
        for (const v2::SampledValue& sample : value.sampled_value) {
            if (sample.context != context ||
                sample.measurand != v2::Measurand::Energy_Active_Import_Register || sample.phase)
                continue;
            return std::llround(sample.value);
        }
    }
    return std::nullopt;
}

}  // namespace

template <class Message>
std::optional<typename Message::Request> Backend::decode_v2(messages::JsonValue payload)
{
    auto request = messages::decode<typename Message::Request>(payload, {.version = version});
    if (request) return *request;
    problems.push_back(
        fmt::format("{} {}: {}", Message::action, request.error().path, request.error().message));
    return std::nullopt;
}

std::string Backend::answer_v2(const Received& call, messages::JsonValue payload, Instant now)
{
    if (call.action == "BootNotification") {
        decode_v2<v2::BootNotification>(payload);
        return boot_answer(now);
    }
    check_registered(call.action);
    if (call.action == "Heartbeat") return heartbeat_answer(now);
    if (call.action == "Authorize") {
        const auto request = decode_v2<v2::Authorize>(payload);
        return fmt::format(R"({{"idTokenInfo":{}}})",
                           request ? token_info(request->id_token.id_token, {}) : "null");
    }
    if (call.action == "StatusNotification") {
        decode_v2<v2::StatusNotification>(payload);
        return "{}";
    }
    if (call.action == "MeterValues") {
        decode_v2<v2::MeterValues>(payload);
        return "{}";
    }
    if (call.action == "NotifyReport") {
        decode_v2<v2::NotifyReport>(payload);
        return "{}";
    }
    if (call.action == "TransactionEvent") return transaction(payload);
    problems.push_back("unexpected " + call.action);
    return "{}";
}

std::string Backend::token_info(const std::string& token,
                                const std::map<std::string, std::string>& statuses) const
{
    std::string info = fmt::format(R"({{"status":"{}")", status_of(token, statuses));
    if (const auto parent = parents.find(token); parent != parents.end()) {
        info += fmt::format(R"(,"groupIdToken":{{"idToken":"{}","type":"Central"}})", parent->second);
    }
    return info + "}";
}

Booked& Backend::find_or_book(const std::string& name, std::int64_t connector, const std::string& token,
                              Instant started, std::int64_t meter_start)
{
    auto found = std::ranges::find(booked, name, &Booked::name);
    if (found == booked.end()) found = find_booked(connector, token, started, meter_start);
    if (found == booked.end()) {
        booked.push_back({.id = 0,
                          .connector = connector,
                          .token = token,
                          .started = started,
                          .meter_start = meter_start});
        found = std::prev(booked.end());
    }
    found->name = name;
    return *found;
}

std::string Backend::transaction(messages::JsonValue payload)
{
    const auto event = decode_v2<v2::TransactionEvent>(payload);
    if (!event) return "{}";
    const std::string& name = event->transaction_info.transaction_id;
    if (event->event_type == v2::TransactionEventEnum::Started) {
        const auto meter = register_of(*event, v2::ReadingContext::Transaction_Begin);
        if (!meter || !event->evse) {
            problems.push_back("a start without register or EVSE");
            return "{}";
        }
        const std::string token = event->id_token ? event->id_token->id_token : "";
        Booked& entry = find_or_book(name, event->evse->id, token, event->timestamp, *meter);
        if (event->id_token && event->id_token->type == "NoAuthorization") entry.nobody_needed = true;
        ++entry.start_frames;
        entry.sequences.insert(event->seq_no);
        return event->id_token ? judged(token) : "{}";
    }
    const auto found = std::ranges::find(booked, name, &Booked::name);
    if (found == booked.end()) {
        if (event->event_type == v2::TransactionEventEnum::Ended) ++unknown_stops;
        return "{}";
    }
    // What was delivered before a power cut may come once more.
    const bool news = found->sequences.insert(event->seq_no).second;
    if (found->stopped && news) problems.push_back("something new after the end");
    if (event->event_type == v2::TransactionEventEnum::Ended) {
        end(*found, *event);
    } else if (event->id_token && event->trigger_reason != v2::TriggerReason::StopAuthorized) {
        if (!found->token.empty() && found->token != event->id_token->id_token)
            problems.push_back("a second token in one transaction");
        found->token = event->id_token->id_token;
        if (event->id_token->type == "NoAuthorization") found->nobody_needed = true;
        return judged(found->token);
    }
    return "{}";
}

std::string Backend::judged(const std::string& token) const
{
    return fmt::format(R"({{"idTokenInfo":{}}})", token_info(token, start_status));
}

void Backend::end(Booked& entry, const v2::TransactionEventRequest& event)
{
    const auto meter = register_of(event, v2::ReadingContext::Transaction_End);
    if (!meter) problems.push_back("an end without register");
    if (entry.token.empty() && !entry.nobody_needed && meter.value_or(0) > entry.meter_start)
        problems.push_back("energy for nobody");
    const bool repeated =
        entry.stopped && entry.meter_stop == meter.value_or(0) && entry.stop_time == event.timestamp;
    if (entry.stopped && !repeated) problems.push_back("two different ends of one transaction");
    entry.stopped = true;
    entry.stop_time = event.timestamp;
    entry.meter_stop = meter.value_or(0);
    const auto& reason = event.transaction_info.stopped_reason;
    entry.reason = reason ? std::string(messages::to_string(*reason)) : "";
    entry.stop_token = event.id_token ? event.id_token->id_token : "";
    ++entry.stop_frames;
}

}  // namespace ladestrom::station::test
