// Both stores on a FaultVfs, without a thread: a commit is carried out where it is ordered.
#pragma once

#include "store/ledger.hpp"
#include "store/sqlite/journal_sqlite.hpp"
#include "store/sqlite/ledger_sqlite.hpp"
#include "store/sqlite/testing/fault_vfs.hpp"

#include <memory>
#include <string>
#include <vector>

namespace ladestrom::store::sqlite::testing {

// Its poll() calls what is done.
DatabaseResult<std::unique_ptr<SqliteJournal>> open_journal(const FaultVfs& vfs,
                                                            std::int64_t reserve_bytes = 64 * 1024,
                                                            const std::string& path = "journal.db");

// A ledger whose work is carried out at once, or held until run() makes one transaction of it (group commit).
class FaultLedger {
public:
    // done: how a `done` callback gets to its caller; at the latest it is called there, never within the
    // call.
    static DatabaseResult<std::unique_ptr<FaultLedger>> open(const FaultVfs& vfs, Executor done,
                                                             const std::string& path = "ledger.db");
    ~FaultLedger();

    Ledger& ledger();
    bool healthy() const;

    void hold(bool on);
    std::size_t waiting() const;
    void run();

private:
    class Queue;
    FaultLedger(std::shared_ptr<Queue> queue, Executor done);

    std::shared_ptr<Queue> queue_;
    SqliteLedger ledger_;
};

}  // namespace ladestrom::store::sqlite::testing
