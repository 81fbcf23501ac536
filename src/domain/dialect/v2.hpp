// The words of the domain in OCPP 2.0.1 and 2.1 and back. Pure functions, no state.
// The domain thinks in 2.1 terms; what only 1.6 says becomes the nearest that 2.x has, and what 2.0.1 does
// not know yet the nearest it knows.
#pragma once

#include "base/counters.hpp"
#include "base/version.hpp"
#include "domain/metering.hpp"
#include "domain/session.hpp"
#include "domain/token.hpp"
#include "messages/v2/types.hpp"

#include <optional>
#include <string>

namespace ladestrom::dialect::v2 {

namespace wire = ladestrom::v2;

wire::AuthorizationStatus to_wire(AuthorizationStatus status);
AuthorizationStatus from_wire(wire::AuthorizationStatus status);

// 2.1 lets a type be any text; what the domain has no word for is read as
// central, and counted as "tolerance.token_type". counters may be null.
wire::IdToken to_wire(const IdToken& token);
IdToken from_wire(const wire::IdToken& token, Counters* counters);

wire::IdTokenInfo to_wire(const IdTokenInfo& info);
IdTokenInfo from_wire(const wire::IdTokenInfo& info);

wire::Reason to_wire(StopReason reason);
StopReason from_wire(wire::Reason reason);

wire::ChargingState to_wire(ChargingState state);
ChargingState from_wire(wire::ChargingState state);

// Occupied says less than the domain does: preparing, until a transaction tells more.
wire::ConnectorStatus to_wire(ConnectorStatus status);
ConnectorStatus from_wire(wire::ConnectorStatus status);

// Samples that the version has no word for are left out.
wire::MeterValue to_wire(const MeterValue& value, OcppVersion version);

// Values are normalised to base units (kWh to Wh, multipliers applied, K and Fahrenheit to Celsius). What the
// domain has no measurand or unit for is left out and counted as "tolerance.measurand" and "tolerance.unit";
// counters may be null. A signed value becomes two samples, the value and its signed text.
MeterValue from_wire(const wire::MeterValue& value, Counters* counters);

}  // namespace ladestrom::dialect::v2
