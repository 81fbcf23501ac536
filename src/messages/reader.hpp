// What generated decoders are made of. A function that returns bool returns false after it has failed with an
// error; the callers on the way out add the path. What tolerant mode accepts is handled where strict mode
// would fail, so a clean message never pays for it. Each deviation is counted under one of these names:
//   tolerance.unknown_field        a field the message does not have (ignored)
//   tolerance.null_for_absent      null in an optional field (absent)
//   tolerance.number_for_string    also boolean_for_string, string_for_number, string_for_boolean
//   tolerance.float_for_integer    5.0 where 5 belongs
//   tolerance.decimal_precision    more than one fraction digit (rounded down)
//   tolerance.object_for_array     one element without its list
//   tolerance.empty_array          fewer items than required; long_array: more than allowed
//   tolerance.overlong_string      more characters than allowed (kept)
//   tolerance.number_range         a number outside its bounds (kept)
//   tolerance.bad_uri              not a URI (kept)
//   tolerance.time_without_zone    taken as UTC; short_offset: +02 or +0200; time_zero: "0"
//   tolerance.enum_case            the right value in the wrong case
//   tolerance.unknown_enum         read as the enum's neutral value, or the field left out
//   tolerance.dropped_item         a list item left out for an enum value nobody knows
#pragma once

#include "base/time.hpp"
#include "messages/codec.hpp"
#include "messages/enum.hpp"
#include "messages/json.hpp"
#include "messages/value_types.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ladestrom::messages {

// A bit per OcppVersion.
using VersionSet = std::uint8_t;
inline constexpr VersionSet every_version = 0xFF;

constexpr VersionSet versions(OcppVersion version)
{
    return static_cast<VersionSet>(1U << static_cast<unsigned>(version));
}

struct Field {
    std::string_view name;
    VersionSet required = 0;
    VersionSet known = every_version;
};

enum class Unknown {
    refused,  // counted in tolerant mode
    ignored,  // records that later versions of ourselves have extended
    kept,     // an open type
};

struct Shape {
    std::span<const Field> fields;
    Unknown unknown = Unknown::refused;
};

struct TextLimits {
    std::size_t max = std::numeric_limits<std::size_t>::max();  // characters, not bytes
};

struct IntegerLimits {
    std::int64_t min = std::numeric_limits<std::int64_t>::min();
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

struct NumberLimits {
    double min = -std::numeric_limits<double>::max();
    double max = std::numeric_limits<double>::max();
};

struct ItemLimits {
    std::size_t min = 0;
    std::size_t max = std::numeric_limits<std::size_t>::max();
};

class Reader {
public:
    explicit Reader(const DecodeContext& context) : context_(context) {}

    OcppVersion version() const { return context_.version; }
    bool is(OcppVersion version) const { return context_.version == version; }

    bool text(JsonValue value, TextLimits limits, std::string& out);
    bool uri(JsonValue value, std::string& out);
    bool integer(JsonValue value, IntegerLimits limits, std::int64_t& out);
    // An integer in the version read, a number in later ones.
    bool integer_as_number(JsonValue value, IntegerLimits limits, double& out);
    bool number(JsonValue value, NumberLimits limits, double& out);
    bool decimal(JsonValue value, Decimal& out);
    bool boolean(JsonValue value, bool& out);
    bool time(JsonValue value, Instant& out);
    bool json(JsonValue value, RawJson& out);

    template <ProtocolEnum E>
    bool enumeration(JsonValue value, E& out)
    {
        const EnumMatch match = match_enum<E>(value);
        if (match.kind == EnumMatch::found) out = static_cast<E>(match.index);
        return match.kind == EnumMatch::found || (match.kind == EnumMatch::unknown && fail_enum<E>());
    }

    // Tolerant mode reads an unknown value as `neutral`.
    template <ProtocolEnum E>
    bool enumeration_or(JsonValue value, E neutral, E& out)
    {
        const EnumMatch match = match_enum<E>(value);
        if (match.kind == EnumMatch::found) out = static_cast<E>(match.index);
        if (match.kind != EnumMatch::unknown) return match.kind == EnumMatch::found;
        if (!tolerates("tolerance.unknown_enum")) return fail_enum<E>();
        out = neutral;
        return true;
    }

    // Tolerant mode leaves the field out when the value is unknown.
    template <ProtocolEnum E>
    bool enumeration_or_nothing(JsonValue value, std::optional<E>& out)
    {
        const EnumMatch match = match_enum<E>(value);
        if (match.kind == EnumMatch::found) out = static_cast<E>(match.index);
        if (match.kind != EnumMatch::unknown) return match.kind == EnumMatch::found;
        return tolerates("tolerance.unknown_enum") || fail_enum<E>();
    }

