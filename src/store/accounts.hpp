// People, API keys and the audit log of the central system.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "store/ledger_reader.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ladestrom::store {

// What a login may do; each includes the one before.
enum class Scope : std::uint8_t { read, operate, admin };

struct UserRow {
    std::string name;  // compared without regard to letter case
    Scope scope = Scope::read;
    std::string password_hash;  // argon2id; empty: none set, only a one-time code lets in
    Instant created;
    std::optional<Instant> last_login;
};

struct ApiKeyRow {
    std::string id;  // public part of the key
    std::string name;
    Scope scope = Scope::read;
    std::string key_hash;  // keyed hash
    Instant created;
    std::string created_by;
    std::optional<Instant> last_used;
};

struct AuditRow {
    std::int64_t id = 0;  // given by the store
    Instant at;
    std::string actor, address, action;
    int status = 0;
    std::string detail;
};

enum class AccountsOutcome { done, not_found, already_there, last_administrator };

// What is changed of a user; the rest stays as it is in the store.
struct UserChange {
    std::optional<Scope> scope;
    std::optional<std::string> password_hash;
};

class Accounts {
public:
    using Done = std::function<void(Result<AccountsOutcome>)>;
    virtual ~Accounts() = default;

    // Reads return at once, as those of LedgerReader.
    virtual ReadResult<std::optional<UserRow>> user(const std::string& name) = 0;
    virtual ReadResult<std::vector<UserRow>> users() = 0;
    virtual ReadResult<std::optional<ApiKeyRow>> api_key(const std::string& id) = 0;
    virtual ReadResult<std::vector<ApiKeyRow>> api_keys() = 0;
    virtual ReadResult<Page<AuditRow>> audit(const PageRequest& page) = 0;

    // Writes; `done` (may be empty) runs on the caller's loop when they are durable. No write leaves the
    // table without an administrator once there has been one.
    virtual void add_user(UserRow row, Done done) = 0;
    virtual void change_user(std::string name, UserChange change, Done done) = 0;
    virtual void delete_user(std::string name, Done done) = 0;
    virtual void put_api_key(ApiKeyRow row, Done done) = 0;
    virtual void delete_api_key(std::string id, Done done) = 0;
    // Notes of use never recreate what has been deleted meanwhile.
    virtual void note_login(std::string user, Instant at) = 0;
    virtual void note_key_used(std::string id, Instant at) = 0;
    virtual void add_audit(AuditRow row, Done done) = 0;
};

}  // namespace ladestrom::store
