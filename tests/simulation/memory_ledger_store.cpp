#include "simulation/ledger_store.hpp"
#include "store/memory/memory_ledger.hpp"

namespace ladestrom::simulation {
namespace {

class MemoryLedgerStore final : public LedgerStore {
public:
    explicit MemoryLedgerStore(std::uint64_t seed) : ledger_(seed)
    {
        ledger_.set_answers(store::MemoryLedger::Answers::held);
    }

    store::Ledger& ledger() override { return ledger_; }
    void set_faults(const Faults& faults) override
    {
        ledger_.set_faults({.commit_fails = faults.commit_fails,
                            .commit_outcome_lost = faults.outcome_lost,
                            .load_fails = faults.load_fails,
                            .early_reads = 0.3});
    }
    std::size_t waiting() const override { return ledger_.waiting(); }
    bool answer_one() override { return ledger_.answer_one(); }
    void crash(Random& random) override
    {
        using Crash = store::MemoryLedger::Crash;
        ledger_.crash(random.chance(0.5) ? Crash::commits_stored : Crash::commits_lost);
    }
    std::vector<store::SessionRow> sessions(const StationId& station) override
    {
        return ledger_.sessions(station);
    }
    std::vector<store::ConnectorRow> connectors(const StationId& station) override
    {
        std::vector<store::ConnectorRow> rows;
        for (const auto& [key, row] : ledger_.connectors()) {
            if (key.first == station) rows.push_back(row);
        }
        return rows;
    }

private:
    store::MemoryLedger ledger_;
};

}  // namespace

std::unique_ptr<LedgerStore> make_memory_ledger(std::uint64_t seed)
{
    return std::make_unique<MemoryLedgerStore>(seed);
}

}  // namespace ladestrom::simulation
