// Batches of records: gathering, committing, trying again.
#include "station/core/records.hpp"

#include "station/link/backoff.hpp"

#include <utility>

namespace ladestrom::station {
namespace {

constexpr BackoffRange retry_range{seconds(1), seconds(60)};

}  // namespace

void Records::put(std::string key, std::string value)
{
    unsaved_.insert_or_assign(std::move(key), std::move(value));
    ++changes_;
}

void Records::erase(std::string key)
{
    unsaved_.insert_or_assign(std::move(key), std::nullopt);
    ++changes_;
}

void Records::put(const store::Batch& batch)
{
    for (const store::Record& record : batch) unsaved_.insert_or_assign(record.key, record.value);
    changes_ += batch.size();
}

Generation Records::current() const
{
    if (!unsaved_.empty()) return open_;
    return in_flight_generation_.value_or(durable_);
}

bool Records::batch_ready(Tick now) const
{
    return !in_flight() && !unsaved_.empty() && (!failed() || now >= retry_at_);
}

store::Batch Records::take_batch()
{
    sent_ = std::exchange(unsaved_, {});
    in_flight_generation_ = open_++;
    store::Batch batch;
    batch.reserve(sent_.size());
    for (const auto& [key, value] : sent_) batch.push_back({key, value});
    return batch;
}

void Records::committed()
{
    if (!in_flight()) return;
    durable_ = *in_flight_generation_;
    in_flight_generation_.reset();
    sent_.clear();
    failures_ = 0;
}

void Records::commit_failed(Tick now, Random& random)
{
    if (!in_flight()) return;
    in_flight_generation_.reset();
    unsaved_.merge(sent_);  // what was recorded since stands
    sent_.clear();
    retry_at_ = now + backoff(retry_range, failures_++, random);
}

std::optional<Tick> Records::retry_at() const
{
    if (!failed() || in_flight() || unsaved_.empty()) return std::nullopt;
    return retry_at_;
}

}  // namespace ladestrom::station
