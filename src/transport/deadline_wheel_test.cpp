#include "transport/deadline_wheel.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

namespace ladestrom::transport {
namespace {

Tick at(std::int64_t ms)
{
    return Tick(Duration(ms));
}

struct Entry final : DeadlineEntry {
    std::function<void(Entry&, Tick)> fired;
    std::vector<Tick> times;

private:
    void on_deadline(Tick now) override
    {
        times.push_back(now);
        if (fired) fired(*this, now);
    }
};

TEST(DeadlineWheel, FiresOnceNeverEarlyAtMostOneSlotLate)
{
    Random random(7);
    DeadlineWheel wheel;
    std::vector<std::unique_ptr<Entry>> entries;
    std::vector<Tick> due;
    for (int i = 0; i < 500; ++i) {
        entries.push_back(std::make_unique<Entry>());
        due.push_back(at(static_cast<std::int64_t>(random.below(300'000))));
        wheel.set(*entries.back(), due.back());
    }
    for (std::int64_t now = 0; now <= 301'000; now += 50) wheel.advance(at(now));
    for (std::size_t i = 0; i < entries.size(); ++i) {
        ASSERT_EQ(entries[i]->times.size(), 1u);
        EXPECT_GE(entries[i]->times[0], due[i]);
        EXPECT_LE(entries[i]->times[0], due[i] + DeadlineWheel::slot_width);
    }
    EXPECT_FALSE(wheel.next_wake());
}

TEST(DeadlineWheel, FollowingNextWakeMissesNothing)
{
    DeadlineWheel wheel;
    Entry near;
    Entry far;  // more than one turn of the wheel ahead
    wheel.set(near, at(250));
    wheel.set(far, at(1'000'000));
    int wakes = 0;
    while (auto const wake = wheel.next_wake()) {
        wheel.advance(*wake);
        ASSERT_LT(++wakes, 100);
    }
    EXPECT_EQ(near.times, std::vector{at(300)});
    EXPECT_EQ(far.times, std::vector{at(1'000'000)});
}

TEST(DeadlineWheel, MovedDeadlineCountsInBothDirections)
{
    DeadlineWheel wheel;
    Entry later;
    Entry earlier;
    wheel.set(later, at(1'000));
    wheel.set(later, at(5'000));
    wheel.set(earlier, at(5'000));
    wheel.set(earlier, at(1'000));
    wheel.advance(at(2'000));
    EXPECT_TRUE(later.times.empty());
    EXPECT_EQ(earlier.times.size(), 1u);
    EXPECT_EQ(later.deadline(), at(5'000));
    wheel.advance(at(5'000));
    EXPECT_EQ(later.times.size(), 1u);
    EXPECT_FALSE(later.deadline());
}

TEST(DeadlineWheel, CallbackMayDestroyOthersAndSetItselfAgain)
{
    DeadlineWheel wheel;
    auto first = std::make_unique<Entry>();
    auto second = std::make_unique<Entry>();
    Entry again;
    int fired = 0;
    auto const destroy_other = [&](Entry& entry, Tick) {
        ++fired;
        if (&entry == first.get()) {
            second.reset();
        } else {
            first.reset();
        }
    };
    first->fired = destroy_other;
    second->fired = destroy_other;
    again.fired = [&](Entry& entry, Tick now) { wheel.set(entry, now + Duration(1)); };
    wheel.set(*first, at(100));
    wheel.set(*second, at(100));
    wheel.set(again, at(100));
    wheel.advance(at(100));
    EXPECT_EQ(fired, 1);
    EXPECT_EQ(again.times.size(), 1u);
    wheel.advance(at(200));
    EXPECT_EQ(again.times.size(), 2u);
}

TEST(DeadlineWheel, ReportsAnEarlierWake)
{
    std::vector<Tick> wakes;
    DeadlineWheel wheel([&](Tick wake) { wakes.push_back(wake); });
    Entry a;
    Entry b;
    Entry c;
    wheel.set(a, at(1'000));
    wheel.set(b, at(2'000));
    wheel.set(c, at(450));
    EXPECT_EQ(wakes, (std::vector{at(1'000), at(500)}));
}

}  // namespace
}  // namespace ladestrom::transport
