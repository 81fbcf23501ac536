// Facts: what the backend is told of sessions, in OCPP 2.1 terms. A fact is journalled when it happens and
// encoded when it is sent, in the version of the connection it then goes over.
#pragma once

#include "base/id.hpp"
#include "base/units.hpp"
#include "domain/metering.hpp"
#include "domain/session.hpp"
#include "domain/token.hpp"
#include "station/core/records.hpp"
#include "station/core/serial.hpp"
#include "station/provisioning/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ladestrom::station {

enum class FactKind { started, updated, ended };

// OCPP 2.1 TriggerReasonEnumType, those that this engine can meet.
enum class TriggerReason {
    authorized,
    cable_plugged_in,
    deauthorized,
    ev_departed,
    ev_detected,
    meter_value_clock,
    meter_value_periodic,
    remote_start,
    remote_stop,
    reset_command,
    stop_authorized,
    unlock_command,
    abnormal_condition,
    charging_state_changed,
    trigger,
    tx_resumed,
    ev_communication_lost,
    ev_connect_timeout,
    other,
};

// Whether a person and a car have found each other. What OCPP 1.6 calls a transaction begins with that; in
// 2.x one may have begun before.
enum class Pairing {
    missing,
    made,  // this fact is the first in which both are there
    known,
};

struct SampleSet {
    Stamp at;
    std::vector<MeterSample> samples;
};

struct Fact {
    Serial serial;
    FactKind kind = FactKind::started;
    Pairing pairing = Pairing::made;
    Serial session;
    EvseId evse;
    std::int64_t sequence = 0;
    Stamp at;
    Stamp started;  // of the session: nothing in it is earlier
    TriggerReason trigger = TriggerReason::other;
    ChargingState charging_state = ChargingState::idle;
    WattHours meter;  // where the pairing is made: at the start
    std::optional<IdToken> token;
    std::optional<StopReason> reason;
    std::vector<SampleSet> values;
    bool offline = false;                         // it happened while there was no backend to tell
    std::optional<std::int64_t> remote_start_id;  // of a start
    // A person has taken it back from the dead letters: with the number of then, when its session is no more.
    bool resent = false;
    std::optional<std::int64_t> transaction_id;

    Generation generation = 0;  // may be sent once this is durable
};

struct DeadLetter {
    Fact fact;
    std::optional<std::int64_t> transaction_id;
    std::string reason;  // what the backend last said
    Stamp at;            // when it was given up
};

struct Stop {
    StopReason reason = StopReason::local;
    TriggerReason trigger = TriggerReason::other;
    std::optional<IdToken> token;
    Stamp at;
};

// What the journal keeps of a session.
struct Session {
    Serial serial;
    EvseId evse;
    IdToken token;  // of type none: nobody was identified yet
    std::optional<std::string> group;
    bool paired = false;
    bool told = true;  // its start is among the facts, or was
    Stamp started;
    WattHours meter_start;
    Stamp last_at;
    WattHours last_meter;
    std::int64_t next_sequence = 0;
    std::int64_t start_sequence = 0;  // of its start, in 2.x
    // 1.6: the backend's number, once known.
    std::optional<std::int64_t> transaction_id;
    bool id_never_learnt = false;
    bool told_by_name = false;  // 2.x: the start was, by the station's own
    std::optional<std::int64_t> remote_start_id;
    std::optional<WattHours> refused_at;
    std::optional<Stop> stop;
    bool ended = false;

    // Not kept.
    bool charged = false;              // energy has flowed
    Stamp time_base;                   // its times continue from here while this boot lasts
    Generation generation = 0;         // its last change is durable with this
    Generation begin_generation = 0;   // with this it exists
    Generation start_generation = 0;   // with this energy may flow
    Generation number_generation = 0;  // transaction_id or id_never_learnt
    std::optional<Tick> last_sampled;
    std::optional<Tick> last_checkpoint;
    ChargingState last_state = ChargingState::ev_connected;  // that the backend is told of

    bool anonymous() const { return token.type == IdTokenType::none; }
};

}  // namespace ladestrom::station
