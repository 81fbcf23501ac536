// One end of an OCPP-J connection under any frames, with its own calls, in all versions. A script:
//   v<0..2>         version (first line only)
//   <frame          arrives, as it stands
//   a / e<text>     we answer what we owe with a result, or an error with this description
//   c<action>       we call, if nothing of ours is in flight;  C<action>: under the id of our last call
//   r<payload>      the answer to our call arrives;  x<code>: as an error
//   t<seconds>      time passes
// Holds: what goes out is OCPP-J; a call is answered at most once for each time it came; no second call is
// given before the first is answered; each call of ours ends once, and for what happened to it.
#include "support/frames.hpp"
#include "support/require.hpp"
#include "support/script.hpp"
#include "support/script_mutator.hpp"

#include "rpc/peer.hpp"

#include <map>
#include <optional>
#include <string>

namespace ladestrom::fuzz {
namespace {

constexpr rpc::Limits limits{.max_frame_bytes = 4096, .max_waiting_calls = 4};
constexpr OcppVersion versions[] = {OcppVersion::v1_6, OcppVersion::v2_0_1, OcppVersion::v2_1};

class Connection {
public:
    explicit Connection(OcppVersion version) : version_(version), peer_(version, limits, parser_, counters_)
    {
    }

    void take(const Step& step)
    {
        switch (step.kind) {
            case '<': return receive(step.argument);
            case 'a': return answer_with_result();
            case 'e': return answer_with_error(step.argument);
            case 'c': return call(step.argument, false);
            case 'C': return call(step.argument, true);
            case 'r': return receive("[3,\"" + our_id_ + "\"," + std::string(step.argument) + "]");
            case 'x':
                return receive("[4,\"" + our_id_ + "\",\"" + std::string(step.argument) + "\",\"\",{}]");
            case 't': return pass(seconds(step.number(0, 100)));
            default: return;
        }
    }

private:
    void receive(std::string_view frame)
    {
        const auto call = call_in(frames_, frame);
        const bool readable = call && frame.size() <= limits.max_frame_bytes;
        if (readable) ++came_[call->id];
        rpc::Received received = peer_.receive(frame, now_);
        require(received.replies.size() <= 1, "a frame has one answer at most", frame);
        for (const std::string& reply : received.replies) sent_answer(reply, readable);
        if (received.event) happened(*received.event);
    }

    void sent_answer(const std::string& text, bool to_call = true)
    {
        const SentFrame frame = require_ocpp_j(frames_, text, version_);
        require(frame.type != SentFrame::Type::call, "an answer is no call", text);
        if (frame.id == "-1" && version_ != OcppVersion::v1_6) return;  // of what cannot be read, too
        if (frame.type == SentFrame::Type::result_error) {
            require(frame.id == our_id_, "what is refused is the answer to our call", text);
            return;
        }
        if (to_call) {
            require(came_[frame.id]-- > 0, "a call is answered once", text);
            return;
        }
        require(version_ != OcppVersion::v1_6 && frame.type == SentFrame::Type::error,
                "2.x refuses what it cannot read, 1.6 drops it", text);
    }

    void happened(const rpc::Event& event)
    {
        if (const auto* call = std::get_if<rpc::Call>(&event)) {
            require(!owed_, "no second call before the first is answered", call->id);
            require(call->payload.is_object(), "a call's payload is an object", call->id);
            owed_ = call->id;
            return;
        }
        if (std::holds_alternative<rpc::ResultRefused>(event) || std::holds_alternative<rpc::Sent>(event)) {
            require(version_ == OcppVersion::v2_1, "only 2.1 has SEND and CALLRESULTERROR");
            return;
        }
        const auto* result = std::get_if<rpc::CallResult>(&event);
        const auto* error = std::get_if<rpc::CallError>(&event);
        if (result != nullptr) require(result->payload.is_object(), "an answer's payload is an object");
        ended(result != nullptr ? result->id : error->id, result != nullptr ? result->action : error->action);
        if (error != nullptr) {
            require(!error->timed_out, "time ends no call when a frame comes");
            require(parser_.parse(error->details).has_value(), "details are JSON", error->details);
        }
    }

    void ended(const std::string& id, const std::string& action)
    {
        require(ours_.has_value() && *ours_ == action && id == our_id_, "what ends is our call", id);
        require(!peer_.call_in_flight(), "an ended call is not in flight", id);
        ours_.reset();
    }

    void answered(const std::string& text)
    {
        sent_answer(text);
        owed_.reset();
        if (const auto next = peer_.next_waiting_call()) happened(*next);
    }
    void answer_with_result()
    {
        if (owed_) answered(peer_.result(*owed_, "{\"status\":\"Accepted\"}"));
    }
    void answer_with_error(std::string_view description)
    {
        // Descriptions are UTF-8, as everything in the program is.
        std::string text;
        messages::append_string(text, description);
        if (owed_) answered(peer_.error(*owed_, messages::ErrorCode::internal_error, text));
    }

    void call(std::string_view action, bool again)
    {
        if (peer_.call_in_flight()) return;
        require(!ours_, "a call that has not ended is in flight");
        if (!again || our_id_.empty()) our_id_ = "our-" + std::to_string(++calls_);
        ours_ = action.find_first_of("\"\\") == std::string_view::npos && messages_printable(action)
                    ? std::string(action.substr(0, 50))
                    : "Reset";
        const std::string frame = peer_.call(our_id_, *ours_, "{}", now_);
        require(require_ocpp_j(frames_, frame, version_).type == SentFrame::Type::call, "a call", frame);
        require(peer_.next_deadline() == now_ + limits.call_timeout, "a call has its time");
    }
    static bool messages_printable(std::string_view text)
    {
        for (const char c : text) {
            if (c < 0x20 || c == 0x7F) return false;
        }
        return true;
    }

    void pass(Duration time)
    {
        now_ += time;
        const auto deadline = peer_.next_deadline();
        require(deadline.has_value() == ours_.has_value(), "a deadline for what is in flight");
        const auto late = peer_.expire(now_);
        require(late.has_value() == (deadline && *deadline <= now_), "a call expires at its deadline");
        if (!late) return;
        require(late->timed_out, "what expires has timed out");
        ended(late->id, late->action);
    }

    OcppVersion version_;
    messages::JsonParser parser_;
    messages::JsonParser frames_;
    Counters counters_;
    rpc::Peer peer_;
    Tick now_{};
    std::map<std::string, int> came_;  // calls to us that are not answered, by id
    std::optional<std::string> owed_;
    std::string our_id_;
    std::optional<std::string> ours_;  // action of our call in flight
    int calls_ = 0;
};

}  // namespace

std::span<const std::string_view> usual_steps()
{
    static constexpr std::string_view steps[] = {R"(<[2,"1","Heartbeat",{}])",
                                                 R"(<[2,"2","Heartbeat",{}])",
                                                 R"(<[2,"1","Reset",{}])",
                                                 R"(<[3,"1",{}])",
                                                 R"(<[4,"1","GenericError","",{}])",
                                                 "<[2]",
                                                 "a",
                                                 "e",
                                                 "cReset",
                                                 "CReset",
                                                 "r{}",
                                                 "r",
                                                 "xGenericError",
                                                 "t1",
                                                 "t30"};
    return steps;
}

}  // namespace ladestrom::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace ladestrom::fuzz;
    Script script(text_of(data, size));
    const Step first = script.next().value_or(Step{});
    Connection connection(first.kind == 'v' ? versions[first.number(0, 2)] : versions[0]);
    while (const auto step = script.next()) connection.take(*step);
    return 0;
}
