// Base64 by OpenSSL.
#include "transport/credentials.hpp"

#include "transport/percent.hpp"

#include <openssl/evp.h>

namespace ladestrom::transport {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t subprotocols_max = 32;

std::string_view trim(std::string_view text)
{
    auto const begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool equal_ignoring_case(std::string_view a, std::string_view lower)
{
    if (a.size() != lower.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        char const c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] - 'A' + 'a') : a[i];
        if (c != lower[i]) return false;
    }
    return true;
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text)
{
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    // EVP_DecodeBlock takes '=' and spaces where they do not belong.
    if (text.find_first_not_of(alphabet) != std::string_view::npos || text.size() % 4 == 1)
        return std::nullopt;
    std::size_t const bytes = text.size() * 3 / 4;
    std::string padded(text);
    padded.append((4 - padded.size() % 4) % 4, '=');
    std::string decoded(padded.size() / 4 * 3, '\0');
    if (decoded.empty()) return decoded;
    int const result = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                       reinterpret_cast<const unsigned char*>(padded.data()),
                                       static_cast<int>(padded.size()));
    if (result < 0) return std::nullopt;
    decoded.resize(bytes);
    return decoded;
}

std::string encode_base64(std::string_view bytes)
{
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    int const size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::optional<std::string> identity_of_target(std::string_view target)
{
    target = target.substr(0, target.find_first_of("?#"));
    while (!target.empty() && target.back() == '/') target.remove_suffix(1);
    auto const slash = target.rfind('/');
    if (slash != std::string_view::npos) target.remove_prefix(slash + 1);
    return percent_decode(target);
}

std::optional<std::pair<std::string, std::string>> decode_basic(std::string_view header,
                                                                std::string_view identity)
{
    header = trim(header);
    auto const space = header.find(' ');
    if (space == std::string_view::npos || !equal_ignoring_case(header.substr(0, space), "basic")) {
        return std::nullopt;
    }
    auto const decoded = decode_base64(trim(header.substr(space)));
    if (!decoded) return std::nullopt;
    std::string_view const bytes = *decoded;
    bool const is_identity =
        bytes.size() > identity.size() && bytes.starts_with(identity) && bytes[identity.size()] == ':';
    std::size_t const colon = is_identity ? identity.size() : bytes.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    return std::pair(std::string(bytes.substr(0, colon)), std::string(bytes.substr(colon + 1)));
}

std::string encode_basic(std::string_view user, std::string_view password)
{
    std::string bytes(user);
    bytes += ':';
    bytes += password;
    return "Basic " + encode_base64(bytes);
}

std::vector<std::string> subprotocols_of(std::string_view header)
{
    std::vector<std::string> names;
    while (!header.empty() && names.size() < subprotocols_max) {
        auto const comma = header.find(',');
        auto const name = trim(header.substr(0, comma));
        if (!name.empty()) names.emplace_back(name);
        if (comma == std::string_view::npos) break;
        header.remove_prefix(comma + 1);
    }
    return names;
}

}  // namespace ladestrom::transport
