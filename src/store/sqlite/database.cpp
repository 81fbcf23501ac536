// RAII over the SQLite C API.
#include "store/sqlite/database.hpp"

#include "store/sqlite/zeros.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace ladestrom::store::sqlite {
namespace {

Failure failure_of(int code)
{
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return Failure::locked;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_CANTOPEN: return Failure::not_writable;
        case SQLITE_NOTADB: return Failure::not_a_database;
        case SQLITE_FULL: return Failure::full;
        case SQLITE_CONSTRAINT: return Failure::constraint;
        case SQLITE_CORRUPT: return Failure::damaged;
        default: return Failure::other;
    }
}

std::string sentence(const std::string& path, Failure failure, const std::string& detail)
{
    switch (failure) {
        case Failure::locked:
            return path + ": in use by another process; stop that process, or choose another place";
        case Failure::not_writable:
            return path + ": cannot be opened for writing (" + detail +
                   "); create the directory, or give this user the right to write there";
        case Failure::not_a_database:
            return path + ": is not an SQLite database; move the file away, or choose another place";
        case Failure::newer_schema:
            return path + ": was written by a newer version of this program (" + detail +
                   "); run that version, or choose another place";
        case Failure::full: return path + ": no space left on the disk; free some";
        case Failure::constraint: return path + ": refused by a rule of the table (" + detail + ")";
        case Failure::damaged:
        case Failure::other: break;
    }
    return path + ": " + detail + "; check the disk, or restore the file from a backup";
}

DatabaseError make_error(const std::string& path, int code, sqlite3* handle)
{
    Failure failure = failure_of(code);
    std::string detail = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    if (handle != nullptr && failure == Failure::not_writable) {
        if (int number = sqlite3_system_errno(handle); number != 0) detail = std::strerror(number);
    }
    return DatabaseError{{sentence(path, failure, detail)}, failure};
}

// The failure of an open connection.
DatabaseError error_of(sqlite3* handle, int code)
{
    const char* path = sqlite3_db_filename(handle, "main");
    return make_error(path == nullptr || *path == '\0' ? ":memory:" : path, code, handle);
}

DatabaseResult<void> run_sql(sqlite3* handle, const char* sql)
{
    int code = sqlite3_exec(handle, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return error_of(handle, code);
    return {};
}

DatabaseResult<std::int64_t> query_integer(Database& database, std::string_view sql)
{
    auto statement = database.prepare(sql);
    if (!statement) return statement.error();
    auto row = statement->step();
    if (!row) return row.error();
    return *row ? statement->integer(0) : 0;
}

std::string opening_sql(const OpenOptions& options)
{
    std::string sql = "PRAGMA foreign_keys=ON;";
    // The lock must be exclusive before WAL is first touched: then no shared-memory file is made.
    if (options.exclusive) sql += "PRAGMA locking_mode=EXCLUSIVE;";
    // EXTRA is FULL, and the directory is synced after a rollback journal (before WAL is on) has been
    // removed: one that a power cut brings back would undo everything since.
    sql += options.durable ? "PRAGMA synchronous=EXTRA;" : "PRAGMA synchronous=NORMAL;";
    if (!options.read_only) sql += "PRAGMA journal_mode=WAL;";
    if (options.exclusive) sql += "BEGIN EXCLUSIVE; COMMIT;";
    return sql;
}

}  // namespace

DatabaseResult<Database> Database::open(const std::string& path, const OpenOptions& options)
{
    sqlite3* handle = nullptr;
    int flags = options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                               options.vfs.empty() ? nullptr : options.vfs.c_str());
    if (code != SQLITE_OK) {
        DatabaseError error = make_error(path, code, handle);
        sqlite3_close_v2(handle);
        return error;
    }
    Database database(handle, path);
    sqlite3_busy_timeout(handle, options.busy_timeout_ms);
    int keep_log = options.keep_log ? 1 : 0;
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &keep_log);
    if (!options.read_only && sqlite3_db_readonly(handle, "main") == 1) {
        return DatabaseError{{sentence(path, Failure::not_writable, "read-only")}, Failure::not_writable};
    }
    if (auto opened = database.execute(opening_sql(options)); !opened) return opened.error();
    // A first read finds out whether the file is a database at all.
    if (auto read = query_integer(database, "SELECT count(*) FROM sqlite_master"); !read) return read.error();
    return database;
}

