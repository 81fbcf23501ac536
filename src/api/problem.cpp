#include "api/problem.hpp"

#include "api/json_writer.hpp"

namespace ladestrom::api {

Problem invalid(std::string message, std::string field)
{
    return {400, "invalid", std::move(message), std::move(field)};
}

Problem not_found(std::string message)
{
    return {404, "not_found", std::move(message)};
}

// What went wrong in the store stands in the log; it is nobody's business outside.
Problem store_failed()
{
    return {503, "store_failed", "The store failed; nothing was changed. Try again later."};
}

transport::HttpResponse to_response(const Problem& problem)
{
    JsonWriter json;
    json.begin_object();
    json.key("error");
    json.begin_object();
    json.member("code", problem.code);
    json.member("message", problem.message);
    if (!problem.field.empty()) json.member("field", problem.field);
    json.end_object();
    json.end_object();
    auto response = transport::HttpResponse::json(json.take(), problem.status);
    if (problem.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    if (problem.status == 429) response.headers.emplace_back("Retry-After", "5");
    return response;
}

}  // namespace ladestrom::api
