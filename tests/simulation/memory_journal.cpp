// A disk without a file system: a batch is there as a whole or not at all.
#include "simulation/journal_store.hpp"

namespace ladestrom::simulation {
namespace {

class MemoryJournalStore final : public JournalStore {
public:
    Result<Content> load() override { return content_; }
    Result<void> commit(const store::Batch& batch) override
    {
        write_into(content_, batch);
        return {};
    }
    void power_cut(const std::optional<store::Batch>& in_flight, Random& random) override
    {
        if (in_flight && random.chance(0.5)) write_into(content_, *in_flight);
    }

private:
    Content content_;
};

}  // namespace

void write_into(Content& content, const store::Batch& batch)
{
    for (const store::Record& record : batch) {
        if (record.value) {
            content[record.key] = *record.value;
        } else {
            content.erase(record.key);
        }
    }
}

std::unique_ptr<JournalStore> make_memory_journal()
{
    return std::make_unique<MemoryJournalStore>();
}

}  // namespace ladestrom::simulation
