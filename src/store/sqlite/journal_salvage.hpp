// The last resort for a journal whose structure is damaged: every row that its own checksum proves is picked
// out of the bytes of the file, wherever it lies.
#pragma once

#include "store/journal.hpp"

#include <cstdint>
#include <string_view>

namespace ladestrom::store {

// Of a row of the table `records`.
std::int64_t journal_checksum(std::string_view key, std::string_view value);

// image: the whole database, without rows in its write-ahead log. In key order. Rows that were erased are not
// found again, because they were overwritten (PRAGMA secure_delete).
Batch salvage_records(std::string_view image);

}  // namespace ladestrom::store
