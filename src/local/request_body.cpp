// Over the parsed document; a set of names remembers what has been asked for.
#include "local/request_body.hpp"

#include "base/utf8.hpp"
#include "messages/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace ladestrom::local {
struct RequestBody::Impl {
    // The field, when it is there once.
    std::optional<messages::JsonValue> find(std::string_view name)
    {
        asked.emplace(name);
        if (!object) return std::nullopt;
        std::optional<messages::JsonValue> found;
        for (auto [key, value] : *object) {
            if (key != name) continue;
            if (found) note(fmt::format("{}: given twice", name));
            found = value;
        }
        return found;
    }

    void note(std::string what)
    {
        if (!problem) problem = std::move(what);
    }

    messages::JsonParser parser;
    std::optional<simdjson::dom::object> object;
    std::set<std::string, std::less<>> asked;
    std::optional<std::string> problem;
};

RequestBody::RequestBody(std::string_view text) : impl_(std::make_unique<Impl>())
{
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return;
    auto parsed = impl_->parser.parse(text);
    simdjson::dom::object object;
    if (!parsed) {
        impl_->note("body: expected a JSON object: " + parsed.error().message);
    } else if (parsed->get(object)) {
        impl_->note("body: expected a JSON object");
    } else {
        impl_->object = object;
    }
}

RequestBody::~RequestBody() = default;

void RequestBody::fail(std::string_view name, std::string_view expectation)
{
    impl_->note(fmt::format("{}: expected {}", name, expectation));
}

std::optional<double> RequestBody::number(std::string_view name, double minimum, double maximum)
{
    auto field = impl_->find(name);
    if (!field) return std::nullopt;
    double value = 0;
    if (field->get(value) || value < minimum || value > maximum) {
        fail(name, fmt::format("a number from {} to {}", minimum, maximum));
        return std::nullopt;
    }
    return value;
}

std::optional<std::int64_t> RequestBody::integer(std::string_view name, std::int64_t minimum,
                                                 std::int64_t maximum)
{
    auto field = impl_->find(name);
    if (!field) return std::nullopt;
    std::int64_t value = 0;
    if (field->get(value) || value < minimum || value > maximum) {
        fail(name, fmt::format("a whole number from {} to {}", minimum, maximum));
        return std::nullopt;
    }
    return value;
}

std::optional<bool> RequestBody::boolean(std::string_view name)
{
    auto field = impl_->find(name);
    if (!field) return std::nullopt;
    bool value = false;
    if (field->get(value)) {
        fail(name, "true or false");
        return std::nullopt;
    }
    return value;
}

std::optional<std::string> RequestBody::text(std::string_view name, std::size_t minimum, std::size_t maximum)
{
    auto field = impl_->find(name);
    if (!field) return std::nullopt;
    std::string_view value;
    bool wrong = field->get(value) != simdjson::SUCCESS;
    if (std::size_t length = characters(value); wrong || length < minimum || length > maximum) {
        fail(name, fmt::format("a text of {} to {} characters", minimum, maximum));
        return std::nullopt;
    }
    return std::string(value);
}

std::optional<Instant> RequestBody::time(std::string_view name)
{
    auto field = impl_->find(name);
    if (!field) return std::nullopt;
    std::string_view value;
    if (!field->get(value)) {
        if (auto parsed = parse_instant(value)) return *parsed;
    }
    fail(name, "a time as \"2026-11-21T09:30:00Z\"");
    return std::nullopt;
}

bool RequestBody::is_null(std::string_view name)
{
    auto field = impl_->find(name);
    return field && field->is_null();
}

void RequestBody::require(std::string_view name, std::string_view expectation)
{
    if (!impl_->find(name)) fail(name, fmt::format("{}; it is missing", expectation));
}

Result<void> RequestBody::finish()
{
    if (!impl_->problem && impl_->object) {
        for (auto [key, value] : *impl_->object) {
            if (impl_->asked.contains(key)) continue;
            std::vector<std::string> known(impl_->asked.begin(), impl_->asked.end());
            std::string names = known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "));
            impl_->note(fmt::format("{}: no such field; expected: {}", key, names));
        }
    }
    if (impl_->problem) return Error{*impl_->problem};
    return {};
}

}  // namespace ladestrom::local
