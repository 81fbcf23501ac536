#include "station/device_model/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace ladestrom::station {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Registry fresh(const RegistryOptions& options = {})
{
    return Registry(options, {});
}

std::string refused(const RegistryOptions& options)
{
    const auto checked = Registry::check(options);
    return checked ? "" : checked.error().message;
}

std::vector<Variable> change(Registry& registry, std::string_view key, std::string_view text)
{
    const Change prepared = registry.prepare(key, text);
    EXPECT_EQ(prepared.outcome, ChangeOutcome::accepted) << prepared.reason;
    return registry.apply(prepared);
}

std::string shown(const Registry& registry, const std::string& key)
{
    const std::vector<std::string> keys{key};
    const auto report = registry.report(keys);
    if (report->known.empty()) return "unknown";
    return report->known.front().value.value_or("no value");
}

TEST(Registry, EveryVariableIsReadByItsType)
{
    const Registry registry = fresh();
    for (const VariableRow& row : variable_table()) {
        switch (row.type) {
            case VariableType::boolean: registry.boolean(row.variable); break;
            case VariableType::integer: registry.integer(row.variable); break;
            case VariableType::measurands: registry.measurands(row.variable); break;
            default: registry.text(row.variable); break;
        }
    }
    EXPECT_EQ(registry.interval(Variable::heartbeat_interval), std::chrono::seconds(300));
}

TEST(Registry, ValuesFollowFromWhatTheStationIs)
{
    const Registry registry =
        fresh({.number_of_connectors = 2, .tls = true, .basic_password = "0123456789abcdef"});
    EXPECT_EQ(shown(registry, "NumberOfConnectors"), "2");
    EXPECT_EQ(shown(registry, "SecurityProfile"), "2");
    EXPECT_EQ(shown(registry, "ConnectorPhaseRotation"), "0.RST,1.RST,2.RST");
    EXPECT_EQ(shown(registry, "ConnectorPhaseRotationMaxLength"), "3");
    EXPECT_EQ(shown(registry, "SupportedFeatureProfiles"), "Core,RemoteTrigger");
    EXPECT_EQ(shown(fresh({.tls = true}), "SecurityProfile"), "0");
    EXPECT_EQ(shown(fresh({.basic_password = "x"}), "SecurityProfile"), "1");
}

TEST(Registry, FeatureProfilesAreListedInTheStandardsOrder)
{
    const Registry registry =
        fresh({.feature_profiles = {FeatureProfile::remote_trigger, FeatureProfile::core,
                                    FeatureProfile::smart_charging}});
    EXPECT_EQ(shown(registry, "SupportedFeatureProfiles"), "Core,SmartCharging,RemoteTrigger");
    EXPECT_TRUE(registry.enabled(FeatureProfile::smart_charging));
    EXPECT_FALSE(registry.enabled(FeatureProfile::reservation));
}

TEST(Registry, MeasurandsThatTheMeterLacksAreNeitherInitialNorAccepted)
{
    const Registry registry =
        fresh({.measurands = {Measurand::energy_active_import_register, Measurand::voltage}});
    EXPECT_EQ(shown(registry, "MeterValuesSampledData"), "Energy.Active.Import.Register,Voltage");
    const Change refused_change = registry.prepare("MeterValuesSampledData", "SoC");
    EXPECT_EQ(refused_change.outcome, ChangeOutcome::rejected);
    EXPECT_THAT(refused_change.reason, HasSubstr("SoC"));
}

// ---- OCPP 1.6 GetConfiguration
// ------------------------------------------------------------------------------

TEST(Report, AllKeysInTheirOwnSpelling)
{
    const auto report = fresh().report();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->known.size(), configuration_key_table().size());
    EXPECT_THAT(report->unknown, IsEmpty());
    for (const KeyValue& entry : report->known) {
        EXPECT_EQ(entry.value.has_value(), entry.key != "AuthorizationKey") << entry.key;
        EXPECT_LE(entry.key.size(), 50U);
    }
}

TEST(Report, KeysWithoutBehaviourAreAbsent)
{
    const Registry registry = fresh();
    for (const char* key :
         {"AuthorizationCacheEnabled", "BlinkRepeat", "LightIntensity", "LocalAuthListEnabled",
          "LocalAuthListMaxLength", "SendLocalListMaxLength", "ReserveConnectorZeroSupported",
          "ChargeProfileMaxStackLevel", "MaxChargingProfilesInstalled"}) {
        EXPECT_EQ(shown(registry, key), "unknown") << key;
        EXPECT_EQ(registry.prepare(key, "1").outcome, ChangeOutcome::not_supported) << key;
    }
}

