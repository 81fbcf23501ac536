// The field types of the protocol that the language lacks.
#pragma once

#include <string>

namespace ladestrom::messages {

// A number with at most one digit after the decimal point (multipleOf 0.1). Holds the double nearest to that
// decimal, so equal decimals compare equal; other numbers are rounded to the nearest tenth.
struct Decimal {
    double value = 0;

    constexpr Decimal() = default;
    // Implicit, so that `.limit = 16.0` reads as it should.
    constexpr Decimal(double number) : value(nearest(number)) {}

    friend constexpr auto operator<=>(const Decimal&, const Decimal&) = default;

private:
    // Beyond this, doubles are coarser than the tenths that could be asked for.
    static constexpr double exact = 1e14;

    static constexpr double nearest(double number)
    {
        if (!(number > -exact && number < exact)) return number;
        return static_cast<double>(static_cast<long long>(number * 10 + (number < 0 ? -0.5 : 0.5))) / 10;
    }
};

// Any JSON, kept as its compact text.
struct RawJson {
    std::string text = "null";

    friend bool operator==(const RawJson&, const RawJson&) = default;
};

}  // namespace ladestrom::messages
