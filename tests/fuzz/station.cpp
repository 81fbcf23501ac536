// A station fed by a hostile backend, by people and by hardware that misbehaves. A script:
//   first line      any of: 2 two EVSEs, n the clock is not set, c interrupted sessions are closed, f free
//                   charging, i hardware that does not obey, g a backend that answers every call well,
//                   o the station speaks 2.0.1 in place of 1.6, v it speaks 2.1, transactions begin with
//                   e the car, a the card, t energy
//   <frame          from the backend, as it stands
//   r<payload>      its answer to the station's call (nothing: a good one);  x<code>: a refusal
//   u<0..2> d       the connection opens, in a version;  closes
//   v<0..2>         the version that the station speaks from the next boot on
//   h k K           commits wait for k (stored) or K (failed);  H: they succeed at once again
//   t<milliseconds> time passes
//   p<evse><a..f>   pilot;  c<evse><+ or ->: contactor;  l<evse><+, - or j>: lock, or jammed
//   m<evse><Wh>     meter;  s<evse><token>: a card;  e<evse><A>: the energy manager's limit, none without A
//   F<evse><n>      a fault of this kind, with w a warning, with e the emergency stop; 0 ends it
//   w<seconds>      the clock is set;  q: an orderly stop is asked for
//   b B             power is cut, with a commit in flight stored or lost;  B<n>: record n is damaged as well
// Holds (support/station_world.cpp): no crash, no endless loop; every frame sent is OCPP-J and its payload
// strictly the standard's, also after what tolerant mode took; answers fit calls, once; one call and one
// batch in flight; only a reduction of energy does not wait for its record; no contactor closes without a
// durable session; nothing but a boot before it is accepted.
#include "support/require.hpp"
#include "support/script.hpp"
#include "support/script_mutator.hpp"
#include "support/station_world.hpp"

#include <algorithm>

