#include "configuration.hpp"

#include "backend_url.hpp"
#include "config/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

config::Outcome started(std::vector<std::string> arguments, const config::Environment& environment = {})
{
    return config::start(station_schema(), arguments, environment, check_station, "0");
}

StationConfiguration configured(std::vector<std::string> arguments)
{
    const config::Outcome outcome = started(std::move(arguments));
    EXPECT_EQ(outcome.errors, "");
    return *station_configuration(*outcome.values);
}

std::string errors(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), {"--url", "ws://a/b"});
    const config::Outcome outcome = started(std::move(arguments));
    EXPECT_EQ(outcome.exit_code, ExitCode::configuration);
    return outcome.errors;
}

TEST(StationConfiguration, DefaultsAreThoseOfTheEngine)
{
    const StationConfiguration configuration = configured({"--url", "ws://127.0.0.1:9000/CP%201"});
    const station::Config engine;
    EXPECT_EQ(configuration.engine.identity, "CP 1");
    EXPECT_EQ(configuration.engine.url, "ws://127.0.0.1:9000/CP%201");
    EXPECT_FALSE(configuration.engine.basic_password);
    EXPECT_EQ(configuration.engine.versions, engine.versions);
    EXPECT_EQ(configuration.engine.vendor, engine.vendor);
    EXPECT_EQ(configuration.engine.model, engine.model);
    EXPECT_EQ(configuration.engine.interrupted_session, engine.interrupted_session);
    EXPECT_EQ(configuration.engine.free_charging, engine.free_charging);
    EXPECT_EQ(configuration.engine.free_charging_token, engine.free_charging_token);
    EXPECT_EQ(configuration.engine.max_queued_facts, engine.max_queued_facts);
    ASSERT_EQ(configuration.engine.evses.size(), 1U);
    const hardware::EvseCapabilities capabilities;
    EXPECT_EQ(configuration.engine.evses[0].capabilities.max_current, capabilities.max_current);
    EXPECT_EQ(configuration.engine.evses[0].capabilities.min_current, capabilities.min_current);
    EXPECT_EQ(configuration.engine.evses[0].capabilities.phases, capabilities.phases);
    EXPECT_EQ(configuration.engine.evses[0].capabilities.has_lock, capabilities.has_lock);
    EXPECT_TRUE(configuration.engine.keys.empty());
    EXPECT_TRUE(configuration.compression);
    EXPECT_EQ(configuration.control.address, "127.0.0.1");
}

