// Every payload of OCPP 1.6, decoded and encoded. The first line names it ("AuthorizeRequest"; any other
// line chooses one by its hash), the rest is its JSON.
// Holds: what is decoded, encoded and decoded again is the same, in strict and in tolerant mode; what strict
// mode takes, tolerant mode takes as the same, with nothing to tolerate; a refusal says what and where.
#include "support/reference_json.hpp"
#include "support/require.hpp"
#include "support/script.hpp"

#include "messages/json.hpp"
#include "messages/v16.hpp"

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace ladestrom::fuzz {
namespace {

using messages::Codec;
using messages::DecodeContext;
using messages::Decoded;
using messages::JsonParser;
using messages::Mode;

// Tolerant mode forgives in two steps what one step of encoding makes of it, so its second reading has
// nothing left to repair in form; lengths and ranges that were kept stay kept.
template <class T>
void round_trip(const T& value, Mode mode, std::string_view text)
{
    const std::string encoded = messages::encode(value);
    JsonParser parser;
    const auto document = parser.parse(encoded);
    require(document.has_value(), "what we encode is JSON", encoded);
    const Decoded<T> again = Codec<T>::decode(*document, {.mode = mode});
    if (!again) fail("what we encode decodes: " + again.error().path + ": " + again.error().message, encoded);
    require(*again == value, "what was encoded decodes as the same", text);
    require(messages::encode(*again) == encoded, "the same value encodes as the same text", encoded);
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

template <class T>
void check(messages::JsonValue value, std::string_view text)
{
    const Decoded<T> strict = Codec<T>::decode(value, {.mode = Mode::strict});
    Counters tolerances;
    const Decoded<T> tolerant = Codec<T>::decode(value, {.mode = Mode::tolerant, .tolerances = &tolerances});
    if (!strict) require_clear(strict.error(), text);
    if (!tolerant) {
        require_clear(tolerant.error(), text);
        require(!strict, "tolerant mode takes what strict mode takes", text);
        return;
    }
    round_trip(*tolerant, Mode::tolerant, text);
    if (!strict) {
        require(!tolerances.all().empty(), "what tolerant mode alone takes is counted", text);
        return;
    }
    require(tolerances.all().empty(), "in what strict mode takes is nothing to tolerate", text);
    require(*strict == *tolerant, "both modes read the same", text);
    round_trip(*strict, Mode::strict, text);
    // No payload of 1.6 keeps JSON that it does not read.
    require(!reference_json(text).duplicate_key, "no member is given twice", text);
}

using Check = void (*)(messages::JsonValue, std::string_view);

template <class... Action>
std::map<std::string, Check, std::less<>> payloads(messages::ActionList<Action...> /*list*/)
{
    std::map<std::string, Check, std::less<>> all;
    const auto add = [&]<class One>(One /*tag*/) {
        all.emplace(std::string(One::action) + "Request", check<typename One::Request>);
        all.emplace(std::string(One::action) + "Response", check<typename One::Response>);
    };
    (add(Action{}), ...);
    return all;
}

Check chosen(std::string_view name)
{
    static const auto all = payloads(v16::Actions{});
    if (const auto found = all.find(name); found != all.end()) return found->second;
    return std::next(all.begin(),
                     static_cast<std::ptrdiff_t>(std::hash<std::string_view>{}(name) % all.size()))
        ->second;
}

}  // namespace
}  // namespace ladestrom::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace ladestrom;
    fuzz::Script script(fuzz::text_of(data, size));
    const auto check = fuzz::chosen(script.line());
    messages::JsonParser parser;
    const auto value = parser.parse(script.rest());
    if (!value) return -1;
    check(*value, script.rest());
    return 0;
}
