// One version of OCPP as the central system speaks it: which messages of a station it serves, and which calls
// it may make. A dialect maps messages to the functions of the blocks; it holds no state and reaches no
// store.
#pragma once

#include "base/version.hpp"
#include "csms/work.hpp"
#include "messages/codec.hpp"
#include "messages/json_fwd.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::csms {

// A call of the station with its decoded request: run it to serve it, again when its facts have come.
// What it returns is the payload of the answer.
using Serve = std::function<Outcome<std::string>(Work&)>;

// A call that we may make on our own.
struct OutgoingCall {
    std::string_view action;
    std::string payload;
};

class Dialect {
public:
    virtual ~Dialect() = default;

    // Decodes a call of the station and serves it when `work` is given. Where it has to be served (again)
    // later, `serve` is set and the outcome is Waiting.
    virtual Outcome<std::string> begin(std::string_view action, messages::JsonValue payload,
                                       const messages::DecodeContext& context, Work* work,
                                       Serve& serve) const = 0;

    // May a station that is not accepted make this call?
    virtual bool before_acceptance(std::string_view action) const = 0;
    // May the central system make this call?
    virtual bool can_call(std::string_view action) const = 0;
    // Is this what the standard lets a central system ask?
    virtual bool request_is_valid(std::string_view action, messages::JsonValue payload) const = 0;
    // Is this what the standard says a station answers?
    virtual bool answer_is_valid(std::string_view action, messages::JsonValue payload) const = 0;
    // The passwords that a station may use from now on when it takes this call of ours; most calls: none.
    virtual std::vector<std::string> passwords_told(std::string_view action,
                                                    messages::JsonValue payload) const = 0;
    // Whether the station took such a call.
    virtual bool password_is_taken(messages::JsonValue answer) const = 0;
    // The call that asks for this. request_id: of a start, where the version numbers them; 0 to 2^31-1. None:
    // the version cannot say it.
    virtual std::optional<OutgoingCall> call_for(const Intent& intent, std::int64_t request_id) const = 0;
    // Asks the station for its boot message.
    virtual OutgoingCall ask_for_boot() const = 0;
};

// Null: this core does not speak the version.
const Dialect* dialect_of(OcppVersion version);

}  // namespace ladestrom::csms
