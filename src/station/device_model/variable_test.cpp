#include "station/device_model/variable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace ladestrom::station {
namespace {

std::string reprinted(VariableType type, std::string_view text)
{
    const auto value = parse_value(type, text);
    return value ? print_value(type, *value) : "refused: " + value.error().message;
}

TEST(Variables, HaveDistinctNamesAndInitialValuesWithinTheirRange)
{
    std::set<std::string> names;
    for (const VariableRow& row : variable_table()) {
        EXPECT_TRUE(names.insert(full_name(row)).second) << full_name(row);
        const auto value = parse_value(row.type, row.initial);
        ASSERT_TRUE(value) << full_name(row);
        if (row.persistence == Persistence::stored) {
            EXPECT_TRUE(check_range(row, row.range, *value)) << full_name(row);
        }
        EXPECT_FALSE(row.meaning.empty());
        EXPECT_EQ(row.meaning.back(), '.');
    }
}

TEST(Variables, AreNamedAsOcpp2Does)
{
    EXPECT_EQ(full_name(row_of(Variable::heartbeat_interval)), "OCPPCommCtrlr.HeartbeatInterval");
    EXPECT_EQ(full_name(row_of(Variable::message_attempts)),
              "OCPPCommCtrlr.MessageAttempts[TransactionEvent]");
}

TEST(Values, BooleansInAnyCase)
{
    EXPECT_EQ(reprinted(VariableType::boolean, "TRUE"), "true");
    EXPECT_EQ(reprinted(VariableType::boolean, " False "), "false");
    for (const char* text : {"", "1", "yes", "truee", "on"}) {
        EXPECT_FALSE(parse_value(VariableType::boolean, text)) << text;
    }
}

TEST(Values, IntegersAreWhole)
{
    EXPECT_EQ(reprinted(VariableType::integer, " 060 "), "60");
    EXPECT_EQ(reprinted(VariableType::integer, "-5"), "-5");
    for (const char* text : {"", "60.0", "1e3", "0x10", "+5", "60s", "9223372036854775808"}) {
        EXPECT_FALSE(parse_value(VariableType::integer, text)) << text;
    }
}

TEST(Values, MeasurandsWithPhasesAndBlanks)
{
    EXPECT_EQ(reprinted(VariableType::measurands,
                        " Energy.Active.Import.Register , Current.Import.L1,Voltage.L2-N"),
              "Energy.Active.Import.Register,Current.Import.L1,Voltage.L2-N");
    EXPECT_EQ(reprinted(VariableType::measurands, "SoC,Voltage,SoC"), "SoC,Voltage");
    EXPECT_EQ(reprinted(VariableType::measurands, "  "), "");
    EXPECT_EQ(*parse_value(VariableType::measurands, "Current.Import.L3"),
              Value(std::vector<MeasurandSelection>{{Measurand::current_import, MeterPhase::l3}}));
}

TEST(Values, MeasurandsThatDoNotExist)
{
    for (const char* text : {"Current", "Current.Import.L4", "SoC.L1", "Voltage,,SoC", "Voltage,",
                             "voltage.l1", "Current.Import.", "Current.Import.L1-N", "."}) {
        EXPECT_FALSE(parse_value(VariableType::measurands, text)) << text;
    }
    EXPECT_THAT(reprinted(VariableType::measurands, "Voltage, Amperes"), testing::HasSubstr("\"Amperes\""));
}

TEST(Values, BytesAreHexadecimal)
{
    EXPECT_EQ(std::get<std::string>(*parse_value(VariableType::bytes, "00fF3a")), std::string("\0\xff:", 3));
    EXPECT_EQ(reprinted(VariableType::bytes, "00fF3a"), "00ff3a");
    EXPECT_FALSE(parse_value(VariableType::bytes, "abc"));
    EXPECT_FALSE(parse_value(VariableType::bytes, "0g"));
    EXPECT_FALSE(parse_value(VariableType::bytes, "-1"));
}

TEST(Values, RangesAreInclusive)
{
    const VariableRow& row = row_of(Variable::heartbeat_interval);
    EXPECT_TRUE(check_range(row, {1, 60}, Value(std::int64_t{1})));
    EXPECT_TRUE(check_range(row, {1, 60}, Value(std::int64_t{60})));
    EXPECT_FALSE(check_range(row, {1, 60}, Value(std::int64_t{0})));
    const auto above = check_range(row, {1, 60}, Value(std::int64_t{61}));
    ASSERT_FALSE(above);
    EXPECT_EQ(above.error().message, "expected a whole number from 1 to 60 s");
    const VariableRow& items = row_of(Variable::phase_rotation);
    EXPECT_TRUE(check_range(items, {0, 2}, Value(std::string("0.RST,1.RST"))));
    EXPECT_FALSE(check_range(items, {0, 2}, Value(std::string("0.RST,1.RST,2.RST"))));
    EXPECT_TRUE(check_range(items, {0, 2}, Value(std::string())));
}

}  // namespace
}  // namespace ladestrom::station
