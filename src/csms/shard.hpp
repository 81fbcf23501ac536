// What the stations of one shard share: options, counters, caches, and the way out for effects.
#pragma once

#include "base/counters.hpp"
#include "base/random.hpp"
#include "csms/admission.hpp"
#include "csms/csms.hpp"
#include "csms/inbox.hpp"
#include "csms/lookups.hpp"
#include "csms/tokens.hpp"
#include "messages/json.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ladestrom::csms {

class ResidentStation;

// A question to the store, and who asked.
struct PendingLoad {
    ResidentStation* station = nullptr;
    std::uint64_t operation = 0;  // of the station that asked; 0: the station's own state
    Lookups::Kind kind = Lookups::Kind::token;
    std::optional<LoadToken> token;  // when it is about one
    bool stale = false;              // the token was changed since: ask again
};

struct Shard {
    Shard(Options given, const PasswordHasher& password_hasher, std::uint64_t seed)
        : options(std::move(given)),
          hasher(password_hasher),
          random(seed),
          doorkeeper(options, password_hasher),
          inbox(options.max_unknown_stations),
          tokens(options.token_cache_size, options.token_cache_time)
    {
    }
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    void act(Action action)
    {
        if (actions.empty()) actions.reserve(usual_actions);
        actions.push_back(std::move(action));
    }
    void publish(Published published) { act(Action(std::in_place_type<Published>, std::move(published))); }
    void log(LogLevel level, std::string text) { act(Log{level, std::move(text)}); }
    void done(CommandId command, CommandStatus status, std::string description = {})
    {
        CommandDone answer{.command = command, .status = status, .description = std::move(description)};
        if (status == CommandStatus::result) answer.json = "{}";
        act(std::move(answer));
    }
    BatchId commit(store::WriteBatch writes)
    {
        const BatchId batch = ++last_batch;
        batches.push_back(Effects{.batch = batch, .writes = std::move(writes), .then = {}});
        return batch;
    }
    LoadId load(Action load_action, PendingLoad pending);

    // What follows from one input: what can be done at once, then the batches.
    std::vector<Effects> take_effects();

    const Options options;
    const PasswordHasher& hasher;
    Counters counters;
    Random random;
    const Doorkeeper doorkeeper;
    Inbox inbox;
    TokenCache tokens;
    messages::JsonParser parser;
    Now now{};

    std::unordered_map<LoadId, PendingLoad> loads;
    std::unordered_map<BatchId, ResidentStation*> batches_in_flight;
    // Sockets that wait for their answer or are open; not those that were closed from here.
    std::unordered_map<SocketId, ResidentStation*> sockets;

private:
    // A heartbeat's: two traces and the answer.
    static constexpr std::size_t usual_actions = 4;

    std::vector<Action> actions;
    std::vector<Effects> batches;
    BatchId last_batch = 0;
    LoadId last_load = 0;
};

}  // namespace ladestrom::csms
