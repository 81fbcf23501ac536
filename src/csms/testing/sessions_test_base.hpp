// Two accepted stations, A and B, and tokens: what tests of sessions begin with.
#pragma once

#include "csms/testing/world.hpp"

#include <gmock/gmock.h>

#include <string>

namespace ladestrom::csms::testing {

struct SessionsTest : ::testing::Test {
    SessionsTest()
    {
        world.put_station("A");
        world.put_station("B");
        world.put_token("TAG");
        world.put_token("TAG-2");
        world.put_token(store::TokenRow{.token = {.value = "FLEET"}, .concurrent_allowed = true});
        world.put_token("BLOCKED", AuthorizationStatus::blocked);
        connect(a);
        connect(b);
    }

    void connect(Station& station)
    {
        ASSERT_EQ(station.connect(), Socket::State::open);
        ASSERT_THAT(station.boot(), ::testing::HasSubstr("Accepted"));
    }
    std::int64_t started(Station& station, const std::string& tag = "TAG", int connector = 1,
                         int meter = 1000)
    {
        const std::string answer = station.start(tag, world.now().wall, meter, connector);
        EXPECT_THAT(answer, ::testing::HasSubstr("Accepted"));
        return transaction_id(answer);
    }
    store::SessionRow only()
    {
        const auto sessions = world.ledger.sessions();
        EXPECT_EQ(sessions.size(), 1U);
        return sessions.empty() ? store::SessionRow{} : sessions.front();
    }

    World world;
    Station a{world, "A"}, b{world, "B"};
};

}  // namespace ladestrom::csms::testing
