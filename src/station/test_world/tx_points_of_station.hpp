// A station whose transactions begin and end at other points, for tests.
#pragma once

#include "station/test_world/v2_station.hpp"

#include <string>

namespace ladestrom::station::test {

class TxPointsOfStation : public V2Station {
protected:
    static Config with_points(Config config, const std::string& start, const std::string& stop)
    {
        config.keys["TxCtrlr.TxStartPoint"] = start;
        config.keys["TxCtrlr.TxStopPoint"] = stop;
        return config;
    }
    Config config(const std::string& start, const std::string& stop) const
    {
        return with_points(V2Station::config(), start, stop);
    }
    static std::string event(World& world, std::size_t index)
    {
        const auto all = world.backend.all("TransactionEvent");
        return index < all.size() ? all[index] : "";
    }
    static std::string newest(World& world) { return world.backend.last("TransactionEvent"); }
    // One transaction with the whole energy, and nothing left to tell.
    static void expect_complete(World& world)
    {
        ASSERT_EQ(world.backend.booked.size(), 1U);
        const Booked& booked = world.backend.booked[0];
        EXPECT_TRUE(booked.stopped);
        EXPECT_EQ(booked.meter_stop, world.evse().watt_hours());
        EXPECT_EQ(*booked.sequences.rbegin(), static_cast<std::int64_t>(booked.sequences.size()) - 1);
        expect_nothing_left(world);
    }
    static void expect_nothing_left(World& world)
    {
        EXPECT_TRUE(world.backend.problems.empty()) << world.backend.problems.front();
        EXPECT_TRUE(world.violations.empty()) << world.violations.front();
        EXPECT_EQ(records(world, "fact/"), 0U);
        EXPECT_EQ(records(world, "session/"), 0U);
        EXPECT_EQ(records(world, "sample/"), 0U);
    }
};

}  // namespace ladestrom::station::test
