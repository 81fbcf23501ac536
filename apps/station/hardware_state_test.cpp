// What the hardware remembers comes back as it was.
#include "hardware_state.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace ladestrom::app {
namespace {

using hardware::simulated::CarSettings;
using hardware::simulated::SavedEvse;

class HardwareStateTest : public testing::Test {
protected:
    HardwareStateTest()
    {
        std::string pattern = testing::TempDir() + "ladestrom-XXXXXX";
        directory_ = mkdtemp(pattern.data());
    }
    ~HardwareStateTest() override { std::filesystem::remove_all(directory_); }
    HardwareState open()
    {
        auto state = HardwareState::open(directory_ + "/hardware.db");
        if (!state) throw std::runtime_error(state.error().message);
        return std::move(*state);
    }

    std::string directory_;
};

TEST_F(HardwareStateTest, EveryFieldComesBack)
{
    SavedEvse full{
        .energy_microjoules = {1, 9'000'000'000'000'000'000, 3},
        .car = CarSettings{.capacity = {77'000},
                           .max_current = {31.5},
                           .phases = 1,
                           .min_current = {7},
                           .taper_from = {75},
                           .taper_to = 0.2,
                           .efficiency = 0.93,
                           .wants_energy = false,
                           .refuses = true,
                           .onset = Duration(5),
                           .pause = Duration(6)},
        .car_stored_microjoules = 123'456'789'012'345,
        .cable_rating = Amperes{20},
        .locked = true,
        .welded = true,
        .jammed = true,
        .stuck_closed = true,
        .fault = {EvseId{2}, ConnectorError::high_temperature, false, "warm \"inside\"", "E-7", true},
    };
    SavedEvse empty;
    empty.fault.evse = EvseId{1};
    std::vector<SavedEvse> both{empty, full};
    {
        HardwareState state = open();
        EXPECT_TRUE(state.load()->empty());
        ASSERT_TRUE(state.save(both));
        ASSERT_TRUE(state.save_clock_offset(Duration(-5000)));
    }
    HardwareState state = open();
    EXPECT_TRUE(*state.load() == both);
    EXPECT_EQ(*state.load_clock_offset(), Duration(-5000));
    both[1].car.reset();
    both[1].cable_rating.reset();
    ASSERT_TRUE(state.save(both));
    EXPECT_FALSE(state.load()->at(1).car);
    EXPECT_FALSE(state.load()->at(1).cable_rating);
}

}  // namespace
}  // namespace ladestrom::app
