// The settings of ladestrom-station.
#include "configuration.hpp"

#include "backend_url.hpp"
#include "gateway_check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ladestrom::app {
namespace {

using config::Kind;
using config::Option;

void connection(config::Schema& schema)
{
    schema.section("Connection");
    schema.add(Option{.name = "url",
                      .help =
                          "Where the backend is, ws:// or wss://. Its last segment is the identity, unless "
                          "`identity` is set.",
                      .required = true});
    schema.add(Option{.name = "identity",
                      .help = "Name of the station; appended to the URL when it does not end with it.",
                      .unit = "bytes",
                      .minimum = 0,
                      .maximum = 255});
    schema.add_secret(
        "basic_password",
        "Password of HTTP Basic authentication, user = identity, until the backend sets another.");
    schema.add(Option{.name = "versions",
                      .kind = Kind::list,
                      .help = "Versions of OCPP offered, in order of preference: 1.6, 2.0.1, 2.1.",
                      .fallback = "1.6",
                      .minimum = 1,
                      .maximum = 3});
    schema.add(Option{.name = "tls_ca_file",
                      .kind = Kind::path,
                      .help =
                          "Certificates (PEM) the backend's must lead to; those of the operating system when "
                          "not set."});
    schema.add(Option{.name = "tls_allow_wildcards",
                      .kind = Kind::boolean,
                      .help = "Whether a certificate for *.example.com is accepted.",
                      .fallback = "false"});
    schema.add(
        Option{.name = "compression",
               .kind = Kind::boolean,
               .help = "Whether compression of messages is offered to the backend, with versions 2.0.1 and "
                       "2.1.",
               .fallback = "true"});
}

void device(config::Schema& schema)
{
    schema.section("Device");
    const auto text = [&](std::string name, std::string help, std::string fallback, int minimum,
                          int maximum) {
        schema.add(Option{.name = std::move(name),
                          .help = std::move(help),
                          .fallback = std::move(fallback),
                          .unit = "characters",
                          .minimum = static_cast<double>(minimum),
                          .maximum = static_cast<double>(maximum)});
    };
    text("vendor", "Who made the station, as BootNotification says.", "Ladestrom", 1, 20);
    text("model", "Model of the station.", "Station", 1, 20);
    text("serial_number", "Serial number of the station.", "", 0, 25);
    text("firmware_version", "Version of the station's firmware.", "", 0, 50);
    text("meter_type", "Type of the meter.", "", 0, 25);
    text("meter_serial_number", "Serial number of the meter.", "", 0, 25);
    text("iccid", "ICCID of the modem's SIM card.", "", 0, 20);
    text("imsi", "IMSI of the modem's SIM card.", "", 0, 20);
}

void behaviour(config::Schema& schema)
{
    schema.section("Behaviour");
    schema.add(
        Option{.name = "interrupted_session",
               .kind = Kind::choice,
               .help = "What becomes of a session when power returns: it goes on, or ends with PowerLoss.",
               .fallback = "resume",
               .choices = {"resume", "close"}});
    schema.add(Option{.name = "free_charging",
                      .kind = Kind::boolean,
                      .help = "Whether plugging in is enough, without authorization.",
                      .fallback = "false"});
    schema.add(
        Option{.name = "free_charging_token",
               .help = "Identifier sent for sessions without authorization in 1.6; 2.x has a type for it.",
               .fallback = "no-card",
               .unit = "characters",
               .minimum = 1,
               .maximum = 20});
    schema.add(Option{.name = "max_queued_facts",
                      .kind = Kind::integer,
                      .help = "How many facts wait for the backend at most.",
                      .fallback = "100000",
                      .minimum = 100,
                      .maximum = 10'000'000});
    schema.add(Option{.name = "state_directory",
                      .kind = Kind::path,
                      .help = "Where the journal and the hardware's state are kept.",
                      .fallback = "ladestrom-station"});
}

void hardware_options(config::Schema& schema)
{
    schema.section("Simulated hardware");
    schema.add(Option{
        .name = "rtc",
        .kind = Kind::boolean,
        .help = "Whether the station's clock outlives power cuts; otherwise the backend tells the time.",
        .fallback = "true"});
    schema.add(Option{.name = "nominal_voltage",
                      .kind = Kind::decimal,
                      .help = "Voltage between a phase and neutral.",
                      .fallback = "230",
                      .unit = "V",
                      .minimum = 90,
                      .maximum = 400});
    schema.add(Option{
        .name = "seed",
        .kind = Kind::integer,
        .help = "Of the noise in readings and the jitter of reconnects; 0: another one at every start.",
        .fallback = "0",
        .minimum = 0,
        .maximum = 2'147'483'647});
    config::Table evse{"evse", "The outlets, numbered from 1.", 1, 100, {}};
    const auto current = [](std::string name, std::string help, std::string fallback) {
        return Option{.name = std::move(name),
                      .kind = Kind::decimal,
                      .help = std::move(help),
                      .fallback = std::move(fallback),
                      .unit = "A",
                      .minimum = 1,
                      .maximum = 500};
    };
    evse.options = {current("max_current", "Most current per phase.", "32"),
                    current("min_current", "Least current offered; below it charging pauses.", "6"),
                    Option{.name = "phases",
                           .kind = Kind::integer,
                           .help = "1 or 3.",
                           .fallback = "3",
                           .minimum = 1,
                           .maximum = 3},
                    Option{.name = "has_lock",
                           .kind = Kind::boolean,
                           .help = "Whether the cable is detachable and locked.",
                           .fallback = "true"},
                    Option{.name = "reports_soc",
                           .kind = Kind::boolean,
                           .help = "Whether the car tells its state of charge.",
                           .fallback = "false"},
                    Option{.name = "meter_start",
                           .kind = Kind::integer,
                           .help = "Meter register of a new station.",
                           .fallback = "0",
                           .unit = "Wh",
                           .minimum = 0,
                           .maximum = 1'000'000'000}};
    schema.add(std::move(evse));
    schema.add(
        config::Map{"keys",
                    "Initial values of OCPP configuration keys, see configuration-keys.md; what the backend "
                    "changes later wins.",
                    {"AuthorizationKey"}});
}

void local(config::Schema& schema)
{
    schema.section("Control port");
    schema.add(Option{.name = "control.enabled",
                      .kind = Kind::boolean,
                      .help = "Whether the simulated hardware can be driven over HTTP.",
                      .fallback = "true"});
    schema.add(Option{.name = "control.address",
                      .help = "Where the control port listens. It knows no login: leave it on loopback.",
                      .fallback = "127.0.0.1",
                      .unit = "characters",
                      .minimum = 1,
                      .maximum = 253});
    schema.add(Option{.name = "control.port",
                      .kind = Kind::integer,
                      .help = "0: any free one, told at start.",
                      .fallback = "9180",
                      .minimum = 0,
                      .maximum = 65'535});
    schema.add(Option{.name = "control.backend_grace",
                      .kind = Kind::integer,
                      .help = "Real time that an advance of the clock waits for an answer of the backend, "
                              "before it goes on without.",
                      .fallback = "1",
                      .unit = "s",
                      .minimum = 0,
                      .maximum = 600});
    schema.section("Log");
    schema.add(Option{.name = "log.level",
                      .kind = Kind::choice,
                      .help = "From which level on lines are written.",
                      .fallback = "info",
                      .choices = {"debug", "info", "warning", "error"}});
    schema.add(Option{.name = "log.format",
                      .kind = Kind::choice,
                      .help = "Form of the lines on standard error.",
                      .fallback = "text",
                      .choices = {"text", "json"}});
}

void gateway(config::Schema& schema)
{
    constexpr const char* details =
        R"(Each FILE is a configuration as --config takes it, with its own url or identity, state_directory and
control.port (0: any free one). Flags and LADESTROM_STATION_* variables count for all of them, so that what
the stations have in common need not stand in every file; the log is as the first FILE says. No station
talks before all of them could be opened. When one cannot go on, the others do, and the exit code tells at
the end.

Example:
  ladestrom-station gateway left.toml right.toml --url wss://ocpp.example.com/)";
    schema.add(config::Command{.name = "gateway",
                               .help = "Runs several stations in one process, one of each configuration file",
                               .arguments = {},
                               .over_files = true,
                               .details = details});
}

// Fills in a StationConfiguration and collects what does not fit.
class Reader {
public:
    explicit Reader(const config::Values& values) : values_(values) {}

    std::vector<Error> problems;

    StationConfiguration read()
    {
        connection();
        device();
        hardware();
        keys();
        result_.state_directory = values_.text("state_directory");
        result_.control_enabled = values_.boolean("control.enabled");
        result_.control = {values_.text("control.address"),
                           static_cast<std::uint16_t>(values_.integer("control.port"))};
        result_.backend_grace = seconds(values_.integer("control.backend_grace"));
        result_.file = values_.file();
        result_.log_level = values_.text("log.level");
        result_.log_format = values_.text("log.format");
        return std::move(result_);
    }

private:
    void problem(std::string_view name, std::string_view what)
    {
        problems.push_back(values_.problem(name, what));
    }

    void connection()
    {
        station::Config& engine = result_.engine;
        if (auto url = backend_url(values_.text("url"), values_.text("identity"))) {
            engine.url = url->url;
            engine.identity = url->identity;
        } else {
            problem("url", fmt::format("\"{}\" {}", values_.text("url"), url.error().message));
        }
        if (auto password = values_.secret("basic_password"); !password) {
            problems.push_back(password.error());
        } else if (password->size() > 64) {
            problem("basic_password", fmt::format("{} bytes, expected at most 64", password->size()));
        } else if (!password->empty()) {
            engine.basic_password = *password;
        }
        engine.versions.clear();
        for (const std::string& text : values_.list("versions")) {
            const auto version = version_from(text);
            if (!version) {
                problem("versions", fmt::format("found \"{}\", expected 1.6, 2.0.1 or 2.1", text));
            } else if (std::ranges::find(engine.versions, *version) != engine.versions.end()) {
                problem("versions", fmt::format("found \"{}\" twice", text));
            } else {
                engine.versions.push_back(*version);
            }
        }
        result_.tls_ca_file = values_.text("tls_ca_file");
        result_.tls_allow_wildcards = values_.boolean("tls_allow_wildcards");
        result_.compression = values_.boolean("compression");
    }

    void device()
    {
        station::Config& engine = result_.engine;
        engine.vendor = values_.text("vendor");
        engine.model = values_.text("model");
        engine.serial_number = values_.text("serial_number");
        engine.firmware_version = values_.text("firmware_version");
        engine.meter_type = values_.text("meter_type");
        engine.meter_serial_number = values_.text("meter_serial_number");
        engine.iccid = values_.text("iccid");
        engine.imsi = values_.text("imsi");
        engine.interrupted_session = values_.text("interrupted_session") == "resume"
                                         ? station::InterruptedSession::resume
                                         : station::InterruptedSession::close;
        engine.free_charging = values_.boolean("free_charging");
        engine.free_charging_token = values_.text("free_charging_token");
        engine.max_queued_facts = static_cast<std::size_t>(values_.integer("max_queued_facts"));
    }

    void hardware()
    {
        result_.has_clock = values_.boolean("rtc");
        result_.nominal_voltage = Volts{values_.decimal("nominal_voltage")};
        result_.seed = static_cast<std::uint64_t>(values_.integer("seed"));
        result_.engine.evses.clear();
        for (std::size_t number = 1; number <= values_.count("evse"); ++number) {
            const auto name = [&](std::string_view option) { return config::item("evse", number, option); };
            station::EvseConfig evse;
            evse.capabilities.max_current = Amperes{values_.decimal(name("max_current"))};
            evse.capabilities.min_current = Amperes{values_.decimal(name("min_current"))};
            evse.capabilities.phases = static_cast<int>(values_.integer(name("phases")));
            evse.capabilities.has_lock = values_.boolean(name("has_lock"));
            evse.capabilities.reports_soc = values_.boolean(name("reports_soc"));
            if (evse.capabilities.phases == 2) problem(name("phases"), "found 2, expected 1 or 3");
            if (evse.capabilities.min_current > evse.capabilities.max_current) {
                problem(name("min_current"), fmt::format("found {} A, expected at most max_current, {} A",
                                                         evse.capabilities.min_current.value,
                                                         evse.capabilities.max_current.value));
            }
            result_.engine.evses.push_back(evse);
            result_.meter_start.push_back(WattHours{values_.integer(name("meter_start"))});
        }
    }

    // One key after the other, so that each wrong one is told with its place.
    void keys()
    {
        for (const auto& [key, setting] : values_.entries("keys")) {
            const std::string& text = std::get<std::string>(setting.value);
            const std::string place = fmt::format("keys.{}", key);
            if (auto ok = station::check_key(result_.engine, key, text); !ok) {
                std::string what = ok.error().message;
                if (what.starts_with(place + ": ")) what.erase(0, place.size() + 2);
                problem(place, what);
            }
            result_.engine.keys[key] = text;
        }
    }

    const config::Values& values_;
    StationConfiguration result_;
};

}  // namespace

config::Schema station_schema()
{
    config::Schema schema("station", "An OCPP charging station with simulated hardware.");
    schema.set_examples({
        "ladestrom-station --url ws://localhost:9000/CP1",
        "ladestrom-station --config station.toml",
        "ladestrom-station --config station.toml --set evse.1.max_current=16 --set keys.HeartbeatInterval=60",
        "ladestrom-station --config station.toml config check",
        "ladestrom-station gateway left.toml right.toml",
        "curl -X POST localhost:9180/evse/1/plug; curl -X POST localhost:9180/evse/1/swipe -d "
        "'{\"token\":\"04A1\"}'",
    });
    connection(schema);
    device(schema);
    behaviour(schema);
    hardware_options(schema);
    local(schema);
    gateway(schema);
    return schema;
}

Result<StationConfiguration> station_configuration(const config::Values& values)
{
    Reader reader(values);
    StationConfiguration configuration = reader.read();
    if (reader.problems.empty()) return configuration;
    std::string text;
    for (const Error& error : reader.problems) text += (text.empty() ? "" : "\n") + error.message;
    return Error{text};
}

std::vector<Error> check_station(const config::Values& values)
{
    if (!values.files().empty()) return check_gateway(values.files());
    Reader reader(values);
    reader.read();
    return std::move(reader.problems);
}

}  // namespace ladestrom::app
