// The address of the backend as people write it.
#include "backend_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace ladestrom::app {
namespace {

std::optional<std::string> percent_decoded(std::string_view text)
{
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        unsigned byte = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        const auto [rest, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (digits.size() != 2 || failure != std::errc() || rest != digits.data() + 2) return std::nullopt;
        decoded += static_cast<char>(byte);
        i += 2;
    }
    return decoded;
}

// RFC 3986 section 2.3: unreserved characters stand for themselves.
std::string percent_encoded(std::string_view text)
{
    std::string encoded;
    for (const char c : text) {
        const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                c == '-' || c == '.' || c == '_' || c == '~';
        encoded += unreserved ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

// "host", "host:port", "[::1]:port".
Result<void> check_authority(std::string_view authority)
{
    if (authority.find('@') != std::string_view::npos) {
        return Error{"contains a user name or password; set basic_password_file instead"};
    }
    const std::size_t bracket = authority.rfind(']');
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (authority.substr(0, colon).empty()) return Error{"names no host"};
    if (colon == std::string_view::npos) return {};
    const std::string_view text = authority.substr(colon + 1);
    unsigned port = 0;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (failure != std::errc() || rest != text.data() + text.size() || port < 1 || port > 65'535) {
        return Error{fmt::format("port \"{}\", expected 1 to 65535", text)};
    }
    return {};
}

}  // namespace

Result<BackendUrl> backend_url(std::string_view url, std::string_view identity)
{
    if (!url.starts_with("wss://") && !url.starts_with("ws://")) return Error{"expected ws:// or wss://"};
    for (const char c : url) {
        if (c <= ' ' || c == 0x7f) return Error{"contains a blank or control character"};
    }
    if (url.find_first_of("?#") != std::string_view::npos)
        return Error{"contains ? or #, which OCPP URLs do not have"};
    const std::size_t begin = url.find("//") + 2;
    const std::size_t slash = std::min(url.find('/', begin), url.size());
    if (auto ok = check_authority(url.substr(begin, slash - begin)); !ok) return ok.error();

    BackendUrl result{std::string(url), std::string(identity)};
    const std::string_view last = slash == url.size() ? std::string_view() : url.substr(url.rfind('/') + 1);
    const auto last_decoded = percent_decoded(last);
    if (!last_decoded) return Error{"contains a % that two hexadecimal digits do not follow"};
    if (identity.empty()) {
        if (last_decoded->empty())
            return Error{"does not end with the station's identity; append it or set identity"};
        result.identity = *last_decoded;
    } else if (*last_decoded != identity) {
        if (!result.url.ends_with('/')) result.url += '/';
        result.url += percent_encoded(identity);
    }
    if (result.identity.size() > 255) return Error{"the identity has more than 255 bytes"};
    return result;
}

}  // namespace ladestrom::app
