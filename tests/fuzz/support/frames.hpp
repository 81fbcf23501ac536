// What every frame that a program of ours sends must be.
#pragma once

#include "base/version.hpp"
#include "messages/codec.hpp"
#include "messages/json.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ladestrom::fuzz {

// A frame of ours. payload and views last until the parser parses again.
struct SentFrame {
    enum class Type { call, result, error, result_error };
    Type type = Type::call;
    std::string id;
    std::string action;           // of a call
    std::string code;             // of an error
    messages::JsonValue payload;  // of a call or result
};

// Fails unless text is OCPP-J of this version, to the letter.
SentFrame require_ocpp_j(messages::JsonParser& parser, const std::string& text,
                         OcppVersion version = OcppVersion::v1_6);

// One frame somebody sent us, as far as it can be read.
struct ReceivedCall {
    std::string id;
    std::string action;
};
std::optional<ReceivedCall> call_in(messages::JsonParser& parser, std::string_view text);

// One connection's books: what we send must fit what was sent to us, and the standard. Every
// call of ours is a call of this side's; every answer answers one call of the other side's, once.
class Ledger {
public:
    explicit Ledger(messages::Sender us, OcppVersion version = OcppVersion::v1_6) : us_(us), version_(version)
    {
    }

    // A frame to us, whatever it holds.
    void received(std::string_view text);
    // A frame from us. unaltered: its payload is somebody else's, so that only its form is ours to answer
    // for.
    struct Options {
        bool unaltered_calls = false;
    };
    SentFrame sent(const std::string& text, Options options);
    SentFrame sent(const std::string& text) { return sent(text, {}); }

private:
    const messages::ActionInfo* find(std::string_view action) const;
    messages::Decoded<void> check_request(std::string_view action, messages::JsonValue payload) const;
    messages::Decoded<void> check_response(std::string_view action, messages::JsonValue payload) const;

    messages::Sender us_;
    OcppVersion version_;
    messages::JsonParser parser_;
    struct Owed {
        int answers = 0;  // that may still be sent
        std::set<std::string> actions;
    };
    std::map<std::string, Owed> owed_;  // by message id
};

}  // namespace ladestrom::fuzz
