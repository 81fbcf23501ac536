// Schema, checksums, and the space that is set aside.
#include "store/sqlite/journal_file.hpp"

#include <boost/crc.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace ladestrom::store {
namespace {

using sqlite::Database;
using sqlite::DatabaseError;
using sqlite::DatabaseResult;
using sqlite::Failure;
using sqlite::Transaction;

constexpr std::int64_t application_id = 0x4C53544A;  // "LSTJ"
constexpr std::size_t key_bytes_max = 200;
constexpr std::size_t value_bytes_max = 1024 * 1024;
// With the reserve given up, so many commits that succeed are a sign that there is room again.
constexpr int commits_until_new_reserve = 64;

constexpr std::array<std::string_view, 1> schema{
    "CREATE TABLE records (key TEXT PRIMARY KEY, value BLOB NOT NULL, checksum INTEGER NOT NULL);"
    // Rows whose checksum did not fit, as they were found.
    "CREATE TABLE damaged (id INTEGER PRIMARY KEY, key TEXT NOT NULL, value BLOB, checksum INTEGER,"
    " found_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);"
    "CREATE TABLE preallocation (bytes BLOB)",
};

std::int64_t checksum_of(std::string_view key, std::string_view value)
{
    boost::crc_32_type crc;
    crc.process_bytes(key.data(), key.size());
    crc.process_byte(0);
    crc.process_bytes(value.data(), value.size());
    return crc.checksum();
}

Result<void> check(const Record& record)
{
    bool printable =
        std::all_of(record.key.begin(), record.key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (record.key.empty() || record.key.size() > key_bytes_max || !printable) {
        return Error{"journal key of " + std::to_string(record.key.size()) +
                     " bytes: 1 to 200 bytes of printable ASCII are taken"};
    }
    if (record.value && record.value->size() > value_bytes_max) {
        return Error{"journal value of " + record.key + ": " + std::to_string(record.value->size()) +
                     " bytes, at most 1 MiB"};
    }
    return {};
}

// A database of another program is not touched.
DatabaseResult<void> claim(Database& database)
{
    auto found = database.prepare("PRAGMA application_id");
    if (!found) return found.error();
    if (auto row = found->step(); !row) return row.error();
    std::int64_t id = found->integer(0);
    found->reset();
    auto tables = database.prepare("SELECT count(*) FROM sqlite_master");
    if (!tables) return tables.error();
    if (auto row = tables->step(); !row) return row.error();
    bool empty = tables->integer(0) == 0;
    tables->reset();
    if (id == application_id) return {};
    if (!empty || id != 0) {
        return DatabaseError{
            {database.path() + ": is a database, but not a station's journal; move the file away, "
                               "or choose another state directory"},
            Failure::not_a_database};
    }
    return database.execute("PRAGMA application_id=" + std::to_string(application_id));
}

}  // namespace

DatabaseResult<JournalFile> JournalFile::open(const std::string& path, std::int64_t reserve_bytes)
{
    auto database = Database::open(path, {.exclusive = true, .busy_timeout_ms = 0});
    if (!database) return database.error();
    if (auto claimed = claim(*database); !claimed) return claimed.error();
    if (auto migrated = database->migrate(schema); !migrated) return migrated.error();
    auto put = database->prepare(
        "INSERT INTO records (key, value, checksum) VALUES (?,?,?)"
        " ON CONFLICT (key) DO UPDATE SET value=excluded.value, checksum=excluded.checksum");
    if (!put) return put.error();
    auto erase = database->prepare("DELETE FROM records WHERE key=?");
    if (!erase) return erase.error();
    JournalFile file(std::move(*database), std::move(*put), std::move(*erase), reserve_bytes);
    file.preallocate();
    file.make_reserve();
    return file;
}

// ---- reading ------------------------------------------------------------------------------------------

Result<Batch> JournalFile::load()
{
    Batch sound;
    std::vector<std::pair<Record, std::int64_t>> unsound;
    {
        auto rows = database_.prepare("SELECT key, value, checksum FROM records ORDER BY key");
        if (!rows) return rows.error();
        while (true) {
            auto row = rows->step();
            if (!row) return row.error();
            if (!*row) break;
            Record record{std::string(rows->text(0)), std::string(rows->text(1))};
            std::int64_t checksum = rows->integer(2);
            if (checksum == checksum_of(record.key, *record.value)) {
                sound.push_back(std::move(record));
            } else {
                unsound.emplace_back(std::move(record), checksum);
            }
        }
    }
    for (const auto& [record, checksum] : unsound) {
        if (auto kept = set_aside(record, checksum); !kept) return kept.error();
    }
    auto count = database_.prepare("SELECT count(*) FROM damaged");
    if (!count) return count.error();
    if (auto row = count->step(); !row) return row.error();
    damaged_ = static_cast<std::size_t>(count->integer(0));
    return sound;
}

DatabaseResult<void> JournalFile::set_aside(const Record& record, std::int64_t checksum)
{
    auto transaction = Transaction::begin(database_);
    if (!transaction) return transaction.error();
    auto keep = database_.prepare("INSERT INTO damaged (key, value, checksum) VALUES (?,?,?)");
    if (!keep) return keep.error();
    keep->bind(1, std::string_view(record.key)).bind_blob(2, *record.value).bind(3, checksum);
    if (auto done = keep->run(); !done) return done.error();
    if (auto done = erase_.bind(1, std::string_view(record.key)).run(); !done) return done.error();
    return transaction->commit();
}

// ---- writing ------------------------------------------------------------------------------------------

DatabaseResult<void> JournalFile::attempt(const Batch& batch, bool keep)
{
    auto transaction = Transaction::begin(database_);
    if (!transaction) return transaction.error();
    for (const Record& record : batch) {
        DatabaseResult<void> done;
        if (record.value) {
            put_.bind(1, std::string_view(record.key)).bind_blob(2, *record.value);
            done = put_.bind(3, checksum_of(record.key, *record.value)).run();
        } else {
            done = erase_.bind(1, std::string_view(record.key)).run();
        }
        if (!done) return done.error();
    }
    if (!keep) return {};
    return transaction->commit();
}

Result<void> JournalFile::write(const Batch& batch)
{
    for (const Record& record : batch) {
        if (auto fits = check(record); !fits) return fits.error();
    }
    auto done = attempt(batch, true);
    if (!done && done.error().failure == Failure::full && reserve_held_) {
        release_reserve();
        done = attempt(batch, true);
    }
    if (!done) return done.error();
    if (!reserve_held_ && !growth_forbidden_ && ++commits_without_reserve_ >= commits_until_new_reserve) {
        make_reserve();
    }
    return {};
}

Result<void> JournalFile::write_in_vain(const Batch& batch)
{
    if (auto done = attempt(batch, false); !done) return done.error();
    return Error{database_.path() + ": input/output error; check the disk"};
}

// ---- space --------------------------------------------------------------------------------------------

DatabaseResult<std::int64_t> JournalFile::pragma(const char* name)
{
    auto statement = database_.prepare(std::string("PRAGMA ") + name);
    if (!statement) return statement.error();
    auto row = statement->step();
    if (!row) return row.error();
    return statement->integer(0);
}

// Makes database and write-ahead log grow now, while there is room: both keep what they have grown by, as
// free pages and as a log that is written again from its start. On a full disk nothing is lost by failing.
void JournalFile::preallocate()
{
    auto free_pages = pragma("freelist_count");
    auto page_bytes = pragma("page_size");
    if (!free_pages || !page_bytes || reserve_bytes_ <= 0) return;
    std::int64_t missing = std::max(reserve_bytes_ - *free_pages * *page_bytes, reserve_bytes_ / 4);
    auto grown =
        database_.execute("INSERT INTO preallocation VALUES (zeroblob(" + std::to_string(missing) + "))");
    if (grown) grown = database_.execute("DELETE FROM preallocation");
    if (grown) (void)database_.execute("PRAGMA wal_checkpoint(PASSIVE)");
}

void JournalFile::make_reserve()
{
    commits_without_reserve_ = 0;
    if (reserve_bytes_ <= 0) return;
    int file = ::open(reserve_path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return;
    reserve_held_ = ::posix_fallocate(file, 0, reserve_bytes_) == 0;
    ::close(file);
    if (!reserve_held_) ::unlink(reserve_path().c_str());
}

void JournalFile::release_reserve()
{
    ::unlink(reserve_path().c_str());
    reserve_held_ = false;
    commits_without_reserve_ = 0;
    if (!growth_forbidden_) return;
    auto pages = pragma("max_page_count");
    auto page_bytes = pragma("page_size");
    if (pages && page_bytes)
        (void)pragma(("max_page_count=" + std::to_string(*pages + reserve_bytes_ / *page_bytes)).c_str());
}

void JournalFile::forbid_growth()
{
    growth_forbidden_ = true;
    // SQLite takes any lower number as the size of now.
    (void)pragma("max_page_count=1");
}

void JournalFile::allow_growth()
{
    growth_forbidden_ = false;
    (void)pragma("max_page_count=4294967294");
    if (!reserve_held_) make_reserve();
}

}  // namespace ladestrom::store
