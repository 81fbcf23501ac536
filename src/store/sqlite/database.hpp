// SQLite with owners and values: connection, statement, transaction; every failure is one sentence with the
// file and the fix. One thread at a time per connection.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace ladestrom::store::sqlite {

// What a caller may have to tell apart.
enum class Failure {
    locked,          // another process or connection holds it
    not_writable,    // directory, permissions or read-only medium
    not_a_database,  // a file of another kind
    newer_schema,    // written by a later version of this program
    full,            // no space left
    constraint,
    damaged,  // the file's structure does not hold together
    other,    // I/O error, misuse
};

struct DatabaseError : Error {
    Failure failure = Failure::other;
};

template <class T>
using DatabaseResult = Result<T, DatabaseError>;

class Statement;

struct OpenOptions {
    bool read_only = false;
    // Holds the file's lock from opening to closing: a second process is refused at once.
    bool exclusive = false;
    // WAL and synchronous=FULL: a commit that has returned survives a power cut.
    bool durable = true;
    int busy_timeout_ms = 5000;
    // The write-ahead log stays when the file is closed, and its space with it.
    bool keep_log = false;
    // The name of a sqlite3_vfs; empty: the system's files.
    std::string vfs{};
};

class Database {
public:
    // Creates the file when it does not exist (but no directory). ":memory:" is taken.
    static DatabaseResult<Database> open(const std::string& path, const OpenOptions& options = {});

    ~Database();
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;

    // One or more statements without parameters; rows are dropped.
    DatabaseResult<void> execute(std::string_view sql);
    // One statement. It must not outlive the database, which may be moved meanwhile.
    DatabaseResult<Statement> prepare(std::string_view sql);

    // Runs what of steps[user_version..] has not been run, each in its own transaction, and counts it in
    // PRAGMA user_version and the table `migrations`. A file with more steps than these fails.
    DatabaseResult<void> migrate(std::span<const std::string_view> steps);

    // Carries the write-ahead log over into the file; the log is then written again from its start. False:
    // not all of it, for want of space or because somebody reads.
    bool checkpoint();
    std::int64_t log_bytes() const;
    // Gives the file this length and space on the disk, before SQLite has a use for it: what is not made use
    // of by the next checkpoint goes again. Only of a database opened exclusively. False: no space.
    bool allocate(std::int64_t bytes);

    // Whether the structure of the file holds together, rows and indexes agree.
    DatabaseResult<bool> intact();
    // The bytes of the file, without the write-ahead log.
    DatabaseResult<std::string> image() const;
    // In one transaction everything becomes as in `other`, whatever this was.
    DatabaseResult<void> become(Database& other);

    std::int64_t changes() const;
    std::int64_t last_insert_rowid() const;
    const std::string& path() const { return path_; }
    sqlite3* native() const { return handle_; }

private:
    friend class Transaction;
    Database(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
    DatabaseResult<void> overwrite_end_of_log();

    sqlite3* handle_ = nullptr;
    std::string path_;
    // A Transaction's commit failed, and none has succeeded since: the log may hold it whole behind its end.
    bool end_in_doubt_ = false;
};

// A prepared statement. Parameters count from 1, columns from 0. bind_* return *this, so that they chain;
// a failed bind shows at the next step().
class Statement {
public:
    ~Statement();
    Statement(Statement&&) noexcept;
    Statement& operator=(Statement&&) noexcept;

    Statement& bind(int parameter, std::int64_t value);
    Statement& bind(int parameter, double value);
    Statement& bind(int parameter, std::string_view text);        // copied
    Statement& bind_blob(int parameter, std::string_view bytes);  // copied
    Statement& bind_null(int parameter);
    template <class T>
    Statement& bind(int parameter, const std::optional<T>& value)
    {
        return value ? bind(parameter, *value) : bind_null(parameter);
    }

    // True: a row is there; false: the end, and the statement is ready to be bound again.
    DatabaseResult<bool> step();
    // For statements without rows: step to the end.
    DatabaseResult<void> run();
    // Ready for the next run; parameters keep their values.
    void reset();

    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string_view text(int column) const;  // text or blob; lives until the next step or reset
    bool is_null(int column) const;

private:
    friend class Database;
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
    void note(int code);

    sqlite3_stmt* statement_;
    int bind_code_ = 0;
};

// Rolls back unless committed. The database stays where it is meanwhile.
//
// A commit that fails (a sync did) may all the same be found by who opens the file next, until a later commit
// has succeeded. That one writes even if it changes nothing, so that the failed one is overwritten.
class Transaction {
public:
    // Takes the write lock at once, so that it cannot fail for it later.
    static DatabaseResult<Transaction> begin(Database& database);
    ~Transaction();
    Transaction(Transaction&&) noexcept;
    Transaction& operator=(Transaction&&) = delete;

    DatabaseResult<void> commit();

private:
    explicit Transaction(Database& database) : database_(&database) {}

    Database* database_;
};

}  // namespace ladestrom::store::sqlite
