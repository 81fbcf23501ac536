#include "support/codec_checks.hpp"

#include "support/reference_json.hpp"
#include "support/require.hpp"
#include "support/script.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::fuzz {
namespace {

using messages::AnyPayload;
using messages::DecodeContext;
using messages::Decoded;
using messages::JsonParser;
using messages::JsonValue;
using messages::Mode;
using messages::PayloadType;

// Tolerant mode forgives in two steps what one step of encoding makes of it, so its second reading has
// nothing left to repair in form; lengths and ranges that were kept stay kept.
void round_trip(const PayloadType& type, const AnyPayload& value, const DecodeContext& context,
                std::string_view text)
{
    const std::string encoded = type.encode(value, context.version);
    JsonParser parser;
    const auto document = parser.parse(encoded);
    require(document.has_value(), "what we encode is JSON", encoded);
    const auto again = type.decode(*document, {.version = context.version, .mode = context.mode});
    if (!again) fail("what we encode decodes: " + again.error().path + ": " + again.error().message, encoded);
    require(type.encode(*again, context.version) == encoded, "what was encoded decodes as the same", text);
}

void require_clear(const messages::DecodeError& error, std::string_view text)
{
    require(!error.message.empty(), "a refusal says what is wrong", text);
    require(error.path.empty() || error.path.front() == '/', "a refusal's path is a JSON pointer",
            error.path);
    // It goes into a CALLERROR.
    std::string quoted;
    messages::append_string(quoted, error.path + ": " + error.message);
    require(reference_json(quoted).accepted, "a refusal can be told", quoted);
}

void check(const PayloadType& type, OcppVersion version, JsonValue value, std::string_view text)
{
    const DecodeContext strictly{.version = version, .mode = Mode::strict};
    Counters tolerances;
    const DecodeContext tolerantly{.version = version, .mode = Mode::tolerant, .tolerances = &tolerances};
    const Decoded<AnyPayload> strict = type.decode(value, strictly);
    const Decoded<AnyPayload> tolerant = type.decode(value, tolerantly);
    if (!strict) require_clear(strict.error(), text);
    if (!tolerant) {
        require_clear(tolerant.error(), text);
        require(!strict, "tolerant mode takes what strict mode takes", text);
        return;
    }
    round_trip(type, *tolerant, tolerantly, text);
    if (!strict) {
        require(!tolerances.all().empty(), "what tolerant mode alone takes is counted", text);
        return;
    }
    require(tolerances.all().empty(), "in what strict mode takes is nothing to tolerate", text);
    require(type.encode(*strict, version) == type.encode(*tolerant, version), "both modes read the same",
            text);
    round_trip(type, *strict, strictly, text);
    // No payload of 1.6 keeps JSON that it does not read.
    if (version == OcppVersion::v1_6)
        require(!reference_json(text).duplicate_key, "no member is given twice", text);
}

}  // namespace

bool check_codec(std::string_view input, const std::vector<PayloadType>& types,
                 std::span<const OcppVersion> versions)
{
    Script script(input);
    const std::string_view line = script.line();
    JsonParser parser;
    const auto value = parser.parse(script.rest());
    if (!value) return false;

    const std::size_t space = line.find(' ');
    const std::string_view name = space == std::string_view::npos ? line : line.substr(space + 1);
    const std::size_t hash = std::hash<std::string_view>{}(line);
    const auto version =
        std::ranges::find(versions, line.substr(0, space), [](OcppVersion v) { return to_string(v); });
    const auto type = std::ranges::find(types, name, &PayloadType::name);
    const OcppVersion chosen = version != versions.end() ? *version : versions[hash % versions.size()];
    check(type != types.end() ? *type : types[hash % types.size()], chosen, *value, script.rest());
    return true;
}

}  // namespace ladestrom::fuzz
