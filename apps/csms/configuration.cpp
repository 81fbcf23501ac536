// The settings of ladestrom-csms.
#include "configuration.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace ladestrom::app {
namespace {

using config::Kind;
using config::Option;

Option flag(std::string name, std::string help, std::string fallback)
{
    return Option{.name = std::move(name),
                  .kind = Kind::boolean,
                  .help = std::move(help),
                  .fallback = std::move(fallback)};
}

Option address(std::string name, std::string help)
{
    return Option{.name = std::move(name),
                  .help = std::move(help),
                  .fallback = "127.0.0.1",
                  .unit = "characters",
                  .minimum = 1,
                  .maximum = 253};
}

Option number(std::string name, std::string help, std::string fallback, std::string unit, double minimum,
              double maximum)
{
    return Option{.name = std::move(name),
                  .kind = Kind::integer,
                  .help = std::move(help),
                  .fallback = std::move(fallback),
                  .unit = std::move(unit),
                  .minimum = minimum,
                  .maximum = maximum};
}

Option port(std::string name, std::string fallback)
{
    return number(std::move(name), "0: any free one, told at start.", std::move(fallback), "", 0, 65'535);
}

void certificates(config::Schema& schema, const std::string& section)
{
    schema.add(Option{.name = section + ".tls_certificates",
                      .kind = Kind::paths,
                      .help =
                          "Certificate chains (PEM), the own certificate first; one RSA and one ECDSA serve "
                          "every station."});
    schema.add(Option{.name = section + ".tls_keys",
                      .kind = Kind::paths,
                      .help = "Their private keys (PEM), in the same order."});
}

void stations(config::Schema& schema)
{
    schema.section("Stations");
    schema.add(address("ocpp.address", "Where stations connect; \"::\" is every interface."));
    schema.add(flag("ocpp.plain", "Whether stations may connect without TLS (ws://).", "true"));
    schema.add(port("ocpp.port", "9000"));
    schema.add(flag("ocpp.tls", "Whether stations may connect with TLS (wss://).", "false"));
    schema.add(port("ocpp.tls_port", "9443"));
    certificates(schema, "ocpp");
    schema.add(number("ocpp.refusals_per_address",
                      "How many connections of one address (IPv6: of one /64) may be refused within 10 s "
                      "before further ones are closed unread; 0: no limit. Raise it when many stations come "
                      "through one proxy.",
                      "100", "", 0, 1'000'000));
    schema.add(flag("compression",
                    "Whether messages of stations that offer it are compressed (OCPP 2.0.1 and 2.1). Each "
                    "such station takes about 16 KB more.",
                    "true"));
    schema.add(
        flag("accept_unknown",
             "Whether unknown stations are accepted without a password. For laboratories; otherwise they "
             "wait until a person admits them.",
             "false"));
    schema.add(number("heartbeat_interval", "What stations are told at their boot.", "300", "s", 1, 86'400));
    schema.add(number("boot_retry_interval", "When a station that waits or was refused may ask again.", "60",
                      "s", 1, 86'400));
    schema.add(Option{
        .name = "decode_mode",
        .kind = Kind::choice,
        .help = "Whether harmless faults in a station's messages are forgiven (and counted) or refused.",
        .fallback = "tolerant",
        .choices = {"tolerant", "strict"}});
    schema.add(flag("trace", "Whether the dashboard shows the messages of a station.", "true"));
}

void people(config::Schema& schema)
{
    schema.section("Dashboard and API");
    schema.add(address("http.address", "Where people and programs connect; \"::\" is every interface."));
    schema.add(port("http.port", "8080"));
    schema.add(flag("http.tls", "Whether the dashboard and the API are served with TLS.", "false"));
    certificates(schema, "http");
    schema.add(flag("http.secure_cookie",
                    "Whether browsers send the login over TLS only, when a proxy in front of us has it.",
                    "false"));
    schema.add(Option{.name = "admin.name",
                      .help = "Name of the first administrator, made when there is no user yet.",
                      .fallback = "admin",
                      .unit = "characters",
                      .minimum = 1,
                      .maximum = 64});
    schema.add_secret(
        "admin.password",
        "Password of the first administrator, at least 10 characters. Without one, a link that is "
        "valid once is printed instead.");
    schema.add(
        flag("admin.link",
             "Whether a login link that is valid once is printed at every start; otherwise only while the "
             "administrator has no password.",
             "false"));
}

void state(config::Schema& schema)
{
    schema.section("State");
    schema.add(Option{.name = "state_directory",
                      .kind = Kind::path,
                      .help = "Where the database and the server's secret are kept.",
                      .fallback = "ladestrom-csms"});
    schema.add(Option{.name = "database",
                      .kind = Kind::path,
                      .help = "SQLite file; `ladestrom.db` in the state directory when not set."});
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

// They work on the store while no server does.
void commands(config::Schema& schema)
{
    schema.add(config::Command{"station add",
                               "Registers a station, or changes its password; - reads it from input",
                               {"ID", "PASSWORD_FILE"}});
    schema.add(config::Command{"station list", "Prints the registered stations", {}});
    schema.add(config::Command{"token add", "Lets a token charge", {"TOKEN"}});
    schema.add(config::Command{
        "user set-password", "Sets a person's password; - reads it from input", {"NAME", "PASSWORD_FILE"}});
    schema.add(config::Command{"user list", "Prints the people who may log in", {}});
    schema.add(config::Command{
        "api-key create", "Prints a new key, once; SCOPE: read, operate or admin", {"NAME", "SCOPE"}});
    schema.add(config::Command{"api-key list", "Prints the keys without their secrets", {}});
}

// Fills in a CsmsConfiguration and collects what does not fit.
class Reader {
public:
    explicit Reader(const config::Values& values) : values_(values) {}

    std::vector<Error> problems;

    CsmsConfiguration read()
    {
        core();
        listeners();
        result_.state_directory = values_.text("state_directory");
        result_.database = values_.text("database");
        if (result_.database.empty()) {
            result_.database = (std::filesystem::path(result_.state_directory) / "ladestrom.db").string();
        }
        administrator();
        result_.log_level = values_.text("log.level");
        result_.log_format = values_.text("log.format");
        return std::move(result_);
    }

private:
    void problem(std::string_view name, std::string_view what)
    {
        problems.push_back(values_.problem(name, what));
    }

    void core()
    {
        csms::Options& core = result_.core;
        core.accept_unknown = values_.boolean("accept_unknown");
        core.heartbeat_interval = seconds(values_.integer("heartbeat_interval"));
        core.boot_retry_interval = seconds(values_.integer("boot_retry_interval"));
        core.trace_frames = values_.boolean("trace");
        core.decode_mode =
            values_.text("decode_mode") == "strict" ? messages::Mode::strict : messages::Mode::tolerant;
    }

    void listeners()
    {
        const auto endpoint = [&](std::string_view host, std::string_view port_name) {
            return Endpoint{values_.text(host), static_cast<std::uint16_t>(values_.integer(port_name))};
        };
        const bool tls = values_.boolean("ocpp.tls");
        if (values_.boolean("ocpp.plain")) result_.stations = endpoint("ocpp.address", "ocpp.port");
        if (tls) result_.stations_tls = endpoint("ocpp.address", "ocpp.tls_port");
        if (!result_.stations && !tls)
            problem("ocpp.plain", "false, and so is ocpp.tls: no station could connect");
        result_.station_certificates = pairs("ocpp", tls);
        result_.compression = values_.boolean("compression");
        result_.refusals_per_address = static_cast<std::size_t>(values_.integer("ocpp.refusals_per_address"));
        result_.http = endpoint("http.address", "http.port");
        result_.http_certificates = pairs("http", values_.boolean("http.tls"));
        result_.secure_cookie = values_.boolean("http.secure_cookie");
        if (result_.stations && tls && result_.stations->port != 0 &&
            result_.stations->port == result_.stations_tls->port) {
            problem("ocpp.tls_port", "the same as ocpp.port");
        }
    }

    std::vector<CertificatePair> pairs(const std::string& section, bool tls)
    {
        const auto& chains = values_.list(section + ".tls_certificates");
        const auto& keys = values_.list(section + ".tls_keys");
        if (!tls) return {};
        if (chains.empty())
            problem(section + ".tls", fmt::format("expected {}.tls_certificates to be set too", section));
        if (chains.size() != keys.size()) {
            problem(section + ".tls_keys",
                    fmt::format("{} of them, expected as many as {}.tls_certificates, {}", keys.size(),
                                section, chains.size()));
            return {};
        }
        std::vector<CertificatePair> result;
        for (std::size_t i = 0; i < chains.size(); ++i) result.push_back({chains[i], keys[i]});
        return result;
    }

    void administrator()
    {
        result_.admin_name = values_.text("admin.name");
        result_.admin_link = values_.boolean("admin.link");
        auto password = values_.secret("admin.password");
        if (!password) {
            problems.push_back(password.error());
        } else if (!password->empty() && password->size() < 10) {
            problem(values_.given("admin.password") ? "admin.password" : "admin.password_file",
                    fmt::format("{} characters, expected at least 10", password->size()));
        } else {
            result_.admin_password = *password;
        }
    }

    const config::Values& values_;
    CsmsConfiguration result_;
};

}  // namespace

config::Schema csms_schema()
{
    config::Schema schema("csms", "The central system: OCPP, dashboard and API in one process.");
    schema.set_examples({
        "ladestrom-csms --config csms.toml",
        "ladestrom-csms --ocpp-address :: --http-port 8081",
        "ladestrom-csms station add CP1 password.txt",
        "ladestrom-csms api-key create export read",
        "ladestrom-csms config show --origin",
    });
    stations(schema);
    people(schema);
    state(schema);
    commands(schema);
    return schema;
}

Result<CsmsConfiguration> csms_configuration(const config::Values& values)
{
    Reader reader(values);
    CsmsConfiguration configuration = reader.read();
    if (reader.problems.empty()) return configuration;
    std::string text;
    for (const Error& error : reader.problems) text += (text.empty() ? "" : "\n") + error.message;
    return Error{text};
}

std::vector<Error> check_csms(const config::Values& values)
{
    Reader reader(values);
    reader.read();
    return std::move(reader.problems);
}

}  // namespace ladestrom::app
