#include "store/sqlite/testing/stores.hpp"

#include <utility>

namespace ladestrom::store::sqlite::testing {

DatabaseResult<std::unique_ptr<SqliteJournal>> open_journal(const FaultVfs& vfs, std::int64_t reserve_bytes,
                                                            const std::string& path)
{
    SqliteJournalOptions options;
    options.path = path;
    options.reserve_bytes = reserve_bytes;
    options.vfs = vfs.name();
    return SqliteJournal::open(std::move(options));
}

class FaultLedger::Queue final : public LedgerQueue {
public:
    explicit Queue(Database database) : writer(std::move(database)) {}

    void write(Work work, Done done) override { add({std::move(work), std::move(done), true}); }
    void read(Work work, Done done) override { add({std::move(work), std::move(done), false}); }

    void run()
    {
        auto jobs = std::exchange(waiting, {});
        writer.run(jobs);
    }

    LedgerWriter writer;
    std::vector<LedgerWriter::Job> waiting;
    bool held = false;

private:
    void add(LedgerWriter::Job job)
    {
        waiting.push_back(std::move(job));
        if (!held) run();
    }
};

DatabaseResult<std::unique_ptr<FaultLedger>> FaultLedger::open(const FaultVfs& vfs, Executor done,
                                                               const std::string& path)
{
    auto database = LedgerWriter::open(path, vfs.name());
    if (!database) return database.error();
    auto queue = std::make_shared<Queue>(std::move(*database));
    return std::unique_ptr<FaultLedger>(new FaultLedger(std::move(queue), std::move(done)));
}

FaultLedger::FaultLedger(std::shared_ptr<Queue> queue, Executor done)
    : queue_(std::move(queue)), ledger_(queue_, std::move(done))
{
}

FaultLedger::~FaultLedger() = default;

Ledger& FaultLedger::ledger()
{
    return ledger_;
}

bool FaultLedger::healthy() const
{
    return queue_->writer.healthy();
}

void FaultLedger::hold(bool on)
{
    queue_->held = on;
    if (!on) run();
}

std::size_t FaultLedger::waiting() const
{
    return queue_->waiting.size();
}

void FaultLedger::run()
{
    if (!queue_->waiting.empty()) queue_->run();
}

}  // namespace ladestrom::store::sqlite::testing
