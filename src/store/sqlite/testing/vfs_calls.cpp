// sqlite3_vfs over a Disk: files, locks between connections, and shared memory on the heap.
#include "store/sqlite/testing/vfs_calls.hpp"

#include <algorithm>
#include <cstring>

namespace ladestrom::store::sqlite::testing {
namespace {

struct NativeFile {
    sqlite3_file base;
    void* handle;
};

FaultVfs& owner(sqlite3_vfs* vfs)
{
    return *static_cast<FaultVfs*>(vfs->pAppData);
}

// 1 January 2025, in milliseconds of the Julian day count; it stands still.
constexpr sqlite3_int64 the_time = 212602752000000;

int full_name(sqlite3_vfs*, const char* name, int bytes, char* out)
{
    sqlite3_snprintf(bytes, out, "%s", name);
    return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int bytes, char* out)
{
    std::memset(out, 0x5A, static_cast<std::size_t>(bytes));
    return bytes;
}

int sleep(sqlite3_vfs*, int microseconds)
{
    return microseconds;
}

int current_time(sqlite3_vfs*, double* days)
{
    *days = static_cast<double>(the_time) / 86'400'000.0;
    return SQLITE_OK;
}

int current_time_64(sqlite3_vfs*, sqlite3_int64* milliseconds)
{
    *milliseconds = the_time;
    return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*)
{
    return 0;
}

// The same as SQLite's unix file system tells of an ordinary disk.
int sector_size(sqlite3_file*)
{
    return 4096;
}

int characteristics(sqlite3_file*)
{
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

void barrier(sqlite3_file*) {}

constexpr sqlite3_io_methods methods{2,
                                     VfsCalls::close,
                                     VfsCalls::read,
                                     VfsCalls::write,
                                     VfsCalls::truncate,
                                     VfsCalls::sync,
                                     VfsCalls::size,
                                     VfsCalls::lock,
                                     VfsCalls::unlock,
                                     VfsCalls::check_reserved_lock,
                                     VfsCalls::control,
                                     sector_size,
                                     characteristics,
                                     VfsCalls::map,
                                     VfsCalls::lock_shared,
                                     barrier,
                                     VfsCalls::unmap,
                                     nullptr,
                                     nullptr};

}  // namespace

sqlite3_vfs VfsCalls::table(FaultVfs& vfs)
{
    sqlite3_vfs made{};
    made.iVersion = 2;
    made.szOsFile = sizeof(NativeFile);
    made.mxPathname = 512;
    made.pAppData = &vfs;
    made.xOpen = open;
    made.xDelete = remove;
    made.xAccess = access;
    made.xFullPathname = full_name;
    made.xRandomness = randomness;
    made.xSleep = sleep;
    made.xCurrentTime = current_time;
    made.xGetLastError = last_error;
    made.xCurrentTimeInt64 = current_time_64;
    return made;
}

// ---- the file system ----------------------------------------------------------------------------------

int VfsCalls::open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out)
{
    FaultVfs& self = owner(vfs);
    file->pMethods = nullptr;
    if (int code = self.enter(Call::open); code != SQLITE_OK) return code;
    const bool temporary = name == nullptr;
    Disk::File found = temporary ? std::make_shared<DiskFile>() : self.disk_.find(name);
    bool made = false;
    if (!found) {
        if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
        found = self.disk_.create(name);
        made = true;
    }
    auto* handle = new Handle{self, temporary ? "" : name, std::move(found), self.boot_};
    handle->remove_at_close = !temporary && (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    handle->sync_directory =
        made && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
    self.handles_.insert(handle);
    reinterpret_cast<NativeFile*>(file)->handle = handle;
    file->pMethods = &methods;
    if (flags_out != nullptr) *flags_out = flags;
    return SQLITE_OK;
}

int VfsCalls::remove(sqlite3_vfs* vfs, const char* name, int sync_directory)
{
    FaultVfs& self = owner(vfs);
    if (int code = self.enter(Call::remove); code != SQLITE_OK) return code;
    if (!self.disk_.find(name)) return SQLITE_IOERR_DELETE_NOENT;
    self.disk_.remove(name);
    if (sync_directory != 0) self.disk_.sync_directory();
    return SQLITE_OK;
}

int VfsCalls::access(sqlite3_vfs* vfs, const char* name, int flags, int* result)
{
    FaultVfs& self = owner(vfs);
    if (int code = self.enter(Call::access); code != SQLITE_OK) return code;
    const Disk::File file = self.disk_.find(name);
    // An empty journal counts as none, as in SQLite's unix file system.
    *result = file && (flags != SQLITE_ACCESS_EXISTS || file->size() > 0) ? 1 : 0;
    return SQLITE_OK;
}

// ---- a file -------------------------------------------------------------------------------------------

VfsCalls::Handle& VfsCalls::of(sqlite3_file* file)
{
    return *static_cast<Handle*>(reinterpret_cast<NativeFile*>(file)->handle);
}

int VfsCalls::enter(Handle& handle, Call call)
{
    if (handle.dead()) return usual_failure(call);
    return handle.vfs.enter(call);
}

int VfsCalls::close(sqlite3_file* file)
{
    Handle& handle = of(file);
    unlock(file, SQLITE_LOCK_NONE);
    unmap(file, 0);
    if (handle.remove_at_close && !handle.dead()) handle.vfs.disk_.remove(handle.name);
    handle.vfs.handles_.erase(&handle);
    delete &handle;
    file->pMethods = nullptr;
    return SQLITE_OK;
}

int VfsCalls::read(sqlite3_file* file, void* into, int bytes, sqlite3_int64 offset)
{
    Handle& handle = of(file);
    if (int code = enter(handle, Call::read); code != SQLITE_OK) return code;
    const std::string_view content = handle.file->content();
    const auto start = std::min(static_cast<std::size_t>(offset), content.size());
    const std::string_view part = content.substr(start, static_cast<std::size_t>(bytes));
    std::memcpy(into, part.data(), part.size());
    if (part.size() == static_cast<std::size_t>(bytes)) return SQLITE_OK;
    std::memset(static_cast<char*>(into) + part.size(), 0, static_cast<std::size_t>(bytes) - part.size());
    return SQLITE_IOERR_SHORT_READ;
}

int VfsCalls::write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset)
{
    Handle& handle = of(file);
    FaultVfs& self = handle.vfs;
    if (handle.dead()) return usual_failure(Call::write);
    std::string_view part(static_cast<const char*>(from), static_cast<std::size_t>(bytes));
    int code = self.enter(Call::write);
    if (code == SQLITE_OK && !handle.name.empty() && !self.fits(*handle.file, offset + bytes)) {
        code = self.failed(Call::write, SQLITE_FULL);
        part = part.substr(0, 0);
    }
    // A write that fails may have got somewhere.
    if (code != SQLITE_OK) part = part.substr(0, self.random_.below(part.size() + 1));
    if (!part.empty() && self.fits(*handle.file, offset + bytes)) handle.file->write(offset, part);
    return code;
}

int VfsCalls::truncate(sqlite3_file* file, sqlite3_int64 bytes)
{
    Handle& handle = of(file);
    if (int code = enter(handle, Call::truncate); code != SQLITE_OK) return code;
    handle.file->truncate(bytes);
    return SQLITE_OK;
}

int VfsCalls::sync(sqlite3_file* file, int)
{
    Handle& handle = of(file);
    FaultVfs& self = handle.vfs;
    if (handle.dead()) return usual_failure(Call::sync);
    if (int code = self.enter(Call::sync); code != SQLITE_OK) {
        if (self.powered_) handle.file->fail_sync(self.random_);
        return code;
    }
    ++self.syncs_;
    if (self.ignore_sync_ && self.ignore_sync_(handle.name, self.syncs_)) return SQLITE_OK;
    handle.file->sync();
    if (self.disk_.find(handle.name) == handle.file) self.disk_.sync_name(handle.name);
    if (handle.sync_directory) self.disk_.sync_directory();
    handle.sync_directory = false;
    return SQLITE_OK;
}

int VfsCalls::size(sqlite3_file* file, sqlite3_int64* bytes)
{
    Handle& handle = of(file);
    if (int code = enter(handle, Call::size); code != SQLITE_OK) return code;
    *bytes = handle.file->size();
    return SQLITE_OK;
}

int VfsCalls::control(sqlite3_file* file, int operation, void* argument)
{
    Handle& handle = of(file);
    const FaultVfs& self = handle.vfs;
    if (operation == SQLITE_FCNTL_PERSIST_WAL) {
        int& keep = *static_cast<int*>(argument);
        if (keep < 0) {
            keep = handle.keep_log ? 1 : 0;
        } else {
            handle.keep_log = keep != 0;
        }
        return SQLITE_OK;
    }
    if (operation == SQLITE_FCNTL_PRAGMA && self.synchronous_) {
        // The words are SQLite's own copy, looked at again when this has answered "not mine".
        auto** words = static_cast<char**>(argument);
        if (words[2] != nullptr && std::string_view(words[1]) == "synchronous") {
            words[2][0] = *self.synchronous_;
            words[2][1] = '\0';
        }
    }
    return SQLITE_NOTFOUND;
}

// ---- locks --------------------------------------------------------------------------------------------

int VfsCalls::lock(sqlite3_file* file, int level)
{
    Handle& handle = of(file);
    if (int code = enter(handle, Call::lock); code != SQLITE_OK) return code;
    if (handle.lock >= level) return SQLITE_OK;
    int others = SQLITE_LOCK_NONE;
    for (const Handle* other : handle.vfs.handles_) {
        if (other == &handle || other->file != handle.file || other->dead()) continue;
        others = std::max(others, other->lock);
    }
    const bool reserved = others >= SQLITE_LOCK_RESERVED;
    if (level == SQLITE_LOCK_SHARED && others >= SQLITE_LOCK_PENDING) return SQLITE_BUSY;
    if (level >= SQLITE_LOCK_RESERVED && reserved) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_EXCLUSIVE && others >= SQLITE_LOCK_SHARED) {
        handle.lock = SQLITE_LOCK_PENDING;
        return SQLITE_BUSY;
    }
    handle.lock = level;
    return SQLITE_OK;
}

