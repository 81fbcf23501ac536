// The ledger in SQLite: WAL, a sync per commit, group commit.
#pragma once

#include "store/accounts.hpp"
#include "store/ledger.hpp"
#include "store/ledger_reader.hpp"
#include "store/sqlite/ledger_thread.hpp"

#include <memory>
#include <string>

namespace ladestrom::store::sqlite {

class SqliteLedger : public Ledger {
public:
    SqliteLedger(std::shared_ptr<LedgerQueue> queue, Executor executor);

    void commit(WriteBatch batch, std::function<void(Result<void>)> done) override;
    void load_station(StationId id, std::function<void(Result<StationState>)> done) override;
    void load_token(std::string value, std::function<void(Result<std::optional<TokenRow>>)> done) override;
    void load_session(SessionKey key, std::function<void(Result<std::optional<SessionRow>>)> done) override;
    void load_transaction(StationId station, std::string transaction_id,
                          std::function<void(Result<std::optional<SessionRow>>)> done) override;
    void count_running(std::string token, std::function<void(Result<std::int64_t>)> done) override;

private:
    // read: DatabaseResult<T>(Connection&)
    template <class T, class Read>
    void load(Read read, std::function<void(Result<T>)> done);

    std::shared_ptr<LedgerQueue> queue_;
    Executor executor_;
};

// A connection of its own that only reads.
class SqliteLedgerReader : public LedgerReader {
public:
    // vfs: as OpenOptions::vfs.
    static DatabaseResult<std::unique_ptr<SqliteLedgerReader>> open(const std::string& path,
                                                                    const std::string& vfs = {});

    ReadResult<Page<StationRow>> stations(const StationFilter& filter, const PageRequest& page) override;
    ReadResult<std::optional<StationRow>> station(const StationId& id) override;
    ReadResult<std::vector<ConnectorRow>> connectors(const StationId& station) override;
    ReadResult<std::vector<SessionRow>> running_sessions(const StationId& station) override;
    ReadResult<Page<StationEventRow>> station_events(const StationId& station,
                                                     const PageRequest& page) override;
    ReadResult<Page<TokenRow>> tokens(const TokenFilter& filter, const PageRequest& page) override;
    ReadResult<std::optional<TokenRow>> token(const std::string& value) override;
    ReadResult<Page<SessionRow>> sessions(const SessionFilter& filter, const PageRequest& page) override;
    ReadResult<std::optional<SessionRow>> session(const std::string& id) override;
    ReadResult<MeterValues> meter_values(const std::string& session, std::size_t samples_max) override;
    ReadResult<FleetSummary> summary(Instant since) override;

private:
    explicit SqliteLedgerReader(Database database) : connection_(std::move(database)) {}

    Connection connection_;
};

class SqliteAccounts : public Accounts {
public:
    static DatabaseResult<std::unique_ptr<SqliteAccounts>> open(const std::string& path,
                                                                std::shared_ptr<LedgerThread> thread,
                                                                Executor executor);

    ReadResult<std::optional<UserRow>> user(const std::string& name) override;
    ReadResult<std::vector<UserRow>> users() override;
    ReadResult<std::optional<ApiKeyRow>> api_key(const std::string& id) override;
    ReadResult<std::vector<ApiKeyRow>> api_keys() override;
    ReadResult<Page<AuditRow>> audit(const PageRequest& page) override;
    void add_user(UserRow row, Done done) override;
    void change_user(std::string name, UserChange change, Done done) override;
    void delete_user(std::string name, Done done) override;
    void put_api_key(ApiKeyRow row, Done done) override;
    void delete_api_key(std::string id, Done done) override;
    void note_login(std::string user, Instant at) override;
    void note_key_used(std::string id, Instant at) override;
    void add_audit(AuditRow row, Done done) override;

private:
    SqliteAccounts(Database reader, std::shared_ptr<LedgerThread> thread, Executor executor)
        : reader_(std::move(reader)), thread_(std::move(thread)), executor_(std::move(executor))
    {
    }

    // work: DatabaseResult<AccountsOutcome>(Connection&); anything but `done` is rolled back.
    template <class Change>
    void change(Change work, Done done);

    Connection reader_;
    std::shared_ptr<LedgerThread> thread_;
    Executor executor_;
};

}  // namespace ladestrom::store::sqlite
