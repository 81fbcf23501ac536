// Virtual time: what happens when. Jobs due at the same moment run in the order in which they were planned.
#pragma once

#include "base/time.hpp"

#include <functional>
#include <map>
#include <utility>

namespace ladestrom::simulation {

class Timeline {
public:
    using Job = std::function<void()>;

    Tick now() const { return now_; }
    void after(Duration delay, Job job) { jobs_.emplace(now_ + delay, std::move(job)); }

    // When the next job is due; Tick::max() when there is none.
    Tick due() const { return jobs_.empty() ? Tick::max() : jobs_.begin()->first; }
    // Time goes on to `now`, which is not past due().
    void advance(Tick now) { now_ = now; }
    // Runs one job that is due now; false when there is none.
    bool run_one()
    {
        if (due() > now_) return false;
        const Job job = std::move(jobs_.begin()->second);
        jobs_.erase(jobs_.begin());
        job();
        return true;
    }

private:
    Tick now_{};
    std::multimap<Tick, Job> jobs_;
};

}  // namespace ladestrom::simulation
