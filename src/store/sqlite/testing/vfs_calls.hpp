// What FaultVfs keeps for each open file, and its table of functions for SQLite.
#pragma once

#include "store/sqlite/testing/fault_vfs.hpp"

#include <sqlite3.h>

#include <vector>

namespace ladestrom::store::sqlite::testing {

struct FaultVfs::Native {
    sqlite3_vfs vfs{};
};

// The index of the write-ahead log, shared by the connections of one file; gone with the power.
struct FaultVfs::SharedMemory {
    struct Slot {
        std::set<Handle*> readers;
        Handle* writer = nullptr;
    };
    std::vector<std::unique_ptr<char[]>> regions;
    std::array<Slot, SQLITE_SHM_NLOCK> slots;
};

struct FaultVfs::Handle {
    FaultVfs& vfs;
    std::string name;  // empty: a temporary file
    Disk::File file;
    std::uint64_t boot;
    bool remove_at_close = false;
    bool keep_log = false;
    bool sync_directory = false;  // with the next sync, as SQLite's unix file system does for journals
    int lock = SQLITE_LOCK_NONE;
    std::shared_ptr<SharedMemory> shared;

    bool dead() const { return boot != vfs.boot_ || !vfs.powered_; }
};

struct VfsCalls {
    static sqlite3_vfs table(FaultVfs& vfs);

    // The file system.
    static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out);
    static int remove(sqlite3_vfs*, const char* name, int sync_directory);
    static int access(sqlite3_vfs*, const char* name, int flags, int* result);

    // A file.
    using Handle = FaultVfs::Handle;
    static Handle& of(sqlite3_file* file);
    static int enter(Handle& handle, Call call);
    static int close(sqlite3_file* file);
    static int read(sqlite3_file* file, void* into, int bytes, sqlite3_int64 offset);
    static int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset);
    static int truncate(sqlite3_file* file, sqlite3_int64 bytes);
    static int sync(sqlite3_file* file, int flags);
    static int size(sqlite3_file* file, sqlite3_int64* bytes);
    static int lock(sqlite3_file* file, int level);
    static int unlock(sqlite3_file* file, int level);
    static int check_reserved_lock(sqlite3_file* file, int* result);
    static int control(sqlite3_file* file, int operation, void* argument);

    // Shared memory.
    static int map(sqlite3_file* file, int region, int bytes, int extend, void volatile** memory);
    static int lock_shared(sqlite3_file* file, int offset, int count, int flags);
    static int unmap(sqlite3_file* file, int remove);
};

}  // namespace ladestrom::store::sqlite::testing
