#include "domain/dialect/v16.hpp"

#include <gtest/gtest.h>

namespace ladestrom::dialect::v16 {
namespace {

TEST(DialectV16, EveryWireValueSurvivesTheWayUpAndDown)
{
    for (auto v : messages::enum_values<wire::Reason>) EXPECT_EQ(to_wire(from_wire(v)), v);
    for (auto v : messages::enum_values<wire::ChargePointStatus>) EXPECT_EQ(to_wire(from_wire(v)), v);
    for (auto v : messages::enum_values<wire::ChargePointErrorCode>) EXPECT_EQ(to_wire(from_wire(v)), v);
    for (auto v : messages::enum_values<wire::AuthorizationStatus>) EXPECT_EQ(to_wire(from_wire(v)), v);
}

TEST(DialectV16, WhatOnlyTwoKnowsIsMappedDown)
{
    EXPECT_EQ(to_wire(StopReason::immediate_reset), wire::Reason::HardReset);
    EXPECT_EQ(to_wire(StopReason::stopped_by_ev), wire::Reason::Local);
    EXPECT_EQ(to_wire(StopReason::soc_limit_reached), wire::Reason::Other);
    EXPECT_EQ(to_wire(AuthorizationStatus::unknown), wire::AuthorizationStatus::Invalid);
    EXPECT_EQ(to_wire(AuthorizationStatus::no_credit), wire::AuthorizationStatus::Blocked);
}

MeterSample up(wire::SampledValue sampled)
{
    wire::MeterValue value;
    value.sampled_value = {std::move(sampled)};
    const auto out = from_wire(value, nullptr);
    return out.samples.at(0);
}

TEST(DialectV16, MeterValuesComeInBaseUnits)
{
    wire::SampledValue energy;
    energy.value = "12.345";
    energy.unit = wire::UnitOfMeasure::kWh;
    EXPECT_DOUBLE_EQ(up(energy).value, 12345);
    EXPECT_EQ(up(energy).unit, MeterUnit::wh);
    EXPECT_EQ(up(energy).measurand, Measurand::energy_active_import_register);

    wire::SampledValue heat;
    heat.value = "212";
    heat.measurand = wire::Measurand::Temperature;
    heat.unit = wire::UnitOfMeasure::Fahrenheit;
    EXPECT_NEAR(up(heat).value, 100, 1e-9);
}

TEST(DialectV16, AValueThatNoNumberHoldsIsLeftOut)
{
    wire::SampledValue energy;
    energy.value = "1e308";
    energy.unit = wire::UnitOfMeasure::kWh;
    wire::MeterValue value;
    value.sampled_value = {energy};
    Counters counters;
    EXPECT_TRUE(from_wire(value, &counters).samples.empty());
    EXPECT_EQ(counters.get("tolerance.meter_value_not_a_number"), 1U);
}

TEST(DialectV16, DefaultsAreThoseOfTheSpecification)
{
    wire::SampledValue plain;
    plain.value = " 42 ";
    const auto sample = up(plain);
    EXPECT_EQ(sample.measurand, Measurand::energy_active_import_register);
    EXPECT_EQ(sample.context, MeterContext::sample_periodic);
    EXPECT_EQ(sample.location, MeterLocation::outlet);
    EXPECT_EQ(sample.unit, MeterUnit::wh);
    EXPECT_EQ(sample.value, 42);
}

TEST(DialectV16, WhatIsNoNumberIsLeftOutAndCounted)
{
    wire::MeterValue value;
    for (const char* text : {"", "abc", "1,5", "nan", "1e999", "7"}) {
        wire::SampledValue sampled;
        sampled.value = text;
        value.sampled_value.push_back(sampled);
    }
    Counters counters;
    EXPECT_EQ(from_wire(value, &counters).samples.size(), 1U);
    EXPECT_EQ(counters.get("tolerance.meter_value_not_a_number"), 5U);
}

TEST(DialectV16, SamplesGoOutAndComeBackTheSame)
{
    const MeterValue value{
        .timestamp = Instant(Duration(1'763'718'600'000)),
        .samples = {{.measurand = Measurand::current_import,
                     .phase = MeterPhase::l2,
                     .context = MeterContext::transaction_begin,
                     .unit = MeterUnit::a,
                     .value = 15.875},
                    {.measurand = Measurand::energy_active_import_register, .value = 4200},
                    {.measurand = Measurand::frequency, .unit = MeterUnit::hz, .value = 49.98}}};
    const auto out = to_wire(value);
    EXPECT_EQ(out.sampled_value[0].value, "15.875");
    EXPECT_EQ(out.sampled_value[1].value, "4200");
    EXPECT_FALSE(out.sampled_value[2].unit) << "OCPP 1.6 has no Hz";
    const auto back = from_wire(out, nullptr);
    ASSERT_EQ(back.samples.size(), 3U);
    EXPECT_EQ(back.timestamp, value.timestamp);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(back.samples[i].measurand, value.samples[i].measurand);
        EXPECT_EQ(back.samples[i].phase, value.samples[i].phase);
        EXPECT_EQ(back.samples[i].context, value.samples[i].context);
        EXPECT_EQ(back.samples[i].unit, value.samples[i].unit);
        EXPECT_DOUBLE_EQ(back.samples[i].value, value.samples[i].value);
    }
}

}  // namespace
}  // namespace ladestrom::dialect::v16
