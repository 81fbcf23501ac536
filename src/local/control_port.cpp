// One route, one function: read the body, act, answer.
#include "local/control_port.hpp"

#include "local/json_writer.hpp"
#include "local/names.hpp"
#include "local/request_body.hpp"
#include "local/state_json.hpp"

#include <charconv>
#include <string>
#include <utility>

namespace ladestrom::local {
namespace {

using hardware::simulated::Car;
using hardware::simulated::CarSettings;
using hardware::simulated::Fault;
using transport::HttpRequest;
using transport::HttpResponder;
using transport::HttpResponse;

HttpResponse error_response(unsigned status, std::string_view message)
{
    JsonWriter json;
    json.begin_object();
    json.member("error", message);
    json.end_object();
    return HttpResponse::json(json.take(), status);
}

bool is_loopback(std::string_view address)
{
    return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

std::optional<int> parse_number(std::string_view text)
{
    int number = 0;
    auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

// "localhost", an address of 127.0.0.0/8 or [::1], exactly, with or without a port: "127.0.0.1.evil.example"
// begins like one.
bool names_this_machine(std::string_view host)
{
    const std::size_t colon = host.rfind(':');
    const std::size_t bracket = host.rfind(']');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        host = host.substr(0, colon);
    }
    if (host == "localhost" || host == "[::1]") return true;
    int parts = 0;
    for (std::string_view rest = host; parts < 4; ++parts) {
        const std::size_t dot = rest.find('.');
        const auto number = parse_number(rest.substr(0, dot));
        if (!number || *number > 255 || (parts == 0 && *number != 127)) return false;
        if (dot == std::string_view::npos) return parts == 3;
        rest.remove_prefix(dot + 1);
    }
    return false;
}

// A page of another site, opened in a browser on this machine, must not plug or kill: browsers name the page
// in Origin, and a name that an attacker has made to point here shows in Host.
bool from_foreign_page(const HttpRequest& request)
{
    std::string_view host = request.header("Host");
    std::string_view origin = request.header("Origin");
    if (!origin.empty() && origin != "http://" + std::string(host) &&
        origin != "https://" + std::string(host)) {
        return true;
    }
    if (!is_loopback(request.remote_address)) return false;
    return !names_this_machine(host);
}

template <class T, class U>
void take(T& target, const std::optional<U>& given)
{
    if (given) target = T{*given};
}

// The car's fields of /plug and /ev.
std::optional<Percent> read_car(RequestBody& body, CarSettings& car)
{
    take(car.capacity, body.integer("capacity_wh", 100, 1'000'000));
    take(car.max_current, body.number("max_current", 0, 100));
    take(car.min_current, body.number("min_current", 0, 100));
    if (auto phases = body.integer("phases", 1, 3)) {
        if (*phases == 2) body.fail("phases", "1 or 3");
        car.phases = static_cast<int>(*phases);
    }
    take(car.taper_from, body.number("taper_from", 0, 100));
    take(car.taper_to, body.number("taper_to", 0.01, 1));
    take(car.efficiency, body.number("efficiency", 0.1, 1));
    take(car.wants_energy, body.boolean("wants_energy"));
    take(car.refuses, body.boolean("refuses"));
    take(car.onset, body.integer("onset_ms", 0, 3'600'000));
    take(car.pause, body.integer("pause_ms", 0, 3'600'000));
    std::optional<Percent> soc;
    if (auto given = body.number("soc", 0, 100)) soc = Percent{*given};
    return soc;
}

// Whether a fault of this kind forbids energy, unless the request says otherwise.
bool critical_by_default(ConnectorError error)
{
    switch (error) {
        case ConnectorError::weak_signal:
        case ConnectorError::local_list_conflict:
        case ConnectorError::reader_failure:
        case ConnectorError::reset_failure:
        case ConnectorError::high_temperature: return false;
        default: return true;
    }
}

}  // namespace

struct ControlPort::Call {
    HttpRequest& request;
    HttpResponder& responder;
    Device& device;
    RequestBody body;
    EvseId evse{0};

    void fail(unsigned status, std::string_view message) const
    {
        responder.respond(error_response(status, message));
    }
    void answer_state() const { responder.respond(HttpResponse::json(state_json(device.state()))); }
    void answer(const Result<void>& done) const { done ? answer_state() : fail(409, done.error().message); }

