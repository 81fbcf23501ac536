// Schema, checksums, and the space that is set aside.
#include "store/sqlite/journal_file.hpp"

#include "store/sqlite/journal_salvage.hpp"

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
constexpr std::int64_t max_pages = 0xFFFFFFFE;
constexpr std::int64_t growth_bytes_min = 64 * 1024;

constexpr std::array<std::string_view, 1> schema{
    "CREATE TABLE records (key TEXT PRIMARY KEY, value BLOB NOT NULL, checksum INTEGER NOT NULL);"
    // Rows whose checksum did not fit, as they were found.
    "CREATE TABLE damaged (id INTEGER PRIMARY KEY, key TEXT NOT NULL, value BLOB, checksum INTEGER,"
    " found_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);"
    "CREATE TABLE preallocation (bytes BLOB)",
};

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

constexpr std::string_view put_sql =
    "INSERT INTO records (key, value, checksum) VALUES (?,?,?)"
    " ON CONFLICT (key) DO UPDATE SET value=excluded.value, checksum=excluded.checksum";

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

DatabaseResult<JournalFile> JournalFile::open(const std::string& path, std::int64_t reserve_bytes,
                                              const std::string& vfs)
{
    auto database =
        Database::open(path, {.exclusive = true, .busy_timeout_ms = 0, .keep_log = true, .vfs = vfs});
    if (!database) return database.error();
    if (auto claimed = claim(*database); !claimed) return claimed.error();
    if (auto migrated = database->migrate(schema); !migrated) return migrated.error();
    auto put = database->prepare(put_sql);
    if (!put) return put.error();
    // What is erased is overwritten: it holds tokens of people, and no search through the file may find it
    // again.
    if (auto secured = database->execute("PRAGMA secure_delete=ON"); !secured) return secured.error();
    auto erase = database->prepare("DELETE FROM records WHERE key=?");
    if (!erase) return erase.error();
    JournalFile file(std::move(*database), std::move(*put), std::move(*erase), reserve_bytes, vfs,
                     sqlite::ReserveFile(path + ".reserve", vfs, reserve_bytes));
    // Before anything is written: with a damaged list of free pages a write would destroy more.
    auto intact = file.database_.intact();
    if (!intact) return intact.error();
    if (!*intact) {
        if (auto rebuilt = file.rebuild(); !rebuilt) return rebuilt.error();
    }
    file.preallocate();
    file.make_reserve();
    return file;
}

// ---- reading ------------------------------------------------------------------------------------------

Result<Batch> JournalFile::load()
{
    auto rows = read();
    if (!rows) return rows.error();
    // Without room for that they stay where they are, and are left out again the next time.
    std::size_t left = 0;
    for (const auto& [record, checksum] : rows->unsound) left += set_aside(record, checksum) ? 0U : 1U;
    auto count = database_.prepare("SELECT count(*) FROM damaged");
    if (!count) return count.error();
    if (auto row = count->step(); !row) return row.error();
    damaged_ = static_cast<std::size_t>(count->integer(0)) + left;
    return std::move(rows->sound);
}

DatabaseResult<JournalFile::Rows> JournalFile::read()
{
    Rows all;
    auto rows = database_.prepare("SELECT key, value, checksum FROM records ORDER BY key");
    if (!rows) return rows.error();
    while (true) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return all;
        Record record{std::string(rows->text(0)), std::string(rows->text(1))};
        std::int64_t checksum = rows->integer(2);
        if (checksum == journal_checksum(record.key, *record.value)) {
            all.sound.push_back(std::move(record));
        } else {
            all.unsound.emplace_back(std::move(record), checksum);
        }
    }
}

