// The description of the API, as it stands in openapi.json.
#pragma once

#include <string_view>

namespace ladestrom::api {

std::string_view openapi_json();

}  // namespace ladestrom::api