TEST(Report, RequiredKeysOfTheCoreProfileArePresent)
{
    const Registry registry = fresh();
    for (const char* key : {"AuthorizeRemoteTxRequests",
                            "ClockAlignedDataInterval",
                            "ConnectionTimeOut",
                            "ConnectorPhaseRotation",
                            "GetConfigurationMaxKeys",
                            "HeartbeatInterval",
                            "LocalAuthorizeOffline",
                            "LocalPreAuthorize",
                            "MeterValuesAlignedData",
                            "MeterValuesSampledData",
                            "MeterValueSampleInterval",
                            "NumberOfConnectors",
                            "ResetRetries",
                            "StopTransactionOnEVSideDisconnect",
                            "StopTransactionOnInvalidId",
                            "StopTxnAlignedData",
                            "StopTxnSampledData",
                            "SupportedFeatureProfiles",
                            "TransactionMessageAttempts",
                            "TransactionMessageRetryInterval",
                            "UnlockConnectorOnEVSideDisconnect"}) {
        EXPECT_NE(shown(registry, key), "unknown") << key;
    }
}

TEST(Report, KeysAreMatchedInAnyCaseAndUnknownOnesReturnedAsAsked)
{
    const std::vector<std::string> asked{"heartbeatINTERVAL", "Nonsense", "HeartbeatInterval", "nonsense"};
    const auto report = fresh().report(asked);
    ASSERT_TRUE(report);
    ASSERT_EQ(report->known.size(), 1U);
    EXPECT_EQ(report->known[0].key, "HeartbeatInterval");
    EXPECT_EQ(report->known[0].value, "300");
    EXPECT_FALSE(report->known[0].read_only);
    EXPECT_THAT(report->unknown, ElementsAre("Nonsense", "nonsense"));
}

TEST(Report, NotMoreKeysThanGetConfigurationMaxKeys)
{
    const Registry registry = fresh({.keys = {{"GetConfigurationMaxKeys", "2"}}});
    EXPECT_TRUE(registry.report(std::vector<std::string>{"a", "b"}));
    EXPECT_FALSE(registry.report(std::vector<std::string>{"a", "b", "c"}));
    EXPECT_TRUE(registry.report());
    EXPECT_EQ(shown(registry, "getconfigurationmaxkeys"), "2");
}

// ---- OCPP 1.6 ChangeConfiguration
// ---------------------------------------------------------------------------

TEST(Changing, HoldsOnlyOnceApplied)
{
    Registry registry = fresh();
    const Change prepared = registry.prepare("heartbeatinterval", " 60 ");
    EXPECT_EQ(prepared.outcome, ChangeOutcome::accepted);
    EXPECT_THAT(prepared.records,
                ElementsAre(store::Record{"variable/OCPPCommCtrlr.HeartbeatInterval", "60"}));
    EXPECT_EQ(registry.integer(Variable::heartbeat_interval), 300);
    EXPECT_THAT(registry.apply(prepared), ElementsAre(Variable::heartbeat_interval));
    EXPECT_EQ(registry.integer(Variable::heartbeat_interval), 60);
    EXPECT_THAT(registry.apply(prepared), IsEmpty());
}

TEST(Changing, ReadOnlyAndBadValuesAreRejected)
{
    const Registry registry = fresh();
    const std::vector<std::pair<std::string, std::string>> changes{
        {"NumberOfConnectors", "2"},
        {"SupportedFeatureProfiles", "Core"},
        {"GetConfigurationMaxKeys", "5"},
        {"SecurityProfile", "2"},
        {"MeterValuesSampledDataMaxLength", "3"},
        {"HeartbeatInterval", "often"},
        {"HeartbeatInterval", "0"},
        {"HeartbeatInterval", "86401"},
        {"HeartbeatInterval", "-1"},
        {"HeartbeatInterval", ""},
        {"LocalPreAuthorize", "1"},
        {"MeterValuesSampledData", "Voltage,Bananas"},
        {"MeterValuesSampledData", "Current.Export"},
        {"ConnectorPhaseRotation", "2.RST"},
        {"ConnectorPhaseRotation", "1.RRR"},
        {"ConnectorPhaseRotation", "0.RST,1.RST,1.RTS"},
        {"CpoName", std::string(65, 'x')},
        {"CpoName", std::string(501, 'x')},
    };
    for (const auto& [key, value] : changes) {
        const Change prepared = registry.prepare(key, value);
        EXPECT_EQ(prepared.outcome, ChangeOutcome::rejected) << key << " = " << value;
        EXPECT_THAT(prepared.reason, HasSubstr(key));
        EXPECT_THAT(prepared.records, IsEmpty());
        EXPECT_THAT(prepared.assignments, IsEmpty());
    }
    EXPECT_EQ(registry.prepare("Heartbeat", "60").outcome, ChangeOutcome::not_supported);
}

