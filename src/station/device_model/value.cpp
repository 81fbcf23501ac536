// Values of variables as text, and their limits.
#include "station/device_model/variable.hpp"

#include "base/letter_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace ladestrom::station {
namespace {

using enum VariableType;

std::string_view trim(std::string_view text)
{
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

Result<std::vector<std::string_view>> split(std::string_view text)
{
    std::vector<std::string_view> items;
    if (trim(text).empty()) return items;
    for (;;) {
        const std::size_t comma = text.find(',');
        const std::string_view item = trim(text.substr(0, comma));
        if (item.empty()) return Error{"an item is empty; expected items separated by one comma"};
        items.push_back(item);
        if (comma == std::string_view::npos) return items;
        text.remove_prefix(comma + 1);
    }
}

// Which phases a measurand can be asked for: line currents and powers per conductor, voltages against
// neutral.
bool has_phase(Measurand measurand, MeterPhase phase)
{
    const bool conductor = phase == MeterPhase::l1 || phase == MeterPhase::l2 || phase == MeterPhase::l3;
    const bool to_neutral =
        phase == MeterPhase::l1_n || phase == MeterPhase::l2_n || phase == MeterPhase::l3_n;
    switch (measurand) {
        case Measurand::voltage: return conductor || to_neutral;
        case Measurand::current_import:
        case Measurand::current_export:
        case Measurand::power_active_import:
        case Measurand::power_active_export: return conductor;
        default: return false;
    }
}

std::optional<MeasurandSelection> parse_selection(std::string_view item)
{
    if (const auto measurand = measurand_from(item)) return MeasurandSelection{*measurand};
    const std::size_t dot = item.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto measurand = measurand_from(item.substr(0, dot));
    if (!measurand) return std::nullopt;
    for (int i = static_cast<int>(MeterPhase::l1); i <= static_cast<int>(MeterPhase::l3_l1); ++i) {
        const auto phase = static_cast<MeterPhase>(i);
        if (to_string(phase) == item.substr(dot + 1) && has_phase(*measurand, phase)) {
            return MeasurandSelection{*measurand, phase};
        }
    }
    return std::nullopt;
}

Result<Value> parse_boolean(std::string_view text)
{
    if (same_ignoring_case(text, "true")) return Value(true);
    if (same_ignoring_case(text, "false")) return Value(false);
    return Error{"expected true or false"};
}

Result<Value> parse_integer(std::string_view text)
{
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, failure] = std::from_chars(text.data(), end, number);
    if (text.empty() || failure != std::errc() || rest != end) return Error{"expected a whole number"};
    return Value(number);
}

Result<Value> parse_measurands(std::string_view text)
{
    const auto items = split(text);
    if (!items) return items.error();
    std::vector<MeasurandSelection> selections;
    for (const std::string_view item : *items) {
        const auto selection = parse_selection(item);
        if (!selection) return Error{fmt::format("\"{}\" is not a measurand of OCPP", item)};
        if (std::ranges::find(selections, *selection) == selections.end()) selections.push_back(*selection);
    }
    return Value(std::move(selections));
}

Result<Value> parse_list(std::string_view text)
{
    const auto items = split(text);
    if (!items) return items.error();
    return Value(fmt::format("{}", fmt::join(*items, ",")));
}

Result<Value> parse_hexadecimal(std::string_view text)
{
    if (text.size() % 2 != 0) return Error{"expected an even number of hexadecimal digits"};
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        unsigned byte = 0;
        const auto [rest, failure] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
        if (failure != std::errc() || rest != text.data() + i + 2)
            return Error{"expected hexadecimal digits"};
        decoded.push_back(static_cast<char>(byte));
    }
    return Value(std::move(decoded));
}

// Each once, of those that may stand there.
Result<void> check_items(const VariableRow& row, std::string_view list)
{
    const auto items = split(list);
    if (!items) return items.error();
    for (const std::string_view item : *items) {
        if (!has_item(row.items, item)) return Error{fmt::format("\"{}\" is not one of {}", item, row.items)};
        if (std::ranges::count(*items, item) > 1)
            return Error{fmt::format("\"{}\" stands there twice", item)};
    }
    return {};
}

std::int64_t size_of(VariableType type, const Value& value)
{
    switch (type) {
        case boolean: return std::get<bool>(value) ? 1 : 0;
        case integer: return std::get<std::int64_t>(value);
        case VariableType::measurands:
            return static_cast<std::int64_t>(std::get<std::vector<MeasurandSelection>>(value).size());
        case list: {
            const auto& text = std::get<std::string>(value);
            return text.empty() ? 0 : std::ranges::count(text, ',') + 1;
        }
        case VariableType::text:
        case bytes: return static_cast<std::int64_t>(std::get<std::string>(value).size());
    }
    return 0;
}

}  // namespace

Result<Value> parse_value(VariableType type, std::string_view text)
{
    switch (type) {
        case boolean: return parse_boolean(trim(text));
        case integer: return parse_integer(trim(text));
        case VariableType::measurands: return parse_measurands(text);
        case list: return parse_list(text);
        case VariableType::text: return Value(std::string(text));
        case bytes: return parse_hexadecimal(text);
    }
    return Error{"unknown type"};
}

std::string print_value(VariableType type, const Value& value)
{
    switch (type) {
        case boolean: return std::get<bool>(value) ? "true" : "false";
        case integer: return std::to_string(std::get<std::int64_t>(value));
        case VariableType::measurands: {
            std::string text;
            for (const auto& selection : std::get<std::vector<MeasurandSelection>>(value)) {
                if (!text.empty()) text += ',';
                text += to_string(selection.measurand);
                if (selection.phase != MeterPhase::none) (text += '.') += to_string(selection.phase);
            }
            return text;
        }
        case list:
        case VariableType::text: return std::get<std::string>(value);
        case bytes: {
            std::string digits;
            for (const char c : std::get<std::string>(value)) {
                digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
            }
            return digits;
        }
    }
    return "";
}

bool has_item(std::string_view list, std::string_view item)
{
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (list.substr(0, comma) == item) return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

Result<void> check_range(const VariableRow& row, Range range, const Value& value)
{
    if (!row.items.empty()) {
        if (auto known = check_items(row, std::get<std::string>(value)); !known) return known;
    }
    const std::int64_t size = size_of(row.type, value);
    if (size >= range.minimum && size <= range.maximum) return {};
    switch (row.type) {
        case boolean: return Error{fmt::format("expected {}", range.minimum == 1 ? "true" : "false")};
        case integer:
            return Error{fmt::format("expected a whole number from {} to {}{}{}", range.minimum,
                                     range.maximum, row.unit.empty() ? "" : " ", row.unit)};
        case VariableType::measurands:
        case list:
            return Error{fmt::format("{} items, expected {} to {}", size, range.minimum, range.maximum)};
        case VariableType::text:
        case bytes:
            return Error{fmt::format("{} bytes, expected {} to {}", size, range.minimum, range.maximum)};
    }
    return {};
}

}  // namespace ladestrom::station
