#include "simulation/network.hpp"

#include "simulation/csms_node.hpp"
#include "simulation/station_node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ladestrom::simulation {
namespace {

// How long an end that hears nothing keeps its socket: TCP's patience, without pings.
constexpr Duration deaf_time = minutes(15);
constexpr Duration quick_least{5}, quick_most{60};

}  // namespace

Network::Connection* Network::find(csms::SocketId id)
{
    const auto found = connections_.find(id);
    return found == connections_.end() ? nullptr : &found->second;
}

Network::Connection* Network::current(const StationNode& station)
{
    Connection* connection = find(route(station).newest);
    return connection != nullptr && connection->at_station != End::closed ? connection : nullptr;
}

Duration Network::latency(const StationNode& station)
{
    if (!route(station).slow) return around_.between(quick_least, quick_most);
    return around_.between(Duration(100), seconds(40));
}

bool Network::strikes(double probability)
{
    return !calm_ && probability > 0 && around_.random.chance(probability);
}

// ---- opening ------------------------------------------------------------------------------------------

void Network::open(StationNode& station, const station::OpenLink& order)
{
    const csms::SocketId id = ++last_socket_;
    route(station).newest = id;
    Connection& connection = connections_[id];
    connection.id = id;
    connection.station = &station;
    connection.ping_interval = order.ping_interval;
    if (!route(station).up || !csms_->alive()) {
        end_at_station(id, seconds(1), "no route");
        connection.at_csms = End::closed;
        return;
    }
    csms::UpgradeRequested request{
        .socket = id,
        .identity = station.id(),
        .remote = "192.0.2.1:1",
        .offered = {},
        .has_credentials = order.basic_user.has_value(),
        .user = order.basic_user.value_or(""),
        .password = order.basic_password,
        .tls = false,
    };
    for (const OcppVersion version : order.versions) request.offered.emplace_back(subprotocol(version));
    around_.timeline.after(latency(station), [this, id, request = std::move(request)]() mutable {
        const Connection* waiting = find(id);
        if (waiting == nullptr || waiting->at_csms != End::waiting) return;
        if (!csms_->alive()) return end_at_station(id, Duration(1), "connection refused");
        csms_->feed(std::move(request));
    });
}

void Network::accept(csms::SocketId id, const std::string& subprotocol)
{
    Connection* connection = find(id);
    if (connection == nullptr || connection->at_csms == End::closed) {
        around_.timeline.after(Duration(0), [this, id, life = csms_->life()] {
            if (life == csms_->life()) csms_->feed(csms::SocketClosed{id, "gone before it was accepted"});
        });
        return;
    }
    connection->at_csms = End::open;
    connection->down_at = around_.now() + latency(*connection->station);
    around_.timeline.after(connection->down_at - around_.now(), [this, id, subprotocol] {
        Connection* opened = find(id);
        if (opened == nullptr || opened->at_station != End::waiting || opened->lost_down) return;
        if (subprotocol.empty()) return end_at_station(id, Duration(0), "no version in common");
        opened->at_station = End::open;
        opened->station->link_up(id, subprotocol);
    });
}

void Network::refuse(csms::SocketId id, int status)
{
    Connection* connection = find(id);
    if (connection == nullptr) return;
    around_.chronicle.count("network.refused");
    connection->at_csms = End::closed;
    end_at_station(id, latency(*connection->station), fmt::format("HTTP {}", status));
}

// ---- frames -------------------------------------------------------------------------------------------

void Network::send(StationNode& station, const std::string& frame)
{
    Connection* connection = current(station);
    if (connection == nullptr || connection->at_station != End::open) return;
    const std::string wrong = connection->rules.sent(WireRules::From::station, frame, around_.now());
    if (!wrong.empty()) around_.violation(station.name(), wrong);
    if (!connection->lost_up && strikes(around_.options.faults.lost_call)) {
        around_.chronicle.count("fault.lost_call");
        around_.tell(station.name(), "its connection breaks before this frame arrives");
        connection->lost_up = connection->lost_down = true;
        end_at_station(connection->id, around_.between(Duration(0), seconds(20)), "connection reset");
        end_at_csms(connection->id, around_.between(Duration(0), seconds(90)), "connection reset");
    }
    connection->up_at = std::max(connection->up_at, around_.now() + latency(station));
    around_.timeline.after(connection->up_at - around_.now(),
                           [this, id = connection->id, frame] { deliver_to_csms(id, frame); });
}

void Network::deliver_to_csms(csms::SocketId id, const std::string& frame)
{
    Connection* connection = find(id);
    if (connection == nullptr || connection->at_csms != End::open || connection->lost_up) return;
    connection->rules.arrived(WireRules::From::station, frame);
    csms_->receive(id, connection->station->id(), frame);
}

void Network::send(csms::SocketId id, const std::string& frame)
{
    Connection* connection = find(id);
    if (connection == nullptr || connection->at_csms != End::open) return;
    const std::string wrong = connection->rules.sent(WireRules::From::csms, frame, around_.now());
    if (!wrong.empty()) around_.violation("csms", wrong);
    if (!connection->lost_down && strikes(around_.options.faults.lost_reply)) {
        around_.chronicle.count("fault.lost_reply");
        around_.tell("csms", fmt::format("its connection {} breaks before this frame arrives", id));
        connection->lost_up = connection->lost_down = true;
        end_at_station(id, around_.between(Duration(0), seconds(90)), "connection reset");
        end_at_csms(id, around_.between(Duration(0), seconds(20)), "connection reset");
    }
    connection->down_at = std::max(connection->down_at, around_.now() + latency(*connection->station));
    around_.timeline.after(connection->down_at - around_.now(),
                           [this, id, frame] { deliver_to_station(id, frame); });
}

