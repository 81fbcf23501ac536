#include "api/access.hpp"

#include "base/letter_case.hpp"

#include "crypto/random_token.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace ladestrom::api {
namespace {

constexpr std::string_view key_prefix = "ldk_";
constexpr std::string_view key_purpose = "api-key";
constexpr std::size_t key_id_digits = 16;
constexpr std::size_t buckets_max = 10'000;
constexpr Duration key_use_interval = minutes(1);

struct KeyParts {
    std::string id;
    std::string_view secret;
};

std::optional<KeyParts> split(std::string_view key)
{
    if (!key.starts_with(key_prefix)) return std::nullopt;
    key.remove_prefix(key_prefix.size());
    if (key.size() < key_id_digits + 2 || key[key_id_digits] != '_') return std::nullopt;
    return KeyParts{std::string(key.substr(0, key_id_digits)), key.substr(key_id_digits + 1)};
}

bool same_user_name(std::string_view a, std::string_view b)
{
    return same_ignoring_case(a, b);
}

Login login_of(const store::UserRow& user, bool by_code, std::string session)
{
    return Login{Login::Kind::user, user.name, user.name,
                 user.scope,        by_code,   by_code && user.password_hash.empty(),
                 std::move(session)};
}

}  // namespace

bool Login::is_user(std::string_view user) const
{
    return kind == Kind::user && same_user_name(name, user);
}

NewKey make_api_key(const crypto::KeyedHash& hash, std::string name, store::Scope scope,
                    std::string created_by, Instant now)
{
    const std::string id = crypto::to_hex(crypto::random_bytes(key_id_digits / 2));
    const std::string secret = crypto::random_token(32);
    store::ApiKeyRow row{id,  std::move(name),       scope,       hash.hash(key_purpose, id, secret),
                         now, std::move(created_by), std::nullopt};
    return {std::move(row), std::string(key_prefix) + id + '_' + secret};
}

Access::Access(store::Accounts& accounts, const crypto::KeyedHash& hash, Executor executor,
               std::function<Now()> clock, Options options)
    : accounts_(accounts),
      hash_(hash),
      clock_(std::move(clock)),
      options_(options),
      passwords_(std::move(executor), options.cost)
{
}

store::ReadResult<std::optional<Login>> Access::authenticate(const transport::HttpRequest& request)
{
    constexpr std::string_view bearer = "bearer ";
    const std::string_view authorization = request.header("Authorization");
    if (same_ignoring_case(authorization.substr(0, bearer.size()), bearer))
        return by_key(authorization.substr(bearer.size()));
    const std::string_view token = request.cookie(session_cookie);
    if (!token.empty()) return by_session(token);
    return std::optional<Login>();
}

store::ReadResult<std::optional<Login>> Access::by_session(std::string_view token)
{
    const auto found = sessions_.find(crypto::fingerprint(token));
    if (found == sessions_.end()) return std::optional<Login>();
    Session& session = found->second;
    if (is_over(session)) {
        sessions_.erase(found);
        return std::optional<Login>();
    }
    // Read anew each time, so that a changed scope or a removed user counts at once.
    auto user = accounts_.user(session.user);
    if (!user) return user.error();
    if (!*user) {
        sessions_.erase(found);
        return std::optional<Login>();
    }
    session.used = clock_().tick;
    return std::optional(login_of(**user, session.by_code, found->first));
}

store::ReadResult<std::optional<Login>> Access::by_key(std::string_view key)
{
    const auto parts = split(key);
    if (!parts) {
        counters_.add("api_key.malformed");
        return std::optional<Login>();
    }
    auto row = accounts_.api_key(parts->id);
    if (!row) return row.error();
    if (!*row || !hash_.matches((*row)->key_hash, key_purpose, parts->id, parts->secret)) {
        counters_.add("api_key.wrong");
        return std::optional<Login>();
    }
    const Instant now = clock_().wall;
    Instant& noted = keys_used_[parts->id];
    if (now - noted >= key_use_interval || noted > now) {
        noted = now;
        accounts_.note_key_used(parts->id, now);
    }
    return std::optional(Login{Login::Kind::api_key, parts->id, (*row)->name, (*row)->scope});
}

