// Numbers of sessions and facts: the boot they were made in and a count within it. Never used twice, because
// a boot is counted durably before anything that carries its number can be.
#pragma once

#include <charconv>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ladestrom::station {

struct Serial {
    std::uint32_t boot = 0;
    std::uint32_t number = 0;

    friend auto operator<=>(const Serial&, const Serial&) = default;
};

// "00000012-00000345": key order is the order of events.
inline std::string to_key(Serial serial)
{
    const auto padded = [](std::uint32_t value) {
        std::string digits = std::to_string(value);
        return std::string(digits.size() < 8 ? 8 - digits.size() : 0, '0') + digits;
    };
    return padded(serial.boot) + '-' + padded(serial.number);
}

// "12-345": for people and message ids.
inline std::string to_text(Serial serial)
{
    return std::to_string(serial.boot) + '-' + std::to_string(serial.number);
}

// Either of the two forms.
inline std::optional<Serial> serial_from(std::string_view text)
{
    Serial serial;
    const char* const end = text.data() + text.size();
    const auto boot = std::from_chars(text.data(), end, serial.boot);
    if (boot.ec != std::errc{} || boot.ptr == end || *boot.ptr != '-') return std::nullopt;
    const auto number = std::from_chars(boot.ptr + 1, end, serial.number);
    if (number.ec != std::errc{} || number.ptr != end) return std::nullopt;
    return serial;
}

class SerialSource {
public:
    explicit SerialSource(std::uint32_t boot) : boot_(boot) {}
    Serial next() { return {boot_, ++last_}; }

private:
    std::uint32_t boot_;
    std::uint32_t last_ = 0;
};

}  // namespace ladestrom::station
