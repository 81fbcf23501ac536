#include "simulation/wire_rules.hpp"

#include <fmt/format.h>

namespace ladestrom::simulation {
namespace {

// A call that got no answer for so long may be followed by another.
constexpr Duration call_patience = seconds(30);

std::string_view next_text(std::string_view frame, std::size_t& at)
{
    const auto open = frame.find('"', at);
    if (open == std::string_view::npos) return {};
    const auto close = frame.find('"', open + 1);
    if (close == std::string_view::npos) return {};
    at = close + 1;
    return frame.substr(open + 1, close - open - 1);
}

}  // namespace

FrameHead head_of(std::string_view frame)
{
    FrameHead head;
    if (frame.size() < 5 || frame[0] != '[') return head;
    if (frame[1] < '2' || frame[1] > '4' || frame[2] != ',') return head;
    head.type = frame[1];
    std::size_t at = 3;
    head.id = next_text(frame, at);
    if (head.type == '2') head.action = next_text(frame, at);
    return head;
}

std::string WireRules::sent(From from, std::string_view frame, Tick now)
{
    const FrameHead head = head_of(frame);
    Side& sender = side(from);
    if (head.type == 0) return fmt::format("not a frame of OCPP-J: {}", frame);
    if (head.type != '2') {
        const auto owed = sender.owed.find(head.id);
        if (owed == sender.owed.end()) return fmt::format("an answer to a call that nobody made: {}", frame);
        sender.owed.erase(owed);
        return {};
    }
    if (sender.in_flight && now < sender.called_at + call_patience) {
        return fmt::format("a second call while {} is unanswered: {}", *sender.in_flight, frame);
    }
    sender.in_flight = head.id;
    sender.called_at = now;
    return {};
}

void WireRules::arrived(From from, std::string_view frame)
{
    const FrameHead head = head_of(frame);
    Side& receiver = side(from == From::station ? From::csms : From::station);
    if (head.type == '2') {
        receiver.owed.emplace(head.id);
    } else if (receiver.in_flight == head.id) {
        receiver.in_flight.reset();
    }
}

}  // namespace ladestrom::simulation
