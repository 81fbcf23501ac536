// What the station says in OCPP 2.0.1 and 2.1, and what it is answered.
#pragma once

#include "station/calls/request.hpp"
#include "station/dialect/dialect.hpp"

namespace ladestrom::station::v2_calls {

std::optional<EncodedCall> encode(const Request& request, const Config& config, OcppVersion version);
messages::Decoded<Reply> decode(const Request& request, messages::JsonValue payload,
                                const messages::DecodeContext& context);

}  // namespace ladestrom::station::v2_calls
