// ResidentStation: who may open a socket, and how sockets replace one another and end.
#include "csms/resident_station.hpp"
#include "csms/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ladestrom::csms {
namespace {

constexpr int protocol_error = 1002;
// A last_seen this much newer than the stored one is worth a write when the socket ends.
constexpr Duration worth_writing = minutes(1);

std::string list_of(VersionSet versions)
{
    std::string list;
    for (const OcppVersion version : all_versions) {
        if (versions.contains(version))
            list += fmt::format("{}{}", list.empty() ? "" : ", ", to_string(version));
    }
    return list;
}

}  // namespace

// The store is asked for every upgrade, also when the answer is in memory: the time to a refusal must not
// tell which identities exist or are connected.
void ResidentStation::upgrade(UpgradeRequested request)
{
    if (upgrades_.size() >= shard_.options.max_waiting_inputs) {
        refuse(request, 503, "csms.upgrade.too_many", "too many connection attempts of this identity wait");
        return;
    }
    shard_.sockets[request.socket] = this;
    upgrades_.push_back({.request = std::move(request), .looked_up = false});
    if (!loading_) load_state();
}

void ResidentStation::settle_upgrades()
{
    std::vector<Upgrade> waiting;
    for (Upgrade& upgrade : std::exchange(upgrades_, {})) {
        if (!upgrade.looked_up || !settle(upgrade.request)) waiting.push_back(std::move(upgrade));
    }
    upgrades_ = std::move(waiting);
}

bool ResidentStation::settle(const UpgradeRequested& request)
{
    const Verdict verdict = shard_.doorkeeper.judge(request, book_ ? &book_->row : nullptr);
    if (const auto* admit = std::get_if<Admit>(&verdict)) {
        accept(request, admit->version);
        if (admit->new_password_hash) used_password_hash_ = admit->new_password_hash;
    } else if (const auto* refusal = std::get_if<Refuse>(&verdict)) {
        if (!book_) shard_.inbox.note(request, *refusal, shard_.now.wall);
        refuse(request, refusal->http_status, refusal->counter, refusal->reason);
    } else if (const auto* none = std::get_if<NoCommonVersion>(&verdict)) {
        close_without_version(request, none->restricted);
    } else {
        if (!operation_) create_row(request);
        return false;
    }
    return true;
}

void ResidentStation::accept(const UpgradeRequested& request, OcppVersion version)
{
    if (connection_) {
        // The newest authenticated socket wins: the old one may be half open for hours.
        shard_.counters.add("csms.socket.replaced");
        shard_.act(CloseSocket{connection_->socket, normal_closure, "replaced by a newer connection"});
        shard_.sockets.erase(connection_->socket);
        ready_call_.reset();
        commands_.socket_lost();
        // What waits is in the words of the old version.
        if (connection_->peer.version() != version) commands_.disconnected();
    }
    connection_ = std::unique_ptr<Connection>(
        new Connection{.socket = request.socket,
                       .dialect = *dialect_of(version),
                       .peer = rpc::Peer(version, shard_.options.limits, shard_.parser, shard_.counters),
                       .remote = request.remote,
                       .tls = request.tls,
                       .since = shard_.now.wall,
                       .told = {}});
    last_frame_ = shard_.now.wall;
    shard_.counters.add("csms.upgrade.accepted");
    shard_.act(AcceptSocket{request.socket, std::string(subprotocol(version))});
    shard_.log(LogLevel::info,
               fmt::format("station \"{}\" connected from {} with {}{}", printable(id_.value()),
                           printable(request.remote), subprotocol(version), request.tls ? " over TLS" : ""));
    shard_.publish(StationChanged{id_, true});
}

