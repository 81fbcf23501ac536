// The core behind csms.hpp: hands each input to the station it is about, keeps deadlines, and carries out
// what concerns no station (tokens).
#pragma once

#include "csms/csms.hpp"
#include "csms/resident_station.hpp"
#include "csms/shard.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace ladestrom::csms {

class Engine {
public:
    Engine(Options options, const PasswordHasher& hasher, std::uint64_t seed)
        : shard_(std::move(options), hasher, seed)
    {
    }

    std::vector<Effects> handle(Input input, Now now);
    std::optional<Tick> next_deadline() const;

    std::optional<ConnectionView> connection(const StationId& station) const;
    std::vector<ConnectionView> connections() const;
    std::vector<UnknownStation> unknown_stations() const { return shard_.inbox.newest_first(); }
    const Counters& counters() const { return shard_.counters; }

private:
    using TokenCommand = std::variant<PutTokenCommand, DeleteTokenCommand>;

    void take(UpgradeRequested input);
    void take(FrameReceived input);
    void take(SocketClosed input);
    void take(Committed input);
    void take(CommitFailed input);
    void take(StationLoaded input);
    void take(TokenLoaded input);
    void take(SessionLoaded input);
    void take(CallCommand input);
    void take(PutStationCommand input);
    void take(DeleteStationCommand input);
    void take(CloseSessionCommand input);
    void take(PutTokenCommand input);
    void take(DeleteTokenCommand input);
    void take(Wake input);

    ResidentStation& resident(const StationId& id);
    std::optional<PendingLoad> take_load(LoadId load);
    // After every input: its deadline is kept, and a station that is not needed is forgotten.
    void settle(ResidentStation& station);
    void expire_due();

    void queue_token(std::string key, TokenCommand command);
    void commit_token(const std::string& key);
    void finish_token(BatchId batch, std::optional<std::string> failure);

    Shard shard_;
    std::map<StationId, std::unique_ptr<ResidentStation>> stations_;
    std::set<std::pair<Tick, StationId>> deadlines_;
    // Per token in lower case; the first of each is in flight.
    std::unordered_map<std::string, std::deque<TokenCommand>> token_commands_;
    std::unordered_map<BatchId, std::string> token_batches_;
    std::size_t waiting_token_commands_ = 0;
};

}  // namespace ladestrom::csms
