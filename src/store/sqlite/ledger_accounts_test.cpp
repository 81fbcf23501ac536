#include "store/sqlite/ledger_testing.hpp"

namespace ladestrom::store::sqlite {
namespace {

class AccountsTest : public testing::Test {
protected:
    AccountsTest()
    {
        const std::string path = directory_.file("l.db");
        thread_ = *LedgerThread::open(path);
        accounts_ = *SqliteAccounts::open(path, thread_, queue_.executor());
    }

    template <class Ask>
    AccountsOutcome outcome(Ask ask)
    {
        std::optional<Result<AccountsOutcome>> got;
        ask([&got](Result<AccountsOutcome> result) { got = std::move(result); });
        queue_.run_until([&] { return got.has_value(); });
        EXPECT_TRUE(*got) << (*got ? "" : got->error().message);
        return *got ? **got : AccountsOutcome::not_found;
    }

    AccountsOutcome add(const std::string& name, Scope scope, const std::string& hash = "")
    {
        return outcome([&](auto done) {
            accounts_->add_user({name, scope, hash, Instant(), {}}, std::move(done));
        });
    }
    AccountsOutcome change(const std::string& name, UserChange wanted)
    {
        return outcome([&](auto done) { accounts_->change_user(name, std::move(wanted), std::move(done)); });
    }

    AccountsOutcome remove(const std::string& name)
    {
        return outcome([&](auto done) { accounts_->delete_user(name, std::move(done)); });
    }

    TemporaryDirectory directory_;
    QueueExecutor queue_;
    std::shared_ptr<LedgerThread> thread_;
    std::unique_ptr<SqliteAccounts> accounts_;
};

TEST_F(AccountsTest, TheLastAdministratorStays)
{
    EXPECT_EQ(add("eve", Scope::read), AccountsOutcome::done) << "before the first administrator";
    EXPECT_EQ(add("ada", Scope::admin), AccountsOutcome::done);
    EXPECT_EQ(remove("ada"), AccountsOutcome::last_administrator);
    EXPECT_EQ(change("Ada", {.scope = Scope::operate}), AccountsOutcome::last_administrator);
    EXPECT_EQ((*accounts_->user("ADA"))->scope, Scope::admin);
    EXPECT_EQ(add("bob", Scope::admin), AccountsOutcome::done);
    EXPECT_EQ(remove("ada"), AccountsOutcome::done);
    EXPECT_EQ(remove("ada"), AccountsOutcome::not_found);
    EXPECT_EQ(accounts_->users()->size(), 2U);
}

TEST_F(AccountsTest, NotesOfUseDoNotRecreate)
{
    add("ada", Scope::admin);
    accounts_->note_login("ada", Instant(seconds(5)));
    accounts_->note_login("gone", Instant(seconds(5)));
    add("bob", Scope::read);  // ordered behind the notes
    EXPECT_EQ((*accounts_->user("ada"))->last_login, Instant(seconds(5)));
    EXPECT_FALSE(*accounts_->user("gone"));
    change("ada", {.password_hash = "hash"});
    EXPECT_EQ((*accounts_->user("ada"))->last_login, Instant(seconds(5))) << "a change keeps the last login";
}

// Two changes at once each change what they mean, whatever they had read before.
TEST_F(AccountsTest, AChangeTouchesNothingElse)
{
    add("ada", Scope::admin, "first");
    add("bob", Scope::admin);
    EXPECT_EQ(add("ADA", Scope::read, "taken over"), AccountsOutcome::already_there);
    EXPECT_EQ(change("ada", {.scope = Scope::read}), AccountsOutcome::done);
    EXPECT_EQ(change("Ada", {.password_hash = "second"}), AccountsOutcome::done);
    EXPECT_EQ((*accounts_->user("ada"))->scope, Scope::read);
    EXPECT_EQ((*accounts_->user("ada"))->password_hash, "second");
    EXPECT_EQ(remove("ada"), AccountsOutcome::done);
    EXPECT_EQ(change("ada", {.password_hash = "third"}), AccountsOutcome::not_found);
    EXPECT_FALSE(*accounts_->user("ada")) << "a change does not bring back whom another has removed";
}

TEST_F(AccountsTest, KeysAndAudit)
{
    const ApiKeyRow key{"id1", "meter export", Scope::operate, "hash", Instant(seconds(1)), "user:ada", {}};
    EXPECT_EQ(outcome([&](auto done) { accounts_->put_api_key(key, std::move(done)); }),
              AccountsOutcome::done);
    EXPECT_EQ((*accounts_->api_key("id1"))->name, "meter export");
    EXPECT_EQ((*accounts_->api_key("id1"))->scope, Scope::operate);
    EXPECT_FALSE(*accounts_->api_key("ID1"));
    for (int i = 0; i < 3; ++i) {
        accounts_->add_audit(
            {0, Instant(seconds(i)), "user:ada", "127.0.0.1", "PUT /x", 200, std::to_string(i)}, {});
    }
    EXPECT_EQ(outcome([&](auto done) { accounts_->delete_api_key("id1", std::move(done)); }),
              AccountsOutcome::done);
    EXPECT_EQ(outcome([&](auto done) { accounts_->delete_api_key("id1", std::move(done)); }),
              AccountsOutcome::not_found);
    const auto newest = accounts_->audit({.limit = 2});
    ASSERT_TRUE(newest && newest->items.size() == 2 && newest->next);
    EXPECT_EQ(newest->items[0].detail, "2");
    const auto rest = accounts_->audit({.limit = 2, .cursor = *newest->next});
    ASSERT_TRUE(rest && rest->items.size() == 1);
    EXPECT_EQ(rest->items[0].detail, "0");
    EXPECT_TRUE(accounts_->audit({.limit = 2, .cursor = "1x"}).error().bad_cursor);
}

}  // namespace
}  // namespace ladestrom::store::sqlite
