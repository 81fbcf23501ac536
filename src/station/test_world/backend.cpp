// The scripted central system.
#include "station/test_world/backend.hpp"

#include "messages/decode.hpp"
#include "messages/v16.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ladestrom::station::test {

namespace {

std::string text_of(messages::JsonValue value)
{
    return std::string(std::string_view(value.get_string().value()));
}

}  // namespace

std::vector<std::string> Backend::receive(const std::string& frame, Instant now)
{
    const auto parsed = parser_.parse(frame);
    if (!parsed) {
        problems.push_back("not JSON: " + frame);
        return {};
    }
    const auto parts = parsed->get_array().value();
    const auto type = parts.at(0).get_int64().value();
    if (type != 2) {
        answers.push_back(frame);
        const auto asked = passwords_.find(text_of(parts.at(1)));
        if (asked != passwords_.end() && frame.find("Accepted") != std::string::npos)
            password = asked->second;
        return {};
    }
    Received call{text_of(parts.at(2)), text_of(parts.at(1)), messages::to_text(parts.at(3)), now};
    if (call.id.size() > 36) problems.push_back("id too long: " + call.id);
    log.push_back(call);
    if (silent.contains(call.action)) return {};
    if (const auto refused = refuse.find(call.action); refused != refuse.end() && refused->second > 0) {
        --refused->second;
        return {fmt::format(R"([4,"{}","InternalError","scripted",{{}}])", call.id)};
    }
    std::string payload =
        version == OcppVersion::v1_6 ? answer(call, parts.at(3), now) : answer_v2(call, parts.at(3), now);
    if (mangle) payload = mangle(call.action, payload);
    if (lose_answer && lose_answer(call.action)) return {};
    return {fmt::format(R"([3,"{}",{}])", call.id, payload)};
}

template <class Message>
std::optional<typename Message::Request> Backend::decode(messages::JsonValue payload)
{
    auto request = messages::decode<typename Message::Request>(payload, {});
    if (request) return *request;
    problems.push_back(
        fmt::format("{} {}: {}", Message::action, request.error().path, request.error().message));
    return std::nullopt;
}

std::string Backend::boot_answer(Instant now) const
{
    return fmt::format(R"({{"status":"{}","currentTime":"{}","interval":{}}})", registration,
                       format_instant(now + clock_offset), interval);
}

std::string Backend::heartbeat_answer(Instant now) const
{
    return fmt::format(R"({{"currentTime":"{}"}})", format_instant(now + clock_offset));
}

// While registration is pending the backend may ask for some (OCPP 1.6 section 4.2, 2.1 part 2 B02).
void Backend::check_registered(const std::string& action)
{
    static const std::set<std::string> asked_for{"Heartbeat", "StatusNotification", "MeterValues",
                                                 "NotifyReport"};
    if (registration != "Accepted" && !asked_for.contains(action))
        problems.push_back(action + " before Accepted");
}

std::string Backend::answer(const Received& call, messages::JsonValue payload, Instant now)
{
    if (call.action == "BootNotification") {
        decode<v16::BootNotification>(payload);
        return boot_answer(now);
    }
    check_registered(call.action);
    if (call.action == "Heartbeat") {
        decode<v16::Heartbeat>(payload);
        return heartbeat_answer(now);
    }
    if (call.action == "Authorize") {
        const auto request = decode<v16::Authorize>(payload);
        return fmt::format(R"({{"idTagInfo":{}}})", request ? tag_info(request->id_tag, {}) : "null");
    }
    if (call.action == "StatusNotification") {
        decode<v16::StatusNotification>(payload);
        return "{}";
    }
    if (call.action == "StartTransaction") return start(payload);
    if (call.action == "StopTransaction") return stop(payload);
    if (call.action == "MeterValues") return meter_values(payload);
    problems.push_back("unexpected " + call.action);
    return "{}";
}

std::string Backend::tag_info(const std::string& token,
                              const std::map<std::string, std::string>& statuses) const
{
    std::string info = fmt::format(R"({{"status":"{}")", status_of(token, statuses));
    if (const auto parent = parents.find(token); parent != parents.end()) {
        info += fmt::format(R"(,"parentIdTag":"{}")", parent->second);
    }
    return info + "}";
}

std::string Backend::status_of(const std::string& token,
                               const std::map<std::string, std::string>& statuses) const
{
    if (const auto known = statuses.find(token); known != statuses.end()) return known->second;
    const auto known = tags.find(token);
    return known != tags.end() ? known->second : "Accepted";
}

