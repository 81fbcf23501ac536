// The station's commits: quick or slow, failing, torn by a power cut.
#include "simulation/station_node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ladestrom::simulation {
namespace {

constexpr Duration quick_commit_least{1}, quick_commit_most{40};

// The first record that differs, for people.
std::string difference(const Content& expected, const Content& found)
{
    for (const auto& [key, value] : expected) {
        const auto there = found.find(key);
        if (there == found.end()) return key + " is missing";
        if (there->second != value) return fmt::format("{} = {}, not {}", key, there->second, value);
    }
    for (const auto& [key, value] : found) {
        if (!expected.contains(key)) return fmt::format("{} = {} should not be there", key, value);
    }
    return "nothing";
}

bool touches(const store::Batch& batch, std::string_view prefix)
{
    return std::ranges::any_of(batch,
                               [&](const store::Record& record) { return record.key.starts_with(prefix); });
}

}  // namespace

bool StationNode::load_journal()
{
    auto content = disk_->load();
    if (!content) {
        around_.tell(name(), "the journal cannot be opened: " + content.error().message);
        around_.chronicle.count("store: journal not opened");
        return false;
    }
    const bool kept = *content == durable_ || std::ranges::any_of(doubtful_, [&](const store::Batch& batch) {
        Content with = durable_;
        write_into(with, batch);
        return *content == with;
    });
    if (!kept) {
        around_.violation(name(),
                          fmt::format("the journal is not what was committed, with or without the last "
                                      "batch: {}",
                                      difference(durable_, *content)));
    }
    doubtful_.clear();
    take_durable(*content);
    if (around_.options.mistake != Mistake::recovery_trusts_memory) memory_ = durable_;
    return true;
}

void StationNode::calm()
{
    calm_ = true;
    disk_->set_failures(0);
}

void StationNode::take_durable(const Content& content)
{
    sessions_.follow(durable_, content);
    durable_ = content;
}

// A mistake of an adapter that does not wait for its disk.
bool StationNode::reports_early(const store::Batch& batch) const
{
    switch (around_.options.mistake) {
        case Mistake::send_before_persist: return touches(batch, "fact/");
        case Mistake::accept_before_durable: return touches(batch, "availability/");
        default: return false;
    }
}

void StationNode::commit(store::Batch batch)
{
    if (in_flight_) around_.violation(name(), "a second batch in flight");
    const Faults& faults = around_.options.faults;
    Duration time = around_.between(quick_commit_least, quick_commit_most);
    if (strikes(faults.commit_slow)) {
        around_.chronicle.count("fault.commit_slow");
        time = around_.between(seconds(1), seconds(20));
    }
    write_into(memory_, batch);
    if (strikes(faults.cut_during_commit)) {
        around_.chronicle.count("fault.cut_during_commit");
        in_process(around_.between(Duration(0), time), [this] {
            power_cut();
            around_.timeline.after(around_.between(seconds(1), minutes(5)), [this] { power_up(); });
        });
    }
    if (around_.options.mistake == Mistake::energise_before_durable && touches(batch, "session/")) {
        energise_at_once();
    }
    if (reports_early(batch)) {
        unsynced_.push_back(std::move(batch));
        in_process(time, [this] { store_unsynced(); });
        in_process(Duration(0), [this] {
            feed(station::Committed{});
            plan();
        });
        return;
    }
    in_flight_ = std::move(batch);
    in_process(time, [this] {
        finish_commit();
        plan();
    });
}

void StationNode::energise_at_once()
{
    for (const auto& evse : hardware_.evses()) {
        if (!evse.car() || sessions_.running(evse.id())) continue;
        order(hardware::OfferCurrent{evse.id(), {16}, 3});
        order(hardware::CloseContactor{evse.id()});
    }
}

Result<void> StationNode::write(const store::Batch& batch)
{
    advance_hardware();
    Result<void> stored = disk_->commit(batch);
    if (!stored) {
        doubtful_.push_back(batch);
        return stored;
    }
    doubtful_.clear();
    Content content = durable_;
    write_into(content, batch);
    take_durable(content);
    if (!around_.chronicle.listening()) return stored;
    for (const store::Record& record : batch) {
        around_.tell(name(), fmt::format("durable: {} = {}", record.key, record.value.value_or("(gone)")));
    }
    return stored;
}

void StationNode::store_unsynced()
{
    const auto batches = std::exchange(unsynced_, {});
    for (const store::Batch& batch : batches) (void)write(batch);
}

void StationNode::finish_commit()
{
    store_unsynced();
    const store::Batch batch = *std::exchange(in_flight_, std::nullopt);
    const auto held_back = std::exchange(held_back_, {});
    for (const hardware::Command& command : held_back) order(command);
    const Faults& faults = around_.options.faults;
    if (disk_failing_ || strikes(faults.commit_fails)) {
        around_.chronicle.count("fault.commit_fails");
        around_.tell(name(), "a commit fails");
        feed(station::CommitFailed{"input/output error"});
        return;
    }
    if (const auto stored = write(batch); !stored) {
        around_.chronicle.count("store: commit failed");
        around_.tell(name(), "a commit fails: " + stored.error().message);
        feed(station::CommitFailed{stored.error().message});
        return;
    }
    if (!engine_) return;
    if (strikes(faults.commit_outcome_lost)) {
        around_.chronicle.count("fault.commit_outcome_lost");
        around_.tell(name(), "the commit is stored but reported as failed");
        feed(station::CommitFailed{"input/output error"});
        return;
    }
    feed(station::Committed{});
}

}  // namespace ladestrom::simulation
