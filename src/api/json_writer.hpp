// Writes JSON from left to right; commas and escapes are its business, balance is the caller's.
#pragma once

#include "base/time.hpp"
#include "messages/json_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <concepts>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ladestrom::api {

class JsonWriter {
public:
    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }

    void key(std::string_view name)
    {
        separate();
        messages::append_string(out_, name);
        out_ += ':';
        fresh_ = true;
    }

    void value(std::string_view text)
    {
        separate();
        messages::append_string(out_, text);
    }
    void value(const char* text) { value(std::string_view(text)); }
    void value(bool truth) { raw(truth ? "true" : "false"); }
    void value(Instant time) { value(std::string_view(format_instant(time))); }
    void value(double number)
    {
        if (std::isfinite(number)) {
            raw(fmt::format("{}", number));
        } else {
            null();
        }
    }
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    void value(T number)
    {
        raw(fmt::format("{}", number));
    }
    template <class T>
    void value(const std::optional<T>& maybe)
    {
        if (maybe) {
            value(*maybe);
        } else {
            null();
        }
    }
    void null() { raw("null"); }
    // `json` is a whole JSON value.
    void raw(std::string_view json)
    {
        separate();
        out_ += json;
    }

    template <class T>
    void member(std::string_view name, const T& content)
    {
        key(name);
        value(content);
    }

    std::string take() { return std::move(out_); }

private:
    void separate()
    {
        if (!fresh_) out_ += ',';
        fresh_ = false;
    }
    void open(char bracket)
    {
        separate();
        out_ += bracket;
        fresh_ = true;
    }
    void close(char bracket)
    {
        out_ += bracket;
        fresh_ = false;
    }

    std::string out_;
    bool fresh_ = true;  // no comma before the next item
};

}  // namespace ladestrom::api
