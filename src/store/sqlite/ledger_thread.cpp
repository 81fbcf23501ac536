#include "store/sqlite/ledger_thread.hpp"

#include "store/sqlite/ledger_schema.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace ladestrom::store::sqlite {

// SQLite's own exclusive mode would shut out our reading connection, so the process holds a file beside it.
// The system releases it when the process dies.
class LedgerThread::Lock {
public:
    static DatabaseResult<std::unique_ptr<Lock>> take(const std::string& path)
    {
        const std::string file = path + ".lock";
        const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (descriptor < 0) {
            return DatabaseError{{file + ": cannot be opened for writing (" + std::strerror(errno) +
                                  "); create the directory, or give this user the right to write there"},
                                 Failure::not_writable};
        }
        auto lock = std::unique_ptr<Lock>(new Lock(descriptor));
        if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            return DatabaseError{
                {path + ": in use by another process; stop that process, or choose another place"},
                Failure::locked};
        }
        return lock;
    }
    ~Lock() { ::close(descriptor_); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

private:
    explicit Lock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

DatabaseResult<std::shared_ptr<LedgerThread>> LedgerThread::open(const std::string& path)
{
    auto lock = Lock::take(path);
    if (!lock) return lock.error();
    auto database = Database::open(path);
    if (!database) return database.error();
    if (auto migrated = database->migrate(ledger_migrations()); !migrated) return migrated.error();
    return std::shared_ptr<LedgerThread>(new LedgerThread(std::move(*lock), std::move(*database)));
}

LedgerThread::LedgerThread(std::unique_ptr<Lock> lock, Database database)
    : lock_(std::move(lock)), connection_(std::move(database)), thread_([this] { run(); })
{
}

LedgerThread::~LedgerThread()
{
    {
        const std::lock_guard guard(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void LedgerThread::write(Work work, Done done)
{
    add({std::move(work), std::move(done), true});
}

void LedgerThread::read(Work work, Done done)
{
    add({std::move(work), std::move(done), false});
}

void LedgerThread::add(Job job)
{
    {
        const std::lock_guard guard(mutex_);
        waiting_.push_back(std::move(job));
    }
    wake_.notify_one();
}

void LedgerThread::run()
{
    while (true) {
        std::vector<Job> jobs;
        {
            std::unique_lock guard(mutex_);
            wake_.wait(guard, [this] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            jobs.swap(waiting_);
        }
        run_writes(jobs);
        // After the commit, so that no read tells of what may yet be rolled back.
        for (Job& job : jobs) {
            if (!job.writes) job.outcome = job.work(connection_);
            if (job.done) job.done(job.outcome);
        }
    }
}

void LedgerThread::run_writes(std::vector<Job>& jobs)
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

DatabaseResult<void> LedgerThread::transact(std::vector<Job>& jobs)
{
    auto transaction = Transaction::begin(connection_.database());
    if (!transaction) return transaction.error();
    for (Job& job : jobs) {
        if (!job.writes) continue;
        job.outcome = run_isolated(job);
        // Disk full and I/O errors make SQLite roll back everything: nothing of this round may be confirmed.
        if (!job.outcome && sqlite3_get_autocommit(connection_.database().native()) != 0) {
            return job.outcome.error();
        }
    }
    return transaction->commit();
}

DatabaseResult<void> LedgerThread::run_isolated(Job& job)
{
    if (auto begun = connection_.run("SAVEPOINT job"); !begun) return begun;
    auto outcome = job.work(connection_);
    if (!outcome && sqlite3_get_autocommit(connection_.database().native()) == 0) {
        if (auto undone = connection_.run("ROLLBACK TO job"); !undone) return undone;
    }
    if (sqlite3_get_autocommit(connection_.database().native()) == 0) {
        if (auto released = connection_.run("RELEASE job"); !released) return released;
    }
    return outcome;
}

}  // namespace ladestrom::store::sqlite
