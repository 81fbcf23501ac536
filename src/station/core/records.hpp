// What is to become durable: one batch in flight, later records gather for the next. A batch that failed is
// tried again together with what came since; records are whole values under a key, so a repetition is
// harmless even if the failed commit did reach the disk after all. Nothing that depends on a record happens
// before durable() says so, therefore nothing has to be undone but sessions that must not start.
#pragma once

#include "base/random.hpp"
#include "base/time.hpp"
#include "store/journal.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace ladestrom::station {

// Counts batches. Everything recorded so far is durable once current() is.
using Generation = std::uint64_t;

class Records {
public:
    void put(std::string key, std::string value);
    void erase(std::string key);
    void put(const store::Batch& batch);

    Generation current() const;
    bool durable(Generation generation) const { return generation <= durable_; }
    bool all_durable() const { return unsaved_.empty() && !in_flight(); }
    // Changes with every put and erase.
    std::uint64_t changes() const { return changes_; }

    bool in_flight() const { return in_flight_generation_.has_value(); }
    bool batch_ready(Tick now) const;
    store::Batch take_batch();
    void committed();
    void commit_failed(Tick now, Random& random);

    // From a failed commit to the next one that succeeds.
    bool failed() const { return failures_ > 0; }
    // When a failed batch is tried again.
    std::optional<Tick> retry_at() const;

private:
    std::map<std::string, std::optional<std::string>> unsaved_;
    std::map<std::string, std::optional<std::string>> sent_;
    std::optional<Generation> in_flight_generation_;
    Generation open_ = 1;  // what is recorded now
    Generation durable_ = 0;
    std::uint64_t changes_ = 0;
    int failures_ = 0;
    Tick retry_at_{};
};

}  // namespace ladestrom::station
