// People, API keys, the audit log.
#include "api/handlers.hpp"
#include "api/render.hpp"

namespace ladestrom::api {
namespace {

std::string name_in_path(const Exchange& exchange)
{
    return std::string(exchange.request().parameter("name"));
}

bool good_user_name(std::string_view name)
{
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@+-";
    return !name.empty() && name.size() <= 64 && name.find_first_not_of(allowed) == std::string_view::npos;
}

Problem last_administrator()
{
    return {409, "conflict", "This is the last administrator; make another one first."};
}

void end_logins(Services& services, const std::string& user)
{
    services.access.end_sessions_of(user);
    services.hub.end_streams([&](const Login& login) { return login.is_user(user); });
}

// Answers with the user as stored, or with why not.
store::Accounts::Done user_stored(const ExchangePointer& exchange, std::string name, bool password_changed)
{
    return [exchange, name = std::move(name), password_changed](Result<store::AccountsOutcome> outcome) {
        Services& services = exchange->services();
        if (!outcome) return exchange->answer(store_failed());
        switch (*outcome) {
            case store::AccountsOutcome::done: break;
            case store::AccountsOutcome::last_administrator: return exchange->answer(last_administrator());
            case store::AccountsOutcome::already_there:
                return exchange->answer({409, "conflict", "The user was made by somebody else meanwhile."});
            case store::AccountsOutcome::not_found:
                return exchange->answer(not_found("The user was removed meanwhile."));
        }
        if (password_changed) end_logins(services, name);
        auto stored = services.accounts.user(name);
        if (exchange->refused(stored)) return;
        if (!*stored) return exchange->answer(not_found("The user was removed meanwhile."));
        exchange->answer_json(render(**stored));
    };
}

void store_user(const ExchangePointer& exchange, const std::string& name, bool known,
                const store::UserChange& change)
{
    Services& services = exchange->services();
    auto done = user_stored(exchange, name, change.password_hash.has_value());
    if (known) return services.accounts.change_user(name, change, std::move(done));
    services.accounts.add_user({.name = name,
                                .scope = change.scope.value_or(store::Scope::read),
                                .password_hash = change.password_hash.value_or(""),
                                .created = services.loop.wall(),
                                .last_login = {}},
                               std::move(done));
}

}  // namespace

void list_users(const ExchangePointer& exchange)
{
    auto rows = exchange->services().accounts.users();
    if (exchange->refused(rows)) return;
    exchange->answer_json(render_list(*rows));
}

void put_user(const ExchangePointer& exchange)
{
    Services& services = exchange->services();
    Body body(services.parser, exchange->request().body);
    const auto scope = body.choice<store::Scope>("scope");
    const auto password = body.text("password", {10, 1024});
    const std::string name = name_in_path(*exchange);
    if (!good_user_name(name)) body.fail_parameter("name", "is made of letters, digits and . _ @ + -");
    auto known = services.accounts.user(name);
    if (exchange->refused(known)) return;
    if (!*known) body.require("scope");
    if (exchange->refused(body)) return;
    const bool exists = known->has_value();
    const store::Scope becomes = scope ? *scope : (*known)->scope;
    exchange->set_audit_detail(std::string(name_of(becomes)) + (password ? ", with a new password" : ""));
    if (!password) return store_user(exchange, name, exists, {.scope = scope, .password_hash = {}});
    const bool waits = services.access.passwords().hash(
        *password, [exchange, name, exists, scope](const Result<std::string>& hash) {
            if (!hash) return exchange->answer(store_failed());
            store_user(exchange, name, exists, {.scope = scope, .password_hash = *hash});
        });
    if (!waits) exchange->answer({429, "too_many_requests", "Too many passwords are being set; try again."});
}

void delete_user(const ExchangePointer& exchange)
{
    exchange->services().accounts.delete_user(
        name_in_path(*exchange), [exchange](Result<store::AccountsOutcome> outcome) {
            if (!outcome) return exchange->answer(store_failed());
            if (*outcome == store::AccountsOutcome::last_administrator) {
                return exchange->answer(last_administrator());
            }
            if (*outcome == store::AccountsOutcome::not_found) {
                return exchange->answer(not_found("There is no such user."));
            }
            end_logins(exchange->services(), name_in_path(*exchange));
            exchange->answer_nothing();
        });
}

void list_api_keys(const ExchangePointer& exchange)
{
    auto rows = exchange->services().accounts.api_keys();
    if (exchange->refused(rows)) return;
    exchange->answer_json(render_list(*rows));
}

void create_api_key(const ExchangePointer& exchange)
{
    Services& services = exchange->services();
    Body body(services.parser, exchange->request().body);
    body.require("name");
    body.require("scope");
    const auto name = body.text("name", {1, 100});
    const auto scope = body.choice<store::Scope>("scope");
    if (exchange->refused(body)) return;
    const NewKey made = services.access.make_key(*name, *scope, exchange->login().actor());
    exchange->set_audit_detail(made.row.id + ", " + std::string(name_of(*scope)));
    services.accounts.put_api_key(made.row, [exchange, made](Result<store::AccountsOutcome> outcome) {
        if (!outcome) return exchange->answer(store_failed());
        JsonWriter json;
        json.begin_object();
        json.member("id", made.row.id);
        json.member("name", made.row.name);
        json.member("scope", name_of(made.row.scope));
        json.member("key", made.key);
        json.end_object();
        exchange->answer_json(json.take(), 201);
    });
}

void delete_api_key(const ExchangePointer& exchange)
{
    const std::string id(exchange->request().parameter("id"));
    exchange->services().accounts.delete_api_key(id, [exchange, id](Result<store::AccountsOutcome> outcome) {
        if (!outcome) return exchange->answer(store_failed());
        if (*outcome == store::AccountsOutcome::not_found) {
            return exchange->answer(not_found("There is no such key."));
        }
        exchange->services().hub.end_streams(
            [&](const Login& login) { return login.kind == Login::Kind::api_key && login.name == id; });
        exchange->answer_nothing();
    });
}

void list_audit(const ExchangePointer& exchange)
{
    Query query(exchange->request());
    const auto page = page_of(query);
    if (exchange->refused(query)) return;
    auto rows = exchange->services().accounts.audit(page);
    if (exchange->refused(rows)) return;
    exchange->answer_json(render_page(rows->items, rows->next));
}

}  // namespace ladestrom::api
