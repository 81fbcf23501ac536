// One station that this shard holds in memory: its socket, its work in progress, and its rows as last
// committed.
//
// Work on a station is serial: an operation (one message of the station, one change by a person) reads from
// the store, is computed, committed and answered before the next begins. Memory changes only when a commit is
// confirmed, so memory never knows more than the store; after a failed commit it is thrown away and read
// again. Answers to our own calls are no operations: they pass at any time. Its functions are in
// resident_station.cpp (operations, people), resident_sockets.cpp and resident_messages.cpp.
#pragma once

#include "csms/commands.hpp"
#include "csms/dialect/dialect.hpp"
#include "csms/shard.hpp"
#include "csms/work.hpp"
#include "rpc/peer.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ladestrom::csms {

// Why a connection is closed (RFC 6455 section 7.4.1): another one shall take its place; the store failed.
constexpr int normal_closure = 1000, internal_error = 1011;

using StationTask = std::variant<CallCommand, PutStationCommand, DeleteStationCommand, CloseSessionCommand>;

class ResidentStation {
public:
    ResidentStation(StationId id, Shard& shard);

    void upgrade(UpgradeRequested request);
    void frame(SocketId socket, std::string_view text);
    void socket_closed(SocketId socket);
    void task(StationTask task);

    void station_loaded(Result<store::StationState> state);
    void token_loaded(const PendingLoad& load, Result<TokenFacts> token);
    void session_loaded(const PendingLoad& load, Result<std::optional<store::SessionRow>> session);
    void recent_loaded(const PendingLoad& load, Result<store::StationState> state);
    void committed();
    void commit_failed(const std::string& reason);

    void expire();
    std::optional<Tick> next_deadline() const;
    // As the engine has it in its list of deadlines.
    std::optional<Tick> scheduled;

    const StationId& id() const { return id_; }
    // Nothing is lost when it is forgotten.
    bool unused() const;
    std::optional<ConnectionView> view() const;

private:
    struct Connection {
        SocketId socket = 0;
        const Dialect& dialect;
        rpc::Peer peer;
        std::string remote;
        bool tls = false;
        Instant since;
        std::optional<store::Admission> told;  // by the newest boot over this connection
    };
    // A call of the station: decoded, not answered yet.
    struct PendingCall {
        SocketId socket = 0;
        std::string message_id;
        Serve serve;
    };
    struct Upgrade {
        UpgradeRequested request;
        bool looked_up = false;  // the store has answered since it came
    };
    // What is under way. One of call, command, or neither (our own writes).
    struct Operation {
        std::uint64_t serial = 0;
        std::optional<PendingCall> call;
        std::optional<CommandId> command;
        std::optional<CloseSessionCommand> closing;  // waits for its session's row
        std::optional<CallCommand> call_after;       // sent when the passwords it tells are stored
        Lookups lookups;
        store::WriteBatch writes;  // in flight
        std::string answer;
        std::optional<store::Admission> told;
        bool of_interest = false;  // people may want to look at the station again
    };
    // ---- sockets ----
    void settle_upgrades();
    bool settle(const UpgradeRequested& request);  // false: it has to wait for a row to be made
    void accept(const UpgradeRequested& request, OcppVersion version);
    void refuse(const UpgradeRequested& request, int http_status, std::string_view counter,
                const std::string& reason);
    void refuse_upgrades(const std::string& reason);
    void close_without_version(const UpgradeRequested& request, bool restricted);
    void create_row(const UpgradeRequested& request);
    void drop_connection(int code, std::string reason);
    void leave_forbidden_version();
    void leave_socket();  // whatever ended it

    // ---- messages ----
    void take_event(rpc::Event event);
    void forget_passwords(const std::vector<std::string>& passwords);
    void take_call(const rpc::Call& call);
    bool may_call(std::string_view action) const;
    void run(PendingCall call, Lookups lookups);
    void conclude(Outcome<std::string> outcome, PendingCall call, Lookups lookups, store::WriteBatch writes,
                  std::optional<store::Admission> told);
    void wait_for_facts(PendingCall call, Lookups lookups);
    void rerun_when_complete();
    bool is_awaited(const PendingLoad& load);
    void lookup_failed(const std::string& reason);
    void answer(const PendingCall& call, const std::string& payload, std::optional<store::Admission> told);
    void refuse_call(const PendingCall& call, const Refused& refusal);
    void send(std::string frame);
    void send_commands();
    void trace(Direction direction, std::string_view text);
    Work make_work(Lookups& lookups, std::string_view message_id);

    // ---- operations ----
    void advance();
    bool advance_once();
    void load_state();
    void forget_state();
    void fail_tasks();
    void run_task(StationTask task);
    void run_task(CallCommand command);
    void send_or_refuse(CallCommand command);
    void run_task(const PutStationCommand& command);
    void run_task(const DeleteStationCommand& command);
    void run_task(CloseSessionCommand command);
    void close_session(CommandId command, store::SessionRow session);
    void closing_loaded(CloseSessionCommand command, std::optional<store::SessionRow> session);
    Operation& begin_operation();
    void commit(store::WriteBatch writes);
    void publish(Operation& operation);
    bool version_is_due() const;
    void write_version();
    bool last_seen_is_due() const;
    void write_last_seen();
    void store_passwords_of(CallCommand command, const std::vector<std::string>& passwords);
    bool passwords_are_due() const;
    void write_passwords();

    StationId id_;
    Shard& shard_;
    bool known_ = false;          // book_ says what the store holds
    bool loading_ = false;        // the station's own state
    bool load_outdated_ = false;  // what comes was read before something that may have changed it
    bool flush_last_seen_ = false;
    // Of book_'s next passwords: one that was used, those that the station did not take.
    std::optional<std::string> used_password_hash_;
    std::vector<std::string> refused_password_hashes_;
    std::uint32_t loads_in_flight_ = 0;
    std::uint64_t last_operation_ = 0;
    Instant last_frame_{};
    std::unique_ptr<StationBook> book_;  // null: not known, or no such station
    std::unique_ptr<Connection> connection_;
    std::unique_ptr<Operation> operation_;
    std::optional<PendingCall> ready_call_;  // waits for the operation of an earlier socket or of a person
    std::vector<Upgrade> upgrades_;
    std::vector<StationTask> tasks_;
    Commands commands_;
};

}  // namespace ladestrom::csms
