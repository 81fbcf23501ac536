// The dashboard's files inside the program.
#pragma once

#include <span>
#include <string_view>

namespace ladestrom::api {

struct Asset {
    std::string_view path;  // "/index.html"
    std::string_view content_type;
    std::string_view body;
    std::string_view etag;   // with its quotes
    bool gzip = false;       // how body is encoded
    bool immutable = false;  // the name holds a hash of the content
};

// By path. Generated at build time from the dashboard's dist folder; without the dashboard one page that says
// how to build it.
std::span<const Asset> embedded_assets();

}  // namespace ladestrom::api
