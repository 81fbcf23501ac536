// The real world of one thread: its io_context, its clock, its timers, its signals.
// Everything of an EventLoop belongs to the thread that calls run(), except post() and stop().
#pragma once

#include "base/time.hpp"
#include "transport/deadline_wheel.hpp"

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>

namespace boost::asio {
class io_context;
}

namespace ladestrom::transport {

class EventLoop {
public:
    // Also makes the process ignore SIGPIPE: OpenSSL writes to sockets without MSG_NOSIGNAL.
    EventLoop();
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    // Monotonic, from 0 at the construction of the loop.
    Tick now() const;
    Instant wall() const;

    // Until stop() is called. Handlers of sockets and timers run inside.
    void run();
    // For tests: as run(), but returns when `done` holds (asked after each handler) or `limit` is over.
    // Returns whether `done` holds.
    bool run_until(const std::function<bool()>& done, Duration limit);

    // Thread-safe. run() returns after the handler in progress.
    void stop();
    // Thread-safe. `work` runs on the loop's thread, later, never inside this call.
    void post(std::function<void()> work);

    // `callback` gets the signal's number, each time one of `signals` arrives. Replaces an earlier callback.
    // Usual: on_signal({SIGTERM, SIGINT}, ...).
    void on_signal(std::initializer_list<int> signals, std::function<void(int)> callback);

    // Cheap coarse deadlines (100 ms) for per-connection timeouts.
    DeadlineWheel& deadlines();

    boost::asio::io_context& context();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// One callback at one time. Made for cores with next_deadline(): after each input call
// `timer.arm(core.next_deadline())`; arming again replaces, nullopt disarms, the same time costs nothing.
// A time that has passed fires soon, never inside arm(). Destroying the timer disarms it.
class Timer {
public:
    Timer(EventLoop& loop, std::function<void()> fire);
    ~Timer();
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    void arm(std::optional<Tick> at);
    void disarm() { arm(std::nullopt); }
    std::optional<Tick> armed() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace ladestrom::transport
