// URLs of central systems, read by Boost.URL; errors say what is wrong and what is expected.
#include "transport/websocket_url.hpp"

#include "transport/log.hpp"
#include "transport/websocket_client.hpp"

#include <fmt/format.h>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>

namespace ladestrom::transport {

Result<WebSocketUrl> parse_websocket_url(std::string_view url)
{
    auto const bad = [url](std::string_view why) {
        return Error{fmt::format("the URL \"{}\" {}; write ws://host:port/path or wss://host:port/path",
                                 printable(url, 300), why)};
    };
    auto const parsed = boost::urls::parse_uri({url.data(), url.size()});
    if (!parsed) return bad("is malformed");
    WebSocketUrl result;
    if (parsed->scheme_id() == boost::urls::scheme::wss) {
        result.secure = true;
    } else if (parsed->scheme_id() != boost::urls::scheme::ws) {
        return bad("is neither ws:// nor wss://");
    }
    if (!parsed->has_authority() || parsed->host().empty()) return bad("has no host");
    // It would end up in logs; passwords have their own place.
    if (parsed->has_userinfo()) return bad("holds a user or password, which belong elsewhere");
    if (parsed->has_fragment()) return bad("has a fragment (#), which is never sent");
    result.host = parsed->host_address();
    result.port = result.secure ? 443 : 80;
    if (parsed->has_port() && !parsed->port().empty()) {
        auto const digits = parsed->port();
        auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result.port);
        if (error != std::errc() || end != digits.data() + digits.size() || result.port == 0) {
            return bad("has an impossible port");
        }
    }
    auto const host_and_port = parsed->encoded_host_and_port();
    result.host_header.assign(host_and_port.data(), host_and_port.size());
    auto const target = parsed->encoded_target();
    result.target.assign(target.data(), target.size());
    if (result.target.empty() || result.target.front() != '/') result.target.insert(0, "/");
    return result;
}

Result<void> check_websocket_url(std::string_view url)
{
    if (auto const parsed = parse_websocket_url(url); !parsed) return parsed.error();
    return {};
}

}  // namespace ladestrom::transport
