// The journal's thread: commits happen there, and are reported on the caller's thread of control.
#include "store/sqlite/journal_sqlite.hpp"

#include "store/sqlite/journal_file.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace ladestrom::store {

class SqliteJournal::Impl {
public:
    Impl(JournalFile opened, SqliteJournalOptions chosen, Post post)
        : file(std::move(opened)), options(std::move(chosen)), post_(std::move(post))
    {
        reserve_intact = file.reserve_intact();
        if (post_) thread_ = std::thread([this] { work(); });
    }

    ~Impl()
    {
        *reporting_ = false;
        if (!thread_.joinable()) return;
        {
            std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_all();
        thread_.join();
    }

    // On the store thread, after what was asked before; or at once when there is none.
    void run(std::function<void()> task)
    {
        if (!post_) {
            task();
            return;
        }
        {
            std::lock_guard lock(mutex_);
            tasks_.push_back(std::move(task));
        }
        wake_.notify_all();
    }

    void report(std::function<void(Result<void>)> done, Result<void> outcome)
    {
        // The flag belongs to the caller's thread, where the report runs and the journal is destroyed.
        auto call = [reporting = reporting_, done = std::move(done), outcome = std::move(outcome)] {
            if (*reporting) done(outcome);
        };
        if (post_) {
            post_(std::move(call));
        } else {
            done_.push_back(std::move(call));
        }
    }

    void poll()
    {
        // A callback may commit again.
        for (auto calls = std::exchange(done_, {}); auto& call : calls) call();
    }

    Result<void> write(const Batch& batch)
    {
        DiskMode mode = disk;
        if (mode == DiskMode::slow) pause();
        Result<void> outcome = mode == DiskMode::fail ? file.write_in_vain(batch) : file.write(batch);
        reserve_intact = file.reserve_intact();
        return outcome;
    }

    JournalFile file;
    SqliteJournalOptions options;
    std::atomic<DiskMode> disk{DiskMode::ok};
    std::atomic<bool> reserve_intact{false};

private:
    void work()
    {
        std::unique_lock lock(mutex_);
        while (true) {
            wake_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
            if (tasks_.empty()) return;
            auto task = std::move(tasks_.front());
            tasks_.pop_front();
            lock.unlock();
            task();
            lock.lock();
        }
    }

    // Cut short when the journal is destroyed.
    void pause()
    {
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, options.slow_delay, [this] { return stopping_; });
    }

    Post post_;
    std::shared_ptr<bool> reporting_ = std::make_shared<bool>(true);
    std::deque<std::function<void()>> done_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> tasks_;
    bool stopping_ = false;
    std::thread thread_;
};

sqlite::DatabaseResult<std::unique_ptr<SqliteJournal>> SqliteJournal::open(SqliteJournalOptions options,
                                                                           Post post)
{
    auto file = JournalFile::open(options.path, options.reserve_bytes, options.vfs);
    if (!file) return file.error();
    auto impl = std::make_unique<Impl>(std::move(*file), std::move(options), std::move(post));
    return std::unique_ptr<SqliteJournal>(new SqliteJournal(std::move(impl)));
}

SqliteJournal::SqliteJournal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SqliteJournal::~SqliteJournal() = default;

Result<Batch> SqliteJournal::load()
{
    // Behind what was committed before, and waited for: the engine cannot start without it.
    Result<Batch> loaded = Batch{};
    std::mutex mutex;
    std::condition_variable finished;
    bool done = false;
    impl_->run([&] {
        auto result = impl_->file.load();
        std::lock_guard lock(mutex);
        loaded = std::move(result);
        done = true;
        finished.notify_all();
    });
    std::unique_lock lock(mutex);
    finished.wait(lock, [&] { return done; });
    return loaded;
}

std::size_t SqliteJournal::damaged() const
{
    return impl_->file.damaged();
}

void SqliteJournal::commit(Batch batch, std::function<void(Result<void>)> done)
{
    impl_->run([impl = impl_.get(), batch = std::move(batch), done = std::move(done)]() mutable {
        impl->report(std::move(done), impl->write(batch));
    });
}

void SqliteJournal::poll()
{
    impl_->poll();
}

void SqliteJournal::set_disk(DiskMode mode)
{
    DiskMode before = impl_->disk.exchange(mode);
    if (before == mode) return;
    impl_->run([impl = impl_.get(), before, mode] {
        if (before == DiskMode::full) impl->file.allow_growth();
        if (mode == DiskMode::full) impl->file.forbid_growth();
        impl->reserve_intact = impl->file.reserve_intact();
    });
}

DiskMode SqliteJournal::disk() const
{
    return impl_->disk;
}

bool SqliteJournal::reserve_intact() const
{
    return impl_->reserve_intact;
}

}  // namespace ladestrom::store
