// What every generated codec looks like, and how a decoding failure reads.
#pragma once

#include "base/counters.hpp"
#include "base/result.hpp"
#include "base/version.hpp"
#include "messages/json.hpp"

#include <string>
#include <string_view>

namespace ladestrom::messages {

// The error codes of OCPP-J in one enum; how a code is spelt depends on the version
// (1.6: FormationViolation, OccurenceConstraintViolation; 2.x: FormatViolation, OccurrenceConstraintViolation).
enum class ErrorCode {
    not_implemented,
    not_supported,
    internal_error,
    protocol_error,
    security_error,
    format_violation,
    property_constraint_violation,
    occurrence_constraint_violation,
    type_constraint_violation,
    generic_error,
    message_type_not_supported,  // 2.x
    rpc_framework_error,         // 2.x
};

std::string_view to_string(ErrorCode code, OcppVersion version);
// Accepts every spelling of every version; unknown codes become generic_error.
ErrorCode error_code_from(std::string_view text);

struct DecodeError {
    ErrorCode code;
    std::string path;  // of the offending value, as "/meterValue/0/sampledValue/2/unit"; "" is the payload
    std::string message;
};

template <class T>
using Decoded = Result<T, DecodeError>;

enum class Mode {
    strict,    // as the official schemas
    tolerant,  // also what real stations and backends are known to send, each deviation counted
};

struct DecodeContext {
    OcppVersion version = OcppVersion::v1_6;
    Mode mode = Mode::strict;
    Counters* tolerances = nullptr;  // where tolerated deviations are counted, by name
};

// Specialised by the generator for every struct of a message:
//   static Decoded<T> decode(JsonValue value, const DecodeContext& context);
//   static void encode(const T& value, OcppVersion version, std::string& out);   appends compact JSON
template <class T>
struct Codec;

template <class T>
std::string encode(const T& value, OcppVersion version = OcppVersion::v1_6)
{
    std::string out;
    Codec<T>::encode(value, version, out);
    return out;
}

enum class Sender { station, csms, both };

}  // namespace ladestrom::messages