    // Tolerant mode leaves out the list item being read when the value is unknown.
    template <ProtocolEnum E>
    bool enumeration_or_drop_item(JsonValue value, E& out)
    {
        const EnumMatch match = match_enum<E>(value);
        if (match.kind == EnumMatch::found) out = static_cast<E>(match.index);
        if (match.kind != EnumMatch::unknown) return match.kind == EnumMatch::found;
        if (!tolerates("tolerance.dropped_item")) return fail_enum<E>();
        drop_item_ = true;
        return true;
    }

    // An enum that later versions have opened to any string.
    template <ProtocolEnum E>
    bool enumeration_as_text(JsonValue value, std::string& out)
    {
        E known{};
        if (!enumeration(value, known)) return false;
        out = to_string(known);
        return true;
    }

    // Whether tolerant mode ignores a field because it says exactly this.
    bool ignores(JsonValue value, std::string_view text);

    // read_item: bool(JsonValue, T&)
    template <class T, class ReadItem>
    bool array(JsonValue value, ItemLimits limits, std::vector<T>& out, ReadItem read_item)
    {
        simdjson::dom::array items;
        if (value.get(items)) return single_item(value, limits, out, read_item);
        if (!item_count(items.size(), limits)) return false;
        out.reserve(items.size());
        std::size_t index = 0;
        for (const JsonValue item : items) {
            if (!append_item(item, out, read_item)) return at_index(index);
            ++index;
        }
        return true;
    }

    // on_field: bool(std::size_t index into the shape's fields, JsonValue); further: where an open type keeps
    // the rest
    template <class OnField>
    bool object(JsonValue value, const Shape& shape, OnField on_field, std::string* further = nullptr)
    {
        const FieldHandler handler{&on_field, [](void* target, std::size_t index, JsonValue member) {
                                       return (*static_cast<OnField*>(target))(index, member);
                                   }};
        return read_object(value, shape, handler, further);
    }

    bool fail(ErrorCode code, std::string message);
    DecodeError take_error() { return std::move(error_); }

private:
    struct EnumMatch {
        enum Kind { found, unknown, failed } kind;
        std::size_t index;
    };

    // A callable that outlives the call it is given to: the loop over members is compiled once, not per
    // struct.
    struct FieldHandler {
        void* target;
        bool (*call)(void* target, std::size_t index, JsonValue member);
    };

    bool read_object(JsonValue value, const Shape& shape, FieldHandler on_field, std::string* further);
    bool tolerates(std::string_view name);
    bool fail_type(JsonValue value, std::string_view expected);
    bool fail_property(std::string message);
    bool fail_unknown_value(std::span<const std::string_view> names);
    bool duplicate(std::string_view key);
    bool at(std::string_view key);
    bool at_index(std::size_t index);

    std::size_t find(const Shape& shape, std::string_view key, std::size_t next) const;
    bool unknown_field(const Shape& shape, std::string_view key, JsonValue member, std::string* further);
    bool absent(const Field& field);
    bool complete(const Shape& shape, std::uint64_t seen);
    bool item_count(std::size_t count, ItemLimits limits);
    bool bounded(double value, NumberLimits limits);
    bool checked_text(std::string_view text, TextLimits limits, std::string& out);
    EnumMatch match(JsonValue value, std::span<const std::string_view> names,
                    std::span<const VersionSet> known_in);
    static constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    double number_or_nan(JsonValue value);

    template <ProtocolEnum E>
    EnumMatch match_enum(JsonValue value)
    {
        if constexpr (requires { EnumTable<E>::known_in; }) {
            return match(value, EnumTable<E>::names, EnumTable<E>::known_in);
        } else {
            return match(value, EnumTable<E>::names, {});
        }
    }

    template <ProtocolEnum E>
    bool fail_enum()
    {
        return fail_unknown_value(EnumTable<E>::names);
    }

    template <class T, class ReadItem>
    bool append_item(JsonValue item, std::vector<T>& out, ReadItem& read_item)
    {
        T read{};
        if (!read_item(item, read)) return false;
        if (std::exchange(drop_item_, false)) return true;
        out.push_back(std::move(read));
        return true;
    }

    template <class T, class ReadItem>
    bool single_item(JsonValue value, ItemLimits limits, std::vector<T>& out, ReadItem& read_item)
    {
        if (!value.is_object() || limits.max < 1 || !tolerates("tolerance.object_for_array")) {
            return fail_type(value, "an array");
        }
        return append_item(value, out, read_item);
    }

    const DecodeContext& context_;
    DecodeError error_{ErrorCode::format_violation, "", ""};
    bool drop_item_ = false;
};

}  // namespace ladestrom::messages
