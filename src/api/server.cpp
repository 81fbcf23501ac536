#include "api/server.hpp"

#include <algorithm>
#include <utility>

namespace ladestrom::api {
namespace {

// A call may wait 300 s for its station.
constexpr Duration answer_time = seconds(330);

const Asset* find(std::span<const Asset> assets, std::string_view path)
{
    const auto found =
        std::lower_bound(assets.begin(), assets.end(), path,
                         [](const Asset& asset, std::string_view key) { return asset.path < key; });
    return found != assets.end() && found->path == path ? &*found : nullptr;
}

// The page for /, and for its own addresses such as /stations/CP1: those have no file ending.
const Asset* asset_for(std::span<const Asset> assets, std::string_view path)
{
    if (const Asset* asset = find(assets, path)) return asset;
    const bool file = path.starts_with("/assets/") || path.substr(path.rfind('/') + 1).find('.') != path.npos;
    // Station identities may hold dots.
    if (file && !path.starts_with("/stations/")) return nullptr;
    return find(assets, "/index.html");
}

transport::HttpResponse plain(unsigned status, std::string text)
{
    auto response = transport::HttpResponse::text(std::move(text), status);
    add_security_headers(response, false);
    return response;
}

transport::HttpLimits limits()
{
    transport::HttpLimits limits;
    limits.answer = answer_time;
    // What a station could be sent; read before anybody has logged in, on every connection.
    limits.body_bytes = 256 * 1024;
    return limits;
}

}  // namespace

Server::Server(transport::EventLoop& loop, store::LedgerReader& reader, store::Accounts& accounts,
               CorePort& core, const crypto::KeyedHash& hash, Options options, transport::LogFunction log)
    : options_(std::move(options)),
      access_(
          accounts, hash, [&loop](std::function<void()> work) { loop.post(std::move(work)); },
          options_.clock ? options_.clock : [&loop] { return Access::Now{loop.now(), loop.wall()}; },
          options_.access),
      hub_(options_.hub),
      services_{loop, reader, accounts, core, access_, hub_, options_, log, http_},
      http_(
          loop,
          [this](transport::HttpRequest request, transport::HttpResponder responder) {
              router_.handle(std::move(request), std::move(responder));
          },
          limits(), log),
      stream_check_(loop, [this] { end_expired_streams(); })
{
    add_routes();
    stream_check_.arm(loop.now() + options_.stream_check);
}

Server::~Server() = default;

Result<std::uint16_t> Server::listen(const transport::ListenOptions& options)
{
    return http_.listen(options);
}

void Server::stop()
{
    hub_.end_streams([](const Login&) { return true; });
    http_.stop();
}

// Other ways in which a login ends close its streams at once.
void Server::end_expired_streams()
{
    hub_.end_streams([this](const Login& login) { return !access_.still_admitted(login); });
    stream_check_.arm(services_.loop.now() + options_.stream_check);
}

void Server::serve_page(const transport::HttpRequest& request, const transport::HttpResponder& responder)
{
    if (request.method != "GET" && request.method != "HEAD") {
        auto refusal = plain(405, "Only GET and HEAD are possible here.\n");
        refusal.headers.emplace_back("Allow", "GET, HEAD");
        return responder.respond(std::move(refusal));
    }
    const Asset* asset = asset_for(options_.assets, request.path);
    if (asset == nullptr) return responder.respond(plain(404, "There is no such page.\n"));
    transport::HttpResponse response;
    add_security_headers(response, asset->content_type.starts_with("text/html"));
    response.headers.emplace_back("ETag", asset->etag);
    response.headers.emplace_back("Cache-Control",
                                  asset->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    if (asset->gzip) response.headers.emplace_back("Vary", "Accept-Encoding");
    if (request.header("If-None-Match") == asset->etag) {
        response.status = 304;
        return responder.respond(std::move(response));
    }
    if (asset->gzip && request.header("Accept-Encoding").find("gzip") == std::string_view::npos) {
        return responder.respond(
            plain(406, "This file is only there compressed; send Accept-Encoding: gzip.\n"));
    }
    response.headers.emplace_back("Content-Type", asset->content_type);
    if (asset->gzip) response.headers.emplace_back("Content-Encoding", "gzip");
    response.static_body = asset->body;
    responder.respond(std::move(response));
}

}  // namespace ladestrom::api
