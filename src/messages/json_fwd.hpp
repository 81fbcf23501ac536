// JsonValue by name alone, for headers that pass it on without looking inside: simdjson.h is costly to
// compile.
#pragma once

namespace simdjson::dom {
class element;
}

namespace ladestrom::messages {

// A value inside a parsed document; valid as long as its JsonParser has parsed nothing else.
using JsonValue = simdjson::dom::element;

}  // namespace ladestrom::messages
