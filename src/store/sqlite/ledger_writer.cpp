#include "store/sqlite/ledger_writer.hpp"

#include "store/sqlite/ledger_schema.hpp"

#include <sqlite3.h>

namespace ladestrom::store::sqlite {
namespace {

// Sessions and meter values have random keys: what is being charged should stay in memory (64 MiB). A longer
// log (16 MiB) meets the same pages more often before it writes them back to the file.
constexpr const char* memory_and_log = "PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=4096;";

}  // namespace

DatabaseResult<Database> LedgerWriter::open(const std::string& path, const std::string& vfs)
{
    auto database = Database::open(path, {.vfs = vfs});
    if (!database) return database.error();
    if (auto migrated = database->migrate(ledger_migrations()); !migrated) return migrated.error();
    if (auto sized = database->execute(memory_and_log); !sized) return sized.error();
    return database;
}

void LedgerWriter::run(std::vector<Job>& jobs)
{
    run_writes(jobs);
    // After the commit, so that no read tells of what may yet be rolled back.
    for (Job& job : jobs) {
        if (!job.writes) job.outcome = job.work(connection_);
        if (job.done) job.done(job.outcome);
    }
}

void LedgerWriter::run_writes(std::vector<Job>& jobs)
{
    bool any = false;
    for (const Job& job : jobs) any = any || job.writes;
    if (!any) return;
    const auto committed = transact(jobs);
    healthy_ = committed.has_value();
    if (committed) return;
    for (Job& job : jobs) {
        if (job.writes && job.outcome) job.outcome = committed;
    }
}

// Jobs hardly ever fail, and a savepoint for each makes SQLite keep a copy of every page the job touches. So
// they run without; where one fails, everything is undone and they run again, each behind its savepoint.
DatabaseResult<void> LedgerWriter::transact(std::vector<Job>& jobs)
{
    {
        auto transaction = Transaction::begin(connection_.database());
        if (!transaction) return transaction.error();
        if (run_together(jobs)) return transaction->commit();
    }
    for (Job& job : jobs) job.outcome = {};
    return transact_isolated(jobs);
}

bool LedgerWriter::run_together(std::vector<Job>& jobs)
{
    for (Job& job : jobs) {
        if (!job.writes) continue;
        job.outcome = job.work(connection_);
        if (!job.outcome || sqlite3_get_autocommit(connection_.database().native()) != 0) return false;
    }
    return true;
}

DatabaseResult<void> LedgerWriter::transact_isolated(std::vector<Job>& jobs)
{
    auto transaction = Transaction::begin(connection_.database());
    if (!transaction) return transaction.error();
    for (Job& job : jobs) {
        if (!job.writes) continue;
        if (auto sound = run_isolated(job); !sound) return sound.error();
    }
    return transaction->commit();
}

// Fails when the round cannot go on: SQLite has rolled back everything (disk full, I/O error), or a failed
// job could not be undone alone. Nothing of the round may be confirmed then.
DatabaseResult<void> LedgerWriter::run_isolated(Job& job)
{
    if (auto begun = connection_.run("SAVEPOINT job"); !begun) return begun;
    job.outcome = job.work(connection_);
    if (sqlite3_get_autocommit(connection_.database().native()) != 0) {
        return job.outcome ? DatabaseResult<void>(connection_.run("RELEASE job")) : job.outcome;
    }
    if (!job.outcome) {
        if (auto undone = connection_.run("ROLLBACK TO job"); !undone) return undone;
    }
    return connection_.run("RELEASE job");
}

}  // namespace ladestrom::store::sqlite
