// The parts of a ws:// or wss:// URL.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ladestrom::transport {

struct WebSocketUrl {
    bool secure = false;
    std::string host;  // a name, or an address without brackets
    std::uint16_t port = 0;
    std::string host_header;
    std::string target;  // path and query as written
};

Result<WebSocketUrl> parse_websocket_url(std::string_view url);

}  // namespace ladestrom::transport
