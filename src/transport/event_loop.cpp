// io_context, clocks and timers of one thread.
#include "transport/event_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <boost/asio/basic_waitable_timer.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>

namespace ladestrom::transport {

namespace asio = boost::asio;

namespace {

using Executor = asio::io_context::executor_type;
using SteadyTimer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                               asio::wait_traits<std::chrono::steady_clock>, Executor>;
using Signals = asio::basic_signal_set<Executor>;

}  // namespace

struct EventLoop::Impl {
    Impl() : wheel([this](Tick at) { arm_wheel(at); }), context(1), wheel_timer(context) {}

    std::chrono::steady_clock::time_point steady(Tick at) const { return start + at.time_since_epoch(); }

    Tick now() const
    {
        return Tick(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start));
    }

    void arm_wheel(Tick at)
    {
        wheel_timer.expires_at(steady(at));
        wheel_timer.async_wait([this](boost::system::error_code error) {
            if (error) return;
            wheel.advance(now());
            if (auto const next = wheel.next_wake()) arm_wheel(*next);
        });
    }

    void wait_for_signal()
    {
        signals->async_wait([this](boost::system::error_code error, int number) {
            if (error) return;
            // A copy: the callback may replace itself.
            auto const callback = signal_callback;
            wait_for_signal();
            callback(number);
        });
    }

    std::chrono::steady_clock::time_point const start = std::chrono::steady_clock::now();
    // Handlers left in the context own connections, which leave the wheel when destroyed: the wheel goes
    // last.
    DeadlineWheel wheel;
    asio::io_context context;
    SteadyTimer wheel_timer;
    std::optional<Signals> signals;
    std::function<void(int)> signal_callback;
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>())
{
    std::signal(SIGPIPE, SIG_IGN);
}

EventLoop::~EventLoop() = default;

Tick EventLoop::now() const
{
    return impl_->now();
}

Instant EventLoop::wall() const
{
    return Instant(std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()));
}

void EventLoop::run()
{
    auto const work = asio::make_work_guard(impl_->context);
    impl_->context.run();
    impl_->context.restart();
}

bool EventLoop::run_until(const std::function<bool()>& done, Duration limit)
{
    auto const end = std::chrono::steady_clock::now() + limit;
    impl_->context.restart();
    bool holds = done();
    {
        auto const work = asio::make_work_guard(impl_->context);
        while (!holds && std::chrono::steady_clock::now() < end && !impl_->context.stopped()) {
            impl_->context.run_one_until(end);
            holds = done();
        }
    }
    // Without its guard an idle context counts as stopped, and the next run() would end at once.
    impl_->context.restart();
    return holds;
}

void EventLoop::stop()
{
    impl_->context.stop();
}

void EventLoop::post(std::function<void()> work)
{
    asio::post(impl_->context, std::move(work));
}

void EventLoop::on_signal(std::initializer_list<int> signals, std::function<void(int)> callback)
{
    impl_->signal_callback = std::move(callback);
    impl_->signals.emplace(impl_->context);
    for (int number : signals) impl_->signals->add(number);
    impl_->wait_for_signal();
}

DeadlineWheel& EventLoop::deadlines()
{
    return impl_->wheel;
}

asio::io_context& EventLoop::context()
{
    return impl_->context;
}

struct Timer::Impl {
    Impl(EventLoop& event_loop, std::function<void()> callback)
        : loop(event_loop), fire(std::move(callback)), timer(event_loop.context())
    {
    }

    EventLoop& loop;
    std::function<void()> fire;
    SteadyTimer timer;
    std::optional<Tick> at;
    // A cancelled wait may already have its success queued: only the newest counts.
    std::uint64_t generation = 0;
};

Timer::Timer(EventLoop& loop, std::function<void()> fire)
    : impl_(std::make_shared<Impl>(loop, std::move(fire)))
{
}

Timer::~Timer()
{
    disarm();
}

void Timer::arm(std::optional<Tick> at)
{
    if (at == impl_->at) return;
    impl_->at = at;
    auto const generation = ++impl_->generation;
    if (!at) {
        impl_->timer.cancel();
        return;
    }
    // Capped: Tick::max() would overflow the clock's nanoseconds, and a day from now is armed again.
    Tick const now = impl_->loop.now();
    Duration const wait = std::clamp<Duration>(*at - now, Duration(0), hours(24));
    impl_->timer.expires_after(wait);
    impl_->timer.async_wait([this, weak = std::weak_ptr(impl_), generation](boost::system::error_code error) {
        auto const impl = weak.lock();
        if (error || !impl || impl->generation != generation || !impl->at) return;
        Tick const due = *impl->at;
        impl->at.reset();
        if (due > impl->loop.now()) {
            arm(due);
        } else {
            impl->fire();
        }
    });
}

std::optional<Tick> Timer::armed() const
{
    return impl_->at;
}

}  // namespace ladestrom::transport
