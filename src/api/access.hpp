// Who is asking: people by session cookie, machines by API key. Sessions live in memory: a restart logs
// everybody out, and nobody who reads the database can take a session over.
#pragma once

#include "api/password_worker.hpp"
#include "base/counters.hpp"
#include "base/time.hpp"
#include "crypto/keyed_hash.hpp"
#include "store/accounts.hpp"
#include "transport/http/http_server.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ladestrom::api {

inline constexpr std::string_view session_cookie = "ladestrom_session";

struct Login {
    enum class Kind { user, api_key };
    Kind kind = Kind::user;
    std::string name;   // of the user, or id of the key
    std::string label;  // for people: the user's or the key's name
    store::Scope scope = store::Scope::read;
    bool by_code = false;            // made by a one-time link
    bool must_set_password = false;  // and no password is set
    std::string session;             // names the session; empty for keys

    // Names of users are compared without regard to letter case.
    bool is_user(std::string_view user) const;
    std::string actor() const { return (kind == Kind::user ? "user:" : "key:") + label; }
};

struct NewSession {
    std::string token;  // for the cookie
    Login login;
};

enum class LoginFailure { wrong, too_many, store };
using LoginOutcome = Result<NewSession, LoginFailure>;

struct NewKey {
    store::ApiKeyRow row;
    std::string key;  // shown once
};

// "ldk_<id>_<secret>"; only a keyed hash of the secret is kept.
NewKey make_api_key(const crypto::KeyedHash& hash, std::string name, store::Scope scope,
                    std::string created_by, Instant now);

class Access {
public:
    struct Options {
        Duration idle = hours(12);
        Duration longest = hours(24 * 7);
        Duration code_validity = hours(24);
        std::size_t sessions_max = 10'000;
        std::size_t failures_max = 10;  // per address, then one more every failure_interval
        Duration failure_interval = seconds(6);
        crypto::Argon2Cost cost;
    };
    struct Now {
        Tick tick;
        Instant wall;
    };

    Access(store::Accounts& accounts, const crypto::KeyedHash& hash, Executor executor,
           std::function<Now()> clock, Options options);

    // nullopt: nobody we know.
    store::ReadResult<std::optional<Login>> authenticate(const transport::HttpRequest& request);

    void login_by_password(const std::string& user, std::string password, const std::string& address,
                           std::function<void(LoginOutcome)> done);
    LoginOutcome login_by_code(std::string_view code, const std::string& address);
    // A code that lets `user` in once.
    std::string issue_code(const std::string& user);

    // A login that was admitted before: whether it would be now. A store that does not answer changes
    // nothing.
    bool still_admitted(const Login& login);

    void logout(const Login& login);
    // All but `except`, which names a session.
    void end_sessions_of(const std::string& user, std::string_view except = {});

    PasswordWorker& passwords() { return passwords_; }
    // Whether `address` may try a password now; each failure is reported by note_failure.
    bool may_try(const std::string& address);
    void note_failure(const std::string& address);
    const Counters& counters() const { return counters_; }
    NewKey make_key(std::string name, store::Scope scope, std::string created_by) const;

private:
    struct Session {
        std::string user;
        bool by_code = false;
        Tick begun, used;
    };
    struct Code {
        std::string user;
        Tick expires;
    };
    struct Bucket {
        double left = 0;
        Tick filled;
    };

    store::ReadResult<std::optional<Login>> by_session(std::string_view token);
    store::ReadResult<std::optional<Login>> by_key(std::string_view key);
    NewSession begin(const store::UserRow& user, bool by_code);
    bool is_over(const Session& session) const;
    void forget_old_sessions();
    Bucket& bucket(const std::string& address);

    store::Accounts& accounts_;
    const crypto::KeyedHash& hash_;
    std::function<Now()> clock_;
    Options options_;
    PasswordWorker passwords_;
    std::map<std::string, Session, std::less<>> sessions_;  // by fingerprint of the token
    std::map<std::string, Code, std::less<>> codes_;        // by fingerprint of the code
    std::map<std::string, Bucket, std::less<>> buckets_;    // by address
    std::map<std::string, Instant, std::less<>> keys_used_;
    Counters counters_;
};

}  // namespace ladestrom::api
