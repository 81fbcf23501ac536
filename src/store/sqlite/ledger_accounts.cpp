// People, keys and audit in the tables beside the ledger.
#include "store/sqlite/ledger_rows.hpp"
#include "store/sqlite/ledger_sqlite.hpp"

#include <charconv>
#include <limits>
#include <utility>

namespace ladestrom::store::sqlite {
namespace {

UserRow read_user(Columns columns)
{
    UserRow row;
    columns.into(row.name);
    columns.into(row.scope);
    columns.into(row.password_hash);
    columns.into(row.created);
    columns.into(row.last_login);
    return row;
}

ApiKeyRow read_key(Columns columns)
{
    ApiKeyRow row;
    columns.into(row.id);
    columns.into(row.name);
    columns.into(row.scope);
    columns.into(row.key_hash);
    columns.into(row.created);
    columns.into(row.created_by);
    columns.into(row.last_used);
    return row;
}

AuditRow read_audit(Columns columns)
{
    AuditRow row;
    columns.into(row.id);
    columns.into(row.at);
    columns.into(row.actor);
    columns.into(row.address);
    columns.into(row.action);
    columns.into(row.status);
    columns.into(row.detail);
    return row;
}

DatabaseResult<std::int64_t> administrators(Connection& connection)
{
    auto count = connection.first("SELECT count(*) FROM users WHERE scope=2",
                                  [](Columns columns) { return columns.next<std::int64_t>(); });
    if (!count) return count.error();
    return count->value_or(0);
}

// Runs work and refuses it when it took the last administrator away.
template <class Work>
DatabaseResult<AccountsOutcome> keeping_an_administrator(Connection& connection, Work work)
{
    auto before = administrators(connection);
    if (!before) return before.error();
    DatabaseResult<AccountsOutcome> outcome = work();
    if (!outcome) return outcome;
    auto after = administrators(connection);
    if (!after) return after.error();
    if (*before > 0 && *after == 0) return AccountsOutcome::last_administrator;
    return outcome;
}

AccountsOutcome found_if_changed(Connection& connection)
{
    return connection.database().changes() > 0 ? AccountsOutcome::done : AccountsOutcome::not_found;
}

}  // namespace

DatabaseResult<std::unique_ptr<SqliteAccounts>> SqliteAccounts::open(const std::string& path,
                                                                     std::shared_ptr<LedgerThread> thread,
                                                                     Executor executor)
{
    auto database = Database::open(path, OpenOptions{.read_only = true});
    if (!database) return database.error();
    return std::unique_ptr<SqliteAccounts>(
        new SqliteAccounts(std::move(*database), std::move(thread), std::move(executor)));
}

ReadResult<std::optional<UserRow>> SqliteAccounts::user(const std::string& name)
{
    auto row = reader_.first("SELECT name, scope, password_hash, created, last_login FROM users WHERE name=?",
                             read_user, name);
    if (!row) return read_failed(row.error());
    return *row;
}

ReadResult<std::vector<UserRow>> SqliteAccounts::users()
{
    std::vector<UserRow> rows;
    auto done =
        reader_.each("SELECT name, scope, password_hash, created, last_login FROM users ORDER BY name",
                     [&](Columns c) { rows.push_back(read_user(c)); });
    if (!done) return read_failed(done.error());
    return rows;
}

ReadResult<std::optional<ApiKeyRow>> SqliteAccounts::api_key(const std::string& id)
{
    auto row = reader_.first(
        "SELECT id, name, scope, key_hash, created, created_by, last_used FROM api_keys WHERE id=?", read_key,
        id);
    if (!row) return read_failed(row.error());
    return *row;
}

ReadResult<std::vector<ApiKeyRow>> SqliteAccounts::api_keys()
{
    std::vector<ApiKeyRow> rows;
    auto done = reader_.each(
        "SELECT id, name, scope, key_hash, created, created_by, last_used FROM api_keys ORDER BY created, id",
        [&](Columns c) { rows.push_back(read_key(c)); });
    if (!done) return read_failed(done.error());
    return rows;
}

ReadResult<Page<AuditRow>> SqliteAccounts::audit(const PageRequest& page)
{
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    if (!page.cursor.empty()) {
        const char* last = page.cursor.data() + page.cursor.size();
        const auto [end, error] = std::from_chars(page.cursor.data(), last, before);
        if (error != std::errc() || end != last) {
            return ReadError{{"cursor: not one of this list; begin without one"}, true};
        }
    }
    Page<AuditRow> rows;
    auto done = reader_.each(
        "SELECT id, at, actor, address, action, status, detail FROM audit WHERE id<? ORDER BY id DESC LIMIT "
        "?",
        [&](Columns c) { rows.items.push_back(read_audit(c)); }, before, page.limit + 1);
    if (!done) return read_failed(done.error());
    if (rows.items.size() > page.limit) {
        rows.items.resize(page.limit);
        rows.next = std::to_string(rows.items.back().id);
    }
    return rows;
}

template <class Change>
void SqliteAccounts::change(Change work, Done done)
{
    auto outcome = std::make_shared<AccountsOutcome>(AccountsOutcome::done);
    thread_->write(
        [work = std::move(work), outcome](Connection& connection) -> DatabaseResult<void> {
            *outcome = AccountsOutcome::done;  // it may run a second time
            DatabaseResult<AccountsOutcome> result = work(connection);
            if (!result) return result.error();
            *outcome = *result;
            if (*result == AccountsOutcome::done) return {};
            return DatabaseError{{"not carried out"}, Failure::constraint};  // rolls back
        },
        [executor = executor_, outcome, done = std::move(done)](const DatabaseResult<void>& result) mutable {
            if (!done) return;
            Result<AccountsOutcome> answer = *outcome;
            // What was found does not count when it was found in a round that could not be stored.
            const bool refused =
                !result && result.error().failure == Failure::constraint && *outcome != AccountsOutcome::done;
            if (!result && !refused) answer = Error{result.error().message};
            // Moved: what the asker holds in it must end on the asker's thread.
            executor([done = std::move(done), answer] { done(answer); });
        });
}

void SqliteAccounts::add_user(UserRow row, Done done)
{
    change(
        [row = std::move(row)](Connection& connection) -> DatabaseResult<AccountsOutcome> {
            auto added = connection.run("INSERT INTO users VALUES (?,?,?,?,?) ON CONFLICT (name) DO NOTHING",
                                        row.name, row.scope, row.password_hash, row.created, row.last_login);
            if (!added) return added.error();
            return connection.database().changes() > 0 ? AccountsOutcome::done
                                                       : AccountsOutcome::already_there;
        },
        std::move(done));
}

void SqliteAccounts::change_user(std::string name, UserChange wanted, Done done)
{
    change(
        [name = std::move(name), wanted = std::move(wanted)](Connection& connection) {
            return keeping_an_administrator(connection, [&]() -> DatabaseResult<AccountsOutcome> {
                auto changed = connection.run(
                    "UPDATE users SET scope=coalesce(?, scope), password_hash=coalesce(?, password_hash) "
                    "WHERE name=?",
                    wanted.scope, wanted.password_hash, name);
                if (!changed) return changed.error();
                return found_if_changed(connection);
            });
        },
        std::move(done));
}

void SqliteAccounts::delete_user(std::string name, Done done)
{
    change(
        [name = std::move(name)](Connection& connection) {
            return keeping_an_administrator(connection, [&]() -> DatabaseResult<AccountsOutcome> {
                auto gone = connection.run("DELETE FROM users WHERE name=?", name);
                if (!gone) return gone.error();
                return found_if_changed(connection);
            });
        },
        std::move(done));
}

void SqliteAccounts::put_api_key(ApiKeyRow row, Done done)
{
    change(
        [row = std::move(row)](Connection& connection) -> DatabaseResult<AccountsOutcome> {
            auto put = connection.run("INSERT INTO api_keys VALUES (?,?,?,?,?,?,?)", row.id, row.name,
                                      row.scope, row.key_hash, row.created, row.created_by, row.last_used);
            if (!put) return put.error();
            return AccountsOutcome::done;
        },
        std::move(done));
}

void SqliteAccounts::delete_api_key(std::string id, Done done)
{
    change(
        [id = std::move(id)](Connection& connection) -> DatabaseResult<AccountsOutcome> {
            auto gone = connection.run("DELETE FROM api_keys WHERE id=?", id);
            if (!gone) return gone.error();
            return found_if_changed(connection);
        },
        std::move(done));
}

void SqliteAccounts::note_login(std::string user, Instant at)
{
    thread_->write(
        [user = std::move(user), at](Connection& c) {
            return c.run("UPDATE users SET last_login=? WHERE name=?", at, user);
        },
        {});
}

void SqliteAccounts::note_key_used(std::string id, Instant at)
{
    thread_->write([id = std::move(id), at](
                       Connection& c) { return c.run("UPDATE api_keys SET last_used=? WHERE id=?", at, id); },
                   {});
}

void SqliteAccounts::add_audit(AuditRow row, Done done)
{
    change(
        [row = std::move(row)](Connection& connection) -> DatabaseResult<AccountsOutcome> {
            auto added = connection.run(
                "INSERT INTO audit (at, actor, address, action, status, detail) VALUES (?,?,?,?,?,?)", row.at,
                row.actor, row.address, row.action, row.status, row.detail);
            if (!added) return added.error();
            return AccountsOutcome::done;
        },
        std::move(done));
}

}  // namespace ladestrom::store::sqlite
