// What generated encoders are made of. Everything appends to the caller's string and allocates nothing else.
#pragma once

#include "base/time.hpp"
#include "messages/codec.hpp"
#include "messages/enum.hpp"
#include "messages/json_text.hpp"
#include "messages/value_types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::messages {

void append_integer(std::string& out, std::int64_t value);
// JSON knows no infinity and no NaN: they are a broken invariant here, written as 0.
void append_number(std::string& out, double value);
void append_decimal(std::string& out, Decimal value);
void append_instant(std::string& out, Instant value);

class ObjectWriter {
public:
    ObjectWriter(std::string& out, OcppVersion version) : out_(out), version_(version) {}
    ObjectWriter(const ObjectWriter&) = delete;
    ObjectWriter& operator=(const ObjectWriter&) = delete;

    OcppVersion version() const { return version_; }

    // `name` needs no escaping.
    template <class T>
    void member(std::string_view name, const T& value)
    {
        key(name);
        append(value);
    }

    template <class T>
    void member(std::string_view name, const std::optional<T>& value)
    {
        if (value) member(name, *value);
    }

    // A number that is an integer in the version written: rounded.
    void integer_member(std::string_view name, double value);
    void integer_member(std::string_view name, const std::optional<double>& value);

    // The members that an open type keeps as text: `"a":1,"b":2`, or nothing.
    void further_members(std::string_view text);

    void close() { out_ += first_ ? "{}" : "}"; }

private:
    void key(std::string_view name);

    void append(bool value) { out_ += value ? "true" : "false"; }
    void append(std::int64_t value) { append_integer(out_, value); }
    void append(double value) { append_number(out_, value); }
    void append(Decimal value) { append_decimal(out_, value); }
    void append(Instant value) { append_instant(out_, value); }
    void append(const std::string& value) { append_string(out_, value); }
    void append(const RawJson& value) { out_ += value.text; }

    template <ProtocolEnum E>
    void append(E value)
    {
        out_ += '"';
        out_ += to_string(value);
        out_ += '"';
    }

    template <class T>
        requires requires { &Codec<T>::encode; }
    void append(const T& value)
    {
        Codec<T>::encode(value, version_, out_);
    }

    template <class T>
    void append(const std::vector<T>& values)
    {
        out_ += '[';
        bool first = true;
        for (const T& value : values) {
            if (!first) out_ += ',';
            first = false;
            append(value);
        }
        out_ += ']';
    }

    std::string& out_;
    OcppVersion version_;
    bool first_ = true;
};

}  // namespace ladestrom::messages