void Access::login_by_password(const std::string& user, std::string password, const std::string& address,
                               std::function<void(LoginOutcome)> done)
{
    if (!may_try(address)) {
        counters_.add("login.too_many");
        return done(LoginFailure::too_many);
    }
    auto row = accounts_.user(user);
    if (!row) return done(LoginFailure::store);
    const std::string hash = *row ? (*row)->password_hash : std::string();
    const bool waits =
        passwords_.check(hash, std::move(password), [this, user, hash, address, done](bool good) {
            if (!good) {
                note_failure(address);
                counters_.add("login.wrong");
                return done(LoginFailure::wrong);
            }
            auto now_row = accounts_.user(user);
            if (!now_row) return done(LoginFailure::store);
            // Removed or changed while we were calculating.
            if (!*now_row || (*now_row)->password_hash != hash) return done(LoginFailure::wrong);
            done(begin(**now_row, false));
        });
    if (!waits) {
        counters_.add("login.too_many");
        done(LoginFailure::too_many);
    }
}

LoginOutcome Access::login_by_code(std::string_view code, const std::string& address)
{
    if (!may_try(address)) {
        counters_.add("login.too_many");
        return LoginFailure::too_many;
    }
    const auto found = codes_.find(crypto::fingerprint(code));
    if (found == codes_.end() || found->second.expires < clock_().tick) {
        note_failure(address);
        counters_.add("login.wrong_code");
        return LoginFailure::wrong;
    }
    auto user = accounts_.user(found->second.user);
    if (!user) return LoginFailure::store;
    codes_.erase(found);
    if (!*user) return LoginFailure::wrong;
    return begin(**user, true);
}

std::string Access::issue_code(const std::string& user)
{
    std::string code = crypto::random_token(24);
    codes_[crypto::fingerprint(code)] = Code{user, clock_().tick + options_.code_validity};
    return code;
}

NewSession Access::begin(const store::UserRow& user, bool by_code)
{
    forget_old_sessions();
    const Now now = clock_();
    std::string token = crypto::random_token(32);
    std::string name = crypto::fingerprint(token);
    sessions_[name] = Session{user.name, by_code, now.tick, now.tick};
    accounts_.note_login(user.name, now.wall);
    counters_.add("login.accepted");
    return {std::move(token), login_of(user, by_code, std::move(name))};
}

bool Access::still_admitted(const Login& login)
{
    if (login.kind == Login::Kind::api_key) {
        const auto key = accounts_.api_key(login.name);
        return !key || key->has_value();
    }
    const auto found = sessions_.find(login.session);
    if (found == sessions_.end() || is_over(found->second)) return false;
    const auto user = accounts_.user(login.name);
    return !user || user->has_value();
}

bool Access::is_over(const Session& session) const
{
    const Tick now = clock_().tick;
    return now - session.used > options_.idle || now - session.begun > options_.longest;
}

void Access::forget_old_sessions()
{
    std::erase_if(sessions_, [&](const auto& entry) { return is_over(entry.second); });
    while (sessions_.size() >= options_.sessions_max) {
        sessions_.erase(
            std::min_element(sessions_.begin(), sessions_.end(),
                             [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
    }
}

void Access::logout(const Login& login)
{
    sessions_.erase(login.session);
}

void Access::end_sessions_of(const std::string& user, std::string_view except)
{
    std::erase_if(sessions_, [&](const auto& entry) {
        return same_user_name(entry.second.user, user) && entry.first != except;
    });
}

Access::Bucket& Access::bucket(const std::string& address)
{
    const Tick now = clock_().tick;
    const auto full = static_cast<double>(options_.failures_max);
    if (buckets_.size() >= buckets_max) {
        // Full again means forgotten. When nobody is, the map starts anew: bounded memory comes first.
        const Duration refill = options_.failure_interval * static_cast<int>(options_.failures_max);
        std::erase_if(buckets_, [&](const auto& entry) { return now - entry.second.filled > refill; });
        if (buckets_.size() >= buckets_max) buckets_.clear();
    }
    auto [entry, fresh] = buckets_.try_emplace(address, Bucket{full, now});
    Bucket& bucket = entry->second;
    const double more = static_cast<double>((now - bucket.filled).count()) /
                        static_cast<double>(options_.failure_interval.count());
    bucket.left = std::min(full, bucket.left + more);
    bucket.filled = now;
    return bucket;
}

bool Access::may_try(const std::string& address)
{
    return bucket(address).left >= 1;
}

void Access::note_failure(const std::string& address)
{
    bucket(address).left -= 1;
}

NewKey Access::make_key(std::string name, store::Scope scope, std::string created_by) const
{
    return make_api_key(hash_, std::move(name), scope, std::move(created_by), clock_().wall);
}

}  // namespace ladestrom::api
