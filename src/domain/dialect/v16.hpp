// The words of the domain in OCPP 1.6 and back. Pure functions, no state.
// What 1.6 cannot say is mapped down to the nearest it has; nothing of 1.6 is lost on the way up.
#pragma once

#include "base/counters.hpp"
#include "domain/metering.hpp"
#include "domain/session.hpp"
#include "domain/token.hpp"
#include "messages/v16/types.hpp"

#include <optional>

namespace ladestrom::dialect::v16 {

namespace wire = ladestrom::v16;

wire::AuthorizationStatus to_wire(AuthorizationStatus status);
AuthorizationStatus from_wire(wire::AuthorizationStatus status);

wire::IdTagInfo to_wire(const IdTokenInfo& info);
IdTokenInfo from_wire(const wire::IdTagInfo& info);

// 1.6 section 7.36. Reasons that only 2.x knows become the nearest of 1.6, mostly Other.
wire::Reason to_wire(StopReason reason);
StopReason from_wire(wire::Reason reason);

wire::ChargePointStatus to_wire(ConnectorStatus status);
ConnectorStatus from_wire(wire::ChargePointStatus status);

wire::ChargePointErrorCode to_wire(ConnectorError error);
ConnectorError from_wire(wire::ChargePointErrorCode error);

// Samples in base units become values with up to three digits after the point, trailing zeros cut;
// energy registers are whole watt-hours.
wire::MeterValue to_wire(const MeterValue& value);

// Values are normalised to base units (kWh to Wh, kW to W, K and Fahrenheit to Celsius). A value that is no
// number is left out and counted as "tolerance.meter_value_not_a_number"; counters may be null.
MeterValue from_wire(const wire::MeterValue& value, Counters* counters);

}  // namespace ladestrom::dialect::v16
