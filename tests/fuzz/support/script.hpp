// The input of a stateful target as a script: a line is a step, its first character says of which kind, the
// rest is its argument. Every text is a script; steps nobody knows do nothing. (libFuzzer's
// FuzzedDataProvider ends a string at a backslash, which JSON is full of; lines stay readable, and a person
// can write them.)
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ladestrom::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size)
{
    return {reinterpret_cast<const char*>(data), size};
}

struct Step {
    char kind = 0;
    std::string_view argument;

    // The number the argument begins with, within limits; least when there is none.
    std::int64_t number(std::int64_t least, std::int64_t most) const
    {
        std::int64_t value = 0;
        for (const char c : argument) {
            if (c < '0' || c > '9' || value > most) break;
            value = value * 10 + (c - '0');
        }
        return value < least ? least : value > most ? most : value;
    }
    bool has(char option) const { return argument.find(option) != std::string_view::npos; }
};

class Script {
public:
    explicit Script(std::string_view text) : rest_(text) {}

    // Without its line end.
    std::string_view line()
    {
        const std::string_view line = rest_.substr(0, rest_.find('\n'));
        rest_.remove_prefix(line.size() == rest_.size() ? line.size() : line.size() + 1);
        return line;
    }
    std::optional<Step> next()
    {
        if (rest_.empty()) return std::nullopt;
        const std::string_view text = line();
        if (text.empty()) return Step{};
        return Step{text.front(), text.substr(1)};
    }
    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

}  // namespace ladestrom::fuzz
