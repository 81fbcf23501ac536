// A full disk: the journal still closes its sessions from the space that it has set aside; both stores refuse
// what does not fit, lose nothing, and go on when there is room again.
#include "store/sqlite/testing/promise.hpp"
#include "store/sqlite/testing/stores.hpp"

#include <gmock/gmock.h>

#include <optional>

namespace ladestrom::store::sqlite::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t reserve = 256 * 1024;

class JournalOnAFullDisk : public ::testing::Test {
protected:
    void open()
    {
        journal_.reset();
        auto opened = open_journal(vfs_, reserve);
        ASSERT_TRUE(opened) << opened.error().message;
        journal_ = std::move(*opened);
        auto loaded = journal_->load();
        ASSERT_TRUE(loaded) << loaded.error().message;
        EXPECT_EQ(content_of(*loaded), content_);
    }
    // Others take every byte that is left, and every byte that is given back.
    void fill_disk() { vfs_.limit_space(vfs_.used_bytes()); }

    Result<void> commit(const Batch& batch)
    {
        Result<void> outcome = Error{"not reported"};
        journal_->commit(batch, [&](Result<void> done) { outcome = std::move(done); });
        journal_->poll();
        if (outcome) content_ = with(std::move(content_), batch);
        return outcome;
    }

    // What a running session of an hour still needs: samples, its end, and its facts reported away.
    void run_and_close_session()
    {
        const std::string key = "session/" + std::to_string(++sessions_);
        ASSERT_TRUE(commit({{key, std::string(400, 's')}, {"fact/" + key, std::string(600, 'f')}}));
        for (int i = 0; i < 60; ++i) {
            const auto done = commit({{key, std::string(400, static_cast<char>('a' + i % 26))},
                                      {"sample/" + std::to_string(i), std::string(500, 'm')}});
            ASSERT_TRUE(done) << "sample " << i << ": " << done.error().message;
        }
        ASSERT_TRUE(commit({{key, std::nullopt}, {"fact/" + key, std::string(700, 'e')}}));
        Batch away{{"fact/" + key, std::nullopt}};
        for (int i = 0; i < 60; ++i) away.push_back({"sample/" + std::to_string(i), std::nullopt});
        ASSERT_TRUE(commit(away));
    }

    FaultVfs vfs_;
    std::unique_ptr<SqliteJournal> journal_;
    Content content_;
    int sessions_ = 0;
};

TEST_F(JournalOnAFullDisk, ARunningSessionIsClosedAndFiftyMoreAsLongAsTheyAreReportedAway)
{
    open();
    ASSERT_TRUE(commit({{"configuration", "x"}}));
    fill_disk();
    for (int session = 0; session < 50; ++session) {
        run_and_close_session();
        if (HasFatalFailure()) FAIL() << "session " << session + 1;
    }
}

TEST_F(JournalOnAFullDisk, AlsoAfterARestartInOrderAndAfterAPowerCut)
{
    open();
    fill_disk();
    run_and_close_session();
    open();
    // What the restart gave back others have taken.
    fill_disk();
    run_and_close_session();
    Random random(3);
    vfs_.cut_power(random);
    journal_.reset();
    vfs_.restore_power();
    fill_disk();
    open();
    run_and_close_session();
}

