#include "store/memory/memory_ledger.hpp"

#include "base/letter_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace ladestrom::store {
namespace {

constexpr std::size_t recent_sessions = 20;

// OCPP 1.6 section 7.28: tokens are compared without regard to letter case.
std::string token_key(std::string_view value)
{
    return lower_case(value);
}

// What makes two meter values of one station, session and time the same.
std::string meter_value_key(const MeterValueRow& row)
{
    std::string key = fmt::format("{}\n{}\n{}\n{}", row.station.value(), row.evse.value(), row.session,
                                  row.value.timestamp.time_since_epoch().count());
    for (const MeterSample& sample : row.value.samples) {
        fmt::format_to(std::back_inserter(key), "\n{} {} {} {} {} {} {}", static_cast<int>(sample.measurand),
                       static_cast<int>(sample.phase), static_cast<int>(sample.location),
                       static_cast<int>(sample.context), static_cast<int>(sample.unit), sample.value,
                       sample.signed_data.value_or(""));
    }
    return key;
}

std::string lane_of(const WriteBatch& batch)
{
    if (batch.empty()) return {};
    struct Lane {
        std::string operator()(const PutStation& put) const { return put.row.id.value(); }
        std::string operator()(const DeleteStation& gone) const { return gone.id.value(); }
        std::string operator()(const PutConnector& put) const { return put.row.station.value(); }
        std::string operator()(const PutToken& put) const
        {
            return "change of token " + token_key(put.row.token.value);
        }
        std::string operator()(const DeleteToken& gone) const
        {
            return "change of token " + token_key(gone.value);
        }
        std::string operator()(const PutSession& put) const { return put.row.station.value(); }
        std::string operator()(const AddMeterValue& add) const { return add.row.station.value(); }
        std::string operator()(const AddStationEvent& add) const { return add.station.value(); }
    };
    return std::visit(Lane{}, batch.front());
}

const Error store_failed{"the store failed, as it was told to"};

}  // namespace

void MemoryLedger::set_answers(Answers answers)
{
    answers_ = answers;
    if (answers_ == Answers::at_once) answer_all();
}

bool MemoryLedger::answer_one()
{
    if (waiting_ == 0) return false;
    auto lane = lanes_.begin();
    std::advance(lane, static_cast<std::ptrdiff_t>(random_.below(lanes_.size())));
    Request request = std::move(lane->second.front());
    lane->second.pop_front();
    if (lane->second.empty()) lanes_.erase(lane);
    --waiting_;
    request.answer();
    return true;
}

void MemoryLedger::answer_all()
{
    while (answer_one()) {
    }
}

void MemoryLedger::crash(Crash commits)
{
    const auto lanes = std::exchange(lanes_, {});
    waiting_ = 0;
    if (commits == Crash::commits_lost) return;
    for (const auto& [name, requests] : lanes) {
        for (const Request& request : requests) {
            if (request.store) request.store();
        }
    }
}

void MemoryLedger::request(std::string lane, Request request)
{
    if (answers_ == Answers::at_once) {
        request.answer();
        return;
    }
    lanes_[std::move(lane)].push_back(std::move(request));
    ++waiting_;
}

void MemoryLedger::commit(WriteBatch batch, std::function<void(Result<void>)> done)
{
    std::string lane = lane_of(batch);
    auto shared = std::make_shared<WriteBatch>(std::move(batch));
    request(std::move(lane), {.answer =
                                  [this, shared, done = std::move(done)] {
                                      if (failing_commits_ > 0) {
                                          --failing_commits_;
                                          done(store_failed);
                                          return;
                                      }
                                      const double drawn = random_.fraction();
                                      if (drawn < faults_.commit_fails) {
                                          done(store_failed);
                                          return;
                                      }
                                      apply(*shared);
                                      if (drawn < faults_.commit_fails + faults_.commit_outcome_lost) {
                                          done(store_failed);
                                          return;
                                      }
                                      done({});
                                  },
                              .store = [this, shared] { apply(*shared); }});
}

template <class T>
void MemoryLedger::read(std::string lane, std::function<Result<T>()> query,
                        std::function<void(Result<T>)> done)
{
    const auto ask = [this, query = std::move(query)]() -> Result<T> {
        if (failing_loads_ > 0) {
            --failing_loads_;
            return store_failed;
        }
        if (random_.chance(faults_.load_fails)) return store_failed;
        return query();
    };
    if (answers_ == Answers::held && random_.chance(faults_.early_reads)) {
        request(std::move(lane),
                {.answer = [result = ask(), done = std::move(done)] { done(result); }, .store = {}});
    } else {
        request(std::move(lane), {.answer = [ask, done = std::move(done)] { done(ask()); }, .store = {}});
    }
}

void MemoryLedger::load_station(StationId id, std::function<void(Result<StationState>)> done)
{
    std::string lane = id.value();
    read<StationState>(
        std::move(lane), [this, id = std::move(id)] { return state_of(id); }, std::move(done));
}

void MemoryLedger::load_token(std::string value, std::function<void(Result<std::optional<TokenRow>>)> done)
{
    const std::string key = token_key(value);
    const auto query = [this, key] {
        const auto found = tokens_.find(key);
        return found == tokens_.end() ? std::optional<TokenRow>() : found->second;
    };
    read<std::optional<TokenRow>>("token " + key, query, std::move(done));
}

