// RFC 3339 by hand, because C++20 libraries of the day cannot parse it and every message carries it.
#include "base/time.hpp"

#include <fmt/format.h>

#include <optional>

namespace ladestrom {
namespace {

class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    std::optional<int> digits(std::size_t count)
    {
        if (text_.size() - at_ < count) return std::nullopt;
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const char c = text_[at_ + i];
            if (c < '0' || c > '9') return std::nullopt;
            value = value * 10 + (c - '0');
        }
        at_ += count;
        return value;
    }

    bool one_of(std::string_view accepted)
    {
        if (done() || accepted.find(text_[at_]) == std::string_view::npos) return false;
        ++at_;
        return true;
    }

    char peek() const { return done() ? '\0' : text_[at_]; }
    bool done() const { return at_ == text_.size(); }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

Error bad(std::string_view text, std::string_view why)
{
    return Error{fmt::format("\"{}\" is not an RFC 3339 date-time: {}", text.substr(0, 40), why)};
}

std::optional<Duration> fraction(Scanner& scanner)
{
    if (!scanner.one_of(".")) return Duration::zero();
    int thousandths = 0;
    int read = 0;
    while (auto digit = scanner.digits(1)) {
        if (read < 3) thousandths = thousandths * 10 + *digit;
        ++read;
    }
    if (read == 0) return std::nullopt;
    for (int i = read; i < 3; ++i) thousandths *= 10;
    return Duration(thousandths);
}

std::optional<Duration> zone(Scanner& scanner)
{
    if (scanner.one_of("Zz")) return Duration::zero();
    const bool west = scanner.peek() == '-';
    if (!scanner.one_of("+-")) return std::nullopt;
    const auto hour = scanner.digits(2);
    if (!hour || *hour > 23 || !scanner.one_of(":")) return std::nullopt;
    const auto minute = scanner.digits(2);
    if (!minute || *minute > 59) return std::nullopt;
    const Duration offset = hours(*hour) + minutes(*minute);
    return west ? -offset : offset;
}

}  // namespace

std::string format_instant(Instant instant)
{
    using namespace std::chrono;
    const auto day = floor<days>(instant.time_since_epoch());
    const year_month_day date{sys_days{day}};
    const hh_mm_ss time{instant.time_since_epoch() - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int{date.year()}, unsigned{date.month()},
                       unsigned{date.day()}, time.hours().count(), time.minutes().count(),
                       time.seconds().count(), time.subseconds().count());
}

Result<Instant> parse_instant(std::string_view text)
{
    using namespace std::chrono;
    Scanner scanner(text);
    const auto y = scanner.digits(4);
    const bool dash1 = scanner.one_of("-");
    const auto m = scanner.digits(2);
    const bool dash2 = scanner.one_of("-");
    const auto d = scanner.digits(2);
    if (!y || !m || !d || !dash1 || !dash2) return bad(text, "the date is not YYYY-MM-DD");
    if (!scanner.one_of("Tt ")) return bad(text, "no T between date and time");
    const auto hour = scanner.digits(2);
    const bool colon1 = scanner.one_of(":");
    const auto minute = scanner.digits(2);
    const bool colon2 = scanner.one_of(":");
    const auto second = scanner.digits(2);
    if (!hour || !minute || !second || !colon1 || !colon2) return bad(text, "the time is not HH:MM:SS");
    if (*hour > 23 || *minute > 59 || *second > 60) return bad(text, "the time is out of range");
    const auto thousandths = fraction(scanner);
    if (!thousandths) return bad(text, "no digit after the decimal point");
    if (scanner.done()) return bad(text, "no time zone");
    const auto offset = zone(scanner);
    if (!offset || !scanner.done()) return bad(text, "the time zone is neither Z nor +hh:mm");
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
    if (!date.ok() || *y < 1970) return bad(text, "no such day");
    const Duration since_epoch = sys_days{date}.time_since_epoch() + hours(*hour) + minutes(*minute) +
                                 seconds(*second) + *thousandths - *offset;
    // An offset or a leap second may lead out of the years that can be written.
    constexpr Duration year_10000 = sys_days{year{10000} / January / 1}.time_since_epoch();
    if (since_epoch < Duration::zero() || since_epoch >= year_10000) return bad(text, "no such day");
    return Instant(since_epoch);
}

}  // namespace ladestrom
