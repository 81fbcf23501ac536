// Every payload of OCPP 2.0.1 and 2.1, decoded and encoded: support/codec_checks.hpp.
#include "support/codec_checks.hpp"
#include "support/script.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace ladestrom;
    static constexpr OcppVersion versions[] = {OcppVersion::v2_0_1, OcppVersion::v2_1};
    return fuzz::check_codec(fuzz::text_of(data, size), messages::v2_payload_types(), versions) ? 0 : -1;
}
