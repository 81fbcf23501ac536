// A station of each 2.x version, for tests of both.
#pragma once

#include "station/test_world/stories.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace ladestrom::station::test {

class V2Station : public testing::TestWithParam<OcppVersion> {
protected:
    Config config(std::size_t evses = 1) const
    {
        Config config = test_config(evses);
        config.versions = {GetParam()};
        return config;
    }
    static std::size_t events(World& world, const std::string& with)
    {
        const auto all = world.backend.all("TransactionEvent");
        return static_cast<std::size_t>(std::ranges::count_if(
            all, [&](const std::string& payload) { return payload.find(with) != std::string::npos; }));
    }
    static std::string name(World& world) { return world.backend.booked.back().name; }
};

}  // namespace ladestrom::station::test
