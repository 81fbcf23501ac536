// The disk of one station over all its power cuts.
#pragma once

#include "base/random.hpp"
#include "base/result.hpp"
#include "store/journal.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace ladestrom::simulation {

using Content = std::map<std::string, std::string>;

void write_into(Content& content, const store::Batch& batch);

class JournalStore {
public:
    virtual ~JournalStore() = default;

    // What a process that starts now finds.
    virtual Result<Content> load() = 0;
    virtual Result<void> commit(const store::Batch& batch) = 0;
    // Power is cut; with a batch: while it is being written.
    virtual void power_cut(const std::optional<store::Batch>& in_flight, Random& random) = 0;
    // How many of its commits fail by the disk's doing; 0: none.
    virtual void set_failures(double /*per_commit*/) {}
};

// How a store may be made to break its promise, to see that the checks notice.
enum class Weakness : std::uint8_t { none, not_synchronous, lost_sync };

std::unique_ptr<JournalStore> make_memory_journal();
std::unique_ptr<JournalStore> make_sqlite_journal(std::uint64_t seed, Weakness weakness);

}  // namespace ladestrom::simulation
