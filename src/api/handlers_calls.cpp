// What is asked of a station: any OCPP call, or charging in whichever version it speaks.
#include "api/handlers.hpp"
#include "api/render.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace ladestrom::api {
namespace {

std::string render_call_answer(const csms::CommandDone& done)
{
    JsonWriter json;
    json.begin_object();
    if (done.status == csms::CommandStatus::result) {
        json.key("result");
        json.raw(done.json.empty() ? "{}" : done.json);
    } else {
        json.key("error");
        json.begin_object();
        json.member("code", done.code);
        json.member("description", done.description);
        json.key("details");
        json.raw(done.details.empty() ? "{}" : done.details);
        json.end_object();
    }
    json.end_object();
    return json.take();
}

void send_call(const ExchangePointer& exchange, csms::CallCommand call)
{
    exchange->services().core.command(std::move(call), [exchange](const csms::CommandDone& done) {
        if (const auto problem = problem_of(done)) return exchange->answer(*problem);
        exchange->answer_json(render_call_answer(done));
    });
}

}  // namespace

void call_station(const ExchangePointer& exchange)
{
    Body body(exchange->services().parser, exchange->request().body);
    csms::CallCommand call;
    call.station = station_of(*exchange);
    body.require("action");
    call.action = body.text("action", {1, 64}).value_or("");
    call.payload = body.object("payload").value_or("{}");
    const double timeout = body.number("timeout_s", 0, 300).value_or(30);
    call.timeout = Duration(static_cast<std::int64_t>(timeout * 1000) + 1);
    if (exchange->refused(body)) return;
    exchange->set_audit_detail(transport::printable(call.action, 64));
    send_call(exchange, std::move(call));
}

void start_charging(const ExchangePointer& exchange)
{
    Body body(exchange->services().parser, exchange->request().body);
    csms::CallCommand call;
    call.station = station_of(*exchange);
    body.require("evse_id");
    body.require("token");
    const auto evse = body.integer("evse_id", 1, std::numeric_limits<std::int32_t>::max()).value_or(1);
    const std::string token = body.text("token", {1, 255}).value_or("");
    if (exchange->refused(body)) return;
    auto known = exchange->services().reader.token(token);
    if (exchange->refused(known)) return;
    const IdTokenType type = *known ? (*known)->token.type : IdTokenType::central;
    call.intent =
        csms::StartCharging{EvseId(static_cast<std::int32_t>(evse)), {.value = token, .type = type}};
    send_call(exchange, std::move(call));
}

void stop_session(const ExchangePointer& exchange)
{
    const auto row = running_session(exchange);
    if (!row) return;
    csms::CallCommand call;
    call.station = row->station;
    call.intent = csms::StopCharging{row->transaction_id};
    send_call(exchange, std::move(call));
}

}  // namespace ladestrom::api
