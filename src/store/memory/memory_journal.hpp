// A journal in memory for tests and simulation: commits wait until they are told how they end.
#pragma once

#include "store/journal.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace ladestrom::store {

class MemoryJournal final : public Journal {
public:
    MemoryJournal() = default;
    explicit MemoryJournal(const Batch& content) { apply(content); }

    Result<Batch> load() override
    {
        Batch all;
        for (const auto& [key, value] : rows_) all.push_back({key, value});
        return all;
    }
    std::size_t damaged() const override { return damaged_; }

    // A second commit before the first has ended breaks the port's rule, and is refused.
    void commit(Batch batch, std::function<void(Result<void>)> done) override
    {
        if (pending_) {
            overlapped_ = true;
            return;
        }
        pending_ = Pending{std::move(batch), std::move(done)};
    }

    bool pending() const { return pending_.has_value(); }
    const Batch& pending_batch() const { return pending_->batch; }
    bool overlapped() const { return overlapped_; }

    // Ends the pending commit; false: there is none.
    bool finish(const Result<void>& outcome = {})
    {
        if (!pending_) return false;
        Pending ended = std::move(*pending_);
        pending_.reset();
        if (outcome) apply(ended.batch);
        ended.done(outcome);
        return true;
    }
    // Power is cut: the pending commit is never reported, and became durable or not.
    void cut_power(bool became_durable)
    {
        if (pending_ && became_durable) apply(pending_->batch);
        pending_.reset();
    }
    // A row is found damaged at the next load.
    void damage(const std::string& key) { damaged_ += rows_.erase(key); }

private:
    struct Pending {
        Batch batch;
        std::function<void(Result<void>)> done;
    };

    void apply(const Batch& batch)
    {
        for (const Record& record : batch) {
            if (record.value) {
                rows_[record.key] = *record.value;
            } else {
                rows_.erase(record.key);
            }
        }
    }

    std::map<std::string, std::string> rows_;
    std::optional<Pending> pending_;
    std::size_t damaged_ = 0;
    bool overlapped_ = false;
};

}  // namespace ladestrom::store
