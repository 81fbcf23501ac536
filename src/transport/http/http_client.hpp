// For tests: one HTTP request to a server in the same loop, which runs until the answer is there.
#pragma once

#include "transport/event_loop.hpp"
#include "transport/http/http_server.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ladestrom::transport {

struct HttpCall {
    std::string method = "GET";
    std::string target = "/";
    HttpHeaders headers;
    std::string body;
};

struct HttpReply {
    unsigned status = 0;  // 0: no valid answer came in time
    HttpHeaders headers;
    std::string body;

    // First header of that name (any case); empty when absent.
    std::string header(std::string_view name) const;
};

// Reads an answer from the front of `bytes` and removes it; nullopt: not complete yet. `to_head`: the request
// was a HEAD. `at_end`: nothing follows.
std::optional<HttpReply> take_http_reply(std::string& bytes, bool to_head = false, bool at_end = false);

HttpReply http_call(EventLoop& loop, std::uint16_t port, const HttpCall& call, Duration limit = seconds(20));

}  // namespace ladestrom::transport
