#include "domain/metering.hpp"

#include <gtest/gtest.h>

namespace ladestrom {
namespace {

TEST(Metering, NamesAreThoseOfOcppAndReadBack)
{
    EXPECT_EQ(to_string(Measurand::energy_active_import_register), "Energy.Active.Import.Register");
    EXPECT_EQ(to_string(Measurand::soc), "SoC");
    EXPECT_EQ(to_string(MeterPhase::l3_l1), "L3-L1");
    EXPECT_EQ(to_string(MeterContext::other), "Other");
    EXPECT_EQ(to_string(MeterUnit::hz), "Hz");
    for (int i = 0; i <= static_cast<int>(Measurand::voltage); ++i) {
        const auto measurand = static_cast<Measurand>(i);
        EXPECT_EQ(measurand_from(to_string(measurand)), measurand);
    }
    EXPECT_FALSE(measurand_from("Energy.Active"));
}

TEST(Metering, EveryMeasurandHasItsBaseUnit)
{
    EXPECT_EQ(base_unit(Measurand::energy_active_import_register), MeterUnit::wh);
    EXPECT_EQ(base_unit(Measurand::power_offered), MeterUnit::w);
    EXPECT_EQ(base_unit(Measurand::voltage), MeterUnit::v);
    EXPECT_EQ(base_unit(Measurand::power_factor), MeterUnit::none);
}

}  // namespace
}  // namespace ladestrom
