// Meter values: which, when, and with what context.
#include "messages/decode.hpp"
#include "messages/json.hpp"
#include "messages/v16.hpp"
#include "station/metering/sampler.hpp"
#include "station/test_world/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace ladestrom::station::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

hardware::MeterReading reading()
{
    return {.import_register = {1234},
            .current = {Amperes{16}, Amperes{15}, Amperes{14}},
            .voltage = {Volts{230}, Volts{231}, Volts{232}},
            .power = {Watts{3680}, Watts{3465}, Watts{3248}}};
}

double value(Measurand measurand, MeterPhase phase = MeterPhase::none)
{
    const hardware::MeterReading meter = reading();
    const auto samples = sample({.reading = meter, .offered = {10}}, {{measurand, phase}});
    return samples.size() == 1 ? samples[0].value : -1;
}

TEST(Sampler, TellsTotalsAndPhases)
{
    EXPECT_EQ(value(Measurand::energy_active_import_register), 1234);
    EXPECT_EQ(value(Measurand::power_active_import), 3680 + 3465 + 3248);
    EXPECT_EQ(value(Measurand::power_active_import, MeterPhase::l2), 3465);
    EXPECT_EQ(value(Measurand::current_import, MeterPhase::l3), 14);
    EXPECT_EQ(value(Measurand::voltage, MeterPhase::l1_n), 230);
    EXPECT_EQ(value(Measurand::current_offered), 10);
    EXPECT_EQ(value(Measurand::power_offered), 10 * (230 + 231 + 232));
}

TEST(Sampler, ReportsEveryPhaseWhereNoneIsNamed)
{
    const hardware::MeterReading meter = reading();
    for (const int phases : {1, 3}) {
        const auto samples =
            sample({.reading = meter, .phases = phases}, {{Measurand::current_import}, {Measurand::voltage}});
        ASSERT_EQ(samples.size(), static_cast<std::size_t>(2 * phases));
        EXPECT_EQ(samples[0].phase, MeterPhase::l1);
        EXPECT_EQ(samples[0].value, 16);
        const MeterSample& voltage = samples.back();
        EXPECT_EQ(voltage.phase, phases == 1 ? MeterPhase::l1_n : MeterPhase::l3_n);
        EXPECT_EQ(voltage.value, phases == 1 ? 230 : 232);
    }
}

TEST(Sampler, LeavesOutWhatIsNotThere)
{
    EXPECT_EQ(value(Measurand::soc), -1);
    EXPECT_EQ(value(Measurand::energy_active_import_register, MeterPhase::l1), -1);
    const hardware::MeterReading meter = reading();
    EXPECT_TRUE(sample({.reading = meter, .phases = 1}, {{Measurand::voltage, MeterPhase::l2}}).empty());
}

TEST(Metering, SampledValuesFollowInterval)
{
    World world;
    world.config.keys["MeterValueSampleInterval"] = "60";
    world.config.keys["MeterValuesSampledData"] = "Energy.Active.Import.Register,Current.Import.L1,Voltage";
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(5) + seconds(5));
    EXPECT_EQ(world.backend.count("MeterValues"), 5U);
    EXPECT_THAT(world.backend.last("MeterValues"), HasSubstr(R"("phase":"L1")"));
    EXPECT_THAT(world.backend.last("MeterValues"), HasSubstr("Sample.Periodic"));
    EXPECT_THAT(world.ask("ChangeConfiguration", R"({"key":"MeterValueSampleInterval","value":"10"})"),
                HasSubstr("Accepted"));
    world.pass(minutes(1));
    EXPECT_NEAR(static_cast<double>(world.backend.count("MeterValues")), 11, 1);
    world.ask("ChangeConfiguration", R"({"key":"MeterValueSampleInterval","value":"0"})");
    const auto before = world.backend.count("MeterValues");
    world.pass(minutes(10));
    EXPECT_EQ(world.backend.count("MeterValues"), before);
}

