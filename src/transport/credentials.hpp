// What a WebSocket upgrade says about who is calling: the identity in its path, and HTTP Basic.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ladestrom::transport {

// Bytes of a base64 text, also when its padding is missing; nullopt when it is not base64.
std::optional<std::string> decode_base64(std::string_view text);
std::string encode_base64(std::string_view bytes);

// The last segment of the path that is not empty, percent-decoded. Empty: there is none.
// nullopt: it cannot be decoded.
std::optional<std::string> identity_of_target(std::string_view target);

// User and password of an Authorization header. Split behind the user when the user is `identity` (which may
// hold ':'), else at the first ':'. nullopt: not a well-formed Basic header.
std::optional<std::pair<std::string, std::string>> decode_basic(std::string_view header,
                                                                std::string_view identity);
std::string encode_basic(std::string_view user, std::string_view password);

// The names of a Sec-WebSocket-Protocol header, in order; at most 32.
std::vector<std::string> subprotocols_of(std::string_view header);

}  // namespace ladestrom::transport
