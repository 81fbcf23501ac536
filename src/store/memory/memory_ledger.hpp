// The central system's store as plain containers: for tests and the simulated world. It answers in its own
// time and out of order between stations, fails when told to, and keeps what was committed across a crash of
// its user.
#pragma once

#include "base/random.hpp"
#include "store/ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace ladestrom::store {

class MemoryLedger final : public Ledger {
public:
    // How often things go wrong, as probabilities per request.
    struct Faults {
        double commit_fails = 0;         // nothing of the batch is stored
        double commit_outcome_lost = 0;  // stored, and yet reported as failed
        double load_fails = 0;
        double early_reads = 0;  // a held load tells the store of when it was asked, not of when it answers
    };

    // At once: every request is answered before it returns. Held: requests wait for answer_one().
    enum class Answers { at_once, held };

    // seed: of the order of held answers and of the faults.
    explicit MemoryLedger(std::uint64_t seed = 1) : random_(seed) {}

    void set_answers(Answers answers);
    void set_faults(Faults faults) { faults_ = faults; }
    // The next so many commits, or loads, fail.
    void fail_commits(std::size_t count) { failing_commits_ = count; }
    void fail_loads(std::size_t count) { failing_loads_ = count; }

    std::size_t waiting() const { return waiting_; }
    // Carries out and answers one request that waits: of each station, or token, the oldest may be chosen.
    // False: none waits.
    bool answer_one();
    void answer_all();
    // The user is gone: what waits is never answered. Commits that wait are stored or lost.
    enum class Crash { commits_lost, commits_stored };
    void crash(Crash commits);

    void commit(WriteBatch batch, std::function<void(Result<void>)> done) override;
    void load_station(StationId id, std::function<void(Result<StationState>)> done) override;
    void load_token(std::string value, std::function<void(Result<std::optional<TokenRow>>)> done) override;
    void load_session(SessionKey key, std::function<void(Result<std::optional<SessionRow>>)> done) override;
    void load_transaction(StationId station, std::string transaction_id,
                          std::function<void(Result<std::optional<SessionRow>>)> done) override;
    void count_running(std::string token, std::function<void(Result<std::int64_t>)> done) override;

    // ---- what is stored, for checks ----
    const std::map<StationId, StationRow>& stations() const { return stations_; }
    const std::map<std::pair<StationId, EvseId>, ConnectorRow>& connectors() const { return connectors_; }
    // By token in lower case.
    const std::map<std::string, TokenRow>& tokens() const { return tokens_; }
    // Oldest first.
    std::vector<SessionRow> sessions() const;
    std::vector<SessionRow> sessions(const StationId& station) const;
    const std::vector<MeterValueRow>& meter_values() const { return meter_values_; }
    const std::vector<AddStationEvent>& events() const { return events_; }
    std::size_t commits() const { return commits_; }

private:
    // One request: how it is carried out and answered, and what happens to it in a crash.
    struct Request {
        std::function<void()> answer;
        std::function<void()> store;  // commits: stores without an answer
    };

    void request(std::string lane, Request request);
    void apply(const WriteBatch& batch);
    void apply_one(const Write& write);
    StationState state_of(const StationId& id) const;
    // Answers a load in its turn.
    template <class T>
    void read(std::string lane, std::function<Result<T>()> query, std::function<void(Result<T>)> done);

    Random random_;
    Faults faults_;
    Answers answers_ = Answers::at_once;
    std::size_t failing_commits_ = 0;
    std::size_t failing_loads_ = 0;
    std::size_t commits_ = 0;
    std::size_t waiting_ = 0;
    // One lane per station or token: requests of a lane keep their order.
    std::map<std::string, std::deque<Request>> lanes_;

    std::map<StationId, StationRow> stations_;
    std::map<std::pair<StationId, EvseId>, ConnectorRow> connectors_;
    std::map<std::string, TokenRow> tokens_;
    std::map<std::string, SessionRow> sessions_;
    std::map<StationId, std::vector<std::string>> sessions_of_;  // ids, oldest first
    std::vector<std::string> session_order_;                     // ids of all, oldest first
    std::map<StationId, std::vector<std::string>> ended_of_;     // ids in the order of their ends' writing
    std::vector<MeterValueRow> meter_values_;
    std::set<std::string> meter_value_keys_;
    std::vector<AddStationEvent> events_;
    std::set<std::tuple<StationId, Instant, std::string, std::string>> event_keys_;
};

}  // namespace ladestrom::store
