// What the tests of this library share.
#pragma once

#include "messages/codec.hpp"
#include "messages/decode.hpp"
#include "messages/json.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace ladestrom::messages {

// Text to struct in one step. `text` must be JSON.
template <class T>
Decoded<T> decode_text(std::string_view text, const DecodeContext& context = {})
{
    JsonParser parser;
    const auto value = parser.parse(text);
    if (!value) {
        ADD_FAILURE() << value.error().message << ": " << text;
        return DecodeError{ErrorCode::internal_error, "", "the test's text is no JSON"};
    }
    return decode<T>(*value, context);
}

}  // namespace ladestrom::messages