TEST(StationConfiguration, TheGuidesExampleLoads)
{
    const StationConfiguration configuration =
        configured({"--config", LADESTROM_SOURCE_DIR "/docs/guide/station.toml"});
    EXPECT_EQ(configuration.engine.identity, "CP-0001");
    ASSERT_EQ(configuration.engine.evses.size(), 2U);
    EXPECT_EQ(configuration.engine.evses[1].capabilities.phases, 1);
    EXPECT_THAT(configuration.meter_start, ElementsAre(WattHours{120'500}, WattHours{0}));
    EXPECT_EQ(configuration.engine.keys.at("HeartbeatInterval"), "300");
    EXPECT_EQ(configuration.engine.keys.at("StopTransactionOnEVSideDisconnect"), "true");
    EXPECT_EQ(configuration.state_directory, LADESTROM_SOURCE_DIR "/docs/guide/station-state");
    EXPECT_EQ(configuration.control.port, 9180);
}

TEST(StationConfiguration, EverySettingReachesItsPlace)
{
    const StationConfiguration configuration = configured({"--url=wss://h/x",
                                                           "--identity=ID",
                                                           "--tls-ca-file=ca.pem",
                                                           "--tls-allow-wildcards",
                                                           "--vendor=V",
                                                           "--model=M",
                                                           "--serial-number=S",
                                                           "--firmware-version=F",
                                                           "--meter-type=T",
                                                           "--meter-serial-number=N",
                                                           "--iccid=1",
                                                           "--imsi=2",
                                                           "--interrupted-session=close",
                                                           "--free-charging",
                                                           "--free-charging-token=T0",
                                                           "--max-queued-facts=500",
                                                           "--state-directory=d",
                                                           "--no-rtc",
                                                           "--nominal-voltage=120",
                                                           "--no-compression",
                                                           "--seed=7",
                                                           "--no-control-enabled",
                                                           "--control-address=::1",
                                                           "--control-port=1",
                                                           "--log-level=debug",
                                                           "--log-format=json",
                                                           "--set=evse.1.max_current=20",
                                                           "--set=evse.1.min_current=8",
                                                           "--set=evse.1.phases=1",
                                                           "--set=evse.1.has_lock=false",
                                                           "--set=evse.1.reports_soc=true",
                                                           "--set=evse.1.meter_start=9"});
    EXPECT_EQ(configuration.engine.url, "wss://h/x/ID");
    EXPECT_EQ(configuration.engine.identity, "ID");
    EXPECT_EQ(configuration.tls_ca_file, "ca.pem");
    EXPECT_TRUE(configuration.tls_allow_wildcards);
    EXPECT_FALSE(configuration.compression);
    EXPECT_EQ(configuration.engine.vendor, "V");
    EXPECT_EQ(configuration.engine.model, "M");
    EXPECT_EQ(configuration.engine.serial_number, "S");
    EXPECT_EQ(configuration.engine.firmware_version, "F");
    EXPECT_EQ(configuration.engine.meter_type, "T");
    EXPECT_EQ(configuration.engine.meter_serial_number, "N");
    EXPECT_EQ(configuration.engine.iccid, "1");
    EXPECT_EQ(configuration.engine.imsi, "2");
    EXPECT_EQ(configuration.engine.interrupted_session, station::InterruptedSession::close);
    EXPECT_TRUE(configuration.engine.free_charging);
    EXPECT_EQ(configuration.engine.free_charging_token, "T0");
    EXPECT_EQ(configuration.engine.max_queued_facts, 500U);
    EXPECT_EQ(configuration.state_directory, "d");
    EXPECT_FALSE(configuration.has_clock);
    EXPECT_EQ(configuration.nominal_voltage, Volts{120});
    EXPECT_EQ(configuration.seed, 7U);
    EXPECT_FALSE(configuration.control_enabled);
    EXPECT_EQ(configuration.control.address, "::1");
    EXPECT_EQ(configuration.control.port, 1);
    EXPECT_EQ(configuration.log_level, "debug");
    EXPECT_EQ(configuration.log_format, "json");
    const hardware::EvseCapabilities& evse = configuration.engine.evses.at(0).capabilities;
    EXPECT_EQ(evse.max_current, Amperes{20});
    EXPECT_EQ(evse.min_current, Amperes{8});
    EXPECT_EQ(evse.phases, 1);
    EXPECT_FALSE(evse.has_lock);
    EXPECT_TRUE(evse.reports_soc);
    EXPECT_THAT(configuration.meter_start, ElementsAre(WattHours{9}));
}

TEST(StationConfiguration, ThePasswordComesFromTheEnvironmentOrAFile)
{
    const config::Outcome outcome =
        started({"--url", "ws://a/b"}, {{"LADESTROM_STATION_BASIC_PASSWORD", "geheim"}});
    ASSERT_TRUE(outcome.values) << outcome.errors;
    EXPECT_EQ(station_configuration(*outcome.values)->engine.basic_password, "geheim");
    EXPECT_THAT(errors({"--basic-password-file", "/does/not/exist"}),
                HasSubstr("/does/not/exist: cannot be read"));
}

TEST(StationConfiguration, WhatDoesNotFitIsToldWithItsPlace)
{
    EXPECT_EQ(errors({"--vendor", "123456789012345678901"}),
              "--vendor: vendor: found \"123456789012345678901\", expected text of 1 to 20 characters\n");
    EXPECT_EQ(errors({"--versions", "2.0"}),
              "--versions: versions: found \"2.0\", expected 1.6, 2.0.1 or 2.1\n");
    EXPECT_EQ(errors({"--versions", "2.1,1.6,2.1"}), "--versions: versions: found \"2.1\" twice\n");
    EXPECT_EQ(errors({"--set", "evse.1.phases=2"}), "--set: evse.1.phases: found 2, expected 1 or 3\n");
    EXPECT_EQ(errors({"--set", "evse.1.max_current=5"}),
              "default: evse.1.min_current: found 6 A, expected at most max_current, 5 A\n");
    EXPECT_EQ(errors({"--url", "http://a/b"}), "--url: url: \"http://a/b\" expected ws:// or wss://\n");
    EXPECT_EQ(started({}).exit_code, ExitCode::configuration);
}

TEST(StationConfiguration, EveryWrongKeyIsToldWithItsPlace)
{
    EXPECT_EQ(
        errors({"--set", "keys.HartbeatInterval=3", "--set", "keys.ConnectionTimeOut=soon", "--set",
                "keys.ResetRetries=99", "--set", "keys.ConnectorPhaseRotation=2.RST"}),
        "--set: keys.ConnectionTimeOut: \"soon\": expected a whole number\n"
        "--set: keys.ConnectorPhaseRotation: \"2.RST\": \"2.RST\", expected <connector>.<rotation> with a "
        "connector from 0 to 1 and RST, RTS, SRT, STR, TRS, TSR, NotApplicable or Unknown\n"
        "--set: keys.HartbeatInterval: there is no such configuration key; did you mean HeartbeatInterval?\n"
        "--set: keys.ResetRetries: \"99\": expected a whole number from 0 to 10\n");
}

TEST(StationConfiguration, AKeyMayAskOnlyForWhatTheOutletsCanTell)
{
    EXPECT_EQ(errors({"--set", "evse.1.phases=1", "--set", "keys.MeterValuesSampledData=Current.Import.L2"}),
              "--set: keys.MeterValuesSampledData: \"Current.Import.L2\": L2: there is one phase\n");
    const StationConfiguration three = configured({"--url", "ws://a/b", "--set", "evse.1.phases=3", "--set",
                                                   "keys.MeterValuesSampledData=Current.Import.L2"});
    EXPECT_EQ(three.engine.keys.at("MeterValuesSampledData"), "Current.Import.L2");
}

TEST(BackendUrl, TheIdentityIsTheLastSegmentOrAppended)
{
    EXPECT_EQ(backend_url("ws://a/b/CP1", "")->identity, "CP1");
    EXPECT_EQ(backend_url("ws://a/b/CP1", "")->url, "ws://a/b/CP1");
    EXPECT_EQ(backend_url("ws://a/b", "CP1")->url, "ws://a/b/CP1");
    EXPECT_EQ(backend_url("ws://a/b/", "CP1")->url, "ws://a/b/CP1");
    EXPECT_EQ(backend_url("ws://a/b/CP1", "CP1")->url, "ws://a/b/CP1");
    EXPECT_EQ(backend_url("ws://a", "CP1")->url, "ws://a/CP1");
    EXPECT_EQ(backend_url("wss://[::1]:80/", "a b/ä")->url, "wss://[::1]:80/a%20b%2F%C3%A4");
    EXPECT_EQ(backend_url("ws://a/x%20y", "x y")->url, "ws://a/x%20y");
    EXPECT_EQ(backend_url("wss://a/b", "")->url, "wss://a/b");
}

TEST(BackendUrl, WhatIsNoAddressIsRefused)
{
    for (const char* url :
         {"", "a/b", "http://a/b", "ws://", "ws:///b", "ws://a", "ws://a/", "ws://a:0/b", "ws://a:x/b",
          "ws://a:65536/b", "ws://a:/b", "ws://u:p@a/b", "ws://a/b?c", "ws://a/b#c", "ws://a /b", "ws://a/b%",
          "ws://a/b%2", "ws://a/b%zz", "ws://:80/b"}) {
        EXPECT_FALSE(backend_url(url, "")) << url;
    }
    EXPECT_FALSE(backend_url("ws://a/b", std::string(256, 'x')));
}

}  // namespace
}  // namespace ladestrom::app
