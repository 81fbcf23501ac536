// Bytes by RawPeer, parsing by Beast.
#include "transport/http/http_client.hpp"

#include "transport/test_support.hpp"

#include <fmt/format.h>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace ladestrom::transport {

namespace http = boost::beast::http;

std::string HttpReply::header(std::string_view name) const
{
    HttpRequest const lookup{.headers = headers};
    return std::string(lookup.header(name));
}

std::optional<HttpReply> take_http_reply(std::string& bytes, bool to_head, bool at_end)
{
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    parser.eager(true);
    parser.skip(to_head);
    boost::system::error_code error;
    std::size_t used = 0;
    while (!parser.is_done() && used < bytes.size()) {
        std::size_t const step =
            parser.put(boost::asio::buffer(bytes.data() + used, bytes.size() - used), error);
        used += step;
        if (error || step == 0) break;
    }
    if (at_end && !error && parser.is_header_done()) parser.put_eof(error);
    if (!parser.is_done()) return std::nullopt;
    bytes.erase(0, used);
    auto message = parser.release();
    HttpReply reply{.status = message.result_int(), .body = std::move(message.body())};
    for (const auto& field : message) {
        reply.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    return reply;
}

HttpReply http_call(EventLoop& loop, std::uint16_t port, const HttpCall& call, Duration limit)
{
    std::string text =
        fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", call.method, call.target);
    for (const auto& [name, value] : call.headers) text += fmt::format("{}: {}\r\n", name, value);
    if (!call.body.empty()) text += fmt::format("Content-Length: {}\r\n", call.body.size());
    RawPeer peer(loop, port);
    peer.send(text + "\r\n" + call.body);
    loop.run_until([&] { return peer.ended(); }, limit);
    std::string received = peer.received();
    return take_http_reply(received, call.method == "HEAD", true).value_or(HttpReply{});
}

}  // namespace ladestrom::transport
