// The names of close reasons, for people and for counters.
#include "transport/websocket_types.hpp"

namespace ladestrom::transport {

std::string_view name_of(CloseReason reason)
{
    switch (reason) {
        case CloseReason::peer_closed: return "closed by the peer";
        case CloseReason::peer_vanished: return "connection lost";
        case CloseReason::closed_here: return "closed here";
        case CloseReason::aborted_here: return "aborted here";
        case CloseReason::first_frame_timeout: return "no first message in time";
        case CloseReason::idle_timeout: return "idle for too long";
        case CloseReason::pong_timeout: return "no pong in time";
        case CloseReason::message_timeout: return "message not finished in time";
        case CloseReason::message_too_big: return "message too big";
        case CloseReason::binary_frame: return "binary frame";
        case CloseReason::protocol_error: return "WebSocket protocol violated";
        case CloseReason::bad_compression: return "compressed message is broken";
        case CloseReason::outbound_overflow: return "reads too slowly";
    }
    return "closed";
}

std::string_view counter_of(CloseReason reason)
{
    switch (reason) {
        case CloseReason::peer_closed: return "websocket.closed.by_peer";
        case CloseReason::peer_vanished: return "websocket.closed.vanished";
        case CloseReason::closed_here: return "websocket.closed.here";
        case CloseReason::aborted_here: return "websocket.closed.aborted";
        case CloseReason::first_frame_timeout: return "websocket.timeout.first_frame";
        case CloseReason::idle_timeout: return "websocket.timeout.idle";
        case CloseReason::pong_timeout: return "websocket.timeout.pong";
        case CloseReason::message_timeout: return "websocket.timeout.message";
        case CloseReason::message_too_big: return "websocket.violation.message_too_big";
        case CloseReason::binary_frame: return "websocket.violation.binary_frame";
        case CloseReason::protocol_error: return "websocket.violation.protocol";
        case CloseReason::bad_compression: return "websocket.violation.compression";
        case CloseReason::outbound_overflow: return "websocket.outbound_overflow";
    }
    return "websocket.closed";
}

}  // namespace ladestrom::transport
