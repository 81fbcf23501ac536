// A scripted central system for tests: answers what it is told to, books transactions by their natural key,
// and checks every frame it gets.
#pragma once

#include "base/time.hpp"
#include "base/version.hpp"
#include "messages/json.hpp"
#include "messages/v2/types.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ladestrom::station::test {

struct Booked {
    std::int64_t id = 0;  // in 1.6; 0: none was given out
    std::string name;     // in 2.x, the newest; a number once that was given out
    std::set<std::int64_t> sequences;
    std::int64_t connector = 0;
    std::string token;
    bool nobody_needed = false;  // 2.x: NoAuthorization
    Instant started;
    std::int64_t meter_start = 0;
    int start_frames = 0;

    bool stopped = false;
    Instant stop_time;
    std::int64_t meter_stop = 0;
    std::string reason;
    std::string stop_token;
    std::size_t transaction_data = 0;
    int stop_frames = 0;
    std::vector<std::pair<Instant, std::int64_t>> registers;  // of its MeterValues
};

struct Received {
    std::string action;
    std::string id;
    std::string payload;  // JSON text
    Instant at;
};

class Backend {
public:
    // One frame from the station; the frames that answer it.
    std::vector<std::string> receive(const std::string& frame, Instant now);

    // A call to the station, as a frame; its answer appears in answers.
    std::string call(const std::string& action, const std::string& payload);
    // ChangeConfiguration of AuthorizationKey: once its answer says Accepted this password is demanded.
    std::string change_password(const std::string& password);

    std::size_t count(const std::string& action) const;
    // The newest payload of an action, "" when there was none.
    std::string last(const std::string& action) const;
    std::vector<std::string> all(const std::string& action) const;
    // Status values of a connector, in order.
    std::vector<std::string> statuses(std::int64_t connector) const;
    const Booked* only() const { return booked.size() == 1 ? &booked.front() : nullptr; }

    // ---- script ----------------------------------------------------------------------------------------
    OcppVersion version = OcppVersion::v1_6;  // of the connection
    std::optional<OcppVersion> picks;         // of what is offered; none: the first
    std::string registration = "Accepted";
    std::int64_t interval = 300;
    std::map<std::string, std::string> tags;          // status by token; Accepted otherwise
    std::map<std::string, std::string> parents;       // parentIdTag by token
    std::map<std::string, std::string> start_status;  // only in StartTransaction.conf
    std::set<std::string> silent;                     // actions that get no answer
    std::map<std::string, int> refuse;                // actions that get CALLERROR, so many times
    std::function<bool(const std::string& action)> lose_answer;
    // Makes another answer of the right one, as a backend with faults of its own would.
    std::function<std::string(const std::string& action, const std::string& payload)> mangle;
    Duration clock_offset{0};
    std::map<std::string, Duration> delay;  // of the answer, by action
    std::size_t longest_frame = 1'000'000;  // bytes; a longer one closes the connection (1009)
    std::optional<std::string> password;    // others are turned away; follows an accepted AuthorizationKey

    // ---- what happened ---------------------------------------------------------------------------------
    std::vector<Received> log;
    std::vector<std::string> answers;  // of the station, whole frames
    std::vector<Booked> booked;
    int unknown_stops = 0;              // with a transaction id nobody gave out
    std::vector<std::string> problems;  // violations of the protocol

private:
    std::string answer(const Received& call, messages::JsonValue payload, Instant now);
    std::string boot_answer(Instant now) const;
    std::string heartbeat_answer(Instant now) const;
    void check_registered(const std::string& action);
    std::string start(messages::JsonValue payload);
    std::string stop(messages::JsonValue payload);
    std::string meter_values(messages::JsonValue payload);
    std::string tag_info(const std::string& token, const std::map<std::string, std::string>& statuses) const;
    std::string status_of(const std::string& token, const std::map<std::string, std::string>& statuses) const;
    std::vector<Booked>::iterator find_booked(std::int64_t connector, const std::string& token,
                                              Instant started, std::int64_t meter_start);
    template <class Message>
    std::optional<typename Message::Request> decode(messages::JsonValue payload);

    std::string answer_v2(const Received& call, messages::JsonValue payload, Instant now);
    std::string token_info(const std::string& token,
                           const std::map<std::string, std::string>& statuses) const;
    Booked& find_or_book(const std::string& name, std::int64_t connector, const std::string& token,
                         Instant started, std::int64_t meter_start);
    std::string transaction(messages::JsonValue payload);
    std::string judged(const std::string& token) const;
    void end(Booked& entry, const v2::TransactionEventRequest& event);
    template <class Message>
    std::optional<typename Message::Request> decode_v2(messages::JsonValue payload);

    messages::JsonParser parser_;
    int calls_ = 0;
    std::map<std::string, std::string> passwords_;  // asked for, by the id of the call
};

}  // namespace ladestrom::station::test
