// The station's journal in one SQLite file: WAL, synchronous=FULL, a checksum per row, one owner at a time.
// Disk space is set aside, so that a running session can still be closed when the disk is full.
#pragma once

#include "base/time.hpp"
#include "store/journal.hpp"
#include "store/sqlite/database.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace ladestrom::store {

// How the disk behaves; for tests of a whole program. With `full`, SQLite itself finds no room.
enum class DiskMode {
    ok,
    full,  // the file cannot grow; what was set aside is used first
    fail,  // every commit is rolled back with an input/output error
    slow,  // every commit takes `slow_delay` longer
};

struct SqliteJournalOptions {
    std::string path;  // of the database; beside it "<path>.reserve"
    // Set aside twice: inside the database and its write-ahead log, and as a file that is removed when even
    // these are used up.
    std::int64_t reserve_bytes = 1024 * 1024;
    Duration slow_delay{3000};
    std::string vfs{};  // as sqlite::OpenOptions::vfs
};

class SqliteJournal final : public Journal {
public:
    // Runs work later, on the caller's thread of control. Thread-safe (EventLoop::post).
    using Post = std::function<void(std::function<void()>)>;

    // Without `post`, commits are carried out at once and reported by poll().
    static sqlite::DatabaseResult<std::unique_ptr<SqliteJournal>> open(SqliteJournalOptions options,
                                                                       Post post = {});
    // A commit in progress is carried out, but not reported any more.
    ~SqliteJournal() override;
    SqliteJournal(const SqliteJournal&) = delete;
    SqliteJournal& operator=(const SqliteJournal&) = delete;

    Result<Batch> load() override;
    std::size_t damaged() const override;
    void commit(Batch batch, std::function<void(Result<void>)> done) override;

    // Calls what is done. Only without `post`.
    void poll();

    void set_disk(DiskMode mode);
    DiskMode disk() const;
    // Whether the reserve file is there: not any more, or not yet again, on a full disk.
    bool reserve_intact() const;

private:
    class Impl;
    explicit SqliteJournal(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

}  // namespace ladestrom::store
