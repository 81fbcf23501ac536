// What comes in: a JSON body and query parameters, checked field by field. The first thing that is wrong is
// kept with its place; asking on after it is harmless.
#pragma once

#include "api/names.hpp"
#include "api/problem.hpp"
#include "messages/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::api {

struct TextBounds {
    std::size_t min = 0;
    std::size_t max = 0;  // bytes
};

// An object. Ask for every field that is known; finish() refuses what was not asked for.
class Body {
public:
    // parser and text outlive the Body, and the parser parses nothing else meanwhile.
    Body(messages::JsonParser& parser, std::string_view text);

    bool has(std::string_view name);
    bool is_null(std::string_view name);
    std::optional<std::string> text(std::string_view name, TextBounds bounds);
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
    std::optional<double> number(std::string_view name, double above, double max);
    std::optional<bool> boolean(std::string_view name);
    std::optional<Instant> time(std::string_view name);
    // An object as JSON text, as it was written.
    std::optional<std::string> object(std::string_view name);

    template <class E>
    std::optional<E> choice(std::string_view name)
    {
        const auto given = text(name, {0, 100});
        if (!given) return std::nullopt;
        const auto value = from_name<E>(*given);
        if (!value) fail(name, one_of(Names<E>::all.data(), Names<E>::all.size()));
        return value;
    }

    // Each at most once; null: none.
    template <class E>
    std::optional<std::vector<E>> choices(std::string_view name)
    {
        const auto given = texts(name, Names<E>::all.size());
        if (!given) return std::nullopt;
        std::vector<E> values;
        for (std::size_t i = 0; i < given->size(); ++i) {
            const auto value = from_name<E>((*given)[i]);
            const std::string place = fmt::format("{}/{}", name, i);
            if (!value) {
                fail(place, one_of(Names<E>::all.data(), Names<E>::all.size()));
            } else if (std::ranges::find(values, *value) != values.end()) {
                fail(place, "is there twice");
            } else {
                values.push_back(*value);
            }
        }
        return values;
    }

    void fail(std::string_view name, std::string message);
    // What is wrong is not in the body but a parameter of the path.
    void fail_parameter(std::string_view name, std::string_view message);
    void require(std::string_view name);
    // What is wrong, if anything.
    std::optional<Problem> finish();

private:
    std::optional<messages::JsonValue> find(std::string_view name);
    // Of an array of texts; null: an empty one.
    std::optional<std::vector<std::string_view>> texts(std::string_view name, std::size_t most);
    static std::string one_of(const std::string_view* names, std::size_t count);

    std::string_view text_;
    std::optional<simdjson::dom::object> object_;
    std::set<std::string, std::less<>> asked_;
    std::optional<Problem> problem_;
};

class Query {
public:
    explicit Query(const transport::HttpRequest& request) : request_(request) {}

    std::optional<std::string> text(std::string_view name, TextBounds bounds);
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
    std::optional<bool> boolean(std::string_view name);
    std::optional<Instant> time(std::string_view name);

    template <class E>
    std::optional<E> choice(std::string_view name)
    {
        const auto given = text(name, {0, 100});
        if (!given) return std::nullopt;
        const auto value = from_name<E>(*given);
        if (!value) fail(name, "is not one of the values that the description names");
        return value;
    }

    void fail(std::string_view name, std::string message);
    // What is wrong, if anything; a parameter that was not asked for, too.
    std::optional<Problem> finish();

private:
    const transport::HttpRequest& request_;
    std::set<std::string, std::less<>> asked_;
    std::optional<Problem> problem_;
};

}  // namespace ladestrom::api
