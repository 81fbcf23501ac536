// What the station asks of the backend and what it is answered, in OCPP 2.1 terms. A dialect gives each of
// them the form of its version.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"
#include "domain/metering.hpp"
#include "domain/session.hpp"
#include "domain/token.hpp"
#include "station/outbox/fact.hpp"
#include "station/provisioning/inventory.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ladestrom::station {

// OCPP 2.1 BootReasonEnumType, those that this engine can tell.
enum class BootReason { power_up, local_reset, remote_reset, triggered };

struct BootRequest {
    BootReason reason = BootReason::power_up;
};
struct HeartbeatRequest {};
struct AuthorizeRequest {
    IdToken token;
};
struct StatusRequest {
    EvseId evse;  // 0: the station
    ConnectorStatus status = ConnectorStatus::available;
    ConnectorError error = ConnectorError::no_error;
    std::string info;
    std::string vendor_error_code;
    std::optional<Instant> at;
    std::optional<ConnectorStatus> believed;  // what was told before; none: nothing, or it was asked for
};
// Values outside the queue of facts: without a session, or asked for just now.
struct MeterRequest {
    EvseId evse;
    std::optional<std::int64_t> transaction_id;
    MeterValue value;
};
// A fact with its wall times.
struct FactRequest {
    FactKind kind = FactKind::started;
    Pairing pairing = Pairing::made;
    Serial session;
    EvseId evse;
    std::int64_t sequence = 0;
    Instant at;
    Instant started;  // of the session
    TriggerReason trigger = TriggerReason::other;
    ChargingState charging_state = ChargingState::idle;
    WattHours meter;
    std::optional<IdToken> token;
    std::optional<StopReason> reason;
    std::vector<MeterValue> values;
    std::int64_t transaction_id = -1;  // 1.6
    std::string transaction;           // 2.x, its name
    bool offline = false;
    std::optional<std::int64_t> remote_start_id;
};
// One part of a report of variables (2.x).
struct ReportRequest {
    std::int64_t request_id = 0;
    std::int64_t part = 0;  // from 0
    bool more = false;      // parts follow
    Instant at;
    std::vector<ShownVariable> variables;
};

using Request = std::variant<BootRequest, HeartbeatRequest, AuthorizeRequest, StatusRequest, MeterRequest,
                             FactRequest, ReportRequest>;

enum class Registration { none, accepted, pending, rejected };

struct BootReply {
    Registration status = Registration::rejected;
    Instant current_time;
    std::int64_t interval_seconds = 0;
};
struct HeartbeatReply {
    Instant current_time;
};
struct AuthorizeReply {
    IdTokenInfo info;
};
struct FactReply {
    std::optional<IdTokenInfo> info;
    std::optional<std::int64_t> transaction_id;  // where the pairing is made, 1.6
};
struct EmptyReply {};

using Reply = std::variant<BootReply, HeartbeatReply, AuthorizeReply, FactReply, EmptyReply>;

struct Failure {
    // unreadable: the backend has processed the call, and only we cannot read what it answered (only
    // CALLERROR is a failure to process: OCPP-J 1.6, errata 3.3).
    enum class Kind { refused, unreadable, silence, link_lost };
    Kind kind = Kind::refused;
    std::string text;  // for people
};

}  // namespace ladestrom::station
