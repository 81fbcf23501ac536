// What the station says in OCPP 1.6, and what it is answered.
#pragma once

#include "station/calls/request.hpp"
#include "station/dialect/dialect.hpp"

namespace ladestrom::station::v16_calls {

std::optional<EncodedCall> encode(const Request& request, const Config& config);
messages::Decoded<Reply> decode(const Request& request, messages::JsonValue payload,
                                const messages::DecodeContext& context);

}  // namespace ladestrom::station::v16_calls
