// The thread that owns the writing connection. Everything that waits when it comes round becomes one
// transaction, one sync; a piece of work that fails is rolled back alone.
#pragma once

#include "store/sqlite/query.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ladestrom::store::sqlite {

// Runs something on the event loop of whoever asked; called from the store thread.
using Executor = std::function<void(std::function<void()>)>;

class LedgerThread {
public:
    using Work = std::function<DatabaseResult<void>(Connection&)>;
    // Called on the store thread: with success only after the sync.
    using Done = std::function<void(const DatabaseResult<void>&)>;

    // Opens (or makes) the database, brings its tables up to date, and holds `path`.lock, so that a second
    // process is refused at once.
    static DatabaseResult<std::shared_ptr<LedgerThread>> open(const std::string& path);
    // Finishes what has been ordered.
    ~LedgerThread();
    LedgerThread(const LedgerThread&) = delete;
    LedgerThread& operator=(const LedgerThread&) = delete;

    // Thread-safe.
    void write(Work work, Done done);
    // Sees every write ordered before it.
    void read(Work work, Done done);
    // False since the newest transaction failed as a whole.
    bool healthy() const { return healthy_; }

private:
    struct Job {
        Work work;
        Done done;
        bool writes = false;
        DatabaseResult<void> outcome{};
    };
    class Lock;

    LedgerThread(std::unique_ptr<Lock> lock, Database database);
    void add(Job job);
    void run();
    void run_writes(std::vector<Job>& jobs);
    DatabaseResult<void> transact(std::vector<Job>& jobs);
    DatabaseResult<void> run_isolated(Job& job);

    std::unique_ptr<Lock> lock_;  // released last
    Connection connection_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Job> waiting_;
    bool stopping_ = false;
    std::atomic<bool> healthy_ = true;
    std::thread thread_;
};

}  // namespace ladestrom::store::sqlite
