// Matching by segments. The table is small: a walk over it is cheaper than being clever.
#include "transport/http/router.hpp"

#include "transport/percent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace ladestrom::transport {

namespace {

std::vector<std::string_view> split(std::string_view path)
{
    std::vector<std::string_view> segments;
    if (path.starts_with('/')) path.remove_prefix(1);
    for (;;) {
        auto const slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

HttpResponse plain_error(unsigned status, std::string_view message)
{
    return HttpResponse::text(std::string(message) + "\n", status);
}

}  // namespace

void Router::add(std::string_view method, std::string_view pattern, Handler handler)
{
    Route route{std::string(method), std::string(pattern), {}, std::move(handler)};
    auto const broken = [&](const char* why) {
        throw std::logic_error(fmt::format("route {} {}: {}", method, pattern, why));
    };
    if (!pattern.starts_with('/')) broken("must begin with /");
    for (std::string_view part : split(pattern)) {
        if (!route.segments.empty() && route.segments.back().kind == Segment::Kind::rest) {
            broken("nothing may follow {name*}");
        }
        if (!part.starts_with('{')) {
            route.segments.push_back({Segment::Kind::literal, std::string(part)});
            continue;
        }
        if (!part.ends_with('}')) broken("a { is not closed");
        part = part.substr(1, part.size() - 2);
        bool const rest = part.ends_with('*');
        if (rest) part.remove_suffix(1);
        if (part.empty()) broken("a parameter has no name");
        route.segments.push_back({rest ? Segment::Kind::rest : Segment::Kind::parameter, std::string(part)});
    }
    for (const auto& other : routes_) {
        if (other.method == route.method && other.pattern == route.pattern) broken("is there already");
    }
    routes_.push_back(std::move(route));
}

bool Router::matches(const Route& route, const std::vector<std::string>& path)
{
    for (std::size_t i = 0; i < route.segments.size(); ++i) {
        const auto& segment = route.segments[i];
        if (segment.kind == Segment::Kind::rest) return i < path.size();
        if (i >= path.size()) return false;
        if (segment.kind == Segment::Kind::literal && segment.text != path[i]) return false;
        if (segment.kind == Segment::Kind::parameter && path[i].empty()) return false;
    }
    return path.size() == route.segments.size();
}

void Router::fill_parameters(const Route& route, const std::vector<std::string>& path, HttpRequest& request)
{
    for (std::size_t i = 0; i < route.segments.size(); ++i) {
        const auto& segment = route.segments[i];
        if (segment.kind == Segment::Kind::literal) continue;
        std::string value = path[i];
        if (segment.kind == Segment::Kind::rest) {
            for (std::size_t j = i + 1; j < path.size(); ++j) value += '/' + path[j];
        }
        request.parameters.insert_or_assign(segment.text, std::move(value));
    }
}

void Router::fail(const HttpResponder& responder, unsigned status, std::string_view message,
                  HttpHeaders headers) const
{
    HttpResponse response = error_response_ ? error_response_(status, message) : plain_error(status, message);
    response.headers.insert(response.headers.end(), headers.begin(), headers.end());
    responder.respond(std::move(response));
}

void Router::handle(HttpRequest request, HttpResponder responder) const
{
    // Decoded after splitting: an escaped slash is part of its segment.
    std::vector<std::string> path;
    for (std::string_view part : split(request.path)) {
        auto decoded = percent_decode(part);
        if (!decoded) return fail(responder, 400, "the path cannot be percent-decoded");
        path.push_back(std::move(*decoded));
    }

    auto const more_specific = [](const Route& a, const Route& b) {
        return std::ranges::lexicographical_compare(a.segments, b.segments, {}, &Segment::kind,
                                                    &Segment::kind);
    };
    std::string_view const method = request.method == "HEAD" ? std::string_view("GET") : request.method;
    const Route* best = nullptr;
    std::vector<std::string> allowed;
    for (const auto& route : routes_) {
        if (!matches(route, path)) continue;
        if (route.method == method || route.method == request.method) {
            if (!best || more_specific(route, *best)) best = &route;
        } else if (std::ranges::find(allowed, route.method) == allowed.end()) {
            allowed.push_back(route.method);
        }
    }
    if (best) {
        fill_parameters(*best, path, request);
        return best->handler(std::move(request), std::move(responder));
    }
    if (!allowed.empty()) {
        std::string names;
        for (const auto& name : allowed) {
            names += (names.empty() ? "" : ", ") + name;
            if (name == "GET") names += ", HEAD";
        }
        return fail(responder, 405, fmt::format("{} is not possible here", request.method),
                    {{"Allow", names}});
    }
    if (fallback_) return fallback_(std::move(request), std::move(responder));
    fail(responder, 404, "there is nothing at this path");
}

std::vector<std::string> Router::routes() const
{
    std::vector<std::string> names;
    for (const auto& route : routes_) names.push_back(route.method + " " + route.pattern);
    return names;
}

}  // namespace ladestrom::transport