TEST(Changing, ListsAreStoredInOneForm)
{
    Registry registry = fresh();
    change(registry, "MeterValuesSampledData", "Voltage , Current.Import.L1");
    EXPECT_EQ(shown(registry, "MeterValuesSampledData"), "Voltage,Current.Import.L1");
    EXPECT_THAT(registry.measurands(Variable::sampled_data_measurands),
                ElementsAre(MeasurandSelection{Measurand::voltage},
                            MeasurandSelection{Measurand::current_import, MeterPhase::l1}));
    change(registry, "MeterValuesSampledData", "");
    EXPECT_EQ(shown(registry, "MeterValuesSampledData"), "");
    for (const char* rotation : {"0.Unknown, 1.RTS", "NotApplicable", "1.Unknown", ""}) {
        EXPECT_TRUE(Registry::check({.keys = {{"ConnectorPhaseRotation", rotation}}})) << rotation;
    }
    for (const char* rotation : {"2.RST", "1.RRR", "0.RST,1.RST,1.RTS"}) {
        EXPECT_FALSE(Registry::check({.keys = {{"ConnectorPhaseRotation", rotation}}})) << rotation;
    }
}

TEST(Changing, NothingIsTakenThatTheStationDoesNotFollow)
{
    const Registry registry = fresh({.phases = 1});
    const std::pair<const char*, const char*> changes[] = {{"ResetRetries", "1"},
                                                           {"LocalPreAuthorize", "true"},
                                                           {"LocalAuthorizeOffline", "false"},
                                                           {"CpoName", "Operator"},
                                                           {"ConnectorPhaseRotation", "1.RTS"},
                                                           {"MeterValuesSampledData", "Voltage.L2"},
                                                           {"StopTxnSampledData", "Current.Import.L3"}};
    for (const auto& [key, value] : changes) {
        EXPECT_EQ(registry.prepare(key, value).outcome, ChangeOutcome::rejected) << key;
    }
    EXPECT_EQ(registry.prepare("MeterValuesSampledData", "Voltage.L1-N").outcome, ChangeOutcome::accepted);
}

TEST(Changing, AListHoldsNoMoreThanItsMaximum)
{
    const Registry registry = fresh({.adjustments = {{.key = "StopTxnSampledData", .maximum = 1}}});
    EXPECT_EQ(shown(registry, "StopTxnSampledDataMaxLength"), "1");
    EXPECT_EQ(registry.prepare("StopTxnSampledData", "Voltage").outcome, ChangeOutcome::accepted);
    EXPECT_EQ(registry.prepare("StopTxnSampledData", "Voltage,SoC").outcome, ChangeOutcome::rejected);
}

TEST(Changing, SeveralVariablesAreOneBatchOrNothing)
{
    Registry registry = fresh();
    const Change both = registry.prepare(std::vector<Assignment>{
        {Variable::heartbeat_interval, std::int64_t{10}}, {Variable::local_pre_authorize, true}});
    EXPECT_EQ(both.records.size(), 2U);
    EXPECT_THAT(registry.apply(both),
                ElementsAre(Variable::local_pre_authorize, Variable::heartbeat_interval));
    const Change half = registry.prepare(std::vector<Assignment>{
        {Variable::heartbeat_interval, std::int64_t{20}}, {Variable::connection_timeout, std::int64_t{0}}});
    EXPECT_EQ(half.outcome, ChangeOutcome::rejected);
    EXPECT_THAT(half.records, IsEmpty());
}

TEST(Changing, OfAVariableChecksTypeRangeAndOrigin)
{
    const Registry registry = fresh();
    EXPECT_EQ(registry.prepare(Variable::heartbeat_interval, Value(true)).outcome, ChangeOutcome::rejected);
    EXPECT_EQ(registry.prepare(Variable::heartbeat_interval, Value(std::int64_t{0})).outcome,
              ChangeOutcome::rejected);
    EXPECT_EQ(registry.prepare(Variable::number_of_connectors, Value(std::int64_t{2})).outcome,
              ChangeOutcome::rejected);
    EXPECT_EQ(registry.prepare(Variable::heartbeat_interval, Value(std::int64_t{7})).outcome,
              ChangeOutcome::accepted);
}

// ---- AuthorizationKey
// ---------------------------------------------------------------------------------------