namespace ladestrom::fuzz {
namespace {

using hardware::Event;

constexpr OcppVersion versions[] = {OcppVersion::v1_6, OcppVersion::v2_0_1, OcppVersion::v2_1};
constexpr std::int64_t longest_wait = 7LL * 24 * 3600 * 1000;
constexpr int most_steps = 400;

StationWorld::Options options_of(std::string_view letters)
{
    const auto has = [&](char c) { return letters.find(c) != std::string_view::npos; };
    StationWorld::Options options;
    options.config.identity = "FUZZ-1";
    options.config.url = "ws://127.0.0.1:9/ocpp/FUZZ-1";
    options.config.evses.resize(has('2') ? 2 : 1);
    options.config.free_charging = has('f');
    if (has('c')) options.config.interrupted_session = station::InterruptedSession::close;
    if (has('o')) options.config.versions = {OcppVersion::v2_0_1};
    if (has('v')) options.config.versions = {OcppVersion::v2_1};
    if (has('e') || has('a') || has('t')) {
        const char* const start = has('t') ? "EnergyTransfer" : has('e') ? "EVConnected" : "Authorized";
        options.config.keys["TxCtrlr.TxStartPoint"] = start;
        options.config.keys["TxCtrlr.TxStopPoint"] = has('a') ? "EVConnected" : start;
    }
    options.clock_set = !has('n');
    options.hardware_obeys = !has('i');
    options.backend_answers = has('g');
    return options;
}

// "<evse><rest>": the evse as one digit.
struct AtEvse {
    EvseId evse;
    Step rest;
};

AtEvse at_evse(const StationWorld& world, const Step& step, std::int32_t least)
{
    if (step.argument.empty()) return {EvseId(1), {}};
    const std::int32_t digit = step.argument.front() - '0';
    return {EvseId(std::clamp(digit, least, world.evses())), {step.kind, step.argument.substr(1)}};
}

void device_step(StationWorld& world, const Step& step)
{
    const bool whole_station = step.kind == 's' || step.kind == 'e' || step.kind == 'F';
    const auto [evse, rest] = at_evse(world, step, whole_station ? 0 : 1);
    const char first = rest.argument.empty() ? '\0' : rest.argument.front();
    switch (step.kind) {
        case 'p':
            return world.feed(
                Event(hardware::PilotChanged{evse, static_cast<hardware::PilotState>(first % 6)}));
        case 'c': return world.feed(Event(hardware::ContactorMoved{evse, first == '+', {}}));
        case 'l': return world.feed(Event(hardware::LockMoved{evse, first == '+', first == 'j'}));
        case 'm': {
            hardware::MeterReading reading;
            reading.import_register = WattHours{rest.number(0, 1'000'000'000'000)};
            return world.feed(Event(hardware::MeterRead{evse, reading}));
        }
        case 's':
            return world.feed(Event(hardware::TokenPresented{
                evse, {std::string(rest.argument.substr(0, 64)), IdTokenType::iso14443}}));
        case 'e': {
            std::optional<Amperes> limit;
            if (!rest.argument.empty()) limit = Amperes{static_cast<double>(rest.number(0, 1000)) / 10};
            return world.feed(station::EnergyManagerLimit{evse, limit});
        }
        case 'F': {
            const auto last = static_cast<std::int64_t>(ConnectorError::weak_signal);
            return world.feed(
                Event(hardware::FaultChanged{.evse = evse,
                                             .error = static_cast<ConnectorError>(rest.number(0, last)),
                                             .critical = !rest.has('w'),
                                             .info = std::string(rest.argument),
                                             .vendor_error_code = std::string(rest.argument),
                                             .emergency_stop = rest.has('e')}));
        }
        default: return;
    }
}

void take(StationWorld& world, const Step& step)
{
    switch (step.kind) {
        case '<': return world.deliver(step.argument);
        case 'r': return world.answer(step.argument);
        case 'x': return world.refuse(step.argument);
        case 'u': return world.link_up(versions[step.number(0, 2)]);
        case 'd': return world.link_down();
        case 'v': return world.speak(versions[step.number(0, 2)]);
        case 'h': return world.hold_commits(true);
        case 'H': world.hold_commits(false); return world.end_commit(true);
        case 'k': return world.end_commit(true);
        case 'K': return world.end_commit(false);
        case 't': return world.pass(Duration(step.number(0, longest_wait)));
        case 'w': return world.feed(station::ClockSet{Instant(seconds(step.number(0, 4'102'444'800)))});
        case 'q': return world.feed(station::ShutDown{});
        case 'b': return world.power_cut(false, std::nullopt);
        case 'B':
            return world.power_cut(true, step.argument.empty()
                                             ? std::nullopt
                                             : std::optional(static_cast<std::size_t>(step.number(0, 1000))));
        default: return device_step(world, step);
    }
}

}  // namespace

std::span<const std::string_view> usual_steps()
{
    static constexpr std::string_view steps[] = {
        "r",
        "x",
        "xGenericError",
        "u",
        "u1",
        "u2",
        "v0",
        "v1",
        "v2",
        "d",
        "h",
        "H",
        "k",
        "K",
        "b",
        "B",
        "B1",
        "q",
        "w1767225600",
        "t1",
        "t1000",
        "t10000",
        "t100000",
        "t86400000",
        "p1a",
        "p1b",
        "p1c",
        "p2b",
        "p2c",
        "c1+",
        "c1-",
        "l1+",
        "l1j",
        "s1TAG",
        "s0TAG",
        "s1OTHER",
        "e1",
        "e110",
        "e00",
        "F13",
        "F10",
        "F03e",
        "m15000",
        "m1100",
        R"(<[2,"1","Reset",{"type":"Soft"}])",
        R"(<[2,"2","UnlockConnector",{"connectorId":1}])",
        R"(<[2,"3","RemoteStartTransaction",{"idTag":"TAG"}])",
        R"(<[2,"4","RemoteStopTransaction",{"transactionId":1}])",
        R"(<[2,"5","ChangeAvailability",{"connectorId":1,"type":"Inoperative"}])",
        R"(<[2,"6","TriggerMessage",{"requestedMessage":"BootNotification"}])",
        R"(<[2,"7","Reset",{"type":"OnIdle"}])",
        R"(<[2,"8","UnlockConnector",{"evseId":1,"connectorId":1}])",
        R"(<[2,"9","RequestStartTransaction",{"idToken":{"idToken":"TAG","type":"Central"},"remoteStartId":1}])",
        R"(<[2,"10","RequestStopTransaction",{"transactionId":"1"}])",
        R"(<[2,"11","GetBaseReport",{"requestId":1,"reportBase":"FullInventory"}])",
        R"(<[2,"12","TriggerMessage",{"requestedMessage":"TransactionEvent"}])",
        R"(r{"idTokenInfo":{"status":"Blocked"}})",
        R"(r{"idTagInfo":{"status":"Invalid"}})",
        R"(r{"transactionId":7,"idTagInfo":{"status":"Blocked"}})",
        R"(r{"status":"Pending","currentTime":"2026-11-20T10:00:00Z","interval":0})"};
    return steps;
}

}  // namespace ladestrom::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace ladestrom::fuzz;
    Script script(text_of(data, size));
    StationWorld world(options_of(script.line()));
    for (int steps = 0; steps < most_steps; ++steps) {
        const auto step = script.next();
        if (!step) break;
        take(world, *step);
    }
    return 0;
}
