// The journal's file, seen by the one thread that writes it.
#pragma once

#include "store/journal.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/reserve_file.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ladestrom::store {

class JournalFile {
public:
    static sqlite::DatabaseResult<JournalFile> open(const std::string& path, std::int64_t reserve_bytes,
                                                    const std::string& vfs);

    Result<Batch> load();
    std::size_t damaged() const { return damaged_; }

    // On a full disk room is found inside the file, then by giving up the reserve file, once; that comes back
    // when later commits find room again.
    Result<void> write(const Batch& batch);
    // The same, but rolled back.
    Result<void> write_in_vain(const Batch& batch);

    // The file may not grow beyond its size of now, but by the reserve once that is given up.
    void forbid_growth();
    void allow_growth();

    bool reserve_intact() const { return reserve_.held(); }

private:
    JournalFile(sqlite::Database database, sqlite::Statement put, sqlite::Statement erase,
                std::int64_t reserve_bytes, std::string vfs, sqlite::ReserveFile reserve)
        : database_(std::move(database)),
          put_(std::move(put)),
          erase_(std::move(erase)),
          reserve_bytes_(reserve_bytes),
          vfs_(std::move(vfs)),
          reserve_(std::move(reserve))
    {
    }

    struct Rows {
        Batch sound;
        std::vector<std::pair<Record, std::int64_t>> unsound;  // with the checksum they carry
    };
    sqlite::DatabaseResult<Rows> read();
    sqlite::DatabaseResult<void> rebuild();
    sqlite::DatabaseResult<void> attempt(const Batch& batch, bool keep);
    sqlite::DatabaseResult<void> set_aside(const Record& record, std::int64_t checksum);
    sqlite::DatabaseResult<std::int64_t> pragma(const char* name);
    void preallocate();
    void make_reserve();
    bool grow(std::int64_t bytes);
    // Of the pages of the file; the log is as long afterwards.
    bool use_and_free(std::int64_t bytes);
    void limit_pages(std::int64_t pages);
    std::int64_t growth_bytes();

    sqlite::Database database_;
    sqlite::Statement put_;
    sqlite::Statement erase_;
    std::int64_t reserve_bytes_;
    std::string vfs_;
    sqlite::ReserveFile reserve_;
    std::size_t damaged_ = 0;
    bool growth_forbidden_ = false;
    int commits_without_reserve_ = 0;
};

}  // namespace ladestrom::store