std::vector<Booked>::iterator Backend::find_booked(std::int64_t connector, const std::string& token,
                                                   Instant started, std::int64_t meter_start)
{
    return std::ranges::find_if(booked, [&](const Booked& entry) {
        // A transaction of 2.x may have begun before anybody was identified.
        return entry.connector == connector && (entry.token == token || entry.token.empty()) &&
               entry.started == started && entry.meter_start == meter_start;
    });
}

std::string Backend::start(messages::JsonValue payload)
{
    const auto request = decode<v16::StartTransaction>(payload);
    if (!request) return "{}";
    auto found =
        find_booked(request->connector_id, request->id_tag, request->timestamp, request->meter_start);
    if (found == booked.end()) {
        Booked entry;
        entry.connector = request->connector_id;
        entry.token = request->id_tag;
        entry.started = request->timestamp;
        entry.meter_start = request->meter_start;
        booked.push_back(std::move(entry));
        found = std::prev(booked.end());
    }
    found->token = request->id_tag;
    if (found->id == 0) found->id = 1000 + (found - booked.begin());
    found->name = std::to_string(found->id);
    ++found->start_frames;
    return fmt::format(R"({{"transactionId":{},"idTagInfo":{}}})", found->id,
                       tag_info(request->id_tag, start_status));
}

std::string Backend::stop(messages::JsonValue payload)
{
    const auto request = decode<v16::StopTransaction>(payload);
    if (!request) return "{}";
    const auto found = std::ranges::find(booked, request->transaction_id, &Booked::id);
    if (found == booked.end()) {
        ++unknown_stops;
        return "{}";
    }
    const bool repeated =
        found->stopped && found->meter_stop == request->meter_stop && found->stop_time == request->timestamp;
    if (found->stopped && !repeated) problems.push_back("two different stops of one transaction");
    found->stopped = true;
    found->stop_time = request->timestamp;
    found->meter_stop = request->meter_stop;
    found->reason = request->reason ? std::string(v16::to_string(*request->reason)) : "";
    found->stop_token = request->id_tag.value_or("");
    found->transaction_data = request->transaction_data ? request->transaction_data->size() : 0;
    ++found->stop_frames;
    return "{}";
}

std::string Backend::meter_values(messages::JsonValue payload)
{
    const auto request = decode<v16::MeterValues>(payload);
    if (!request || !request->transaction_id) return "{}";
    const auto found = std::ranges::find(booked, *request->transaction_id, &Booked::id);
    if (found == booked.end()) return "{}";
    for (const v16::MeterValue& value : request->meter_value) {
        for (const v16::SampledValue& sample : value.sampled_value) {
            if (sample.measurand != v16::Measurand::Energy_Active_Import_Register) continue;
            const std::pair reading(value.timestamp, static_cast<std::int64_t>(std::stoll(sample.value)));
            // What was delivered before a power cut may come once more.
            if (std::ranges::find(found->registers, reading) != found->registers.end()) continue;
            if (found->stopped) problems.push_back("new meter values after the stop");
            found->registers.push_back(reading);
        }
    }
    return "{}";
}

std::string Backend::call(const std::string& action, const std::string& payload)
{
    return fmt::format(R"([2,"b{}","{}",{}])", ++calls_, action, payload);
}

std::string Backend::change_password(const std::string& next)
{
    std::string hexadecimal;
    for (const char c : next) hexadecimal += fmt::format("{:02x}", static_cast<unsigned char>(c));
    std::string frame =
        call("ChangeConfiguration", fmt::format(R"({{"key":"AuthorizationKey","value":"{}"}})", hexadecimal));
    passwords_["b" + std::to_string(calls_)] = next;
    return frame;
}

std::size_t Backend::count(const std::string& action) const
{
    return static_cast<std::size_t>(std::ranges::count(log, action, &Received::action));
}

std::vector<std::string> Backend::all(const std::string& action) const
{
    std::vector<std::string> payloads;
    for (const Received& call : log) {
        if (call.action == action) payloads.push_back(call.payload);
    }
    return payloads;
}

std::string Backend::last(const std::string& action) const
{
    const auto payloads = all(action);
    return payloads.empty() ? "" : payloads.back();
}

std::vector<std::string> Backend::statuses(std::int64_t connector) const
{
    std::vector<std::string> statuses;
    messages::JsonParser parser;
    for (const std::string& payload : all("StatusNotification")) {
        const auto parsed = parser.parse(payload);
        const auto request = messages::decode<v16::StatusNotificationRequest>(*parsed, {});
        if (!request || request->connector_id != connector) continue;
        statuses.emplace_back(v16::to_string(request->status));
    }
    return statuses;
}

}  // namespace ladestrom::station::test
