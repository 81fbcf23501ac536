// Decoding primitives. Strict checks first; tolerances only where they fail.
#include "messages/reader.hpp"

#include "messages/decode.hpp"
#include "messages/text_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace ladestrom::messages {
namespace {

std::string_view kind_of(JsonValue value)
{
    using simdjson::dom::element_type;
    switch (value.type()) {
        case element_type::ARRAY: return "an array";
        case element_type::OBJECT: return "an object";
        case element_type::STRING: return "a string";
        case element_type::BOOL: return "a boolean";
        case element_type::NULL_VALUE: return "null";
        case element_type::INT64:
        case element_type::UINT64:
        case element_type::DOUBLE: return "a number";
    }
    return "something else";
}

std::string escaped_pointer(std::string_view key)
{
    std::string out;
    for (const char c : key) {
        if (c == '~') {
            out += "~0";
        } else if (c == '/') {
            out += "~1";
        } else {
            out += c;
        }
    }
    return out;
}

template <class T>
std::optional<T> whole(std::string_view text)
{
    T value{};
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end.ec != std::errc{} || end.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<DecodeError> read_payload(JsonValue value, const DecodeContext& context, ReadPayload read,
                                        void* out)
{
    Reader reader(context);
    // A payload of the wrong shape is a matter of form; a wrong type deeper inside is one of types.
    if (!value.is_object()) {
        reader.fail(ErrorCode::format_violation, "the payload is not an object");
    } else if (read(reader, value, out)) {
        return std::nullopt;
    }
    return reader.take_error();
}

bool Reader::text(JsonValue value, TextLimits limits, std::string& out)
{
    std::string_view text;
    if (!value.get(text)) return checked_text(text, limits, out);
    const bool number = value.is_number();
    if ((number && tolerates("tolerance.number_for_string")) ||
        (value.is_bool() && tolerates("tolerance.boolean_for_string"))) {
        return checked_text(to_text(value), limits, out);
    }
    return fail_type(value, "a string");
}

bool Reader::checked_text(std::string_view text, TextLimits limits, std::string& out)
{
    if (text.size() > limits.max && characters(text) > limits.max &&
        !tolerates("tolerance.overlong_string")) {
        return fail_property(fmt::format("longer than {} characters", limits.max));
    }
    out.assign(text);
    return true;
}

bool Reader::uri(JsonValue value, std::string& out)
{
    std::string_view text;
    if (value.get(text)) return fail_type(value, "a string");
    if (!is_uri(text) && !tolerates("tolerance.bad_uri")) return fail_property("not a URI");
    out.assign(text);
    return true;
}

bool Reader::integer(JsonValue value, IntegerLimits limits, std::int64_t& out)
{
    if (value.get(out)) {
        std::string_view text;
        double number = 0;
        std::optional<std::int64_t> read;
        if (value.is_uint64()) return fail_property("larger than 9223372036854775807");
        if (!value.get(text)) {
            read = whole<std::int64_t>(text);
            if (!read || !tolerates("tolerance.string_for_number")) return fail_type(value, "an integer");
        } else if (value.is_double() && !value.get(number) && std::abs(number) < 9e15 &&
                   number == std::trunc(number) && tolerates("tolerance.float_for_integer")) {
            read = static_cast<std::int64_t>(number);
        }
        if (!read) return fail_type(value, "an integer");
        out = *read;
    }
    if ((out < limits.min || out > limits.max) && !tolerates("tolerance.number_range")) {
        return fail_property(out < limits.min ? fmt::format("less than {}", limits.min)
                                              : fmt::format("more than {}", limits.max));
    }
    return true;
}

bool Reader::integer_as_number(JsonValue value, IntegerLimits limits, double& out)
{
    std::int64_t read = 0;
    if (!integer(value, limits, read)) return false;
    out = static_cast<double>(read);
    return true;
}

double Reader::number_or_nan(JsonValue value)
{
    double number = 0;
    if (!value.get(number)) return number;
    std::string_view text;
    if (value.get(text)) return nan;
    const auto read = whole<double>(text);
    return read && std::isfinite(*read) && tolerates("tolerance.string_for_number") ? *read : nan;
}

bool Reader::bounded(double value, NumberLimits limits)
{
    if ((value >= limits.min && value <= limits.max) || tolerates("tolerance.number_range")) return true;
    return fail_property(value < limits.min ? fmt::format("less than {}", limits.min)
                                            : fmt::format("more than {}", limits.max));
}

bool Reader::number(JsonValue value, NumberLimits limits, double& out)
{
    out = number_or_nan(value);
    if (std::isnan(out)) return fail_type(value, "a number");
    return bounded(out, limits);
}

bool Reader::decimal(JsonValue value, Decimal& out)
{
    const double number = number_or_nan(value);
    if (std::isnan(number)) return fail_type(value, "a number");
    out = Decimal(number);
    if (out.value == number) return true;
    if (!tolerates("tolerance.decimal_precision"))
        return fail_property("more than one digit after the decimal point");
    // Down, because a limit that was rounded up would be exceeded; but 6.9999999 is a 7 that went through a
    // float.
    if (out.value > number && std::abs(out.value - number) > 1e-6) out = Decimal(out.value - 0.1);
    return true;
}

bool Reader::boolean(JsonValue value, bool& out)
{
    if (!value.get(out)) return true;
    std::string_view text;
    if (!value.get(text) && (equal_ignoring_case(text, "true") || equal_ignoring_case(text, "false")) &&
        tolerates("tolerance.string_for_boolean")) {
        out = equal_ignoring_case(text, "true");
        return true;
    }
    return fail_type(value, "a boolean");
}

bool Reader::time(JsonValue value, Instant& out)
{
    std::string_view text;
    if (value.get(text)) return fail_type(value, "a string");
    const auto instant = parse_instant(text);
    if (instant) {
        out = *instant;
        return true;
    }
    if (context_.mode == Mode::tolerant) {
        if (const auto repaired = repaired_time(text)) {
            out = repaired->instant;
            return tolerates(repaired->tolerance);
        }
    }
    return fail_property(instant.error().message);
}

bool Reader::json(JsonValue value, RawJson& out)
{
    out.text = to_text(value);
    return true;
}

Reader::EnumMatch Reader::match(JsonValue value, std::span<const std::string_view> names,
                                std::span<const VersionSet> known_in)
{
    std::string_view text;
    if (value.get(text)) {
        fail_type(value, "a string");
        return {EnumMatch::failed, 0};
    }
    const auto known = [&](std::size_t index) {
        return known_in.empty() || (known_in[index] & versions(context_.version)) != 0;
    };
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == text && known(i)) return {EnumMatch::found, i};
    }
    if (context_.mode == Mode::tolerant) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (equal_ignoring_case(names[i], text) && known(i)) {
                tolerates("tolerance.enum_case");
                return {EnumMatch::found, i};
            }
        }
    }
    return {EnumMatch::unknown, 0};
}

