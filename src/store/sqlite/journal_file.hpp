// The journal's file, seen by the one thread that writes it.
#pragma once

#include "store/journal.hpp"
#include "store/sqlite/database.hpp"

#include <cstdint>
#include <string>

namespace ladestrom::store {

class JournalFile {
public:
    static sqlite::DatabaseResult<JournalFile> open(const std::string& path, std::int64_t reserve_bytes);

    Result<Batch> load();
    std::size_t damaged() const { return damaged_; }

    // On a full disk the reserve file makes room, once; it comes back when a later commit finds room again.
    Result<void> write(const Batch& batch);
    // The same, but rolled back.
    Result<void> write_in_vain(const Batch& batch);

    // The file may not grow beyond its size of now, but by the reserve once that is given up.
    void forbid_growth();
    void allow_growth();

    bool reserve_intact() const { return reserve_held_; }

private:
    JournalFile(sqlite::Database database, sqlite::Statement put, sqlite::Statement erase,
                std::int64_t reserve_bytes)
        : database_(std::move(database)),
          put_(std::move(put)),
          erase_(std::move(erase)),
          reserve_bytes_(reserve_bytes)
    {
    }

    sqlite::DatabaseResult<void> attempt(const Batch& batch, bool keep);
    sqlite::DatabaseResult<void> set_aside(const Record& record, std::int64_t checksum);
    sqlite::DatabaseResult<std::int64_t> pragma(const char* name);
    void preallocate();
    void make_reserve();
    void release_reserve();
    std::string reserve_path() const { return database_.path() + ".reserve"; }

    sqlite::Database database_;
    sqlite::Statement put_;
    sqlite::Statement erase_;
    std::int64_t reserve_bytes_;
    std::size_t damaged_ = 0;
    bool reserve_held_ = false;
    bool growth_forbidden_ = false;
    int commits_without_reserve_ = 0;
};

}  // namespace ladestrom::store