    // Answers 400 when the body is not right.
    bool body_is_right()
    {
        auto finished = body.finish();
        if (!finished) fail(400, finished.error().message);
        return static_cast<bool>(finished);
    }

    // Answers 404 when there is no such EVSE. 0 stands for the station where that makes sense.
    bool find_evse(int least)
    {
        std::string_view text = request.parameter("n");
        auto number = parse_number(text);
        if (number && *number >= least && static_cast<std::size_t>(*number) <= device.evse_count()) {
            evse = EvseId{*number};
            return true;
        }
        fail(404, "EVSE " + std::string(text) + ": there are " + std::to_string(device.evse_count()) +
                      ", counted from 1");
        return false;
    }
};

ControlPort::ControlPort(transport::EventLoop& loop, Device& device, transport::LogFunction log)
    : device_(device),
      server_(
          loop,
          [this](HttpRequest request, HttpResponder responder) {
              if (from_foreign_page(request)) {
                  responder.respond(error_response(403, "requests of pages of other sites are refused"));
              } else {
                  router_.handle(std::move(request), std::move(responder));
              }
          },
          transport::HttpLimits{}, std::move(log))
{
    router_.set_error_response(error_response);
    add_routes();
}

ControlPort::~ControlPort() = default;

Result<std::uint16_t> ControlPort::listen(const transport::ListenOptions& options)
{
    return server_.listen(options);
}

void ControlPort::stop()
{
    server_.stop();
}

void ControlPort::add(std::string_view method, std::string_view pattern, Act act)
{
    router_.add(method, pattern, [this, act](HttpRequest request, HttpResponder responder) {
        std::string text = std::move(request.body);
        Call call{request, responder, device_, RequestBody(text)};
        (this->*act)(call);
    });
}

void ControlPort::add_routes()
{
    add("GET", "/state", &ControlPort::state);
    add("POST", "/evse/{n}/plug", &ControlPort::plug);
    add("POST", "/evse/{n}/unplug", &ControlPort::unplug);
    add("POST", "/evse/{n}/ev", &ControlPort::set_car);
    add("POST", "/evse/{n}/swipe", &ControlPort::swipe);
    add("POST", "/evse/{n}/fault", &ControlPort::set_fault);
    add("DELETE", "/evse/{n}/fault", &ControlPort::clear_fault);
    add("GET", "/dead-letters", &ControlPort::dead_letters);
    add("POST", "/dead-letters/{serial}/resend", &ControlPort::resend_dead_letter);
    add("POST", "/link", &ControlPort::link);
    add("POST", "/clock", &ControlPort::clock);
    add("POST", "/clock/advance", &ControlPort::advance);
    add("POST", "/energy-manager", &ControlPort::energy_manager);
    add("POST", "/disk", &ControlPort::disk);
    add("POST", "/kill", &ControlPort::kill);
}

void ControlPort::state(Call& call)
{
    call.answer_state();
}

// ---- cars and people ----------------------------------------------------------------------------------

void ControlPort::plug(Call& call)
{
    if (!call.find_evse(1)) return;
    CarSettings settings;
    std::optional<Percent> soc = read_car(call.body, settings);
    std::optional<Amperes> rating;
    if (auto given = call.body.number("cable_rating", 6, 100)) rating = Amperes{*given};
    if (!call.body_is_right()) return;
    call.answer(device_.plug(call.evse, Car(settings, soc.value_or(Percent{40})), rating));
}

void ControlPort::unplug(Call& call)
{
    if (!call.find_evse(1)) return;
    bool pulled = call.body.boolean("pull").value_or(false);
    if (!call.body_is_right()) return;
    call.answer(device_.unplug(call.evse, pulled));
}

void ControlPort::set_car(Call& call)
{
    if (!call.find_evse(1)) return;
    // What the request leaves out stays as it is.
    const auto& car = device_.state().hardware->find(call.evse)->car();
    CarSettings settings = car ? car->settings() : CarSettings{};
    std::optional<Percent> soc = read_car(call.body, settings);
    if (!call.body_is_right()) return;
    call.answer(device_.set_car(call.evse, settings, soc));
}

void ControlPort::swipe(Call& call)
{
    if (!call.find_evse(0)) return;
    call.body.require("token", "a text of 1 to 255 characters");
    IdToken token{call.body.text("token", 1, 255).value_or(""), IdTokenType::iso14443};
    if (auto name = call.body.text("type", 0, 50)) {
        auto type = value_named<IdTokenType>(*name);
        if (!type) call.body.fail("type", choices_of<IdTokenType>());
        token.type = type.value_or(IdTokenType::none);
    }
    if (!call.body_is_right()) return;
    call.answer(device_.swipe(call.evse, token));
}

void ControlPort::set_fault(Call& call)
{
    if (!call.find_evse(0)) return;
    RequestBody& body = call.body;
    Fault fault;
    body.require("code", choices_of<ConnectorError>());
    if (auto name = body.text("code", 0, 50)) {
        auto error = value_named<ConnectorError>(*name);
        if (!error) body.fail("code", choices_of<ConnectorError>());
        if (error == ConnectorError::no_error) body.fail("code", "a fault; DELETE clears it");
        fault.error = error.value_or(ConnectorError::other_error);
    }
    fault.critical = body.boolean("critical").value_or(critical_by_default(fault.error));
    fault.emergency_stop = body.boolean("emergency_stop").value_or(false);
    fault.info = body.text("info", 0, 50).value_or("");
    fault.vendor_error_code = body.text("vendor_error_code", 0, 50).value_or("");
    fault.welded = body.boolean("weld").value_or(false);
    fault.jammed = body.boolean("jam").value_or(fault.error == ConnectorError::connector_lock_failure);
    if (!call.body_is_right()) return;
    call.answer(device_.set_fault(call.evse, fault));
}

void ControlPort::clear_fault(Call& call)
{
    if (!call.find_evse(0) || !call.body_is_right()) return;
    call.answer(device_.clear_fault(call.evse));
}

// ---- the world around ---------------------------------------------------------------------------------

void ControlPort::dead_letters(Call& call)
{
    call.responder.respond(HttpResponse::json(dead_letters_json(device_.dead_letters())));
}

void ControlPort::resend_dead_letter(Call& call)
{
    if (!call.body_is_right()) return;
    const auto done = device_.resend_dead_letter(std::string(call.request.parameter("serial")));
    done ? call.answer_state() : call.fail(404, done.error().message);
}

void ControlPort::link(Call& call)
{
    call.body.require("up", "true or false");
    auto up = call.body.boolean("up");
    if (!call.body_is_right()) return;
    device_.set_network(*up);
    call.answer_state();
}

void ControlPort::clock(Call& call)
{
    call.body.require("now", "a time as \"2026-11-21T09:30:00Z\"");
    auto now = call.body.time("now");
    if (!call.body_is_right()) return;
    device_.set_clock(*now);
    call.answer_state();
}

void ControlPort::advance(Call& call)
{
    constexpr double most = 366.0 * 24 * 3600;
    call.body.require("seconds", "a number from 0 to 31622400");
    auto seconds = call.body.number("seconds", 0, most);
    if (!call.body_is_right()) return;
    auto time = Duration(static_cast<std::int64_t>(*seconds * 1000));
    device_.advance_clock(time, [responder = call.responder, &device = device_](Result<void> done) {
        responder.respond(done ? HttpResponse::json(state_json(device.state()))
                               : error_response(409, done.error().message));
    });
}

void ControlPort::energy_manager(Call& call)
{
    call.body.require("limit_a", "a number from 0 to 1000, or null for none");
    std::optional<Amperes> limit;
    if (!call.body.is_null("limit_a")) {
        if (auto given = call.body.number("limit_a", 0, 1000)) limit = Amperes{*given};
    }
    auto evse = call.body.integer("evse", 0, static_cast<std::int64_t>(device_.evse_count())).value_or(0);
    if (!call.body_is_right()) return;
    device_.limit(EvseId{static_cast<std::int32_t>(evse)}, limit);
    call.answer_state();
}

void ControlPort::disk(Call& call)
{
    constexpr std::string_view expected = "one of ok, full, fail, slow";
    call.body.require("mode", expected);
    DiskMode mode = DiskMode::ok;
    if (auto name = call.body.text("mode", 0, 10)) {
        if (*name == "full") {
            mode = DiskMode::full;
        } else if (*name == "fail") {
            mode = DiskMode::fail;
        } else if (*name == "slow") {
            mode = DiskMode::slow;
        } else if (*name != "ok") {
            call.body.fail("mode", expected);
        }
    }
    if (!call.body_is_right()) return;
    device_.set_disk(mode);
    call.answer_state();
}

void ControlPort::kill(Call& call)
{
    if (!call.body_is_right()) return;
    device_.kill();
}

}  // namespace ladestrom::local
