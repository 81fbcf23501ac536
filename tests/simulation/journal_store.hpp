// The disk of one station over all its power cuts.
#pragma once

#include "base/random.hpp"
#include "base/result.hpp"
#include "store/journal.hpp"

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
};

std::unique_ptr<JournalStore> make_memory_journal();

}  // namespace ladestrom::simulation
