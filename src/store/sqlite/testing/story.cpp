// A story is a few lives of one process: each opens the store, commits, and ends in order or by a power cut.
#include "store/sqlite/testing/story.hpp"

#include <utility>

namespace ladestrom::store::sqlite::testing {
namespace {

class Story {
public:
    explicit Story(const StoryOptions& options)
        : options_(options), random_(options.seed * 7919 + 1), vfs_(options.seed)
    {
        if (options_.mistake) options_.mistake(vfs_, random_);
    }

    StoryResult tell()
    {
        const std::uint64_t lives = 3 + random_.below(5);
        for (std::uint64_t life = 0; life < lives && kept(); ++life) live();
        vfs_.clear_rules();
        vfs_.cut_power_at(0);
        if (kept()) restart();
        result_.failures = vfs_.failures();
        return std::move(result_);
    }

private:
    bool kept() const { return result_.violation.empty(); }
    void violated(std::string what)
    {
        if (kept() && !what.empty()) result_.violation = std::move(what);
    }

    void live()
    {
        begin_trouble();
        if (!restart()) {
            // A store that cannot be opened says so; without trouble it opens.
            vfs_.clear_rules();
            if (vfs_.powered() && !restart() && vfs_.powered()) {
                return violated("it does not open though nothing is wrong");
            }
        }
        const bool heavy = random_.chance(0.05);
        const std::uint64_t groups = heavy ? 70 : random_.below(14);
        for (std::uint64_t i = 0; i < groups && kept() && vfs_.powered(); ++i) commit(heavy);
        if (vfs_.powered() && random_.chance(0.5)) {
            store_.reset();  // in order
            if (vfs_.powered()) return;
        }
        cut_power();
    }

    void begin_trouble()
    {
        vfs_.clear_rules();
        if (random_.chance(0.5)) vfs_.add({.probability = random_.fraction() * 0.1});
        if (random_.chance(0.3)) {
            vfs_.add({.call = static_cast<Call>(random_.below(call_kinds)),
                      .nth = 1 + random_.below(20),
                      .from_then_on = random_.chance(0.3)});
        }
        vfs_.cut_power_at(random_.chance(0.6) ? 1 + random_.below(random_.chance(0.5) ? 60 : 500) : 0);
    }

    // Opens the store and looks at what is there. False: it failed, or the power did.
    bool restart()
    {
        auto opened = options_.open(vfs_);
        if (!opened) {
            if (opened.error().message.empty()) violated("it fails to open without a word");
            return false;
        }
        store_ = std::move(*opened);
        auto loaded = store_->load();
        if (!loaded) {
            store_.reset();
            if (loaded.error().message.empty()) violated("it fails to load without a word");
            return false;
        }
        violated(promise_.check_after_restart(content_of(*loaded)));
        return true;
    }

    void cut_power()
    {
        ++result_.power_cuts;
        vfs_.cut_power(random_);
        store_.reset();
        vfs_.restore_power();
    }

    void commit(bool heavy)
    {
        std::vector<Batch> group(1 + random_.below(options_.group_max));
        for (Batch& batch : group) batch = some_batch(heavy);
        const bool calm = random_.chance(0.2);
        if (calm) vfs_.clear_rules();
        const auto outcomes = store_->commit(group);
        std::vector<bool> durable;
        for (const auto& outcome : outcomes) {
            durable.push_back(outcome.has_value());
            ++(outcome ? result_.durable : result_.refused);
            if (!outcome && outcome.error().message.empty()) violated("it refuses without a word");
            if (!outcome && calm && vfs_.powered()) {
                violated("it refuses though nothing is wrong any more: " + outcome.error().message);
            }
        }
        promise_.reported(group, durable);
        // The same process sees what it was told, no more and no less.
        if (vfs_.powered() && random_.chance(0.3)) {
            if (auto seen = store_->load()) violated(promise_.check_seen(content_of(*seen)));
        }
    }

    Batch some_batch(bool heavy)
    {
        Batch batch;
        for (std::uint64_t records = 1 + random_.below(4); records > 0; --records) {
            const std::string number = std::to_string(random_.below(12));
            const bool session = options_.sessions && random_.chance(0.5);
            const bool erased = !session && random_.chance(0.25);
            batch.push_back({(session ? "session/" : "token/") + number, std::nullopt});
            if (!erased) batch.back().value = some_value(heavy);
        }
        return batch;
    }

    std::string some_value(bool heavy)
    {
        const double size = random_.fraction();
        std::size_t bytes = 1 + random_.below(300);
        if (heavy || size < 0.02) bytes = 60'000;
        if (size > 0.9) bytes = 5'000;
        std::string value(bytes, static_cast<char>('a' + random_.below(26)));
        return value + std::to_string(random_.next());
    }

    const StoryOptions& options_;
    Random random_;
    FaultVfs vfs_;
    Promise promise_;
    std::unique_ptr<StoryStore> store_;
    StoryResult result_;
};

}  // namespace

StoryResult tell(const StoryOptions& options)
{
    return Story(options).tell();
}

}  // namespace ladestrom::store::sqlite::testing
