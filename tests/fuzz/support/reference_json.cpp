#include "support/reference_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::fuzz {
namespace json_event {

std::string null()
{
    return "null\n";
}
std::string boolean(bool value)
{
    return value ? "true\n" : "false\n";
}
std::string integer(std::int64_t value)
{
    return "i" + std::to_string(value) + "\n";
}
std::string unsigned_integer(std::uint64_t value)
{
    return "u" + std::to_string(value) + "\n";
}
// By its bits: both readers must choose the nearest double.
std::string number(double value)
{
    return "d" + std::to_string(std::bit_cast<std::uint64_t>(value)) + "\n";
}
std::string string(std::string_view value)
{
    return "s" + std::to_string(value.size()) + ":" + std::string(value) + "\n";
}
std::string key(std::string_view value)
{
    return "k" + std::to_string(value.size()) + ":" + std::string(value) + "\n";
}

}  // namespace json_event

namespace {

class Events final : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit Events(ReferenceJson& result) : result_(result) {}

    bool null() override { return add(json_event::null()); }
    bool boolean(bool value) override { return add(json_event::boolean(value)); }
    bool number_integer(number_integer_t value) override { return add(json_event::integer(value)); }
    bool number_unsigned(number_unsigned_t value) override
    {
        if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return add(json_event::integer(static_cast<std::int64_t>(value)));
        return add(json_event::unsigned_integer(value));
    }
    bool number_float(number_float_t value, const string_t& text) override
    {
        const bool whole = text.find_first_of(".eE") == std::string::npos;
        if (whole || !std::isfinite(value)) result_.beyond_numbers = true;
        return add(json_event::number(value));
    }
    bool string(string_t& value) override { return add(json_event::string(value)); }
    bool binary(binary_t& /*value*/) override { return false; }
    bool start_object(std::size_t /*elements*/) override
    {
        keys_.emplace_back();
        return open("{\n");
    }
    bool key(string_t& value) override
    {
        if (!keys_.back().insert(value).second) result_.duplicate_key = true;
        return add(json_event::key(value));
    }
    bool end_object() override
    {
        keys_.pop_back();
        return close("}\n");
    }
    bool start_array(std::size_t /*elements*/) override { return open("[\n"); }
    bool end_array() override { return close("]\n"); }
    bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                     const nlohmann::detail::exception& error) override
    {
        result_.refusal = error.what();
        // "number overflow": a number that no double holds.
        if (error.id == 406) result_.beyond_numbers = true;
        return false;
    }

private:
    // A value, or its key, one level below what is open.
    bool add(const std::string& event)
    {
        result_.depth = std::max(result_.depth, open_ + 1);
        result_.events += event;
        return true;
    }
    bool open(const char* event)
    {
        add(event);
        ++open_;
        return true;
    }
    bool close(const char* event)
    {
        --open_;
        return add(event);
    }

    ReferenceJson& result_;
    std::size_t open_ = 0;
    std::vector<std::set<std::string>> keys_;
};

}  // namespace

ReferenceJson reference_json(std::string_view text)
{
    ReferenceJson result;
    // It takes a byte 0 for the end of the text, and skips a byte-order mark, as RFC 8259 lets it.
    if (text.find('\0') != std::string_view::npos || text.starts_with("\xEF\xBB\xBF")) {
        result.refusal = "a byte 0, or a byte-order mark";
        return result;
    }
    Events events(result);
    result.accepted = nlohmann::json::sax_parse(text.begin(), text.end(), &events);
    return result;
}

}  // namespace ladestrom::fuzz