TEST(AuthorizationKey, IsDecodedFromHexadecimalDigits)
{
    Registry registry = fresh();
    const Change prepared = registry.prepare("AuthorizationKey", "00FF3A0102030405060708090A0B0C0D");
    ASSERT_EQ(prepared.outcome, ChangeOutcome::accepted) << prepared.reason;
    EXPECT_THAT(registry.apply(prepared),
                ElementsAre(Variable::security_profile, Variable::basic_auth_password));
    EXPECT_EQ(registry.text(Variable::basic_auth_password),
              std::string("\x00\xff:\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d", 16));
    EXPECT_THAT(prepared.records, ElementsAre(store::Record{"variable/SecurityCtrlr.BasicAuthPassword",
                                                            "00ff3a0102030405060708090a0b0c0d"}));
    EXPECT_EQ(shown(registry, "AuthorizationKey"), "no value");
}

TEST(AuthorizationKey, OfOtherTextIsTakenAsItIs)
{
    for (const std::string& text :
         std::vector<std::string>{"0123456789abcdef", "a password with: colon, of 40 bytes.....",
                                  "16 bytes exactly", "0123456789abcdef0123456789abcdefg"}) {
        Registry registry = fresh();
        change(registry, "AuthorizationKey", text);
        EXPECT_EQ(registry.text(Variable::basic_auth_password), text);
    }
    Registry registry = fresh();
    change(registry, "AuthorizationKey", "0123456789abcdef0123456789abcdef0");
    EXPECT_EQ(registry.text(Variable::basic_auth_password).size(), 33U);
}

TEST(AuthorizationKey, IsNeverNamedInARefusal)
{
    for (const std::string& text : {std::string("fifteen letters"), std::string(41, 's'), std::string()}) {
        const Change prepared = fresh().prepare("AuthorizationKey", text);
        EXPECT_EQ(prepared.outcome, ChangeOutcome::rejected);
        if (!text.empty()) {
            EXPECT_THAT(prepared.reason, testing::Not(HasSubstr(text)));
        }
    }
    EXPECT_THAT(refused({.keys = {{"AuthorizationKey", "shortsecret"}}}),
                testing::Not(HasSubstr("shortsecret")));
}

// ---- initial values and the journal
// --------------------------------------------------------------------------

TEST(Starting, TheConfigurationSetsWhatTheBackendDidNot)
{
    const RegistryOptions options{.basic_password = "from configuration",
                                  .keys = {{"HeartbeatInterval", "10"}, {"connectiontimeout", "20"}}};
    ASSERT_EQ(refused(options), "");
    Registry before(options, {});
    const Change heartbeat = before.prepare("HeartbeatInterval", "30");
    const Change key = before.prepare("AuthorizationKey", "3132333435363738393031323334353637383930");
    store::Batch journal{{"session/1", "x"}};
    journal.insert(journal.end(), heartbeat.records.begin(), heartbeat.records.end());
    journal.insert(journal.end(), key.records.begin(), key.records.end());

    const Registry after(options, journal);
    EXPECT_EQ(after.integer(Variable::heartbeat_interval), 30);
    EXPECT_EQ(after.integer(Variable::connection_timeout), 20);
    EXPECT_EQ(after.text(Variable::basic_auth_password), "12345678901234567890");
    EXPECT_THAT(after.unusable(), IsEmpty());
}

TEST(Starting, AValueEqualToTheConfigurationsIsChosenToo)
{
    const Registry before({.keys = {{"HeartbeatInterval", "10"}}}, {});
    const Change same = before.prepare("HeartbeatInterval", "10");
    const Registry after({.keys = {{"HeartbeatInterval", "99"}}}, same.records);
    EXPECT_EQ(after.integer(Variable::heartbeat_interval), 10);
}

TEST(Starting, UnusableRecordsArePassedOverAndNamed)
{
    const store::Batch journal{{"variable/OCPPCommCtrlr.HeartbeatInterval", "0"},
                               {"variable/TxCtrlr.EVConnectionTimeOut", "soon"},
                               {"variable/ChargingStation.AvailableConnectors", "7"},
                               {"variable/NoCtrlr.Nothing", "1"},
                               {"variable/OCPPCommCtrlr.ResetRetries", "2"}};
    const Registry registry({}, journal);
    EXPECT_EQ(registry.integer(Variable::heartbeat_interval), 300);
    EXPECT_EQ(registry.integer(Variable::number_of_connectors), 1);
    EXPECT_EQ(registry.integer(Variable::reset_retries), 2);
    EXPECT_THAT(registry.unusable(),
                ElementsAre(journal[0].key, journal[1].key, journal[2].key, journal[3].key));
}

