#include "configuration.hpp"

#include "config/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::app {
namespace {

using testing::HasSubstr;

config::Outcome started(const std::vector<std::string>& arguments,
                        const config::Environment& environment = {})
{
    return config::start(csms_schema(), arguments, environment, check_csms, "0");
}

CsmsConfiguration configured(const std::vector<std::string>& arguments)
{
    const config::Outcome outcome = started(arguments);
    EXPECT_EQ(outcome.errors, "");
    return *csms_configuration(*outcome.values);
}

std::string errors(const std::vector<std::string>& arguments, const config::Environment& environment = {})
{
    const config::Outcome outcome = started(arguments, environment);
    EXPECT_EQ(outcome.exit_code, ExitCode::configuration);
    return outcome.errors;
}

TEST(CsmsConfiguration, DefaultsAreClosedAndThoseOfTheCore)
{
    const CsmsConfiguration configuration = configured({});
    const csms::Options core;
    EXPECT_FALSE(configuration.core.accept_unknown);
    EXPECT_EQ(configuration.core.heartbeat_interval, core.heartbeat_interval);
    EXPECT_EQ(configuration.core.boot_retry_interval, core.boot_retry_interval);
    EXPECT_EQ(configuration.core.decode_mode, core.decode_mode);
    EXPECT_EQ(configuration.core.trace_frames, core.trace_frames);
    EXPECT_EQ(configuration.stations->address, "127.0.0.1");
    EXPECT_EQ(configuration.stations->port, 9000);
    EXPECT_FALSE(configuration.stations_tls);
    EXPECT_TRUE(configuration.compression) << "required by OCPP 2.0.1 and 2.1";
    EXPECT_EQ(configuration.http.address, "127.0.0.1");
    EXPECT_TRUE(configuration.http_certificates.empty());
    EXPECT_EQ(configuration.admin_password, "");
    EXPECT_EQ(configuration.database, "ladestrom-csms/ladestrom.db");
}

TEST(CsmsConfiguration, TheGuidesExampleLoads)
{
    const CsmsConfiguration configuration =
        configured({"--config", LADESTROM_SOURCE_DIR "/docs/guide/csms.toml"});
    EXPECT_EQ(configuration.state_directory, LADESTROM_SOURCE_DIR "/docs/guide/csms-state");
    EXPECT_EQ(configuration.database, LADESTROM_SOURCE_DIR "/docs/guide/csms-state/ladestrom.db");
    EXPECT_EQ(configuration.http.port, 8080);
    EXPECT_EQ(configuration.admin_name, "admin");
}

TEST(CsmsConfiguration, EverySettingReachesItsPlace)
{
    const CsmsConfiguration configuration = configured({"--ocpp-address=::",
                                                        "--no-ocpp-plain",
                                                        "--ocpp-tls",
                                                        "--ocpp-tls-port=2",
                                                        "--ocpp-tls-certificates=a.pem,b.pem",
                                                        "--ocpp-tls-keys=a.key,b.key",
                                                        "--ocpp-refusals-per-address=7",
                                                        "--no-compression",
                                                        "--accept-unknown",
                                                        "--heartbeat-interval=3",
                                                        "--boot-retry-interval=4",
                                                        "--decode-mode=strict",
                                                        "--no-trace",
                                                        "--http-address=::1",
                                                        "--http-port=5",
                                                        "--http-tls",
                                                        "--http-tls-certificates=c.pem",
                                                        "--http-tls-keys=c.key",
                                                        "--admin-name=ada",
                                                        "--state-directory=s",
                                                        "--database=d.db",
                                                        "--log-level=error",
                                                        "--log-format=json"});
    EXPECT_FALSE(configuration.stations);
    EXPECT_EQ(configuration.stations_tls->address, "::");
    EXPECT_EQ(configuration.stations_tls->port, 2);
    ASSERT_EQ(configuration.station_certificates.size(), 2U);
    EXPECT_EQ(configuration.station_certificates[1].chain_file, "b.pem");
    EXPECT_EQ(configuration.station_certificates[1].key_file, "b.key");
    EXPECT_EQ(configuration.refusals_per_address, 7U);
    EXPECT_FALSE(configuration.compression);
    EXPECT_TRUE(configuration.core.accept_unknown);
    EXPECT_EQ(configuration.core.heartbeat_interval, seconds(3));
    EXPECT_EQ(configuration.core.boot_retry_interval, seconds(4));
    EXPECT_EQ(configuration.core.decode_mode, messages::Mode::strict);
    EXPECT_FALSE(configuration.core.trace_frames);
    EXPECT_EQ(configuration.http.address, "::1");
    EXPECT_EQ(configuration.http.port, 5);
    ASSERT_EQ(configuration.http_certificates.size(), 1U);
    EXPECT_EQ(configuration.admin_name, "ada");
    EXPECT_EQ(configuration.state_directory, "s");
    EXPECT_EQ(configuration.database, "d.db");
    EXPECT_EQ(configuration.log_level, "error");
    EXPECT_EQ(configuration.log_format, "json");
    EXPECT_EQ(configured({"--ocpp-port=1"}).stations->port, 1);
}

TEST(CsmsConfiguration, WhatDoesNotFitIsToldWithItsPlace)
{
    EXPECT_EQ(errors({"--no-ocpp-plain"}),
              "--ocpp-plain: ocpp.plain: false, and so is ocpp.tls: no station could connect\n");
    EXPECT_EQ(errors({"--ocpp-tls"}), "--ocpp-tls: ocpp.tls: expected ocpp.tls_certificates to be set too\n");
    EXPECT_THAT(errors({"--http-tls", "--http-tls-certificates=a,b", "--http-tls-keys=a"}),
                HasSubstr("http.tls_keys: 1 of them, expected as many as http.tls_certificates, 2"));
    EXPECT_THAT(errors({"--ocpp-tls", "--ocpp-tls-certificates=a", "--ocpp-tls-keys=a", "--ocpp-port=7",
                        "--ocpp-tls-port=7"}),
                HasSubstr("the same as ocpp.port"));
    EXPECT_THAT(errors({"--ocpp-port=70000"}), HasSubstr("expected a whole number from 0 to 65535"));
}

TEST(CsmsConfiguration, TheAdministratorsPasswordIsNeverToldAndNotTooShort)
{
    const std::string text = errors({}, {{"LADESTROM_CSMS_ADMIN_PASSWORD", "kurz"}});
    EXPECT_EQ(text, "LADESTROM_CSMS_ADMIN_PASSWORD: admin.password: 4 characters, expected at least 10\n");
    const config::Outcome outcome = started({}, {{"LADESTROM_CSMS_ADMIN_PASSWORD", "lang genug"}});
    ASSERT_TRUE(outcome.values) << outcome.errors;
    EXPECT_EQ(csms_configuration(*outcome.values)->admin_password, "lang genug");
    EXPECT_EQ(started({"--admin-password=x"}).exit_code, ExitCode::usage);
}

}  // namespace
}  // namespace ladestrom::app
