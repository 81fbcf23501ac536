// How the API refuses: one form for everything.
#pragma once

#include "transport/http/http_server.hpp"

#include <string>
#include <string_view>

namespace ladestrom::api {

struct Problem {
    unsigned status = 400;
    std::string_view code;  // one of the description's Error codes
    std::string message;
    std::string field{};  // of the request
};

Problem invalid(std::string message, std::string field);
Problem not_found(std::string message);
Problem store_failed();

// {"error":{"code","message","field"?}}
transport::HttpResponse to_response(const Problem& problem);

}  // namespace ladestrom::api