TEST(Starting, AWrongConfigurationIsNamedWithTheFix)
{
    EXPECT_EQ(refused({.keys = {{"HeartbeatInterval", "abc"}}}),
              "keys.HeartbeatInterval: \"abc\": expected a whole number");
    EXPECT_EQ(refused({.keys = {{"HeartbeatInterval", "0"}}}),
              "keys.HeartbeatInterval: \"0\": expected a whole number from 1 to 86400 s");
    EXPECT_EQ(refused({.keys = {{"HartbeatInterval", "60"}}}),
              "keys.HartbeatInterval: there is no such configuration key; did you mean HeartbeatInterval?");
    EXPECT_THAT(refused({.keys = {{"NumberOfConnectors", "2"}}}), HasSubstr("cannot be set"));
    EXPECT_THAT(refused({.number_of_connectors = 0}), HasSubstr("0 connectors"));
}

TEST(Starting, WhatNoKeyShowsIsSetByItsFullName)
{
    const Registry registry({.keys = {{"txctrlr.txstartpoint", "Authorized, EVConnected"}}}, {});
    EXPECT_EQ(registry.text(Variable::tx_start_point), "Authorized,EVConnected");
    EXPECT_THAT(refused({.keys = {{"TxCtrlr.TxStartPoint", "DataSigned"}}}),
                HasSubstr("\"DataSigned\" is not one of EVConnected,Authorized"));
    EXPECT_THAT(refused({.keys = {{"TxCtrlr.TxStartPoint", ""}}}), HasSubstr("0 items, expected 1 to 4"));
    EXPECT_THAT(refused({.keys = {{"TxCtrlr.TxStartPiont", "Authorized"}}}),
                HasSubstr("did you mean TxCtrlr.TxStartPoint?"));
    EXPECT_THAT(refused({.keys = {{"TxCtrlr.EVConnectionTimeOut", "60"}}}), HasSubstr("no such"));
}

// ---- profiles of devices
// ---------------------------------------------------------------------------------------

TEST(Profiles, HideRenameAndRestrictKeys)
{
    const RegistryOptions options{
        .adjustments = {{.key = "ResetRetries", .hidden = true},
                        {.key = "WebSocketPingInterval", .spelling = "WsPing"},
                        {.key = "MeterValuesSampledData", .access = Access::read_only},
                        {.key = "ConnectionTimeOut", .reboot_required = true, .minimum = 3, .maximum = 300}},
        .keys = {{"ResetRetries", "4"}, {"WsPing", "9"}}};
    ASSERT_EQ(refused(options), "");
    Registry registry(options, {});
    EXPECT_EQ(shown(registry, "ResetRetries"), "unknown");
    EXPECT_EQ(registry.prepare("ResetRetries", "1").outcome, ChangeOutcome::not_supported);
    EXPECT_EQ(registry.integer(Variable::reset_retries), 4);
    EXPECT_EQ(shown(registry, "wsping"), "9");
    EXPECT_EQ(shown(registry, "WebSocketPingInterval"), "unknown");
    EXPECT_EQ(registry.prepare("MeterValuesSampledData", "Voltage").outcome, ChangeOutcome::rejected);
    EXPECT_EQ(registry.prepare("ConnectionTimeOut", "301").outcome, ChangeOutcome::rejected);
    const Change timeout = registry.prepare("ConnectionTimeOut", "300");
    EXPECT_EQ(timeout.outcome, ChangeOutcome::reboot_required);
    EXPECT_THAT(registry.apply(timeout), ElementsAre(Variable::connection_timeout));
}

TEST(Profiles, CannotInventOrOpen)
{
    EXPECT_THAT(refused({.adjustments = {{.key = "Nonsense"}}}), HasSubstr("no such"));
    EXPECT_THAT(refused({.adjustments = {{.key = "NumberOfConnectors", .access = Access::read_write}}}),
                HasSubstr("only restricted"));
    EXPECT_THAT(refused({.adjustments = {{.key = "HeartbeatInterval", .maximum = 100'000}}}),
                HasSubstr("not within 1 to 86400"));
    EXPECT_THAT(refused({.adjustments = {{.key = "HeartbeatInterval", .maximum = 100}}}),
                HasSubstr("initial value does not fit"));
    EXPECT_THAT(refused({.adjustments = {{.key = "HeartbeatInterval", .spelling = "resetretries"}}}),
                HasSubstr("taken"));
}

}  // namespace
}  // namespace ladestrom::station
