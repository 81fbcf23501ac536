// What every generated codec looks like, and how a decoding failure reads.
// Parsing a document needs messages/json.hpp as well.
#pragma once

#include "base/counters.hpp"
#include "base/result.hpp"
#include "base/version.hpp"
#include "messages/json_fwd.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ladestrom::messages {

// The error codes of OCPP-J in one enum; how a code is spelt depends on the version
// (1.6: FormationViolation, OccurenceConstraintViolation; 2.x: FormatViolation,
// OccurrenceConstraintViolation).
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
    message_type_not_supported,  // 2.x; GenericError in 1.6
    rpc_framework_error,         // 2.x; GenericError in 1.6
};

std::string_view to_string(ErrorCode code, OcppVersion version);
// Accepts every spelling of every version; unknown codes become generic_error.
ErrorCode error_code_from(std::string_view text);

struct DecodeError {
    ErrorCode code;
    std::string path;  // of the offending value, as "/meterValue/0/sampledValue/2/unit"; "" is the payload
    std::string message;
};

[[noreturn]] void throw_exception_from_error(const DecodeError& error, const boost::source_location& where);

template <class T>
using Decoded = Result<T, DecodeError>;

enum class Mode {
    strict,    // as the official schemas
    tolerant,  // also what real stations and backends are known to send, each deviation counted
};

struct DecodeContext {
    OcppVersion version = OcppVersion::v1_6;
    Mode mode = Mode::strict;
    Counters* tolerances = nullptr;  // where tolerated deviations are counted, by name (messages/reader.hpp)
};

class Reader;

// Specialised by the generator for every struct of a message:
//   static void encode(const T& value, OcppVersion version, std::string& out);   appends compact JSON
//   static bool read(Reader& reader, JsonValue value, T& out);                    false after it has failed
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

// In place of the response of a SEND of 2.1, which nobody answers.
struct NoResponse {};

// The tags of a version's actions.
template <class... Tags>
struct ActionList {};

// One row of a version's table of actions.
struct ActionInfo {
    std::string_view name;
    Sender sender;
    std::string_view extension;  // "" for the edition itself, "security" for the 1.6 security extension
    std::uint8_t versions;       // a bit per OcppVersion
    bool sent = false;           // a SEND of 2.1: nobody answers it

    bool known_in(OcppVersion version) const
    {
        return (versions >> static_cast<unsigned>(version) & 1U) != 0;
    }
    bool security_extension() const { return extension == "security"; }
};

}  // namespace ladestrom::messages
