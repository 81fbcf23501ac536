// Bytes made safe for a log line.
#include "transport/log.hpp"

#include <fmt/format.h>

namespace ladestrom::transport {

std::string printable(std::string_view bytes, std::size_t bytes_max)
{
    std::string text;
    for (unsigned char byte : bytes.substr(0, bytes_max)) {
        if (byte < 0x20 || byte > 0x7e || byte == '"' || byte == '\\') {
            text += fmt::format("\\x{:02x}", byte);
        } else {
            text += static_cast<char>(byte);
        }
    }
    if (bytes.size() > bytes_max) text += fmt::format("... ({} bytes)", bytes.size());
    return text;
}

}  // namespace ladestrom::transport
