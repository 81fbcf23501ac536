// What several test files tell of the world in the same words.
#pragma once

#include "station/test_world/world.hpp"

#include <algorithm>
#include <string>

namespace ladestrom::station::test {

inline Config offline_config()
{
    Config config = test_config();
    config.keys["AllowOfflineTxForUnknownId"] = "true";
    config.keys["TransactionMessageRetryInterval"] = "10";
    return config;
}

// Somebody comes and charges for so long.
inline void begin_charging(World& world, Duration length, int evse = 1)
{
    world.plug(evse);
    world.swipe("TAG-" + std::to_string(evse), evse);
    world.pass(length);
}

// Somebody comes, charges and leaves.
inline void session(World& world, Duration length)
{
    begin_charging(world, length);
    world.swipe("TAG-1");
    world.pass(seconds(5));
    world.unplug();
    world.pass(seconds(5));
}

// How many records of a kind the journal holds.
inline std::size_t records(World& world, const std::string& prefix)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        world.disk_content(), [&](const auto& entry) { return entry.first.starts_with(prefix); }));
}

}  // namespace ladestrom::station::test
