// One connection's talk with the backend: which call goes out next, who gets its answer, and the answers we
// owe.
#pragma once

#include "rpc/peer.hpp"
#include "station/calls/source.hpp"
#include "station/core/context.hpp"
#include "station/dialect/dialect.hpp"

#include <memory>
#include <span>
#include <vector>

namespace ladestrom::station {

class Conversation {
public:
    // sources: in order of urgency. All of it outlives the conversation.
    Conversation(Context& context, Dialect& dialect, messages::JsonParser& parser,
                 std::span<Source* const> sources);

    void receive(const std::string& frame, Gate gate);
    // Answers what has become durable, and then what waited behind it.
    void release_answer(Gate gate);
    void answer_deferred(std::string payload);
    // What was to be recorded could not be. True when the call that asked for it is refused therefore: its
    // changes must not take effect.
    bool store_failed();
    // Gives up what is late, sends what may go out.
    void pump(Gate gate);
    void link_lost();

    // The backend answers nothing any more: the connection is only half there.
    bool dead() const { return silences_ >= 2; }
    const Dialect& dialect() const { return dialect_; }
    std::uint64_t answers() const { return answers_; }
    std::optional<Tick> last_call() const { return last_call_; }
    std::optional<Tick> next_deadline() const;

private:
    struct InFlight {
        Source* source;
        Request request;
    };
    struct Owed {
        std::string id;
        Answer answer;
        Generation generation;
    };
    void take(rpc::Event& event, Gate gate);
    void take_call(const rpc::Call& call, Gate gate);
    void take_result(const rpc::CallResult& result);
    void take_error(const rpc::CallError& error);
    void answer(const std::string& id, const Answer& answer);
    void send(std::string frame);
    std::string fresh_id();

    Context& context_;
    Dialect& dialect_;
    std::span<Source* const> sources_;
    messages::JsonParser parser_;
    rpc::Peer peer_;
    std::optional<InFlight> in_flight_;
    std::optional<Owed> owed_;
    std::optional<std::string> deferred_id_;
    std::optional<Tick> last_call_;
    int silences_ = 0;
    std::uint64_t answers_ = 0;
};

}  // namespace ladestrom::station
