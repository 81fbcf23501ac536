#include "transport/event_loop.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <thread>
#include <vector>

namespace ladestrom::transport {
namespace {

TEST(EventLoop, TimerFiresOnceAndNotBeforeItsTime)
{
    EventLoop loop;
    int fired = 0;
    Tick when{};
    Timer timer(loop, [&] {
        ++fired;
        when = loop.now();
    });
    Tick const due = loop.now() + Duration(30);
    timer.arm(due);
    timer.arm(due);
    EXPECT_TRUE(loop.run_until([&] { return fired > 0; }, seconds(5)));
    EXPECT_GE(when, due);
    EXPECT_FALSE(timer.armed());
    EXPECT_FALSE(loop.run_until([&] { return fired > 1; }, Duration(50)));
}

TEST(EventLoop, TimerArmedAgainForgetsItsOldTime)
{
    EventLoop loop;
    int fired = 0;
    Timer timer(loop, [&] { ++fired; });
    timer.arm(loop.now());
    timer.arm(loop.now() + hours(1));
    EXPECT_FALSE(loop.run_until([&] { return fired > 0; }, Duration(30)));
    timer.disarm();
    EXPECT_FALSE(loop.run_until([&] { return fired > 0; }, Duration(30)));
    timer.arm(Tick::max());
    timer.arm(loop.now() - Duration(5));
    EXPECT_TRUE(loop.run_until([&] { return fired > 0; }, seconds(5)));
}

TEST(EventLoop, TimerMayDestroyItself)
{
    EventLoop loop;
    std::unique_ptr<Timer> timer;
    bool fired = false;
    timer = std::make_unique<Timer>(loop, [&] {
        timer.reset();
        fired = true;
    });
    timer->arm(loop.now());
    EXPECT_TRUE(loop.run_until([&] { return fired; }, seconds(5)));
}

TEST(EventLoop, RunsOnAfterRunUntil)
{
    EventLoop loop;
    EXPECT_TRUE(loop.run_until([] { return true; }, seconds(5)));
    EXPECT_FALSE(loop.run_until([] { return false; }, Duration(5)));
    bool ran = false;
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        loop.post([&] {
            ran = true;
            loop.stop();
        });
    });
    loop.run();
    other.join();
    EXPECT_TRUE(ran);
}

TEST(EventLoop, PostAndStopFromAnotherThread)
{
    EventLoop loop;
    auto const own = std::this_thread::get_id();
    std::thread::id ran{};
    std::thread other([&] {
        loop.post([&] { ran = std::this_thread::get_id(); });
        loop.post([&] { loop.stop(); });
    });
    loop.run();
    other.join();
    EXPECT_EQ(ran, own);
}

TEST(EventLoop, SignalsReachTheCallback)
{
    EventLoop loop;
    std::vector<int> got;
    loop.on_signal({SIGTERM, SIGINT}, [&](int number) { got.push_back(number); });
    ::raise(SIGTERM);
    EXPECT_TRUE(loop.run_until([&] { return got.size() == 1; }, seconds(5)));
    ::raise(SIGINT);
    EXPECT_TRUE(loop.run_until([&] { return got.size() == 2; }, seconds(5)));
    EXPECT_EQ(got, (std::vector{SIGTERM, SIGINT}));
}

TEST(EventLoop, WallClockIsOurs)
{
    EventLoop loop;
    EXPECT_GT(loop.wall(), *parse_instant("2024-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace ladestrom::transport
