// The thread that owns the writing connection: whatever waits when it comes round is one transaction, one
// sync.
#pragma once

#include "store/sqlite/ledger_writer.hpp"

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

class LedgerThread final : public LedgerQueue {
public:
    // Opens (or makes) the database, brings its tables up to date, and holds `path`.lock, so that a second
    // process is refused at once.
    static DatabaseResult<std::shared_ptr<LedgerThread>> open(const std::string& path);
    // Finishes what has been ordered.
    ~LedgerThread() override;
    LedgerThread(const LedgerThread&) = delete;
    LedgerThread& operator=(const LedgerThread&) = delete;

    // Thread-safe.
    void write(Work work, Done done) override;
    void read(Work work, Done done) override;
    bool healthy() const { return writer_.healthy(); }

private:
    class Lock;

    LedgerThread(std::unique_ptr<Lock> lock, Database database);
    void add(LedgerWriter::Job job);
    void run();

    std::unique_ptr<Lock> lock_;  // released last
    LedgerWriter writer_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<LedgerWriter::Job> waiting_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace ladestrom::store::sqlite