// What can be proved of a file that does not hold together goes into a new one in its place; the old one is
// kept beside it, if there is room, for people.
DatabaseResult<void> JournalFile::rebuild()
{
    database_.checkpoint();
    auto image = database_.image();
    if (!image) return image.error();
    (void)sqlite::write_file(database_.path() + ".damaged", vfs_, *image);
    auto fresh = Database::open(":memory:");
    if (!fresh) return fresh.error();
    if (auto claimed = claim(*fresh); !claimed) return claimed.error();
    if (auto migrated = fresh->migrate(schema); !migrated) return migrated.error();
    {
        auto put = fresh->prepare(put_sql);
        if (!put) return put.error();
        for (const Record& record : salvage_records(*image)) {
            put->bind(1, std::string_view(record.key)).bind_blob(2, *record.value);
            auto done = put->bind(3, journal_checksum(record.key, *record.value)).run();
            if (!done) return done.error();
        }
    }
    auto noted = fresh->execute("INSERT INTO damaged (key) VALUES ('the whole file, see .damaged')");
    if (!noted) return noted.error();
    limit_pages(max_pages);
    auto replaced = database_.become(*fresh);
    if (!replaced && replaced.error().failure == Failure::full) {
        reserve_.release();
        replaced = database_.become(*fresh);
    }
    return replaced;
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
            done = put_.bind(3, journal_checksum(record.key, *record.value)).run();
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
    std::int64_t bytes = 0;
    for (const Record& record : batch) {
        if (auto fits = check(record); !fits) return fits.error();
        if (record.value)
            bytes += static_cast<std::int64_t>(2 * record.key.size() + record.value->size() + 64);
    }
    auto done = attempt(batch, true);
    const auto is_full = [&done] { return !done && done.error().failure == Failure::full; };
    // Room is looked for where it costs least: the log from its start, the disk, the reserve.
    if (is_full() && database_.checkpoint()) done = attempt(batch, true);
    if (is_full() && !growth_forbidden_ && grow(bytes + growth_bytes())) done = attempt(batch, true);
    if (is_full() && reserve_.held()) {
        reserve_.release();
        commits_without_reserve_ = 0;
        // All of it at once, before others take it.
        grow(reserve_bytes_ - 8 * 4096);
        done = attempt(batch, true);
    }
    if (!done) return done.error();
    if (!reserve_.held() && !growth_forbidden_ && ++commits_without_reserve_ >= commits_until_new_reserve) {
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

// Lets the database grow, in this order: space in the file, so that no page can be waiting in the log for a
// place; pages, by way of a large row; and then they are free. SQLite takes no page beyond: with pages
// waiting, the log could not begin anew, and on a full disk not even an erasure would find room.
bool JournalFile::grow(std::int64_t bytes)
{
    auto pages = pragma("page_count");
    auto page_bytes = pragma("page_size");
    if (bytes <= 0 || !pages || !page_bytes || !database_.checkpoint()) return false;
    const std::int64_t more = bytes / *page_bytes + 4;
    if (!database_.allocate((*pages + more) * *page_bytes)) return false;
    limit_pages(*pages + more);
    const bool grown = use_and_free((more - 2) * (*page_bytes - 8));
    if (auto now = pragma("page_count")) limit_pages(*now);
    return grown;
}

bool JournalFile::use_and_free(std::int64_t bytes)
{
    const std::string row = std::to_string(bytes);
    bool done = database_.execute("INSERT INTO preallocation VALUES (zeroblob(" + row + "))").has_value();
    // The log is used twice, not grown twice as far.
    database_.checkpoint();
    if (done) done = database_.execute("DELETE FROM preallocation").has_value();
    database_.checkpoint();
    return done;
}

void JournalFile::limit_pages(std::int64_t pages)
{
    (void)pragma(("max_page_count=" + std::to_string(pages)).c_str());
}

std::int64_t JournalFile::growth_bytes()
{
    auto pages = pragma("page_count");
    auto page_bytes = pragma("page_size");
    const std::int64_t eighth = pages && page_bytes ? *pages * *page_bytes / 8 : 0;
    return std::max({eighth, reserve_bytes_ / 4, growth_bytes_min});
}

// Free pages and a log of their size, while there is room. On a full disk nothing is lost by failing.
void JournalFile::preallocate()
{
    database_.checkpoint();
    auto pages = pragma("page_count");
    auto free_pages = pragma("freelist_count");
    auto page_bytes = pragma("page_size");
    if (!pages || !free_pages || !page_bytes) return;
    limit_pages(*pages);
    // A row left by a process that died while it grew.
    (void)database_.execute("DELETE FROM preallocation");
    if (*free_pages * *page_bytes < reserve_bytes_) {
        grow(reserve_bytes_);
    } else if (database_.log_bytes() < reserve_bytes_) {
        use_and_free(reserve_bytes_ - 2 * *page_bytes);
    }
}

void JournalFile::make_reserve()
{
    commits_without_reserve_ = 0;
    reserve_.make();
}

void JournalFile::forbid_growth()
{
    growth_forbidden_ = true;
}

void JournalFile::allow_growth()
{
    growth_forbidden_ = false;
    if (!reserve_.held()) make_reserve();
}

}  // namespace ladestrom::store
