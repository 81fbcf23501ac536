// Where a server listens.
#pragma once

#include "transport/tls.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace ladestrom::transport {

struct ListenOptions {
    std::string address = "127.0.0.1";      // an IP address; "::" also takes IPv4
    std::uint16_t port = 0;                 // 0: any free one
    std::shared_ptr<const TlsContext> tls;  // null: plain
    int backlog = 1024;
    bool reuse_port = false;  // several threads or processes share the port
};

}  // namespace ladestrom::transport