void ResidentStation::close_without_version(const UpgradeRequested& request, bool restricted)
{
    std::string offered;
    for (const std::string& name : request.offered) offered += (offered.empty() ? "" : ", ") + name;
    shard_.counters.add(restricted ? "csms.upgrade.version_not_allowed" : "csms.upgrade.no_common_version");
    const std::string why =
        restricted ? fmt::format("it is restricted to OCPP {}", list_of(book_->row.allowed_versions))
                   : "no OCPP version in common";
    shard_.log(LogLevel::warning,
               fmt::format("station \"{}\" from {}: closed, {} (offered: {})", printable(id_.value()),
                           printable(request.remote), why, offered.empty() ? "none" : printable(offered)));
    shard_.act(AcceptSocket{request.socket, ""});
    shard_.act(CloseSocket{request.socket, protocol_error, "no OCPP version in common"});
    shard_.sockets.erase(request.socket);
}

void ResidentStation::refuse(const UpgradeRequested& request, int http_status, std::string_view counter,
                             const std::string& reason)
{
    shard_.counters.add(counter);
    shard_.log(LogLevel::warning, fmt::format("station \"{}\" from {}: refused, {}", printable(id_.value()),
                                              printable(request.remote), reason));
    shard_.act(RefuseSocket{request.socket, http_status, reason});
    shard_.sockets.erase(request.socket);
}

void ResidentStation::refuse_upgrades(const std::string& reason)
{
    for (const Upgrade& upgrade : std::exchange(upgrades_, {})) {
        refuse(upgrade.request, 503, "csms.upgrade.store_failed", reason);
    }
}

void ResidentStation::create_row(const UpgradeRequested& request)
{
    shard_.counters.add("csms.station.made");
    shard_.log(LogLevel::info, fmt::format("station \"{}\" from {} is unknown and was made, as configured",
                                           printable(id_.value()), printable(request.remote)));
    begin_operation().of_interest = true;
    commit({store::PutStation{{.id = id_,
                               .admission = store::Admission::accepted,
                               .security_profile = 0,
                               .created = shard_.now.wall}}});
}

void ResidentStation::socket_closed(SocketId socket)
{
    shard_.sockets.erase(socket);
    std::erase_if(upgrades_, [&](const Upgrade& upgrade) { return upgrade.request.socket == socket; });
    if (!connection_ || connection_->socket != socket) return;
    shard_.log(LogLevel::info, fmt::format("station \"{}\" disconnected", printable(id_.value())));
    leave_socket();
    advance();
}

void ResidentStation::drop_connection(int code, std::string reason)
{
    if (!connection_) return;
    shard_.log(LogLevel::warning,
               fmt::format("station \"{}\": connection closed, {}", printable(id_.value()), reason));
    shard_.act(CloseSocket{connection_->socket, code, std::move(reason)});
    shard_.sockets.erase(connection_->socket);
    leave_socket();
}

// It may come back in another one. Sessions, and what the station has queued, outlive the connection.
void ResidentStation::leave_forbidden_version()
{
    if (!connection_ || allows(book_->row, connection_->peer.version())) return;
    shard_.counters.add("csms.socket.version_not_allowed");
    drop_connection(normal_closure, fmt::format("OCPP {} is no longer allowed to the station",
                                                to_string(connection_->peer.version())));
}

void ResidentStation::leave_socket()
{
    connection_.reset();
    ready_call_.reset();
    commands_.socket_lost();
    commands_.disconnected();
    shard_.publish(StationChanged{id_, false});
    flush_last_seen_ =
        book_ && (!book_->row.last_seen || last_frame_ - *book_->row.last_seen >= worth_writing);
}

std::optional<ConnectionView> ResidentStation::view() const
{
    if (!connection_) return std::nullopt;
    return ConnectionView{.station = id_,
                          .socket = connection_->socket,
                          .version = connection_->peer.version(),
                          .remote = connection_->remote,
                          .tls = connection_->tls,
                          .since = connection_->since,
                          .last_frame = last_frame_,
                          .waiting_commands = commands_.size()};
}

}  // namespace ladestrom::csms
