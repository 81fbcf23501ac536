// The parameters, and what the other side says about them.
#include "transport/websocket_compression.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/zlib/deflate_stream.hpp>

#include <optional>
#include <string_view>

namespace ladestrom::transport {

namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr const char* extension = "permessage-deflate";
// 2 KiB: as good as 32 for messages of OCPP.
constexpr int window_bits = 11;
constexpr int window_bits_most = 15;
constexpr int memory_level = 3;
constexpr int compression_level = 6;

// A server's short answers hardly shrink by themselves, and its deflater takes memory only when it is used.
constexpr std::size_t server_bytes_min = 256;
// A client's messages shrink by what the ones before them said.
constexpr std::size_t client_bytes_min = 128;

DeflateOptions common()
{
    DeflateOptions options;
    options.compLevel = compression_level;
    options.memLevel = memory_level;
    return options;
}

// The value of a parameter in the offer, "" when it has none. Beast looks at the first header line and the
// first offer, and so do we.
std::optional<std::string_view> offered(const http::fields& request, std::string_view name)
{
    http::ext_list extensions(request[http::field::sec_websocket_extensions]);
    auto const offer = extensions.find(extension);
    if (offer == extensions.end()) return std::nullopt;
    for (const auto& [parameter, value] : offer->second) {
        if (beast::iequals(parameter, name)) return std::string_view(value.data(), value.size());
    }
    return std::nullopt;
}

}  // namespace

DeflateOptions deflate_offer()
{
    DeflateOptions options = common();
    options.client_enable = true;
    // Servers that cannot limit their window (those in Java) would have to decline a smaller one.
    options.server_max_window_bits = window_bits_most;
    options.client_max_window_bits = window_bits;
    options.msg_size_threshold = client_bytes_min;
    return options;
}

DeflateOptions deflate_answer(const http::fields& request)
{
    DeflateOptions options = common();
    // zlib has no window of 8 bits, and Beast would answer such an offer with 9.
    options.server_enable = offered(request, "server_max_window_bits") != "8";
    options.server_max_window_bits = window_bits;
    // Who does not offer to limit its window must not be told to (RFC 7692, 7.1.2.2).
    options.client_max_window_bits =
        offered(request, "client_max_window_bits") ? window_bits : window_bits_most;
    // Passwords go to stations: what they are compressed with must not show in their length.
    options.server_no_context_takeover = true;
    options.msg_size_threshold = server_bytes_min;
    return options;
}

bool names_deflate(const http::fields& answer)
{
    return http::ext_list(answer[http::field::sec_websocket_extensions]).exists(extension);
}

std::size_t deflated_bytes_max(std::size_t bytes)
{
    return beast::zlib::deflate_upper_bound(bytes);
}

}  // namespace ladestrom::transport