int VfsCalls::unlock(sqlite3_file* file, int level)
{
    Handle& handle = of(file);
    handle.lock = std::min(handle.lock, level);
    return SQLITE_OK;
}

int VfsCalls::check_reserved_lock(sqlite3_file* file, int* result)
{
    Handle& handle = of(file);
    if (int code = enter(handle, Call::lock); code != SQLITE_OK) return code;
    *result = 0;
    for (const Handle* other : handle.vfs.handles_) {
        if (other->file == handle.file && !other->dead() && other->lock >= SQLITE_LOCK_RESERVED) *result = 1;
    }
    return SQLITE_OK;
}

// ---- shared memory ------------------------------------------------------------------------------------

int VfsCalls::map(sqlite3_file* file, int region, int bytes, int extend, void volatile** memory)
{
    Handle& handle = of(file);
    *memory = nullptr;
    if (int code = enter(handle, Call::shared_memory); code != SQLITE_OK) return code;
    auto& regions = handle.vfs.shared_memory(handle).regions;
    while (regions.size() <= static_cast<std::size_t>(region)) {
        if (extend == 0) return SQLITE_OK;
        regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(bytes)));
    }
    *memory = regions[static_cast<std::size_t>(region)].get();
    return SQLITE_OK;
}

int VfsCalls::lock_shared(sqlite3_file* file, int offset, int count, int flags)
{
    Handle& handle = of(file);
    const bool release = (flags & SQLITE_SHM_UNLOCK) != 0;
    const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    if (!release) {
        if (int code = enter(handle, Call::shared_memory); code != SQLITE_OK)
            return code == SQLITE_IOERR_SHMMAP ? SQLITE_IOERR_SHMLOCK : code;
    }
    auto& slots = handle.vfs.shared_memory(handle).slots;
    const auto begin = slots.begin() + offset;
    const auto end = begin + count;
    if (release) {
        for (auto slot = begin; slot != end; ++slot) {
            slot->readers.erase(&handle);
            if (slot->writer == &handle) slot->writer = nullptr;
        }
        return SQLITE_OK;
    }
    const bool busy = std::any_of(begin, end, [&](const auto& slot) {
        const bool written = slot.writer != nullptr && slot.writer != &handle;
        const bool read = slot.readers.size() > slot.readers.count(&handle);
        return written || (exclusive && read);
    });
    if (busy) return SQLITE_BUSY;
    for (auto slot = begin; slot != end; ++slot) {
        if (exclusive) {
            slot->writer = &handle;
        } else {
            slot->readers.insert(&handle);
        }
    }
    return SQLITE_OK;
}

int VfsCalls::unmap(sqlite3_file* file, int remove)
{
    Handle& handle = of(file);
    if (!handle.shared) return SQLITE_OK;
    const bool dead = handle.dead();
    for (auto& slot : handle.shared->slots) {
        slot.readers.erase(&handle);
        if (slot.writer == &handle) slot.writer = nullptr;
    }
    handle.shared.reset();
    if (dead) return SQLITE_OK;
    auto& all = handle.vfs.shared_;
    const auto found = all.find(handle.file.get());
    // The last one takes it away: only the map holds it still.
    if (found != all.end() && (remove != 0 || found->second.use_count() == 1)) all.erase(found);
    return SQLITE_OK;
}

FaultVfs::SharedMemory& FaultVfs::shared_memory(Handle& handle)
{
    if (!handle.shared) {
        auto& found = shared_[handle.file.get()];
        if (!found) found = std::make_shared<SharedMemory>();
        handle.shared = found;
    }
    return *handle.shared;
}

}  // namespace ladestrom::store::sqlite::testing
