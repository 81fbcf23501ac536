#include "api/input.hpp"

#include <fmt/format.h>

#include <charconv>

namespace ladestrom::api {
namespace {

std::string bounds_text(TextBounds bounds)
{
    return bounds.min == 0 ? fmt::format("has at most {} bytes", bounds.max)
                           : fmt::format("has {} to {} bytes", bounds.min, bounds.max);
}

// The text of a member that is an object or array, in a valid JSON object. nullopt: its name is written with
// escapes.
std::optional<std::string_view> raw_member(std::string_view text, std::string_view name)
{
    std::size_t depth = 0, begin = 0;
    std::string_view key;
    bool wanted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"') {
            const std::size_t first = ++at;
            while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
            if (depth == 1) key = text.substr(first, at - first);
        } else if (c == ':' && depth == 1) {
            wanted = key == name;
        } else if (c == ',' && depth == 1) {
            wanted = false;
        } else if (c == '{' || c == '[') {
            if (++depth == 2 && wanted) begin = at;
        } else if ((c == '}' || c == ']') && depth-- == 2 && wanted) {
            return text.substr(begin, at + 1 - begin);
        }
    }
    return std::nullopt;
}

}  // namespace

// ---- Body ---------------------------------------------------------------------------------------------

Body::Body(messages::JsonParser& parser, std::string_view text) : text_(text)
{
    auto parsed = parser.parse(text);
    if (!parsed) {
        problem_ = invalid("The body is not JSON: " + parsed.error().message, "");
        return;
    }
    simdjson::dom::object object;
    if (parsed->get(object) != simdjson::SUCCESS) {
        problem_ = invalid("The body is not a JSON object.", "");
        return;
    }
    object_ = object;
}