Database::~Database()
{
    sqlite3_close_v2(handle_);
}

Database::Database(Database&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      path_(std::move(other.path_)),
      end_in_doubt_(other.end_in_doubt_)
{
}

Database& Database::operator=(Database&& other) noexcept
{
    std::swap(handle_, other.handle_);
    std::swap(path_, other.path_);
    std::swap(end_in_doubt_, other.end_in_doubt_);
    return *this;
}

DatabaseResult<void> Database::execute(std::string_view sql)
{
    return run_sql(handle_, std::string(sql).c_str());
}

DatabaseResult<Statement> Database::prepare(std::string_view sql)
{
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                  SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return error_of(handle_, code);
    return Statement(statement);
}

DatabaseResult<void> Database::migrate(std::span<const std::string_view> steps)
{
    auto created = execute(
        "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY,"
        " applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)");
    if (!created) return created.error();
    auto version = query_integer(*this, "PRAGMA user_version");
    if (!version) return version.error();
    auto count = static_cast<std::int64_t>(steps.size());
    // Below 0 it is damaged, which is no reason to run anything either.
    if (*version > count || *version < 0) {
        std::string detail = "schema " + std::to_string(*version) + ", known is " + std::to_string(count);
        return DatabaseError{{sentence(path_, Failure::newer_schema, detail)}, Failure::newer_schema};
    }
    for (std::int64_t step = *version; step < count; ++step) {
        auto transaction = Transaction::begin(*this);
        if (!transaction) return transaction.error();
        auto number = std::to_string(step + 1);
        auto done = execute(std::string(steps[static_cast<std::size_t>(step)]) +
                            ";INSERT INTO migrations (version) VALUES (" + number +
                            ");PRAGMA user_version=" + number);
        if (!done) return done.error();
        if (auto committed = transaction->commit(); !committed) return committed.error();
    }
    return {};
}

// Setting it to what it is writes the first page, which an UPDATE to the same values would not.
DatabaseResult<void> Database::overwrite_end_of_log()
{
    auto version = query_integer(*this, "PRAGMA user_version");
    if (!version) return version.error();
    return execute("PRAGMA user_version=" + std::to_string(*version));
}

bool Database::checkpoint()
{
    int in_log = 0;
    int carried_over = 0;
    int code = sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &carried_over);
    return code == SQLITE_OK && in_log == carried_over;
}

std::int64_t Database::log_bytes() const
{
    sqlite3_file* log = nullptr;
    sqlite3_int64 bytes = 0;
    sqlite3_file_control(handle_, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log == nullptr || log->pMethods == nullptr) return 0;
    return log->pMethods->xFileSize(log, &bytes) == SQLITE_OK ? bytes : 0;
}

bool Database::allocate(std::int64_t bytes)
{
    sqlite3_file* file = nullptr;
    sqlite3_int64 before = 0;
    sqlite3_file_control(handle_, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file == nullptr || file->pMethods == nullptr) return false;
    if (file->pMethods->xFileSize(file, &before) != SQLITE_OK) return false;
    if (write_zeros(*file, before, bytes)) return true;
    file->pMethods->xTruncate(file, before);
    return false;
}

DatabaseResult<bool> Database::intact()
{
    auto check = prepare("PRAGMA integrity_check(1)");
    auto row = check ? check->step() : DatabaseResult<bool>(check.error());
    if (row) {
        const std::string_view found = *row ? check->text(0) : std::string_view();
        // It tells of a page that cannot be read as of one that is wrong; 11 is SQLITE_CORRUPT.
        const bool unread = found.find("error code=") != std::string_view::npos ||
                            found.find("failed to get page") != std::string_view::npos;
        if (unread && found.find("error code=11") == std::string_view::npos) {
            return make_error(path_, SQLITE_IOERR_READ, nullptr);
        }
        return found == "ok";
    }
    if (row.error().failure == Failure::damaged) return false;
    return row.error();
}

