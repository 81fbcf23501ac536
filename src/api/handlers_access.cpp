// Logging in and out, and the own password.
#include "api/handlers.hpp"
#include "api/render.hpp"

namespace ladestrom::api {
namespace {

constexpr TextBounds password_bounds{10, 1024};

std::string render_me(const Login& login)
{
    JsonWriter json;
    json.begin_object();
    json.member("kind", login.kind == Login::Kind::user ? "user" : "api_key");
    json.member("name", login.label);
    json.member("scope", name_of(login.scope));
    json.member("must_set_password", login.must_set_password);
    json.end_object();
    return json.take();
}

std::string cookie(const Exchange& exchange, const Options& options, std::string_view token,
                   bool gone = false)
{
    std::string text = std::string(session_cookie) + '=' + std::string(token);
    text += "; Path=/; HttpOnly; SameSite=Strict";
    if (gone) text += "; Max-Age=0";
    if (exchange.request().tls || options.secure_cookie) text += "; Secure";
    return text;
}

Problem login_problem(LoginFailure failure)
{
    switch (failure) {
        case LoginFailure::wrong:
            return {401, "unauthorized", "The name or the password, or the code, is wrong."};
        case LoginFailure::too_many:
            return {429, "too_many_requests", "Too many attempts from this address; wait a little."};
        case LoginFailure::store: break;
    }
    return store_failed();
}

void answer_login(const ExchangePointer& exchange, const LoginOutcome& outcome)
{
    if (!outcome) {
        if (exchange->services().log) {
            exchange->services().log(transport::LogLevel::warning,
                                     "login refused, from " + exchange->request().remote_address);
        }
        return exchange->answer(login_problem(outcome.error()));
    }
    exchange->set_login(outcome->login);
    auto response = transport::HttpResponse::json(render_me(outcome->login));
    response.headers.emplace_back("Set-Cookie",
                                  cookie(*exchange, exchange->services().options, outcome->token));
    exchange->answer(std::move(response));
}

void redirect(const ExchangePointer& exchange, std::string place, std::string cookie_text)
{
    transport::HttpResponse response;
    response.status = 303;
    response.headers.emplace_back("Location", std::move(place));
    if (!cookie_text.empty()) response.headers.emplace_back("Set-Cookie", std::move(cookie_text));
    exchange->answer(std::move(response));
}

// The last step: the hash is made, the row changes, other logins of the user end.
void store_password(const ExchangePointer& exchange, const std::string& password)
{
    const bool waits =
        exchange->services().access.passwords().hash(password, [exchange](Result<std::string> hash) {
            if (!hash) return exchange->answer(store_failed());
            const store::UserChange change{.scope = {}, .password_hash = *hash};
            const std::string& name = exchange->login().name;
            exchange->services().accounts.change_user(
                name, change, [exchange](Result<store::AccountsOutcome> outcome) {
                    if (!outcome) return exchange->answer(store_failed());
                    if (*outcome == store::AccountsOutcome::not_found) {
                        return exchange->answer(not_found("The user was removed meanwhile."));
                    }
                    const Login& login = exchange->login();
                    exchange->services().access.end_sessions_of(login.name, login.session);
                    exchange->services().hub.end_streams([&](const Login& other) {
                        return other.is_user(login.name) && other.session != login.session;
                    });
                    exchange->answer_nothing();
                });
        });
    if (!waits) exchange->answer(login_problem(LoginFailure::too_many));
}

}  // namespace

void login(const ExchangePointer& exchange)
{
    Services& services = exchange->services();
    Body body(services.parser, exchange->request().body);
    const auto code = body.text("code", {1, 128});
    const auto user = body.text("user", {1, 64});
    auto password = body.text("password", {1, 1024});
    if (!code) {
        body.require("user");
        body.require("password");
    } else if (user || password) {
        body.fail("code", "comes alone");
    }
    if (exchange->refused(body)) return;
    const std::string& address = exchange->request().remote_address;
    if (code) return answer_login(exchange, services.access.login_by_code(*code, address));
    services.access.login_by_password(*user, std::move(*password), address,
                                      [exchange](LoginOutcome outcome) { answer_login(exchange, outcome); });
}

void follow_login_link(const ExchangePointer& exchange)
{
    Services& services = exchange->services();
    const auto code = exchange->request().query_value("code");
    const auto outcome = services.access.login_by_code(code.value_or(""), exchange->request().remote_address);
    if (!outcome) return redirect(exchange, "/login?failed=code", "");
    redirect(exchange, "/", cookie(*exchange, services.options, outcome->token));
}

void logout(const ExchangePointer& exchange)
{
    Services& services = exchange->services();
    const Login& login = exchange->login();
    services.access.logout(login);
    if (!login.session.empty()) {
        services.hub.end_streams([&](const Login& other) { return other.session == login.session; });
    }
    transport::HttpResponse response;
    response.status = 204;
    response.headers.emplace_back("Set-Cookie", cookie(*exchange, services.options, "", true));
    exchange->answer(std::move(response));
}

void get_me(const ExchangePointer& exchange)
{
    exchange->answer_json(render_me(exchange->login()));
}

void set_my_password(const ExchangePointer& exchange)
{
    Services& services = exchange->services();
    const Login& login = exchange->login();
    if (login.kind != Login::Kind::user) {
        return exchange->answer({403, "forbidden", "An API key has no password; make a new key instead."});
    }
    Body body(services.parser, exchange->request().body);
    body.require("password");
    const auto password = body.text("password", password_bounds);
    const auto current = body.text("current_password", {0, 1024});
    auto row = services.accounts.user(login.name);
    if (exchange->refused(row)) return;
    const bool needs_current = *row && !(*row)->password_hash.empty() && !login.by_code;
    if (needs_current) body.require("current_password");
    if (exchange->refused(body)) return;
    if (!needs_current) return store_password(exchange, *password);
    const std::string address = exchange->request().remote_address;
    if (!services.access.may_try(address)) return exchange->answer(login_problem(LoginFailure::too_many));
    const bool waits = services.access.passwords().check(
        (*row)->password_hash, *current, [exchange, address, password = *password](bool good) {
            if (good) return store_password(exchange, password);
            exchange->services().access.note_failure(address);
            exchange->answer(invalid("current_password: is not the password", "/current_password"));
        });
    if (!waits) exchange->answer(login_problem(LoginFailure::too_many));
}

}  // namespace ladestrom::api
