// The car's battery: exact sums, charge curve, what it asks for.
#include "hardware/simulated/car.hpp"

#include <gtest/gtest.h>

namespace ladestrom::hardware::simulated {
namespace {

TEST(Car, AsksOnlyForSixAmperesAndMore)
{
    Car car(CarSettings{}, Percent{50});
    EXPECT_FALSE(car.asks(Amperes{0}));
    EXPECT_FALSE(car.asks(Amperes{5.9}));
    EXPECT_TRUE(car.asks(Amperes{6}));
    EXPECT_EQ(car.takes(Amperes{5.9}), Amperes{0});
    EXPECT_EQ(car.takes(Amperes{10}), Amperes{10});
    EXPECT_EQ(car.takes(Amperes{32}), Amperes{16});
}

TEST(Car, ThatRefusesOrWantsNothingOrIsFullTakesNothing)
{
    EXPECT_FALSE(Car({.refuses = true}, Percent{50}).asks(Amperes{16}));
    EXPECT_FALSE(Car({.wants_energy = false}, Percent{50}).asks(Amperes{16}));
    EXPECT_FALSE(Car({}, Percent{100}).asks(Amperes{16}));
}

TEST(Car, TakesLessAndLessAboveEightyPercent)
{
    Car car(CarSettings{.max_current = {20}}, Percent{80});
    EXPECT_DOUBLE_EQ(car.takes(Amperes{32}).value, 20);
    car.set_soc(Percent{90});
    EXPECT_NEAR(car.takes(Amperes{32}).value, 11, 1e-9);
    car.set_soc(Percent{99.9});
    EXPECT_NEAR(car.takes(Amperes{32}).value, 2.09, 1e-9);
    // A low offer is taken in full until the curve falls below it.
    car.set_soc(Percent{90});
    EXPECT_DOUBLE_EQ(car.takes(Amperes{8}).value, 8);
}

TEST(Car, ReceivesExactlyTheShareOfItsEfficiency)
{
    CarSettings settings{.capacity = {100}, .efficiency = 0.9};
    Car car(settings, std::int64_t{0});
    // Odd portions that do not divide: the sum is exact to the microjoule all the same.
    for (int i = 0; i < 1000; ++i) car.receive(7'777'777);
    EXPECT_EQ(car.stored_microjoules(), 7'777'777LL * 1000 * 9 / 10);
}

TEST(Car, KnowsWhenItIsFull)
{
    Car car(CarSettings{.capacity = {1}}, std::int64_t{0});
    EXPECT_EQ(car.time_to_full(1'000'000), Duration(3'600));  // 1 kW, 1 Wh
    EXPECT_EQ(car.time_to_full(0), Duration(0));
    car.receive(microjoules_per_watt_hour);
    EXPECT_TRUE(car.full());
    EXPECT_EQ(car.soc(), Percent{100});
}

TEST(Car, KeepsItsEnergyWhenSettingsChange)
{
    Car car(CarSettings{.capacity = {50'000}}, Percent{50});
    CarSettings other{.capacity = {100'000}};
    car.set_settings(other);
    EXPECT_DOUBLE_EQ(car.soc().value, 25);
    car.set_settings(CarSettings{.capacity = {10'000}});
    EXPECT_TRUE(car.full());
}

}  // namespace
}  // namespace ladestrom::hardware::simulated
