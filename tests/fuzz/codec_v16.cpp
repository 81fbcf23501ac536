// Every payload of OCPP 1.6 and its security extension, decoded and encoded: support/codec_checks.hpp.
#include "support/codec_checks.hpp"
#include "support/script.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace ladestrom;
    static constexpr OcppVersion versions[] = {OcppVersion::v1_6};
    return fuzz::check_codec(fuzz::text_of(data, size), messages::v16_payload_types(), versions) ? 0 : -1;
}
