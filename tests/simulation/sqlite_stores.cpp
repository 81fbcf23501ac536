// Both stores as the programs use them: SQLite, over a disk that loses and tears what was not synced.
#include "simulation/journal_store.hpp"
#include "simulation/ledger_store.hpp"
#include "store/sqlite/testing/stores.hpp"

#include <utility>

namespace ladestrom::simulation {
namespace {

namespace sqlite = store::sqlite;
using sqlite::testing::Call;
using sqlite::testing::FaultLedger;
using sqlite::testing::FaultVfs;

// Of how many calls a commit is made, roughly: where in it the power goes.
constexpr std::uint64_t calls_of_a_commit = 24;

// Calls that fail while a store has faults; a commit makes about ten of them.
void add_failures(FaultVfs& vfs, double per_commit)
{
    vfs.clear_rules();
    if (per_commit <= 0) return;
    for (const Call call : {Call::write, Call::sync}) {
        FaultVfs::Rule rule;
        rule.call = call;
        rule.probability = per_commit / 10;
        vfs.add(rule);
    }
}

class SqliteJournalStore final : public JournalStore {
public:
    SqliteJournalStore(std::uint64_t seed, Weakness weakness) : vfs_(seed)
    {
        if (weakness == Weakness::not_synchronous) vfs_.weaken_synchronous('1');
        if (weakness == Weakness::lost_sync) {
            vfs_.ignore_syncs([](std::string_view, std::uint64_t number) { return number % 2 == 0; });
        }
    }

    Result<Content> load() override
    {
        journal_.reset();
        vfs_.restore_power();
        auto opened = sqlite::testing::open_journal(vfs_);
        if (!opened) return opened.error();
        journal_ = std::move(*opened);
        auto records = journal_->load();
        if (!records) return records.error();
        Content content;
        write_into(content, *records);
        return content;
    }

    Result<void> commit(const store::Batch& batch) override
    {
        if (!journal_) return Error{"the journal is not open"};
        std::optional<Result<void>> outcome;
        journal_->commit(batch, [&](Result<void> result) { outcome = std::move(result); });
        journal_->poll();
        return outcome ? *outcome : Result<void>(Error{"the journal did not answer"});
    }

    void power_cut(const std::optional<store::Batch>& in_flight, Random& random) override
    {
        if (in_flight && journal_) {
            vfs_.cut_power_at(1 + random.below(calls_of_a_commit));
            (void)commit(*in_flight);
        }
        vfs_.cut_power(random);
        journal_.reset();
    }

    void set_failures(double per_commit) override { add_failures(vfs_, per_commit); }

private:
    FaultVfs vfs_;
    std::unique_ptr<store::SqliteJournal> journal_;
};

class SqliteLedgerStore final : public LedgerStore {
public:
    explicit SqliteLedgerStore(std::uint64_t seed) : vfs_(seed) { open(); }

    store::Ledger& ledger() override { return ledger_->ledger(); }
    void set_faults(const Faults& faults) override { add_failures(vfs_, faults.commit_fails); }
    std::size_t waiting() const override { return ledger_->waiting(); }

    // All that waits is one transaction, as in the program.
    bool answer_one() override
    {
        if (ledger_->waiting() == 0) return false;
        ledger_->run();
        for (auto answers = std::exchange(answers_, {}); auto& answer : answers) answer();
        return true;
    }

    // Half of the times the machine loses its power, in the midst of what it was told to store.
    void crash(Random& random) override
    {
        if (random.chance(0.5)) {
            vfs_.cut_power_at(1 + random.below(calls_of_a_commit));
            ledger_->run();
            vfs_.cut_power(random);
        }
        answers_.clear();
        ledger_.reset();
        vfs_.restore_power();
        open();
    }

    std::vector<store::SessionRow> sessions(const StationId& station) override
    {
        std::vector<store::SessionRow> rows;
        auto reader = sqlite::SqliteLedgerReader::open(path, vfs_.name());
        if (!reader) return rows;
        store::PageRequest page{.limit = 200, .cursor = {}};
        for (;;) {
            auto found = (*reader)->sessions({.station = station}, page);
            if (!found) return rows;
            rows.insert(rows.end(), found->items.begin(), found->items.end());
            if (!found->next) break;
            page.cursor = *found->next;
        }
        return {rows.rbegin(), rows.rend()};
    }
    std::vector<store::ConnectorRow> connectors(const StationId& station) override
    {
        auto reader = sqlite::SqliteLedgerReader::open(path, vfs_.name());
        if (!reader) return {};
        auto rows = (*reader)->connectors(station);
        return rows ? *rows : std::vector<store::ConnectorRow>{};
    }

private:
    static constexpr const char* path = "ledger.db";

    void open()
    {
        auto opened = FaultLedger::open(
            vfs_, [this](std::function<void()> answer) { answers_.push_back(std::move(answer)); });
        // Calls that fail while it opens: the process is started again until they do not.
        for (int tries = 0; !opened && tries < 1000; ++tries) {
            opened = FaultLedger::open(
                vfs_, [this](std::function<void()> answer) { answers_.push_back(std::move(answer)); });
        }
        ledger_ = std::move(*opened);
        ledger_->hold(true);
    }

    FaultVfs vfs_;
    std::vector<std::function<void()>> answers_;
    std::unique_ptr<FaultLedger> ledger_;
};

}  // namespace

std::unique_ptr<JournalStore> make_sqlite_journal(std::uint64_t seed, Weakness weakness)
{
    return std::make_unique<SqliteJournalStore>(seed, weakness);
}

std::unique_ptr<LedgerStore> make_sqlite_ledger(std::uint64_t seed)
{
    return std::make_unique<SqliteLedgerStore>(seed);
}

}  // namespace ladestrom::simulation