void Network::deliver_to_station(csms::SocketId id, const std::string& frame)
{
    Connection* connection = find(id);
    if (connection == nullptr || connection->at_station != End::open || connection->lost_down) return;
    connection->rules.arrived(WireRules::From::csms, frame);
    connection->station->receive(frame);
}

// ---- ends ---------------------------------------------------------------------------------------------

void Network::end_at_station(csms::SocketId id, Duration delay, const std::string& reason)
{
    around_.timeline.after(delay, [this, id, reason] {
        Connection* connection = find(id);
        if (connection == nullptr || connection->at_station == End::closed) return;
        connection->at_station = End::closed;
        StationNode* station = connection->station;
        forget_if_over(id);
        station->link_down(id, reason);
    });
}

void Network::end_at_csms(csms::SocketId id, Duration delay, const std::string& reason)
{
    around_.timeline.after(delay, [this, id, reason] {
        Connection* connection = find(id);
        if (connection == nullptr || connection->at_csms == End::closed) return;
        const bool known = connection->at_csms == End::open;
        const StationId station = connection->station->id();
        connection->at_csms = End::closed;
        forget_if_over(id);
        if (known) csms_->socket_closed(id, station, reason);
    });
}

void Network::forget_if_over(csms::SocketId id)
{
    const auto found = connections_.find(id);
    if (found->second.at_station == End::closed && found->second.at_csms == End::closed) {
        connections_.erase(found);
    }
}

void Network::close(StationNode& station)
{
    Connection* connection = current(station);
    if (connection == nullptr) return;
    const bool heard = !connection->lost_up;
    // The closing handshake of a connection that nobody answers on ends by its own time-out.
    end_at_station(connection->id, heard ? latency(station) : seconds(10), "closed by the station");
    end_at_csms(connection->id, heard ? latency(station) : deaf_time, "closed by the station");
}

void Network::station_died(StationNode& station)
{
    for (auto& [id, connection] : connections_) {
        if (connection.station != &station || connection.at_station == End::closed) continue;
        connection.at_station = End::closed;
        connection.lost_down = true;
        // No farewell: the other end finds out when nothing comes any more, or by the next boot.
        end_at_csms(id, around_.random.chance(0.5) ? deaf_time : around_.between(Duration(1), seconds(30)),
                    "connection reset");
    }
}

void Network::close(csms::SocketId id)
{
    Connection* connection = find(id);
    if (connection == nullptr || connection->at_csms != End::open) return;
    end_at_csms(id, Duration(0), "closed by the central system");
    if (!connection->lost_down)
        end_at_station(id, latency(*connection->station), "closed by the central system");
}

void Network::csms_died()
{
    for (auto& [id, connection] : connections_) {
        if (connection.at_csms == End::closed) continue;
        connection.at_csms = End::closed;
        connection.lost_up = true;
        const bool reset = !connection.lost_down && around_.random.chance(0.8);
        end_at_station(id, reset ? latency(*connection.station) : deaf_time, "connection reset");
    }
}

void Network::call_given_up(const StationId& station)
{
    for (auto& [id, connection] : connections_) {
        if (connection.station->id() == station) connection.rules.given_up(WireRules::From::csms);
    }
}

// ---- faults -------------------------------------------------------------------------------------------

void Network::set_route(StationNode& station, bool up)
{
    route(station).up = up;
    if (!up) drop(station);
}

void Network::drop(StationNode& station)
{
    Connection* connection = current(station);
    if (connection == nullptr) return;
    connection->lost_up = connection->lost_down = true;
    end_at_station(connection->id, around_.between(Duration(0), seconds(5)), "connection reset");
    end_at_csms(connection->id, around_.between(Duration(0), seconds(5)), "connection reset");
}

void Network::half_open(StationNode& station)
{
    Connection* connection = current(station);
    if (connection == nullptr) return;
    connection->lost_up = connection->lost_down = true;
    const bool pings = connection->ping_interval > Duration(0);
    end_at_station(connection->id, pings ? connection->ping_interval * 2 : deaf_time, "no pong");
    end_at_csms(connection->id, deaf_time, "no pong");
}

void Network::overlap(StationNode& station)
{
    Connection* connection = current(station);
    if (connection == nullptr) return;
    connection->lost_down = true;  // what is on its way up still arrives, when the new socket is there
    connection->up_at = around_.now() + around_.between(Duration(0), minutes(1));
    end_at_station(connection->id, Duration(1), "connection reset");
    end_at_csms(connection->id, around_.between(seconds(1), minutes(5)), "connection reset");
}

void Network::set_slow(StationNode& station, bool slow)
{
    route(station).slow = slow;
}

csms::SocketId Network::open_socket(const StationNode& station) const
{
    const auto found = routes_.find(&station);
    if (found == routes_.end()) return 0;
    const auto connection = connections_.find(found->second.newest);
    if (connection == connections_.end()) return 0;
    const bool open = connection->second.at_station == End::open && connection->second.at_csms == End::open;
    return open && !connection->second.lost_up && !connection->second.lost_down ? connection->first : 0;
}

}  // namespace ladestrom::simulation
