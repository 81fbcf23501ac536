// A store's life from one seed: batches, failing calls, power cuts at every place, restarts; and whether it
// kept its promise.
#pragma once

#include "store/sqlite/testing/promise.hpp"
#include "store/sqlite/testing/stores.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ladestrom::store::sqlite::testing {

// Either store, as a map from key to value.
class StoryStore {
public:
    virtual ~StoryStore() = default;
    // As one group; in each place whether that batch is durable, or why not.
    virtual std::vector<Result<void>> commit(const std::vector<Batch>& group) = 0;
    virtual Result<Batch> load() = 0;
};

using OpenStore = std::function<DatabaseResult<std::unique_ptr<StoryStore>>(const FaultVfs&)>;

DatabaseResult<std::unique_ptr<StoryStore>> open_story_journal(const FaultVfs& vfs);
// Keys "session/1" and "token/1"; sessions are not erased.
DatabaseResult<std::unique_ptr<StoryStore>> open_story_ledger(const FaultVfs& vfs);

struct StoryOptions {
    std::uint64_t seed = 1;
    OpenStore open;
    std::size_t group_max = 1;
    bool sessions = false;  // keys of a ledger
    // Mistakes that the story should notice; applied to a file system that is otherwise as it should be.
    std::function<void(FaultVfs&, Random&)> mistake{};
};

struct StoryResult {
    std::string violation;  // empty: every promise kept
    std::uint64_t power_cuts = 0, failures = 0, durable = 0, refused = 0;
};

StoryResult tell(const StoryOptions& options);

}  // namespace ladestrom::store::sqlite::testing
