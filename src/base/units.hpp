// Physical quantities as types. Arithmetic within one unit only.
#pragma once

#include <compare>
#include <cstdint>

namespace ladestrom {

template <class Tag, class Rep>
struct Quantity {
    Rep value{};

    friend constexpr auto operator<=>(const Quantity&, const Quantity&) = default;
    friend constexpr bool operator==(const Quantity&, const Quantity&) = default;
    friend constexpr Quantity operator+(Quantity a, Quantity b) { return {a.value + b.value}; }
    friend constexpr Quantity operator-(Quantity a, Quantity b) { return {a.value - b.value}; }
    constexpr Quantity& operator+=(Quantity other)
    {
        value += other.value;
        return *this;
    }
};

// A meter register: whole watt-hours, as OCPP 1.6 meterStart and meterStop carry them.
using WattHours = Quantity<struct WattHoursTag, std::int64_t>;
using Watts = Quantity<struct WattsTag, double>;
using Amperes = Quantity<struct AmperesTag, double>;
using Volts = Quantity<struct VoltsTag, double>;
using Percent = Quantity<struct PercentTag, double>;
using Celsius = Quantity<struct CelsiusTag, double>;

}  // namespace ladestrom
