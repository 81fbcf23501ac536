// What must hold of the frames on one connection, seen where they are sent and where they arrive: one call in
// flight per direction (OCPP-J 1.6 section 4.1.1), every answer to a call that was made, once.
#pragma once

#include "base/time.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ladestrom::simulation {

// The parts of a frame that name it. Frames of ours are canonical: no spaces between the parts.
struct FrameHead {
    char type = 0;  // '2' call, '3' result, '4' error, 0: none of them
    std::string_view id;
    std::string_view action;  // of a call
};
FrameHead head_of(std::string_view frame);

class WireRules {
public:
    enum class From : bool { station, csms };

    // Each returns what is wrong, "" when nothing is.
    std::string sent(From from, std::string_view frame, Tick now);
    void arrived(From from, std::string_view frame);
    // The caller no longer waits for its answer.
    void given_up(From from) { side(from).in_flight.reset(); }

private:
    struct Side {
        std::optional<std::string> in_flight;  // the call whose answer has not arrived
        Tick called_at{};
        std::set<std::string, std::less<>> owed;  // calls of the other side that have arrived, unanswered
    };
    Side& side(From from) { return from == From::station ? station_ : csms_; }

    Side station_, csms_;
};

}  // namespace ladestrom::simulation