TEST(Metering, AlignedValuesStandOnTheWallClock)
{
    World world;
    world.config.keys["ClockAlignedDataInterval"] = "900";
    world.config.keys["MeterValueSampleInterval"] = "0";
    world.begin();
    world.pass(hours(1));
    EXPECT_EQ(world.backend.count("MeterValues"), 4U);
    const std::string outside = world.backend.last("MeterValues");
    EXPECT_THAT(outside, HasSubstr("Sample.Clock"));
    EXPECT_THAT(outside, Not(HasSubstr("transactionId")));
    EXPECT_THAT(outside, testing::AnyOf(HasSubstr(":00:00.000Z"), HasSubstr(":15:00.000Z"),
                                        HasSubstr(":30:00.000Z"), HasSubstr(":45:00.000Z")));
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(20));
    EXPECT_THAT(world.backend.last("MeterValues"), HasSubstr("transactionId"));
}

TEST(Metering, AlignedValuesAreNeverOfAnotherTime)
{
    for (const Duration jump : {Duration(hours(5)), Duration(minutes(14)), Duration(-hours(5))}) {
        World world;
        world.config.keys["ClockAlignedDataInterval"] = "900";
        world.config.keys["MeterValueSampleInterval"] = "0";
        world.begin();
        world.pass(minutes(7));
        world.set_clock(world.wall() + jump);
        world.backend.clock_offset = jump;
        world.pass(hours(1) + minutes(1));
        EXPECT_NEAR(static_cast<double>(world.backend.count("MeterValues")), 4, 1);
        for (const Received& call : world.backend.log) {
            if (call.action != "MeterValues") continue;
            const std::string minute = format_instant(call.at + jump).substr(0, 16);
            EXPECT_THAT(call.payload, HasSubstr(minute)) << jump.count();
        }
    }
}

TEST(Metering, TheStopCarriesWhatIsConfigured)
{
    World world;
    world.config.keys["StopTxnSampledData"] = "Energy.Active.Import.Register";
    world.config.keys["MeterValueSampleInterval"] = "60";
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(3) + seconds(5));
    world.power_cut();
    world.boot();
    world.pass(minutes(2) + seconds(10));
    world.swipe("TAG-1");
    world.pass(seconds(5));
    // The begin, three samples before and two after the power cut, and the end.
    EXPECT_EQ(world.backend.booked.at(0).transaction_data, 7U);
    EXPECT_THAT(world.backend.last("StopTransaction"), HasSubstr("Transaction.Begin"));
    EXPECT_THAT(world.backend.last("StopTransaction"), HasSubstr("Transaction.End"));
}

TEST(Metering, TheStopCarriesNothingThatWasSwitchedOff)
{
    World world;
    world.config.keys["StopTxnSampledData"] = "Energy.Active.Import.Register,Voltage";
    world.config.keys["StopTxnAlignedData"] = "Frequency";
    world.config.keys["ClockAlignedDataInterval"] = "60";
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(3));
    const auto keep = [&](const std::string& key, const std::string& value) {
        EXPECT_THAT(
            world.ask("ChangeConfiguration", R"({"key":")" + key + R"(","value":")" + value + R"("})"),
            HasSubstr("Accepted"));
    };
    keep("StopTxnSampledData", "Energy.Active.Import.Register");
    keep("StopTxnAlignedData", "");
    world.swipe("TAG-1");
    world.pass(seconds(5));
    const std::string stop = world.backend.last("StopTransaction");
    EXPECT_THAT(stop, HasSubstr("Sample.Periodic"));
    EXPECT_THAT(stop, Not(HasSubstr("Sample.Clock")));
    EXPECT_THAT(stop, Not(HasSubstr("Voltage")));
    EXPECT_THAT(stop, Not(HasSubstr("Frequency")));
}