std::optional<messages::JsonValue> Body::find(std::string_view name)
{
    asked_.emplace(name);
    if (!object_) return std::nullopt;
    messages::JsonValue value;
    if (object_->at_key(name).get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
}

bool Body::has(std::string_view name)
{
    return find(name).has_value();
}

bool Body::is_null(std::string_view name)
{
    const auto value = find(name);
    return value && value->is_null();
}

std::optional<std::string> Body::text(std::string_view name, TextBounds bounds)
{
    const auto value = find(name);
    if (!value) return std::nullopt;
    std::string_view text;
    if (value->get(text) != simdjson::SUCCESS) {
        fail(name, "is not a text");
        return std::nullopt;
    }
    if (text.size() < bounds.min || text.size() > bounds.max) {
        fail(name, bounds_text(bounds));
        return std::nullopt;
    }
    return std::string(text);
}

std::optional<std::int64_t> Body::integer(std::string_view name, std::int64_t min, std::int64_t max)
{
    const auto value = find(name);
    if (!value) return std::nullopt;
    std::int64_t number = 0;
    if (value->get(number) != simdjson::SUCCESS || number < min || number > max) {
        fail(name, fmt::format("is a whole number from {} to {}", min, max));
        return std::nullopt;
    }
    return number;
}

std::optional<double> Body::number(std::string_view name, double above, double max)
{
    const auto value = find(name);
    if (!value) return std::nullopt;
    double number = 0;
    if (value->get(number) != simdjson::SUCCESS || !(number > above) || !(number <= max)) {
        fail(name, fmt::format("is a number above {} and at most {}", above, max));
        return std::nullopt;
    }
    return number;
}

std::optional<bool> Body::boolean(std::string_view name)
{
    const auto value = find(name);
    if (!value) return std::nullopt;
    bool truth = false;
    if (value->get(truth) != simdjson::SUCCESS) {
        fail(name, "is true or false");
        return std::nullopt;
    }
    return truth;
}

std::optional<Instant> Body::time(std::string_view name)
{
    const auto given = text(name, {0, 64});
    if (!given) return std::nullopt;
    const auto parsed = parse_instant(*given);
    if (!parsed) {
        fail(name, parsed.error().message);
        return std::nullopt;
    }
    return *parsed;
}

std::optional<std::string> Body::object(std::string_view name)
{
    const auto value = find(name);
    if (!value) return std::nullopt;
    if (!value->is_object()) {
        fail(name, "is an object");
        return std::nullopt;
    }
    // A parsed number does not remember how it was written.
    if (const auto raw = raw_member(text_, name)) return std::string(*raw);
    return messages::to_text(*value);
}

std::optional<std::vector<std::string_view>> Body::texts(std::string_view name, std::size_t most)
{
    const auto value = find(name);
    if (!value) return std::nullopt;
    std::vector<std::string_view> texts;
    if (value->is_null()) return texts;
    simdjson::dom::array items;
    if (value->get(items) != simdjson::SUCCESS || items.size() > most) {
        fail(name, fmt::format("is null or an array of at most {} texts", most));
        return std::nullopt;
    }
    for (const messages::JsonValue item : items) {
        std::string_view text;
        if (item.get(text) != simdjson::SUCCESS) {
            fail(fmt::format("{}/{}", name, texts.size()), "is not a text");
            return std::nullopt;
        }
        texts.push_back(text);
    }
    return texts;
}

void Body::fail(std::string_view name, std::string message)
{
    if (!problem_) problem_ = invalid(fmt::format("{}: {}", name, message), fmt::format("/{}", name));
}

void Body::fail_parameter(std::string_view name, std::string_view message)
{
    if (!problem_) problem_ = invalid(fmt::format("{}: {}", name, message), std::string(name));
}

void Body::require(std::string_view name)
{
    if (!has(name)) fail(name, "is missing");
}

std::optional<Problem> Body::finish()
{
    if (problem_ || !object_) return problem_;
    std::set<std::string_view> seen;
    for (const auto& [key, value] : *object_) {
        if (!asked_.contains(key)) return invalid("There is no such field here.", fmt::format("/{}", key));
        if (!seen.insert(key).second) return invalid("The field is there twice.", fmt::format("/{}", key));
    }
    return std::nullopt;
}

std::string Body::one_of(const std::string_view* names, std::size_t count)
{
    return fmt::format("is one of {}", fmt::join(names, names + count, ", "));
}

// ---- Query --------------------------------------------------------------------------------------------

std::optional<std::string> Query::text(std::string_view name, TextBounds bounds)
{
    asked_.emplace(name);
    auto given = request_.query_value(name);
    if (given && (given->size() < bounds.min || given->size() > bounds.max)) {
        fail(name, bounds_text(bounds));
        return std::nullopt;
    }
    return given;
}

std::optional<std::int64_t> Query::integer(std::string_view name, std::int64_t min, std::int64_t max)
{
    const auto given = text(name, {0, 100});
    if (!given) return std::nullopt;
    std::int64_t number = 0;
    const char* last = given->data() + given->size();
    const auto [end, error] = std::from_chars(given->data(), last, number);
    if (error != std::errc() || end != last || number < min || number > max) {
        fail(name, fmt::format("is a whole number from {} to {}", min, max));
        return std::nullopt;
    }
    return number;
}

std::optional<bool> Query::boolean(std::string_view name)
{
    const auto given = text(name, {0, 100});
    if (!given) return std::nullopt;
    if (*given != "true" && *given != "false") fail(name, "is true or false");
    return *given == "true";
}

std::optional<Instant> Query::time(std::string_view name)
{
    const auto given = text(name, {0, 64});
    if (!given) return std::nullopt;
    const auto parsed = parse_instant(*given);
    if (!parsed) {
        fail(name, parsed.error().message);
        return std::nullopt;
    }
    return *parsed;
}

void Query::fail(std::string_view name, std::string message)
{
    if (!problem_) problem_ = invalid(fmt::format("{}: {}", name, message), std::string(name));
}

std::optional<Problem> Query::finish()
{
    if (problem_) return problem_;
    std::string_view last;
    for (const auto& [name, value] : request_.query) {
        if (!asked_.contains(name)) return invalid("There is no such parameter here.", name);
        if (name == last) return invalid("The parameter is there twice.", name);
        last = name;
    }
    return std::nullopt;
}

}  // namespace ladestrom::api
