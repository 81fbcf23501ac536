// What operators order of a station, through the central system.
#include "simulation/orders.hpp"
#include "simulation/people.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ladestrom::simulation {

void People::order(const StationId& station, std::string_view what, csms::CallCommand command,
                   CsmsNode::Done done)
{
    command.station = station;
    csms_.command(std::move(command),
                  [this, what = std::string(what), done = std::move(done)](const csms::CommandDone& answer) {
                      around_.chronicle.count(fmt::format(
                          "command {}: {}", what,
                          answer.status == csms::CommandStatus::result ? "answered" : "not answered"));
                      if (done) done(answer);
                  });
}

void People::call(const StationId& station, const Order& call, CsmsNode::Done done)
{
    csms::CallCommand command;
    command.action = call.action;
    command.payload = call.payload;
    around_.tell("operator", fmt::format("{} to {}: {}", call.action, station.value(), call.payload));
    order(station, call.action, std::move(command), std::move(done));
}

void People::start(const StationId& station, EvseId evse, const std::string& token)
{
    csms::CallCommand command;
    command.intent = csms::StartCharging{evse, {.value = token, .type = IdTokenType::central}};
    around_.tell("operator", fmt::format("start {} on EVSE {} of {}", token, evse.value(), station.value()));
    order(station, "start", std::move(command), {});
}

void People::stop(const StationId& station, const std::string& transaction)
{
    csms::CallCommand command;
    command.intent = csms::StopCharging{transaction};
    around_.tell("operator", fmt::format("stop {} of {}", transaction, station.value()));
    order(station, "stop", std::move(command), {});
}

OcppVersion People::version_of(const StationNode& station) const
{
    if (!csms_.alive()) return OcppVersion::v1_6;
    const auto connection = csms_.core().connection(station.id());
    return connection ? connection->version : OcppVersion::v1_6;
}

// Between the order and its answer nobody knows; without an answer nobody will. Of orders that cross, the
// newest counts.
void People::set_availability(StationNode& station, EvseId evse, bool operative)
{
    std::vector<EvseId> places;
    for (std::size_t i = 1; i <= station.evses(); ++i) {
        const EvseId place(static_cast<std::int32_t>(i));
        if (evse == EvseId(0) || evse == place) places.push_back(place);
    }
    for (const EvseId place : places) station.expect_operative(place, std::nullopt);
    const bool whole = evse == EvseId(0);
    const std::uint64_t order = ++orders_[station.id()];
    if (whole) out_of_service_.insert(station.id());
    const OcppVersion version = version_of(station);
    call(station.id(), change_availability(version, evse, operative),
         [this, &station, places, order, whole, operative, version](const csms::CommandDone& answer) {
             const bool taken = answer.status == csms::CommandStatus::result &&
                                answer.json.find("Rejected") == std::string::npos;
             if (!taken || orders_[station.id()] != order) return;
             if (whole && operative) out_of_service_.erase(station.id());
             // In 2.x each returns to what it was, and nobody keeps books of that here.
             if (whole && operative && version != OcppVersion::v1_6) return;
             // An EVSE is not in service while its station is not, or may not be.
             if (operative && out_of_service_.contains(station.id())) return;
             for (const EvseId place : places) station.expect_operative(place, operative);
         });
}

void People::allow(const StationId& station, VersionSet versions, CsmsNode::Done done)
{
    csms::PutStationCommand put;
    put.station = station;
    put.allowed_versions = versions;
    csms_.command(put, std::move(done));
}

// To one version, for a while. Mostly to one that it offers; by any other it is locked out meanwhile.
void People::restrict(StationNode& station)
{
    Random& random = around_.random;
    const auto offered = station.offered_versions();
    if (offered.empty()) return;
    OcppVersion version = offered[random.below(offered.size())];
    if (random.chance(0.1)) version = all_versions[random.below(all_versions.size())];
    around_.tell("operator", fmt::format("restricts {} to OCPP {}", station.name(), to_string(version)));
    allow(station.id(), {version}, [](const auto&) {});
    later(around_.between(minutes(1), hours(3)), [this, &station] {
        around_.tell("operator", fmt::format("lifts the restriction of {}", station.name()));
        allow(station.id(), {}, [](const auto&) {});
    });
}

void People::lift_restrictions()
{
    for (const auto& station : stations_) {
        repeat([](const auto&) {},
               [this, id = station->id()](CsmsNode::Done done) { allow(id, {}, std::move(done)); });
    }
}

std::optional<std::string> People::a_transaction(StationNode& station)
{
    const auto rows = csms_.store().sessions(station.id());
    if (rows.empty()) return std::nullopt;
    return rows[rows.size() - 1 - around_.random.below(std::min<std::size_t>(rows.size(), 2))].transaction_id;
}

void People::operate(StationNode& station)
{
    const EvseId evse = any_evse(station);
    const OcppVersion version = version_of(station);
    Random& random = around_.random;
    switch (random.below(11)) {
        case 0:
        case 1: return start(station.id(), evse, any_token());
        case 2:
        case 3:
            if (const auto transaction = a_transaction(station)) stop(station.id(), *transaction);
            return;
        case 4: return call(station.id(), unlock(version, evse));
        case 5: {
            const EvseId place = random.chance(0.2) ? EvseId(0) : evse;
            return set_availability(station, place, random.chance(0.7));
        }
        case 6: return call(station.id(), reset(version, random.chance(0.5)));
        case 7:
            return call(station.id(), set_sample_interval(version, 60 + static_cast<int>(random.below(600))));
        case 8: return call(station.id(), trigger_meter_values(version));
        case 9: return restrict(station);
        default: return call(station.id(), tell_configuration(version));
    }
}

}  // namespace ladestrom::simulation
