#include "store/sqlite/reserve_file.hpp"

#include "store/sqlite/zeros.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace ladestrom::store::sqlite {
namespace {

sqlite3_vfs* file_system(const std::string& name)
{
    return sqlite3_vfs_find(name.empty() ? nullptr : name.c_str());
}

std::string full_name(sqlite3_vfs& vfs, const std::string& path)
{
    std::vector<char> name(static_cast<std::size_t>(vfs.mxPathname) + 1);
    if (vfs.xFullPathname(&vfs, path.c_str(), vfs.mxPathname, name.data()) != SQLITE_OK) return path;
    return name.data();
}

// Opens or makes the file and hands it to work, a bool(sqlite3_file&).
template <class Work>
bool with_file(const std::string& path, const std::string& vfs_name, Work work)
{
    sqlite3_vfs* vfs = file_system(vfs_name);
    if (vfs == nullptr) return false;
    std::vector<std::max_align_t> memory(static_cast<std::size_t>(vfs->szOsFile) / sizeof(std::max_align_t) +
                                         1);
    auto* file = reinterpret_cast<sqlite3_file*>(memory.data());
    const std::string name = full_name(*vfs, path);
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_SUPER_JOURNAL;
    if (vfs->xOpen(vfs, name.c_str(), file, flags, nullptr) != SQLITE_OK) return false;
    const bool done = work(*file);
    file->pMethods->xClose(file);
    return done;
}

}  // namespace

bool write_file(const std::string& path, const std::string& vfs, std::string_view content)
{
    return with_file(path, vfs, [content](sqlite3_file& file) {
        const sqlite3_io_methods& call = *file.pMethods;
        return call.xTruncate(&file, 0) == SQLITE_OK &&
               call.xWrite(&file, content.data(), static_cast<int>(content.size()), 0) == SQLITE_OK &&
               call.xSync(&file, SQLITE_SYNC_NORMAL) == SQLITE_OK;
    });
}

ReserveFile::ReserveFile(std::string path, std::string vfs, std::int64_t bytes)
    : path_(std::move(path)), vfs_(std::move(vfs)), bytes_(bytes)
{
}

void ReserveFile::make()
{
    if (held_ || bytes_ <= 0) return;
    held_ = with_file(path_, vfs_, [this](sqlite3_file& file) {
        sqlite3_int64 there = 0;
        return file.pMethods->xFileSize(&file, &there) == SQLITE_OK && write_zeros(file, there, bytes_);
    });
    if (!held_) release();
}

void ReserveFile::release()
{
    held_ = false;
    if (sqlite3_vfs* vfs = file_system(vfs_)) vfs->xDelete(vfs, full_name(*vfs, path_).c_str(), 0);
}

}  // namespace ladestrom::store::sqlite
