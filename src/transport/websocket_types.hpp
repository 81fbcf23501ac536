// Words that WebSocket server and client share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ladestrom::transport {

// Of messages, by permessage-deflate (RFC 7692). on: when the other side offers it, or agrees.
enum class Compression { off, on };

// Why a connection ended.
enum class CloseReason {
    peer_closed,    // close frame from the peer
    peer_vanished,  // TCP ended or broke without one
    closed_here,    // close() or stop()
    aborted_here,   // abort()
    first_frame_timeout,
    idle_timeout,
    pong_timeout,
    message_timeout,  // a message began and did not end
    message_too_big,
    binary_frame,
    protocol_error,     // bad frame, bad UTF-8
    bad_compression,    // what came cannot be decompressed
    outbound_overflow,  // the peer reads too slowly
};

std::string_view name_of(CloseReason reason);
std::string_view counter_of(CloseReason reason);

// WebSocket close codes (RFC 6455, 7.4.1) that this project sends or compares.
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t unsupported_data = 1003;
inline constexpr std::uint16_t none_received = 1005;
inline constexpr std::uint16_t abnormal = 1006;
inline constexpr std::uint16_t policy_violation = 1008;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t internal_error = 1011;
inline constexpr std::uint16_t try_again_later = 1013;
}  // namespace close_code

struct Closed {
    CloseReason reason{};
    std::uint16_t code = close_code::abnormal;  // from the peer's close frame, or the one sent; 1006: neither
    std::string text;                           // the close frame's reason, or the error; may hold any bytes
};

}  // namespace ladestrom::transport
