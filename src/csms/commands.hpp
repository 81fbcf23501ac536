// Calls to one station on behalf of people: a bounded queue, one call in flight, every command with a
// deadline and exactly one answer. A call whose connection is lost after it was sent may have been carried
// out: it is answered "no answer" and never sent again.
#pragma once

#include "csms/dialect/dialect.hpp"
#include "csms/shard.hpp"
#include "rpc/peer.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ladestrom::csms {

class Commands {
public:
    explicit Commands(Shard& shard) : shard_(shard) {}

    // Checks the command and queues it, or answers why not.
    void add(CallCommand command, const Dialect& dialect);
    // The passwords that the command would tell the station.
    std::vector<std::string> passwords_in(const CallCommand& command, const Dialect& dialect) const;
    // Our own call: nobody waits for its answer.
    void add_own(OutgoingCall call);

    // The frame to send next, when one may be sent.
    std::optional<std::string> next_frame(rpc::Peer& peer);
    // Both: the passwords that the station was told by the call and did not take.
    std::vector<std::string> answered(const rpc::CallResult& result, const Dialect& dialect);
    std::vector<std::string> refused(const rpc::CallError& error);

    void socket_lost();   // what was sent has no answer; what was not may go over the next socket
    void disconnected();  // there is no next socket
    void expire();        // of those that wait

    std::optional<Tick> next_deadline() const;
    std::size_t size() const { return waiting_.size() + (in_flight_ ? 1 : 0); }

private:
    struct Queued {
        std::optional<CommandId> command;  // none: our own
        std::string action;
        std::string payload;
        Tick deadline;
        std::vector<std::string> passwords = {};  // that it tells
    };
    struct InFlight {
        std::optional<CommandId> command;
        std::vector<std::string> passwords = {};
    };

    // False: the version cannot say it, or not at that length.
    bool put_into_words(CallCommand& command, const Dialect& dialect);
    std::optional<std::string> find_fault(const CallCommand& command, const Dialect& dialect);
    void finish(std::optional<CommandId> command, CommandStatus status, std::string description);

    Shard& shard_;
    std::vector<Queued> waiting_;
    std::optional<InFlight> in_flight_;
};

}  // namespace ladestrom::csms
