// The central system's store over all its restarts. Requests wait until answer_one(): the world decides when.
#pragma once

#include "base/random.hpp"
#include "store/ledger.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace ladestrom::simulation {

class LedgerStore {
public:
    struct Faults {
        double commit_fails = 0, outcome_lost = 0, load_fails = 0;
    };

    virtual ~LedgerStore() = default;

    virtual store::Ledger& ledger() = 0;
    virtual void set_faults(const Faults& faults) = 0;
    virtual std::size_t waiting() const = 0;
    virtual bool answer_one() = 0;
    // The process is gone: what waits is never answered; commits that wait are stored or lost.
    virtual void crash(Random& random) = 0;

    // Oldest first.
    virtual std::vector<store::SessionRow> sessions(const StationId& station) = 0;
    virtual std::vector<store::ConnectorRow> connectors(const StationId& station) = 0;
};

std::unique_ptr<LedgerStore> make_memory_ledger(std::uint64_t seed);
std::unique_ptr<LedgerStore> make_sqlite_ledger(std::uint64_t seed);

}  // namespace ladestrom::simulation
