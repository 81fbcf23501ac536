// The address of the backend as people write it, and what the station makes of it.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace ladestrom::app {

struct BackendUrl {
    std::string url;       // complete, ws:// or wss://: the last segment of its path is the identity
    std::string identity;  // percent-decoded
};

// OCPP-J section 3.1.1. identity "": it is the last segment of the URL. Otherwise it is appended, unless it
// stands there already.
Result<BackendUrl> backend_url(std::string_view url, std::string_view identity);

}  // namespace ladestrom::app