DatabaseResult<std::string> Database::image() const
{
    sqlite3_file* file = nullptr;
    sqlite3_int64 bytes = 0;
    sqlite3_file_control(handle_, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file == nullptr || file->pMethods == nullptr) return make_error(path_, SQLITE_IOERR_READ, nullptr);
    int code = file->pMethods->xFileSize(file, &bytes);
    std::string content(static_cast<std::size_t>(bytes), '\0');
    if (code == SQLITE_OK) code = file->pMethods->xRead(file, content.data(), static_cast<int>(bytes), 0);
    if (code != SQLITE_OK) return make_error(path_, code, nullptr);
    return content;
}

DatabaseResult<void> Database::become(Database& other)
{
    sqlite3_backup* copy = sqlite3_backup_init(handle_, "main", other.handle_, "main");
    if (copy == nullptr) return error_of(handle_, sqlite3_errcode(handle_));
    sqlite3_backup_step(copy, -1);
    if (int code = sqlite3_backup_finish(copy); code != SQLITE_OK) return error_of(handle_, code);
    return {};
}

std::int64_t Database::changes() const
{
    return sqlite3_changes64(handle_);
}

std::int64_t Database::last_insert_rowid() const
{
    return sqlite3_last_insert_rowid(handle_);
}

// ---- Statement --------------------------------------------------------------------------------------

Statement::~Statement()
{
    sqlite3_finalize(statement_);
}

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)), bind_code_(other.bind_code_)
{
}

Statement& Statement::operator=(Statement&& other) noexcept
{
    std::swap(statement_, other.statement_);
    std::swap(bind_code_, other.bind_code_);
    return *this;
}

void Statement::note(int code)
{
    if (code != SQLITE_OK && bind_code_ == SQLITE_OK) bind_code_ = code;
}

Statement& Statement::bind(int parameter, std::int64_t value)
{
    note(sqlite3_bind_int64(statement_, parameter, value));
    return *this;
}

Statement& Statement::bind(int parameter, double value)
{
    note(sqlite3_bind_double(statement_, parameter, value));
    return *this;
}

Statement& Statement::bind(int parameter, std::string_view text)
{
    // A null pointer would bind NULL; an empty text is not NULL.
    note(sqlite3_bind_text64(statement_, parameter, text.empty() ? "" : text.data(), text.size(),
                             SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind_blob(int parameter, std::string_view bytes)
{
    note(sqlite3_bind_blob64(statement_, parameter, bytes.empty() ? "" : bytes.data(), bytes.size(),
                             SQLITE_TRANSIENT));
    return *this;
}

Statement& Statement::bind_null(int parameter)
{
    note(sqlite3_bind_null(statement_, parameter));
    return *this;
}

DatabaseResult<bool> Statement::step()
{
    int code = std::exchange(bind_code_, SQLITE_OK);
    if (code == SQLITE_OK) code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) {
        sqlite3_reset(statement_);
        return false;
    }
    DatabaseError error = error_of(sqlite3_db_handle(statement_), code);
    sqlite3_reset(statement_);
    return error;
}

DatabaseResult<void> Statement::run()
{
    while (true) {
        auto row = step();
        if (!row) return row.error();
        if (!*row) return {};
    }
}

void Statement::reset()
{
    sqlite3_reset(statement_);
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const
{
    return sqlite3_column_double(statement_, column);
}

std::string_view Statement::text(int column) const
{
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Statement::is_null(int column) const
{
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

// ---- Transaction ------------------------------------------------------------------------------------

DatabaseResult<Transaction> Transaction::begin(Database& database)
{
    if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) return begun.error();
    Transaction transaction(database);
    if (database.end_in_doubt_) {
        if (auto written = database.overwrite_end_of_log(); !written) return written.error();
    }
    return transaction;
}

Transaction::~Transaction()
{
    // SQLite may have rolled back by itself (disk full, I/O error).
    if (database_ != nullptr && sqlite3_get_autocommit(database_->handle_) == 0) {
        (void)run_sql(database_->handle_, "ROLLBACK");
    }
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

DatabaseResult<void> Transaction::commit()
{
    auto committed = run_sql(database_->handle_, "COMMIT");
    database_->end_in_doubt_ = !committed;
    if (committed) database_ = nullptr;
    return committed;
}

}  // namespace ladestrom::store::sqlite
