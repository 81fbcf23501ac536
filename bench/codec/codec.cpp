// Nanoseconds per message: text to a checked struct and back, beside what simdjson needs for its tape alone,
// in the same run. Names are kind/Action.
#include "bench/codec/samples.hpp"

#include "messages/decode.hpp"
#include "messages/json.hpp"
#include "messages/json_text.hpp"
#include "messages/v16.hpp"
#include "messages/v2.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace ladestrom::bench {
namespace {

using messages::Codec;
using messages::JsonValue;

JsonValue parts_of(messages::JsonParser& parser, const std::string& text, std::string_view& id)
{
    auto document = parser.parse(text);
    simdjson::dom::array parts;
    JsonValue payload;
    std::string_view action;
    if (!document || document->get(parts) || parts.at(1).get(id) || parts.at(2).get(action) ||
        parts.at(3).get(payload)) {
        std::fprintf(stderr, "not a call: %s\n", text.c_str());
        std::exit(1);
    }
    return payload;
}

void tape(benchmark::State& state, const std::string& text)
{
    simdjson::dom::parser parser;
    const simdjson::padded_string padded(text);
    for (auto _ : state) {
        auto document = parser.parse(padded);
        benchmark::DoNotOptimize(document);
    }
    state.counters["bytes"] = static_cast<double>(text.size());
}

// A frame and how it is read.
struct Subject {
    std::string text;
    OcppVersion version;
};

template <class Request>
Request decoded(messages::JsonParser& parser, const Subject& subject, std::string_view& id)
{
    auto request =
        messages::decode<Request>(parts_of(parser, subject.text, id), {.version = subject.version});
    if (!request) {
        std::fprintf(stderr, "%s: %s\n", request.error().path.c_str(), request.error().message.c_str());
        std::exit(1);
    }
    return *std::move(request);
}

template <class Request>
void parse(benchmark::State& state, const Subject& subject)
{
    messages::JsonParser parser;
    std::string_view id;
    for (auto _ : state) {
        Request request = decoded<Request>(parser, subject, id);
        benchmark::DoNotOptimize(request);
    }
}

template <class Request>
void serialise(benchmark::State& state, const Subject& subject, std::string_view action)
{
    messages::JsonParser parser;
    std::string_view view;
    const Request request = decoded<Request>(parser, subject, view);
    const std::string id(view);
    std::string out;
    for (auto _ : state) {
        out.clear();
        out += "[2,";
        messages::append_string(out, id);
        out.append(",\"").append(action).append("\",");
        Codec<Request>::encode(request, subject.version, out);
        out += ']';
        benchmark::DoNotOptimize(out.data());
    }
    if (decoded<Request>(parser, {out, subject.version}, view) != request) {
        std::fprintf(stderr, "written wrong: %s\n", out.c_str());
        std::exit(1);
    }
}

// name: of the row; that of the action where it is empty.
template <class Message>
void add(std::string (*sample)(), OcppVersion version = OcppVersion::v1_6, std::string name = {})
{
    using Request = typename Message::Request;
    const std::string action(Message::action);
    const Subject subject{sample(), version};
    if (name.empty()) name = action;
    benchmark::RegisterBenchmark(("tape/" + name).c_str(), [=](auto& state) { tape(state, subject.text); });
    benchmark::RegisterBenchmark(("parse/" + name).c_str(),
                                 [=](auto& state) { parse<Request>(state, subject); });
    benchmark::RegisterBenchmark(("serialise/" + name).c_str(),
                                 [=](auto& state) { serialise<Request>(state, subject, action); });
}

}  // namespace
}  // namespace ladestrom::bench

int main(int argc, char** argv)
{
    using namespace ladestrom;
    using namespace ladestrom::bench;
    add<v16::Heartbeat>(samples::heartbeat);
    add<v16::StatusNotification>(samples::status_notification);
    add<v16::MeterValues>(samples::meter_values);
    add<v16::Authorize>(samples::authorize);
    add<v16::StartTransaction>(samples::start_transaction);
    add<v16::StopTransaction>(samples::stop_transaction);
    add<v16::BootNotification>(samples::boot_notification);
    add<v16::DataTransfer>(samples::data_transfer);
    add<v16::RemoteStartTransaction>(samples::remote_start_transaction);
    add<v16::ChangeConfiguration>(samples::change_configuration);
    constexpr auto newest = OcppVersion::v2_1;
    add<v2::TransactionEvent>(samples::transaction_started, newest, "TransactionEvent Started 2.1");
    add<v2::TransactionEvent>(samples::transaction_updated, newest, "TransactionEvent Updated 2.1");
    add<v2::StatusNotification>(samples::status_notification_v2, newest, "StatusNotification 2.1");
    add<v2::BootNotification>(samples::boot_notification_v2, newest, "BootNotification 2.1");
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