// Errata 3.14.
TEST(Metering, BeginAndEndCarryBothLists)
{
    World world;
    world.config.keys["StopTxnSampledData"] = "Energy.Active.Import.Register";
    world.config.keys["StopTxnAlignedData"] = "Energy.Active.Import.Register,Frequency";
    world.config.keys["MeterValueSampleInterval"] = "0";
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(3));
    world.swipe("TAG-1");
    world.pass(seconds(5));
    messages::JsonParser parser;
    const std::string stop = world.backend.last("StopTransaction");
    const auto parsed = parser.parse(stop);
    const auto request = messages::decode<v16::StopTransactionRequest>(*parsed, {});
    ASSERT_TRUE(request && request->transaction_data);
    ASSERT_EQ(request->transaction_data->size(), 2U);
    for (const v16::MeterValue& value : *request->transaction_data) EXPECT_EQ(value.sampled_value.size(), 2U);
}

TEST(Metering, TheStopCarriesABoundedNumberOfValues)
{
    World world;
    world.config.keys["StopTxnSampledData"] = "Energy.Active.Import.Register";
    world.config.keys["MeterValueSampleInterval"] = "10";
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(hours(3));
    world.swipe("TAG-1");
    world.pass(seconds(5));
    EXPECT_LE(world.backend.booked.at(0).transaction_data, 101U);
    EXPECT_GE(world.backend.booked.at(0).transaction_data, 40U);
    EXPECT_THAT(world.backend.last("StopTransaction"), HasSubstr("Transaction.Begin"));
    EXPECT_TRUE(std::ranges::none_of(world.disk_content(),
                                     [](const auto& entry) { return entry.first.starts_with("sample/"); }));
}

TEST(Metering, TheStopStaysShortWhateverIsSelected)
{
    World world;
    world.config.keys["StopTxnSampledData"] =
        "Energy.Active.Import.Register,Power.Active.Import,Power.Active.Import.L1,Power.Active.Import.L2,"
        "Power.Active.Import.L3,Current.Import.L1,Current.Import.L2,Current.Import.L3,Voltage.L1-N,"
        "Voltage.L2-N,Voltage.L3-N,Frequency,Current.Offered,Power.Offered";
    world.config.keys["MeterValueSampleInterval"] = "10";
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(hours(2));
    world.swipe("TAG-1");
    world.pass(seconds(5));
    EXPECT_TRUE(world.backend.booked.at(0).stopped);
    EXPECT_GE(world.backend.booked.at(0).transaction_data, 5U);
    EXPECT_LE(world.backend.last("StopTransaction").size(), 34'000U);
    EXPECT_THAT(world.backend.last("StopTransaction"), HasSubstr("Transaction.Begin"));
}

TEST(Metering, AStopThatIsTooLongForTheBackendGoesWithoutValues)
{
    World world;
    world.config.keys["StopTxnSampledData"] = "Energy.Active.Import.Register";
    world.config.keys["MeterValueSampleInterval"] = "10";
    world.backend.longest_frame = 2'000;
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(minutes(20));
    world.swipe("TAG-1");
    world.pass(minutes(5));
    EXPECT_TRUE(world.backend.booked.at(0).stopped);
    EXPECT_EQ(world.backend.booked.at(0).transaction_data, 0U);
    EXPECT_EQ(world.view().queued_facts, 0U);
}

TEST(Metering, ATriggerTellsTheTransaction)
{
    World world;
    world.begin();
    world.plug();
    world.swipe("TAG-1");
    world.pass(seconds(20));
    EXPECT_THAT(world.ask("TriggerMessage", R"({"requestedMessage":"MeterValues","connectorId":1})"),
                HasSubstr("Accepted"));
    world.pass(seconds(1));
    EXPECT_THAT(world.backend.last("MeterValues"), HasSubstr(R"("transactionId":1000)"));
    EXPECT_THAT(world.backend.last("MeterValues"), HasSubstr("Trigger"));
}

}  // namespace
}  // namespace ladestrom::station::test
