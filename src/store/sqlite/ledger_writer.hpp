// What is done with the connection that writes the ledger: everything that waits becomes one transaction, one
// sync; a piece of work that fails is rolled back alone.
#pragma once

#include "store/sqlite/query.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace ladestrom::store::sqlite {

// Where work for the ledger is ordered.
class LedgerQueue {
public:
    using Work = std::function<DatabaseResult<void>(Connection&)>;
    // With success only after the sync; on the thread that writes.
    using Done = std::function<void(const DatabaseResult<void>&)>;

    virtual ~LedgerQueue() = default;
    // The work may be run, undone and run again.
    virtual void write(Work work, Done done) = 0;
    // Sees every write ordered before it.
    virtual void read(Work work, Done done) = 0;
};

class LedgerWriter {
public:
    struct Job {
        LedgerQueue::Work work;
        LedgerQueue::Done done;
        bool writes = false;
        DatabaseResult<void> outcome{};
    };

    // Opens (or makes) the database and brings its tables up to date. vfs: as OpenOptions::vfs.
    static DatabaseResult<Database> open(const std::string& path, const std::string& vfs = {});
    explicit LedgerWriter(Database database) : connection_(std::move(database)) {}

    // The writes as one transaction, then the reads, then every job's `done`, in order.
    void run(std::vector<Job>& jobs);
    // False since the newest transaction failed as a whole. Thread-safe.
    bool healthy() const { return healthy_; }

private:
    void run_writes(std::vector<Job>& jobs);
    DatabaseResult<void> transact(std::vector<Job>& jobs);
    bool run_together(std::vector<Job>& jobs);
    DatabaseResult<void> transact_isolated(std::vector<Job>& jobs);
    DatabaseResult<void> run_isolated(Job& job);

    Connection connection_;
    std::atomic<bool> healthy_ = true;
};

}  // namespace ladestrom::store::sqlite
