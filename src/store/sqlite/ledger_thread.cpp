#include "store/sqlite/ledger_thread.hpp"

#include <fcntl.h>
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
    auto database = LedgerWriter::open(path);
    if (!database) return database.error();
    return std::shared_ptr<LedgerThread>(new LedgerThread(std::move(*lock), std::move(*database)));
}

LedgerThread::LedgerThread(std::unique_ptr<Lock> lock, Database database)
    : lock_(std::move(lock)), writer_(std::move(database)), thread_([this] { run(); })
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

void LedgerThread::add(LedgerWriter::Job job)
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
        std::vector<LedgerWriter::Job> jobs;
        {
            std::unique_lock guard(mutex_);
            wake_.wait(guard, [this] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            jobs.swap(waiting_);
        }
        writer_.run(jobs);
    }
}

}  // namespace ladestrom::store::sqlite
