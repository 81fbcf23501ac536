#include "simulation/runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace ladestrom::simulation {
namespace {

constexpr Required rare[] = {
    {"power cut during a commit", "a batch was under way when the power went"},
    {"power cut while charging", "energy was flowing when the power went"},
    {"restart by order", "Reset from the central system"},
    {"a message id came again", "a station sent the same message again"},
    {"an old socket ended after the new one had come", "two sockets of one station overlapped"},
    {"station: store.commit_failed", "a station's commit failed"},
    {"station: outbox.silence", "a fact was sent and never answered on that connection"},
    {"csms: csms.session.start_replayed", "a start came again and was recognised"},
    {"csms: csms.session.stop_replayed", "a stop came again and was recognised"},
    {"csms: csms.session.event_replayed", "an event of 2.x came again and was recognised"},
    {"csms: csms.session.continued_in_another_version", "a transaction went on in another version"},
    {"the version changed while facts were queued", "what was queued went out in another version"},
    {"the version changed while facts were queued, at a reconnect", "likewise, because of a restriction"},
    {"csms: csms.socket.version_not_allowed", "a restriction closed a connection"},
    {"csms: csms.upgrade.version_not_allowed", "a station offered no version that it may speak"},
    {"csms: csms.socket.replaced", "the newest socket won"},
    {"csms: csms.store.commit_failed", "a commit of the central system failed"},
    {"csms: csms.store.load_failed", "a read of the central system failed"},
    {"csms: csms.command.no_answer", "an order was never answered"},
};

void add(Report& report, std::uint64_t seed, const Options& options, Outcome outcome)
{
    ++report.worlds;
    report.station_days += options.stations * options.days;
    report.sessions += outcome.sessions;
    report.watt_hours += outcome.energy.value;
    for (const auto& [name, count] : outcome.counts.all()) report.counts.add(name, count);
    if (!outcome.violations.empty()) report.failures.emplace_back(seed, std::move(outcome.violations));
}

}  // namespace

Report run_batch(const Batch& batch)
{
    Report report;
    std::mutex mutex;
    std::atomic<std::uint64_t> next{batch.first};
    std::atomic<bool> enough{false};
    const auto work = [&] {
        for (std::uint64_t seed = next++; seed < batch.first + batch.count && !enough; seed = next++) {
            const Options options = batch.options(seed);
            Outcome outcome = run_world(options, Telling::silent);
            const std::lock_guard lock(mutex);
            add(report, seed, options, std::move(outcome));
            enough = report.failures.size() >= batch.most_failures;
            if (batch.progress) batch.progress(report.worlds, report.failures.size());
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < batch.jobs; ++i) threads.emplace_back(work);
    work();
    for (std::thread& thread : threads) thread.join();
    std::ranges::sort(report.failures);
    return report;
}

std::vector<Required> required_coverage()
{
    std::vector<Required> all(std::begin(rare), std::end(rare));
    return all;
}

std::vector<Required> missing_coverage(const Report& report)
{
    std::vector<Required> missing;
    for (const Required& one : required_coverage()) {
        if (report.counts.get(one.name) == 0) missing.push_back(one);
    }
    for (const FaultOption& fault : fault_options()) {
        // Faults of the store of the central system show in its counters, above; a disk is there over SQLite
        // alone.
        const bool elsewhere = fault.name == "ledger_fails" || fault.name == "ledger_outcome_lost" ||
                               fault.name == "load_fails" || fault.name == "disk_calls_fail";
        if (fault.most > 0 && !elsewhere && report.counts.get(fmt::format("fault.{}", fault.name)) == 0) {
            missing.push_back({fault.name, fault.meaning});
        }
    }
    return missing;
}

}  // namespace ladestrom::simulation
