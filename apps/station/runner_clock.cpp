// The runner's clocks: real time plus what was skipped. An advance skips from deadline to deadline, and lets
// journal and backend keep up in between.
#include "runner.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace ladestrom::app {
namespace {

// An advance gives the loop a turn after this much real time.
constexpr Duration turn = milliseconds(20);
// So many steps at one time without an end: the deadline is not one that time brings about.
constexpr int steps_without_progress_max = 1000;

}  // namespace

void StationRunner::set_wall(Instant wall)
{
    wall_known_ = true;
    wall_offset_ = wall - loop_.wall();
    if (auto saved = hardware_state_.save_clock_offset(wall_offset_); !saved) {
        log(transport::LogLevel::warning, saved.error().message);
    }
}

std::optional<Tick> StationRunner::next_deadline() const
{
    Tick next = hardware_.next_deadline();
    if (station_) {
        if (auto engine = station_->next_deadline()) next = std::min(next, *engine);
    }
    if (next == Tick::max()) return std::nullopt;
    return next;
}

void StationRunner::arm()
{
    auto next = next_deadline();
    if (next) *next -= skipped_;
    timer_.arm(next);
}

void StationRunner::on_timer()
{
    step();
}

// Carries out what is due now.
void StationRunner::step()
{
    Tick time = now();
    take(hardware_.advance(time));
    if (station_) {
        auto engine = station_->next_deadline();
        if (engine && *engine <= time) feed(station::Wake{});
    }
    drain();
}

// ---- advancing ------------------------------------------------------------------------------------------

void StationRunner::advance_clock(Duration time, std::function<void(Result<void>)> done)
{
    if (advance_) {
        done(Error{"the clock is being advanced; wait for the answer to that request"});
        return;
    }
    advance_ = Advance{now() + time, std::move(done)};
    grace_over_ = false;
    advance_further();
}

// Nothing of the present is still under way: no commit, no restart, no answer that may come within its grace.
bool StationRunner::settled()
{
    if (in_flight_ || booting_ || boot_when_closed_) return false;
    bool waiting = unanswered_calls_ > 0 || client_->connecting();
    if (!waiting || grace_over_) {
        grace_.disarm();
        return true;
    }
    if (!grace_.armed()) grace_.arm(loop_.now() + options_.backend_grace);
    return false;
}

void StationRunner::skip_to(Tick at)
{
    Duration skip = at - now();
    if (skip <= Duration(0)) return;
    skipped_ += skip;
    wall_offset_ += skip;
}

void StationRunner::advance_further()
{
    Tick turn_ends = loop_.now() + turn;
    while (advance_ && settled()) {
        auto next = next_deadline();
        bool due = next && *next <= std::max(advance_->target, now());
        if (!due && now() >= advance_->target) {
            finish_advance({});
            return;
        }
        Tick before = now();
        skip_to(due ? *next : advance_->target);
        advance_->steps_without_progress = now() > before ? 0 : advance_->steps_without_progress + 1;
        if (advance_->steps_without_progress > steps_without_progress_max) {
            finish_advance(Error{"the next deadline stays in the past: the clock cannot be advanced"});
            return;
        }
        // The step's own end asks for another turn.
        advance_posted_ = true;
        step();
        advance_posted_ = false;
        if (loop_.now() >= turn_ends) break;
    }
    if (advance_ && settled() && !std::exchange(advance_posted_, true)) {
        loop_.post([this, alive = alive_] {
            if (!*alive) return;
            advance_posted_ = false;
            advance_further();
        });
    }
}

void StationRunner::finish_advance(Result<void> outcome)
{
    grace_.disarm();
    auto done = std::move(advance_->done);
    advance_.reset();
    if (auto saved = hardware_state_.save_clock_offset(wall_offset_); !saved) {
        log(transport::LogLevel::warning, saved.error().message);
    }
    arm();
    done(std::move(outcome));
}

}  // namespace ladestrom::app