bool Reader::ignores(JsonValue value, std::string_view text)
{
    std::string_view given;
    return !value.get(given) && given == text && tolerates("tolerance.unknown_enum");
}

bool Reader::tolerates(std::string_view name)
{
    if (context_.mode != Mode::tolerant) return false;
    if (context_.tolerances != nullptr) context_.tolerances->add(name);
    return true;
}

bool Reader::fail(ErrorCode code, std::string message)
{
    error_ = DecodeError{code, "", std::move(message)};
    return false;
}

bool Reader::fail_type(JsonValue value, std::string_view expected)
{
    return fail(ErrorCode::type_constraint_violation,
                fmt::format("expected {}, found {}", expected, kind_of(value)));
}

bool Reader::fail_property(std::string message)
{
    return fail(ErrorCode::property_constraint_violation, std::move(message));
}

bool Reader::fail_unknown_value(std::span<const std::string_view> names)
{
    return fail_property(fmt::format("not one of {}", fmt::join(names.begin(), names.end(), ", ")));
}

bool Reader::duplicate(std::string_view key)
{
    fail(ErrorCode::format_violation, "given twice");
    return at(key);
}

bool Reader::at(std::string_view key)
{
    error_.path.insert(0, "/" + escaped_pointer(key));
    return false;
}

bool Reader::at_index(std::size_t index)
{
    error_.path.insert(0, "/" + std::to_string(index));
    return false;
}

bool Reader::read_object(JsonValue value, const Shape& shape, FieldHandler on_field, std::string* further)
{
    simdjson::dom::object members;
    if (value.get(members)) return fail_type(value, "an object");
    std::uint64_t seen = 0;
    std::size_t next = 0;
    for (const auto [key, member] : members) {
        const std::size_t index = find(shape, key, next);
        if (index == shape.fields.size()) {
            if (!unknown_field(shape, key, member, further)) return at(key);
            continue;
        }
        const std::uint64_t bit = std::uint64_t{1} << index;
        if ((seen & bit) != 0) return duplicate(key);
        seen |= bit;
        next = index + 1;
        if (member.is_null() && absent(shape.fields[index])) continue;
        if (!on_field.call(on_field.target, index, member)) return at(key);
    }
    return complete(shape, seen);
}

// Fields mostly come in the order of the notation, so the search starts behind the last one found. A field
// that the version read does not have yet is unknown.
std::size_t Reader::find(const Shape& shape, std::string_view key, std::size_t next) const
{
    const std::size_t count = shape.fields.size();
    const VersionSet version = versions(context_.version);
    const auto matches = [&](std::size_t i) {
        return shape.fields[i].name == key && (shape.fields[i].known & version) != 0;
    };
    for (std::size_t i = next; i < count; ++i) {
        if (matches(i)) return i;
    }
    for (std::size_t i = 0; i < std::min(next, count); ++i) {
        if (matches(i)) return i;
    }
    return count;
}

bool Reader::unknown_field(const Shape& shape, std::string_view key, JsonValue member, std::string* further)
{
    switch (shape.unknown) {
        case Unknown::ignored: return true;
        case Unknown::kept:
            if (further == nullptr) return true;
            if (!further->empty()) *further += ',';
            append_string(*further, key);
            *further += ':';
            *further += to_text(member);
            return true;
        case Unknown::refused: break;
    }
    return tolerates("tolerance.unknown_field") ||
           fail(ErrorCode::format_violation, "not a field of this message");
}

bool Reader::absent(const Field& field)
{
    return (field.required & versions(context_.version)) == 0 && tolerates("tolerance.null_for_absent");
}

bool Reader::complete(const Shape& shape, std::uint64_t seen)
{
    for (std::size_t i = 0; i < shape.fields.size(); ++i) {
        const Field& field = shape.fields[i];
        if ((field.required & versions(context_.version)) == 0 || (seen >> i & 1U) != 0) continue;
        fail(ErrorCode::occurrence_constraint_violation, "required, but missing");
        return at(field.name);
    }
    return true;
}

bool Reader::item_count(std::size_t count, ItemLimits limits)
{
    if (count < limits.min) {
        return tolerates("tolerance.empty_array") ||
               fail_property(fmt::format("fewer than {} items", limits.min));
    }
    if (count > limits.max) {
        return tolerates("tolerance.long_array") ||
               fail_property(fmt::format("more than {} items", limits.max));
    }
    return true;
}

}  // namespace ladestrom::messages
