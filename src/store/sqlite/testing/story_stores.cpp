// Both stores as maps from key to value.
#include "store/sqlite/testing/story.hpp"

#include <optional>
#include <utility>

namespace ladestrom::store::sqlite::testing {
namespace {

class StoryJournal final : public StoryStore {
public:
    explicit StoryJournal(std::unique_ptr<SqliteJournal> journal) : journal_(std::move(journal)) {}

    std::vector<Result<void>> commit(const std::vector<Batch>& group) override
    {
        std::vector<Result<void>> outcomes;
        for (const Batch& batch : group) {
            journal_->commit(batch, [&](Result<void> outcome) { outcomes.push_back(std::move(outcome)); });
            journal_->poll();
        }
        return outcomes;
    }
    Result<Batch> load() override
    {
        auto loaded = journal_->load();
        if (loaded && journal_->damaged() > 0) return Error{"rows were found damaged"};
        return loaded;
    }

private:
    std::unique_ptr<SqliteJournal> journal_;
};

const StationId the_station("A");

Write write_of(const Record& record)
{
    const auto slash = record.key.find('/');
    if (record.key.starts_with("token/")) {
        if (!record.value) return DeleteToken{record.key};
        TokenRow row;
        row.token = IdToken{record.key, IdTokenType::iso14443};
        row.note = *record.value;
        return PutToken{row};
    }
    SessionRow row;
    row.id = record.key;
    row.station = the_station;
    row.evse = EvseId(1);
    row.transaction_id = record.key.substr(slash + 1);
    row.token = IdToken{"T", IdTokenType::iso14443};
    row.start_message_id = record.value.value_or("");
    return PutSession{row};
}

class StoryLedger final : public StoryStore {
public:
    explicit StoryLedger(std::unique_ptr<FaultLedger> ledger) : ledger_(std::move(ledger)) {}

    std::vector<Result<void>> commit(const std::vector<Batch>& group) override
    {
        std::vector<Result<void>> outcomes;
        ledger_->hold(true);
        for (const Batch& batch : group) {
            WriteBatch writes;
            for (const Record& record : batch) writes.push_back(write_of(record));
            ledger_->ledger().commit(std::move(writes),
                                     [&](Result<void> outcome) { outcomes.push_back(std::move(outcome)); });
        }
        ledger_->hold(false);
        return outcomes;
    }
    Result<Batch> load() override
    {
        auto state = ask<StationState>(
            [&](auto done) { ledger_->ledger().load_station(the_station, std::move(done)); });
        if (!state) return state.error();
        Batch all;
        for (const SessionRow& row : state->running) all.push_back({row.id, row.start_message_id});
        for (int number = 0; number < 12; ++number) {
            const std::string key = "token/" + std::to_string(number);
            auto token = ask<std::optional<TokenRow>>(
                [&](auto done) { ledger_->ledger().load_token(key, std::move(done)); });
            if (!token) return token.error();
            if (*token) all.push_back({key, (*token)->note});
        }
        return all;
    }

private:
    template <class T, class Ask>
    Result<T> ask(Ask order)
    {
        std::optional<Result<T>> answer;
        order([&](Result<T> result) { answer = std::move(result); });
        return std::move(*answer);
    }

    std::unique_ptr<FaultLedger> ledger_;
};

}  // namespace

DatabaseResult<std::unique_ptr<StoryStore>> open_story_journal(const FaultVfs& vfs)
{
    auto journal = open_journal(vfs, 16 * 1024);
    if (!journal) return journal.error();
    return std::unique_ptr<StoryStore>(std::make_unique<StoryJournal>(std::move(*journal)));
}

DatabaseResult<std::unique_ptr<StoryStore>> open_story_ledger(const FaultVfs& vfs)
{
    auto ledger = FaultLedger::open(vfs, [](const std::function<void()>& work) { work(); });
    if (!ledger) return ledger.error();
    return std::unique_ptr<StoryStore>(std::make_unique<StoryLedger>(std::move(*ledger)));
}

}  // namespace ladestrom::store::sqlite::testing
