// Numbers and times as JSON text.
#include "messages/writer.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

namespace ladestrom::messages {
namespace {

void append_digits(std::string& out, unsigned value, int width)
{
    std::array<char, 10> digits{};
    for (int i = width; i-- > 0; value /= 10)
        digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
    out.append(digits.data(), static_cast<std::size_t>(width));
}

template <class T>
void append_shortest(std::string& out, T value)
{
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
    out.append(text.data(), end.ptr);
}

}  // namespace

void append_integer(std::string& out, std::int64_t value)
{
    append_shortest(out, value);
}

void append_number(std::string& out, double value)
{
    append_shortest(out, std::isfinite(value) ? value : 0.0);
}

void append_decimal(std::string& out, Decimal value)
{
    append_number(out, value.value);
}

void append_instant(std::string& out, Instant value)
{
    using namespace std::chrono;
    const auto day = floor<days>(value.time_since_epoch());
    const year_month_day date{sys_days{day}};
    const hh_mm_ss time{value.time_since_epoch() - day};
    out += '"';
    append_digits(out, static_cast<unsigned>(int{date.year()}), 4);
    out += '-';
    append_digits(out, unsigned{date.month()}, 2);
    out += '-';
    append_digits(out, unsigned{date.day()}, 2);
    out += 'T';
    append_digits(out, static_cast<unsigned>(time.hours().count()), 2);
    out += ':';
    append_digits(out, static_cast<unsigned>(time.minutes().count()), 2);
    out += ':';
    append_digits(out, static_cast<unsigned>(time.seconds().count()), 2);
    out += '.';
    append_digits(out, static_cast<unsigned>(time.subseconds().count()), 3);
    out += "Z\"";
}

void ObjectWriter::key(std::string_view name)
{
    out_ += first_ ? '{' : ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += "\":";
}

void ObjectWriter::integer_member(std::string_view name, double value)
{
    constexpr double limit = 9e18;
    member(name, static_cast<std::int64_t>(std::abs(value) < limit ? std::llround(value) : 0));
}

void ObjectWriter::integer_member(std::string_view name, const std::optional<double>& value)
{
    if (value) integer_member(name, *value);
}

void ObjectWriter::further_members(std::string_view text)
{
    if (text.empty()) return;
    out_ += first_ ? '{' : ',';
    first_ = false;
    out_ += text;
}

}  // namespace ladestrom::messages
