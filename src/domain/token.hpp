// Who may charge: identification tokens and what is known of them, in OCPP 2.1 terms.
#pragma once

#include "base/time.hpp"

#include <optional>
#include <string>

namespace ladestrom {

enum class IdTokenType {
    iso14443,
    iso15693,
    central,
    local,
    emaid,
    mac_address,
    key_code,
    no_authorization,
    none
};

// Tokens are compared without regard to letter case (OCPP 1.6 section 7.28, CiString20).
struct IdToken {
    std::string value;
    IdTokenType type = IdTokenType::iso14443;
};

bool same_token(const IdToken& a, const IdToken& b);

// OCPP 2.1 AuthorizationStatusEnumType; 1.6 maps down to Accepted, Blocked, Expired, Invalid, ConcurrentTx.
enum class AuthorizationStatus {
    accepted,
    blocked,
    concurrent_tx,
    expired,
    invalid,
    no_credit,
    not_allowed_type_evse,
    not_at_this_location,
    not_at_this_time,
    unknown,
};

struct IdTokenInfo {
    AuthorizationStatus status = AuthorizationStatus::invalid;
    std::optional<Instant> cache_expiry;
    std::optional<std::string> group;  // 1.6: parentIdTag
};

}  // namespace ladestrom