void MemoryLedger::load_session(SessionKey key, std::function<void(Result<std::optional<SessionRow>>)> done)
{
    std::string lane = key.station.value();
    const auto query = [this, key = std::move(key)] {
        const std::string token = token_key(key.token);
        const auto rows = sessions(key.station);
        const auto found = std::find_if(rows.rbegin(), rows.rend(), [&](const SessionRow& row) {
            return row.evse == key.evse && row.started == key.started && row.meter_start == key.meter_start &&
                   (token.empty() || row.token.value.empty() || token_key(row.token.value) == token) &&
                   (key.start_message_id.empty() || row.start_message_id == key.start_message_id);
        });
        return found == rows.rend() ? std::optional<SessionRow>() : *found;
    };
    read<std::optional<SessionRow>>(std::move(lane), query, std::move(done));
}

void MemoryLedger::load_transaction(StationId station, std::string transaction_id,
                                    std::function<void(Result<std::optional<SessionRow>>)> done)
{
    std::string lane = station.value();
    const auto query = [this, station = std::move(station), id = std::move(transaction_id)] {
        const auto rows = sessions(station);
        const auto found = std::find_if(rows.rbegin(), rows.rend(),
                                        [&](const SessionRow& row) { return row.transaction_id == id; });
        return found == rows.rend() ? std::optional<SessionRow>() : *found;
    };
    read<std::optional<SessionRow>>(std::move(lane), query, std::move(done));
}

void MemoryLedger::count_running(std::string token, std::function<void(Result<std::int64_t>)> done)
{
    const std::string key = token_key(token);
    const auto query = [this, key]() -> std::int64_t {
        return std::ranges::count_if(sessions_, [&](const auto& entry) {
            return entry.second.state == SessionState::running && token_key(entry.second.token.value) == key;
        });
    };
    read<std::int64_t>("token " + key, query, std::move(done));
}

void MemoryLedger::apply(const WriteBatch& batch)
{
    ++commits_;
    for (const Write& write : batch) apply_one(write);
}

void MemoryLedger::apply_one(const Write& write)
{
    struct Apply {
        MemoryLedger& ledger;

        void operator()(const PutStation& put) const { ledger.stations_[put.row.id] = put.row; }
        void operator()(const DeleteStation& gone) const
        {
            ledger.stations_.erase(gone.id);
            std::erase_if(ledger.connectors_,
                          [&](const auto& entry) { return entry.first.first == gone.id; });
        }
        void operator()(const PutConnector& put) const
        {
            ledger.connectors_[{put.row.station, put.row.evse}] = put.row;
        }
        void operator()(const PutToken& put) const
        {
            ledger.tokens_[token_key(put.row.token.value)] = put.row;
        }
        void operator()(const DeleteToken& gone) const { ledger.tokens_.erase(token_key(gone.value)); }
        void operator()(const PutSession& put) const
        {
            const auto before = ledger.sessions_.find(put.row.id);
            const bool known = before != ledger.sessions_.end();
            const bool had_ended = known && before->second.state == SessionState::ended;
            if (!known) {
                ledger.sessions_of_[put.row.station].push_back(put.row.id);
                ledger.session_order_.push_back(put.row.id);
            }
            if (put.row.state == SessionState::ended && !had_ended) {
                ledger.ended_of_[put.row.station].push_back(put.row.id);
            }
            ledger.sessions_[put.row.id] = put.row;
        }
        void operator()(const AddMeterValue& add) const
        {
            if (ledger.meter_value_keys_.insert(meter_value_key(add.row)).second) {
                ledger.meter_values_.push_back(add.row);
            }
        }
        void operator()(const AddStationEvent& add) const
        {
            if (ledger.event_keys_.insert({add.station, add.at, add.kind, add.detail}).second) {
                ledger.events_.push_back(add);
            }
        }
    };
    std::visit(Apply{*this}, write);
}

StationState MemoryLedger::state_of(const StationId& id) const
{
    StationState state;
    if (const auto found = stations_.find(id); found != stations_.end()) state.station = found->second;
    for (auto at = connectors_.lower_bound({id, EvseId(std::numeric_limits<std::int32_t>::min())});
         at != connectors_.end() && at->first.first == id; ++at) {
        state.connectors.push_back(at->second);
    }
    if (const auto of_station = sessions_of_.find(id); of_station != sessions_of_.end()) {
        for (const std::string& session : of_station->second) {
            const SessionRow& row = sessions_.at(session);
            if (row.state == SessionState::running) state.running.push_back(row);
        }
    }
    if (const auto ended = ended_of_.find(id); ended != ended_of_.end()) {
        for (auto at = ended->second.rbegin(); at != ended->second.rend(); ++at) {
            if (state.recent.size() == recent_sessions) break;
            state.recent.push_back(sessions_.at(*at));
        }
    }
    return state;
}

std::vector<SessionRow> MemoryLedger::sessions() const
{
    std::vector<SessionRow> rows;
    rows.reserve(session_order_.size());
    for (const std::string& id : session_order_) rows.push_back(sessions_.at(id));
    return rows;
}

std::vector<SessionRow> MemoryLedger::sessions(const StationId& station) const
{
    std::vector<SessionRow> rows;
    const auto found = sessions_of_.find(station);
    if (found == sessions_of_.end()) return rows;
    for (const std::string& id : found->second) rows.push_back(sessions_.at(id));
    return rows;
}

}  // namespace ladestrom::store
