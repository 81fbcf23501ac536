// Space on the disk, taken by writing: not every file system can promise it without that.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <array>

namespace ladestrom::store::sqlite {

// Fills file from `from` up to `to` and syncs it. False: no space, or an error.
inline bool write_zeros(sqlite3_file& file, sqlite3_int64 from, sqlite3_int64 to)
{
    static constexpr std::array<char, 64 * 1024> zeros{};
    if (from >= to) return true;
    while (from < to) {
        const int part = static_cast<int>(std::min<sqlite3_int64>(zeros.size(), to - from));
        if (file.pMethods->xWrite(&file, zeros.data(), part, from) != SQLITE_OK) return false;
        from += part;
    }
    return file.pMethods->xSync(&file, SQLITE_SYNC_NORMAL) == SQLITE_OK;
}

}  // namespace ladestrom::store::sqlite
