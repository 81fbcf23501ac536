// The connections between stations and the central system, and what goes wrong with them. Each direction of a
// connection keeps its order, as TCP does; a frame is lost only together with its connection.
#pragma once

#include "base/version.hpp"
#include "csms/csms.hpp"
#include "simulation/surroundings.hpp"
#include "simulation/wire_rules.hpp"
#include "station/station.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace ladestrom::simulation {

class StationNode;
class CsmsNode;

class Network {
public:
    explicit Network(Surroundings& around) : around_(around) {}
    void connect_to(CsmsNode& csms) { csms_ = &csms; }

    // ---- a station's end ----
    void open(StationNode& station, const station::OpenLink& order);
    void close(StationNode& station);
    void send(StationNode& station, const std::string& frame);
    // Power or process is gone: the operating system no longer answers.
    void station_died(StationNode& station);

    // ---- the central system's end ----
    void accept(csms::SocketId socket, const std::string& subprotocol);
    void refuse(csms::SocketId socket, int status);
    void send(csms::SocketId socket, const std::string& frame);
    void close(csms::SocketId socket);
    void csms_died();
    // A call to this station is no longer waited for.
    void call_given_up(const StationId& station);

    // ---- faults ----
    void set_route(StationNode& station, bool up);
    void drop(StationNode& station);
    void half_open(StationNode& station);
    // The station sees its end closed; the other end learns it only minutes later.
    void overlap(StationNode& station);
    void set_slow(StationNode& station, bool slow);
    // No more faults of its own doing.
    void calm() { calm_ = true; }

    // The station's newest socket that is open at both ends; 0 when there is none.
    csms::SocketId open_socket(const StationNode& station) const;

private:
    enum class End : std::uint8_t { waiting, open, closed };
    struct Connection {
        csms::SocketId id = 0;
        StationNode* station = nullptr;
        End at_station = End::waiting;
        End at_csms = End::waiting;
        bool lost_up = false;     // what the station sends vanishes
        bool lost_down = false;   // what the central system sends vanishes
        Tick up_at{}, down_at{};  // when the newest frame of a direction arrives
        Duration ping_interval{0};
        WireRules rules;
    };
    struct Route {
        bool up = true;
        bool slow = false;
        csms::SocketId newest = 0;
    };

    Connection* find(csms::SocketId id);
    Connection* current(const StationNode& station);
    Route& route(const StationNode& station) { return routes_[&station]; }
    Duration latency(const StationNode& station);
    void deliver_to_csms(csms::SocketId id, const std::string& frame);
    void deliver_to_station(csms::SocketId id, const std::string& frame);
    void end_at_station(csms::SocketId id, Duration delay, const std::string& reason);
    void end_at_csms(csms::SocketId id, Duration delay, const std::string& reason);
    void forget_if_over(csms::SocketId id);
    bool strikes(double probability);

    Surroundings& around_;
    CsmsNode* csms_ = nullptr;
    std::map<csms::SocketId, Connection> connections_;
    std::map<const StationNode*, Route> routes_;
    csms::SocketId last_socket_ = 0;
    bool calm_ = false;
};

}  // namespace ladestrom::simulation
