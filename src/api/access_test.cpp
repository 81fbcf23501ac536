// Who may: logins, keys, users, and what of it is written down.
#include "api/server.hpp"

#include "api/testing.hpp"

namespace ladestrom::api {
namespace {

// ---- login ----------------------------------------------------------------------------------------------

TEST_F(ServerTest, PeopleLogInAndOut)
{
    const auto login = try_login("ADA", admin_password);
    ASSERT_EQ(login.status, 200U) << login.body;
    const std::string cookie = login.header("Set-Cookie");
    EXPECT_NE(cookie.find("HttpOnly"), std::string::npos);
    EXPECT_NE(cookie.find("SameSite=Strict"), std::string::npos);
    EXPECT_EQ(cookie.find("Secure"), std::string::npos) << "plain HTTP";
    login_headers_ = headers_of(login);
    EXPECT_EQ(ask("GET", "/me").body,
              R"({"kind":"user","name":"ada","scope":"admin","must_set_password":false})");
    EXPECT_EQ(ask("POST", "/logout").status, 204U);
    EXPECT_EQ(ask("GET", "/me").status, 401U);
}

TEST_F(ServerTest, WrongLoginsAreRefusedAlike)
{
    const auto wrong = try_login("ada", "not the password");
    const auto nobody = try_login("nobody", "not the password");
    EXPECT_EQ(wrong.status, 401U);
    EXPECT_EQ(nobody.status, 401U);
    EXPECT_EQ(wrong.body, nobody.body);
    add_user("eve", store::Scope::read, "");
    EXPECT_EQ(try_login("eve", "").status, 400U);
    EXPECT_EQ(try_login("eve", "x").status, 401U) << "no password set lets nobody in";
    EXPECT_EQ(call({"POST", "/api/v1/login", {{"X-Requested-With", "x"}}, R"({"user":"ada"})"}).status, 400U);
    EXPECT_EQ(call({"POST", "/api/v1/login", {}, R"({"user":"ada","password":"x"})"}).status, 403U);
}

TEST_F(ServerTest, ManyWrongLoginsOfAnAddressAreHeldOff)
{
    clock_ = Access::Now{loop_.now(), loop_.wall()};
    for (int i = 0; i < 10; ++i) EXPECT_EQ(try_login("ada", "wrong wrong").status, 401U) << i;
    EXPECT_EQ(try_login("ada", "wrong wrong").status, 429U);
    const auto right = try_login("ada", admin_password);
    EXPECT_EQ(right.status, 429U);
    EXPECT_EQ(right.header("Retry-After"), "5");
    clock_->tick += seconds(6);
    EXPECT_EQ(try_login("ada", admin_password).status, 200U);
}

TEST_F(ServerTest, TheLinkWorksOnceAndAsksForAPassword)
{
    add_user("new", store::Scope::admin, "");
    const std::string code = server_->issue_login_code("new");
    EXPECT_EQ(call({"HEAD", "/login?code=" + code, {}, ""}).status, 200U);
    const auto opened = call({"GET", "/login?code=" + code, {}, ""});
    EXPECT_EQ(opened.status, 303U);
    EXPECT_EQ(opened.header("Location"), "/");
    login_headers_ = headers_of(opened);
    EXPECT_NE(ask("GET", "/me").body.find(R"("must_set_password":true)"), std::string::npos);
    const auto again = call({"GET", "/login?code=" + code, {}, ""});
    EXPECT_EQ(again.header("Location"), "/login?failed=code");
    EXPECT_EQ(again.header("Set-Cookie"), "");
    EXPECT_EQ(ask("PUT", "/me/password", R"({"password":"short"})").status, 400U);
    EXPECT_EQ(ask("PUT", "/me/password", R"({"password":"long enough now"})").status, 204U);
    EXPECT_NE(ask("GET", "/me").body.find(R"("must_set_password":false)"), std::string::npos);
    EXPECT_EQ(try_login("new", "long enough now").status, 200U);
    const std::string second = server_->issue_login_code("new");
    const auto by_rest =
        call({"POST", "/api/v1/login", {{"X-Requested-With", "x"}}, R"({"code":")" + second + "\"}"});
    EXPECT_EQ(by_rest.status, 200U);
}

TEST_F(ServerTest, ANewPasswordNeedsTheOldAndEndsOtherLogins)
{
    log_in();
    const HttpHeaders other = login_headers_;
    log_in();
    EXPECT_EQ(ask("PUT", "/me/password", R"({"password":"another long one"})").status, 400U);
    EXPECT_EQ(ask("PUT", "/me/password", R"({"password":"another long one","current_password":"no"})").status,
              400U);
    const std::string body =
        std::string(R"({"password":"another long one","current_password":")") + admin_password + "\"}";
    EXPECT_EQ(ask("PUT", "/me/password", body).status, 204U);
    EXPECT_EQ(ask("GET", "/me").status, 200U);
    EXPECT_EQ(call({"GET", "/api/v1/me", other, ""}).status, 401U);
    EXPECT_EQ(try_login("ada", admin_password).status, 401U);
    EXPECT_EQ(try_login("ada", "another long one").status, 200U);
}

// ---- administration ---------------------------------------------------------------------------------------

TEST_F(ServerTest, KeysAreShownOnceAndCanBeRevoked)
{
    log_in();
    const auto made = ask("POST", "/api-keys", R"({"name":"export","scope":"read"})");
    ASSERT_EQ(made.status, 201U) << made.body;
    const auto begin = made.body.find("ldk_");
    const std::string key = made.body.substr(begin, made.body.find('"', begin) - begin);
    const auto id = key.substr(4, 16);
    EXPECT_EQ(ask_with_key(key, "GET", "/me").body,
              R"({"kind":"api_key","name":"export","scope":"read","must_set_password":false})");
    EXPECT_EQ(call({"GET", "/api/v1/me", {{"authorization", "bearer " + key}}, ""}).status, 200U);
    EXPECT_EQ(ask_with_key(key + "x", "GET", "/me").status, 401U);
    EXPECT_EQ(ask_with_key(key, "PUT", "/me/password", R"({"password":"1234567890"})").status, 403U);
    const auto list = ask("GET", "/api-keys");
    EXPECT_NE(list.body.find("\"created_by\":\"user:ada\""), std::string::npos);
    EXPECT_EQ(list.body.find(key.substr(21)), std::string::npos);
    EXPECT_EQ(ask("DELETE", "/api-keys/" + id).status, 204U);
    EXPECT_EQ(ask("DELETE", "/api-keys/" + id).status, 404U);
    EXPECT_EQ(ask_with_key(key, "GET", "/me").status, 401U);
}

TEST_F(ServerTest, ScopesAndRemovalsOfUsersCountAtOnce)
{
    log_in();
    EXPECT_EQ(ask("PUT", "/users/bob", R"({"password":"bobs password"})").status, 400U) << "scope is missing";
    EXPECT_EQ(ask("PUT", "/users/b%20b", R"({"scope":"read"})").status, 400U);
    EXPECT_EQ(ask("PUT", "/users/bob", R"({"scope":"admin","password":"bobs password"})").status, 200U);
    const HttpHeaders adas = login_headers_;
    log_in("bob", "bobs password");
    const HttpHeaders bobs = login_headers_;
    EXPECT_EQ(ask("GET", "/users").status, 200U);
    login_headers_ = adas;
    EXPECT_EQ(ask("PUT", "/users/bob", R"({"scope":"read"})").status, 200U);
    EXPECT_EQ(ask("PUT", "/users/ada", R"({"scope":"read"})").status, 409U);
    EXPECT_EQ(ask("DELETE", "/users/ada").status, 409U);
    EXPECT_EQ(call({"GET", "/api/v1/users", bobs, ""}).status, 403U);
    EXPECT_EQ(ask("DELETE", "/users/bob").status, 204U);
    EXPECT_EQ(call({"GET", "/api/v1/me", bobs, ""}).status, 401U);
    EXPECT_EQ(ask("DELETE", "/users/bob").status, 404U);
}

TEST_F(ServerTest, WritesStandInTheAuditLogWithoutSecrets)
{
    log_in();
    ask("PUT", "/stations/CP1", R"({"password":"very-secret-1234","admission":"accepted"})");
    ask("PUT", "/stations/CP1", R"({"nonsense":1})");
    try_login("ada", "wrong password");
    ask("GET", "/stations");
    const auto log = ask("GET", "/audit");
    ASSERT_EQ(log.status, 200U);
    EXPECT_NE(
        log.body.find(
            R"("actor":"user:ada","address":"127.0.0.1","action":"PUT /api/v1/stations/CP1","status":400)"),
        std::string::npos)
        << log.body;
    EXPECT_NE(log.body.find(R"("status":200,"detail":"with a new password")"), std::string::npos);
    EXPECT_NE(log.body.find(R"("action":"POST /api/v1/login","status":200)"), std::string::npos);
    EXPECT_EQ(log.body.find("very-secret"), std::string::npos);
    EXPECT_EQ(log.body.find("\"status\":401"), std::string::npos) << "strangers could fill the disk";
}

}  // namespace
}  // namespace ladestrom::api
