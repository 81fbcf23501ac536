// Who lives in a world: drivers who come, charge and leave, each in their own manner; an energy manager; and
// operators who order things of the stations through the central system.
#pragma once

#include "simulation/csms_node.hpp"
#include "simulation/orders.hpp"
#include "simulation/station_node.hpp"
#include "simulation/surroundings.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ladestrom::simulation {

using Stations = std::vector<std::unique_ptr<StationNode>>;

class People {
public:
    People(Surroundings& around, Stations& stations, CsmsNode& csms)
        : around_(around), stations_(stations), csms_(csms)
    {
    }

    // Registers stations and tokens; done when the central system knows all of them.
    void register_all();
    void begin();
    // Everybody goes home; the plans they had are forgotten.
    void go_home() { ++day_; }

    // A call to a station through the central system, as the REST API makes it.
    void call(const StationId& station, const Order& call, CsmsNode::Done done = {});
    void start(const StationId& station, EvseId evse, const std::string& token);
    void stop(const StationId& station, const std::string& transaction);
    void set_availability(StationNode& station, EvseId evse, bool operative);
    // Every station may speak every version again; done when the central system knows.
    void lift_restrictions();

private:
    // Again and again, so many times a day on average.
    void often(double times_per_day, std::function<void()> act);
    void later(Duration delay, std::function<void()> act);
    void repeat(CsmsNode::Done done, std::function<void(CsmsNode::Done)> ask);

    void visit(StationNode& station, EvseId evse);
    void arrive(StationNode& station, EvseId evse, const std::string& token);
    void leave(StationNode& station, EvseId evse, const std::string& token);
    void fidget(StationNode& station, EvseId evse);
    void manage_energy(StationNode& station);
    void operate(StationNode& station);
    void restrict(StationNode& station);
    void allow(const StationId& station, VersionSet versions, CsmsNode::Done done);
    void order(const StationId& station, std::string_view what, csms::CallCommand command,
               CsmsNode::Done done);
    OcppVersion version_of(const StationNode& station) const;
    std::optional<std::string> a_transaction(StationNode& station);

    StationNode& any_station() { return *stations_[around_.random.below(stations_.size())]; }
    EvseId any_evse(const StationNode& station)
    {
        return EvseId(static_cast<std::int32_t>(1 + around_.random.below(station.evses())));
    }
    std::string any_token();

    Surroundings& around_;
    Stations& stations_;
    CsmsNode& csms_;
    std::uint64_t day_ = 0;
    std::map<StationId, std::uint64_t> orders_;  // of availability, so far
    std::set<StationId> out_of_service_;         // as a whole, perhaps
};

}  // namespace ladestrom::simulation
