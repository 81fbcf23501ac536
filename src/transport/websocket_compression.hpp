// With which parameters WebSocket messages are compressed: permessage-deflate (RFC 7692), as Beast does it.
// docs/adr/0010-compression.md says why these.
#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/websocket/option.hpp>

#include <cstddef>

namespace ladestrom::transport {

using DeflateOptions = boost::beast::websocket::permessage_deflate;

// What a client offers.
DeflateOptions deflate_offer();
// How a server answers the offer in `request`, if there is one.
DeflateOptions deflate_answer(const boost::beast::http::fields& request);
// Whether an answer agrees to an offer.
bool names_deflate(const boost::beast::http::fields& answer);

// Enough for any text of so many bytes, however little it shrinks.
std::size_t deflated_bytes_max(std::size_t bytes);

}  // namespace ladestrom::transport
