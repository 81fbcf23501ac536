// Typed parameters and columns: domain types in, domain types out, in the order of the SQL text.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "store/sqlite/database.hpp"

#include <concepts>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ladestrom::store::sqlite {

inline void bind_value(Statement& statement, int parameter, std::string_view value)
{
    statement.bind(parameter, value);
}
inline void bind_value(Statement& statement, int parameter, double value)
{
    statement.bind(parameter, value);
}

template <class T>
    requires(std::integral<T> || std::is_enum_v<T>)
void bind_value(Statement& statement, int parameter, T value)
{
    statement.bind(parameter, static_cast<std::int64_t>(value));
}

// Times are integers: milliseconds since 1970.
inline void bind_value(Statement& statement, int parameter, Instant value)
{
    statement.bind(parameter, static_cast<std::int64_t>(value.time_since_epoch().count()));
}

template <class Tag, class Rep>
void bind_value(Statement& statement, int parameter, const Id<Tag, Rep>& value)
{
    bind_value(statement, parameter, value.value());
}

template <class Tag, class Rep>
void bind_value(Statement& statement, int parameter, Quantity<Tag, Rep> value)
{
    bind_value(statement, parameter, value.value);
}

template <class T>
void bind_value(Statement& statement, int parameter, const std::optional<T>& value)
{
    if (value) {
        bind_value(statement, parameter, *value);
    } else {
        statement.bind_null(parameter);
    }
}

template <class... Values>
Statement& bind_all(Statement& statement, const Values&... values)
{
    int parameter = 0;
    (bind_value(statement, ++parameter, values), ...);
    return statement;
}

// The columns of the current row, from left to right.
class Columns {
public:
    explicit Columns(const Statement& statement) : statement_(statement) {}

    template <class T>
    T next()
    {
        return read(static_cast<T*>(nullptr));
    }

    template <class T>
    void into(T& out)
    {
        out = next<T>();
    }

private:
    std::string read(std::string*) { return std::string(statement_.text(at_++)); }
    double read(double*) { return statement_.real(at_++); }
    bool read(bool*) { return statement_.integer(at_++) != 0; }

    template <class T>
        requires(std::integral<T> || std::is_enum_v<T>)
    T read(T*)
    {
        return static_cast<T>(statement_.integer(at_++));
    }

    Instant read(Instant*) { return Instant(Duration(statement_.integer(at_++))); }

    template <class Tag, class Rep>
    Id<Tag, Rep> read(Id<Tag, Rep>*)
    {
        return Id<Tag, Rep>(next<Rep>());
    }

    template <class Tag, class Rep>
    Quantity<Tag, Rep> read(Quantity<Tag, Rep>*)
    {
        return {next<Rep>()};
    }

    template <class T>
    std::optional<T> read(std::optional<T>*)
    {
        if (!statement_.is_null(at_)) return next<T>();
        ++at_;
        return std::nullopt;
    }

    const Statement& statement_;
    int at_ = 0;
};

// A connection with its prepared statements. `sql` must live as long as the program: its address is the key.
class Connection {
public:
    explicit Connection(Database database) : database_(std::make_unique<Database>(std::move(database))) {}

    Database& database() { return *database_; }

    DatabaseResult<Statement*> statement(const char* sql)
    {
        auto found = statements_.find(sql);
        if (found == statements_.end()) {
            auto prepared = database_->prepare(sql);
            if (!prepared) return prepared.error();
            found = statements_.emplace(sql, std::move(*prepared)).first;
        }
        return &found->second;
    }

    template <class... Values>
    DatabaseResult<void> run(const char* sql, const Values&... values)
    {
        auto prepared = statement(sql);
        if (!prepared) return prepared.error();
        return bind_all(**prepared, values...).run();
    }

    // on_row: void(Columns) for each row.
    template <class OnRow, class... Values>
    DatabaseResult<void> each(const char* sql, OnRow on_row, const Values&... values)
    {
        auto prepared = statement(sql);
        if (!prepared) return prepared.error();
        return rows(bind_all(**prepared, values...), on_row);
    }

    // The first row, made by read: T(Columns).
    template <class Read, class... Values>
    auto first(const char* sql, Read read, const Values&... values)
        -> DatabaseResult<std::optional<std::invoke_result_t<Read, Columns>>>
    {
        std::optional<std::invoke_result_t<Read, Columns>> found;
        auto done = each(
            sql,
            [&](Columns columns) {
                if (!found) found = read(columns);
            },
            values...);
        if (!done) return done.error();
        return found;
    }

    template <class OnRow>
    static DatabaseResult<void> rows(Statement& statement, OnRow on_row)
    {
        while (true) {
            auto row = statement.step();
            if (!row) return row.error();
            if (!*row) return {};
            on_row(Columns(statement));
        }
    }

private:
    // Statements point to their database, so it must not move; they go first.
    std::unique_ptr<Database> database_;
    std::map<const char*, Statement> statements_;
};

}  // namespace ladestrom::store::sqlite
