// Error codes and their spellings.
#include "messages/codec.hpp"

#include <array>
#include <stdexcept>

namespace ladestrom::messages {
namespace {

struct Spelling {
    ErrorCode code;
    std::string_view v16;
    std::string_view v2;
};

// "Occurence" is how the 1.6 edition spells it, and what its peers compare with (OCPP-J 1.6, 5.1).
constexpr std::array spellings{
    Spelling{ErrorCode::not_implemented, "NotImplemented", "NotImplemented"},
    Spelling{ErrorCode::not_supported, "NotSupported", "NotSupported"},
    Spelling{ErrorCode::internal_error, "InternalError", "InternalError"},
    Spelling{ErrorCode::protocol_error, "ProtocolError", "ProtocolError"},
    Spelling{ErrorCode::security_error, "SecurityError", "SecurityError"},
    Spelling{ErrorCode::format_violation, "FormationViolation", "FormatViolation"},
    Spelling{ErrorCode::property_constraint_violation, "PropertyConstraintViolation",
             "PropertyConstraintViolation"},
    Spelling{ErrorCode::occurrence_constraint_violation, "OccurenceConstraintViolation",
             "OccurrenceConstraintViolation"},
    Spelling{ErrorCode::type_constraint_violation, "TypeConstraintViolation", "TypeConstraintViolation"},
    Spelling{ErrorCode::generic_error, "GenericError", "GenericError"},
    Spelling{ErrorCode::message_type_not_supported, "GenericError", "MessageTypeNotSupported"},
    Spelling{ErrorCode::rpc_framework_error, "GenericError", "RpcFrameworkError"},
};

}  // namespace

std::string_view to_string(ErrorCode code, OcppVersion version)
{
    for (const Spelling& spelling : spellings) {
        if (spelling.code == code) return version == OcppVersion::v1_6 ? spelling.v16 : spelling.v2;
    }
    return "GenericError";
}

ErrorCode error_code_from(std::string_view text)
{
    for (const Spelling& spelling : spellings) {
        if (text == spelling.v16 || text == spelling.v2) return spelling.code;
    }
    return ErrorCode::generic_error;
}

void throw_exception_from_error(const DecodeError& error, const boost::source_location& /*where*/)
{
    throw std::runtime_error(error.path + ": " + error.message);
}

}  // namespace ladestrom::messages