TEST_F(JournalOnAFullDisk, TakesAtLeastWhatIsSetAsideAndThenRefusesClearly)
{
    open();
    fill_disk();
    std::int64_t taken = 0;
    Result<void> last;
    for (int number = 0; number < 1000 && last; ++number) {
        last = commit({{"fact/" + std::to_string(number), std::string(3000, 'x')}});
        if (last) taken += 3000;
    }
    ASSERT_FALSE(last);
    EXPECT_THAT(last.error().message, HasSubstr("journal.db: no space left on the disk"));
    EXPECT_GE(taken, reserve);
    EXPECT_FALSE(journal_->reserve_intact());
    EXPECT_EQ(content_of(*journal_->load()), content_);
    // Room inside is room as well.
    EXPECT_TRUE(commit({{"fact/0", std::nullopt}}));
    EXPECT_TRUE(commit({{"fact/new", std::string(2000, 'y')}}));
    open();
    vfs_.limit_space({});
    EXPECT_TRUE(commit({{"large", std::string(500'000, 'z')}}));
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(commit({{"small", std::to_string(i)}}));
    EXPECT_TRUE(journal_->reserve_intact()) << "it is set aside again";
    open();
}

TEST_F(JournalOnAFullDisk, AnotherStartTakesNoMoreSpace)
{
    open();
    run_and_close_session();
    open();
    const std::int64_t used = vfs_.used_bytes();
    EXPECT_GE(used, 3 * reserve);
    for (int start = 0; start < 5; ++start) open();
    EXPECT_EQ(vfs_.used_bytes(), used);
    // The log may have been taken away, by a person who looked into the file.
    journal_.reset();
    vfs_.disk().remove("journal.db-wal");
    for (int start = 0; start < 3; ++start) open();
    EXPECT_LE(vfs_.used_bytes(), used + 20'000);
    EXPECT_GE(vfs_.used_bytes(), 3 * reserve);
}

TEST_F(JournalOnAFullDisk, DamageIsStillFoundAndTheRestRead)
{
    open();
    ASSERT_TRUE(commit({{"a", "damaged-value"}, {"b", "2"}}));
    journal_.reset();
    const auto file = vfs_.disk().find("journal.db");
    vfs_.disk().find("journal.db-wal") ? vfs_.disk().remove("journal.db-wal") : void();
    const auto at = file->content().find("damaged-value");
    ASSERT_NE(at, std::string::npos);
    file->damage(static_cast<std::int64_t>(at), 1);
    content_.erase("a");
    vfs_.limit_space(0);
    open();
    EXPECT_EQ(journal_->damaged(), 1U);
}

TEST(LedgerOnAFullDisk, RefusesClearlyLosesNothingAndGoesOn)
{
    FaultVfs vfs;
    auto opened = FaultLedger::open(vfs, [](const std::function<void()>& work) { work(); });
    ASSERT_TRUE(opened);
    std::unique_ptr<FaultLedger> ledger = std::move(*opened);
    const auto commit = [&](const std::string& id) {
        SessionRow row;
        row.id = id;
        row.station = StationId("A");
        row.transaction_id = id;
        row.token = IdToken{std::string(200, 't'), IdTokenType::central};
        Result<void> outcome = Error{"not reported"};
        ledger->ledger().commit({PutSession{row}}, [&](Result<void> done) { outcome = std::move(done); });
        return outcome;
    };
    const auto running = [&] {
        std::size_t count = 0;
        ledger->ledger().load_station(StationId("A"), [&](const Result<StationState>& state) {
            count = state ? state->running.size() : 0;
        });
        return count;
    };
    std::size_t durable = 0;
    for (; durable < 20; ++durable) ASSERT_TRUE(commit(std::to_string(durable)));
    vfs.limit_space(vfs.used_bytes() + 40'000);
    Result<void> last;
    for (int i = 0; i < 1000 && last; ++i) {
        last = commit("x" + std::to_string(i));
        durable += last ? 1U : 0U;
    }
    ASSERT_FALSE(last);
    EXPECT_THAT(last.error().message, HasSubstr("ledger.db: no space left on the disk; free some"));
    EXPECT_FALSE(ledger->healthy());
    EXPECT_EQ(running(), durable);
    EXPECT_FALSE(commit("again"));
    vfs.limit_space({});
    EXPECT_TRUE(commit("more"));
    EXPECT_TRUE(ledger->healthy());
    ledger.reset();
    ledger = *FaultLedger::open(vfs, [](const std::function<void()>& work) { work(); });
    EXPECT_EQ(running(), durable + 1);
}

}  // namespace
}  // namespace ladestrom::store::sqlite::testing
