#include "domain/dialect/v2.hpp"

#include <gtest/gtest.h>

namespace ladestrom::dialect::v2 {
namespace {

TEST(DialectV2, EveryDomainWordSurvivesTheWayDownAndUp)
{
    for (auto v : messages::enum_values<wire::AuthorizationStatus>) EXPECT_EQ(to_wire(from_wire(v)), v);
    for (auto v : messages::enum_values<wire::ChargingState>) EXPECT_EQ(to_wire(from_wire(v)), v);
    for (auto v : messages::enum_values<wire::ConnectorStatus>) {
        if (v != wire::ConnectorStatus::Occupied) EXPECT_EQ(to_wire(from_wire(v)), v);
    }
    EXPECT_EQ(to_wire(ConnectorStatus::suspended_ev), wire::ConnectorStatus::Occupied);
    EXPECT_EQ(from_wire(wire::ConnectorStatus::Occupied), ConnectorStatus::preparing);
}

TEST(DialectV2, WhatOnlyOneOrTheOtherKnowsBecomesTheNearest)
{
    EXPECT_EQ(to_wire(StopReason::hard_reset), wire::Reason::ImmediateReset);
    EXPECT_EQ(to_wire(StopReason::unlock_command), wire::Reason::Other);
    EXPECT_EQ(from_wire(wire::Reason::StoppedByEV), StopReason::stopped_by_ev);
    EXPECT_EQ(from_wire(wire::Reason::ReqEnergyTransferRejected), StopReason::other) << "2.1";
}

TEST(DialectV2, ATokenKeepsItsType)
{
    for (const auto type :
         {IdTokenType::iso14443, IdTokenType::iso15693, IdTokenType::central, IdTokenType::local,
          IdTokenType::emaid, IdTokenType::mac_address, IdTokenType::key_code}) {
        const IdToken back = from_wire(to_wire(IdToken{"AB12", type}), nullptr);
        EXPECT_EQ(back.value, "AB12");
        EXPECT_EQ(back.type, type);
    }
    EXPECT_EQ(to_wire(IdToken{"no-card", IdTokenType::no_authorization}).id_token, "");
    Counters counters;
    EXPECT_EQ(from_wire({.id_token = "X", .type = "VIN"}, &counters).type, IdTokenType::central);
    EXPECT_EQ(counters.get("tolerance.token_type"), 1U);
}

TEST(DialectV2, AGroupIsAToken)
{
    const IdTokenInfo info{
        .status = AuthorizationStatus::concurrent_tx, .cache_expiry = {}, .group = "FLEET"};
    const wire::IdTokenInfo out = to_wire(info);
    ASSERT_TRUE(out.group_id_token);
    EXPECT_EQ(out.group_id_token->type, "Central");
    EXPECT_EQ(from_wire(out).group, "FLEET");
    EXPECT_EQ(from_wire(out).status, AuthorizationStatus::concurrent_tx);
}

MeterValue up(wire::SampledValue sampled, Counters* counters = nullptr)
{
    wire::MeterValue value;
    value.sampled_value = {std::move(sampled)};
    return from_wire(value, counters);
}

TEST(DialectV2, MeterValuesComeInBaseUnitsWithTheirMultiplierApplied)
{
    const auto energy =
        up({.value = 12.5, .unit_of_measure = wire::UnitOfMeasure{.unit = "kWh"}}).samples.at(0);
    EXPECT_DOUBLE_EQ(energy.value, 12'500);
    EXPECT_EQ(energy.unit, MeterUnit::wh);
    EXPECT_EQ(energy.measurand, Measurand::energy_active_import_register) << "the default";

    const auto power = up({.value = 3,
                           .measurand = wire::Measurand::Power_Active_Import,
                           .unit_of_measure = wire::UnitOfMeasure{.multiplier = 3}})
                           .samples.at(0);
    EXPECT_DOUBLE_EQ(power.value, 3'000);
    EXPECT_EQ(power.unit, MeterUnit::w);
}

TEST(DialectV2, WhatTheDomainHasNoWordForIsLeftOutAndCounted)
{
    Counters counters;
    EXPECT_TRUE(up({.value = 1, .measurand = wire::Measurand::Display_InletHot}, &counters).samples.empty());
    EXPECT_EQ(counters.get("tolerance.measurand"), 1U);
    const wire::UnitOfMeasure furlongs{.unit = "furlong"};
    EXPECT_TRUE(up({.value = 1, .unit_of_measure = furlongs}, &counters).samples.empty());
    const wire::UnitOfMeasure huge{.multiplier = 400};
    EXPECT_TRUE(up({.value = 1, .unit_of_measure = huge}, &counters).samples.empty());
    EXPECT_EQ(counters.get("tolerance.unit"), 2U);
    const wire::UnitOfMeasure odd{.unit = "furlong", .multiplier = 400};
    EXPECT_TRUE(
        up({.value = 1, .measurand = wire::Measurand::Power_Factor, .unit_of_measure = odd}, &counters)
            .samples.empty())
        << "no number";
}

TEST(DialectV2, ASignedValueIsKeptBesideTheValue)
{
    wire::SampledValue sampled{.value = 7};
    sampled.signed_meter_value = {.signed_meter_data = "OCMF|x", .encoding_method = "OCMF"};
    const auto samples = up(sampled).samples;
    ASSERT_EQ(samples.size(), 2U);
    EXPECT_DOUBLE_EQ(samples[0].value, 7);
    EXPECT_FALSE(samples[0].signed_data);
    EXPECT_EQ(samples[1].signed_data, "OCMF|x");
}

TEST(DialectV2, ValuesGoOutInBaseUnits)
{
    MeterValue value;
    value.samples = {
        {.measurand = Measurand::voltage, .phase = MeterPhase::l1_n, .unit = MeterUnit::v, .value = 230.5},
        {.measurand = Measurand::rpm, .unit = MeterUnit::none, .value = 1},
        {.location = MeterLocation::upstream, .value = 10}};
    const wire::MeterValue old = to_wire(value, OcppVersion::v2_0_1);
    ASSERT_EQ(old.sampled_value.size(), 2U) << "2.x has no RPM";
    EXPECT_EQ(old.sampled_value[0].phase, wire::Phase::L1_N);
    EXPECT_EQ(old.sampled_value[0].unit_of_measure->unit, "V");
    EXPECT_FALSE(old.sampled_value[1].location) << "2.0.1 has no Upstream";
    EXPECT_EQ(to_wire(value, OcppVersion::v2_1).sampled_value[1].location, wire::Location::Upstream);
}

}  // namespace
}  // namespace ladestrom::dialect::v2
