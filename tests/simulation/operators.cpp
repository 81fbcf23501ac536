// What operators order of a station, through the central system.
#include "simulation/people.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ladestrom::simulation {

void People::call(const StationId& station, const std::string& action, const std::string& payload,
                  CsmsNode::Done done)
{
    csms::CallCommand command;
    command.station = station;
    command.action = action;
    command.payload = payload;
    around_.tell("operator", fmt::format("{} to {}: {}", action, station.value(), payload));
    csms_.command(
        std::move(command), [this, action, done = std::move(done)](const csms::CommandDone& answer) {
            around_.chronicle.count(
                fmt::format("command {}: {}", action,
                            answer.status == csms::CommandStatus::result ? "answered" : "not answered"));
            done(answer);
        });
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
    call(station.id(), "ChangeAvailability",
         fmt::format(R"({{"connectorId":{},"type":"{}"}})", evse.value(),
                     operative ? "Operative" : "Inoperative"),
         [this, &station, places, order, whole, operative](const csms::CommandDone& answer) {
             const bool taken = answer.status == csms::CommandStatus::result &&
                                answer.json.find("Rejected") == std::string::npos;
             if (!taken || orders_[station.id()] != order) return;
             if (whole && operative) out_of_service_.erase(station.id());
             // An EVSE is not in service while its station is not, or may not be.
             if (operative && out_of_service_.contains(station.id())) return;
             for (const EvseId place : places) station.expect_operative(place, operative);
         });
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
    const auto ignore = [](const csms::CommandDone&) {};
    switch (around_.random.below(10)) {
        case 0:
        case 1:
            call(station.id(), "RemoteStartTransaction",
                 fmt::format(R"({{"connectorId":{},"idTag":"{}"}})", evse.value(), any_token()), ignore);
            break;
        case 2:
        case 3:
            if (const auto transaction = a_transaction(station)) {
                call(station.id(), "RemoteStopTransaction",
                     fmt::format(R"({{"transactionId":{}}})", *transaction), ignore);
            }
            break;
        case 4:
            call(station.id(), "UnlockConnector", fmt::format(R"({{"connectorId":{}}})", evse.value()),
                 ignore);
            break;
        case 5:
            set_availability(station, around_.random.chance(0.2) ? EvseId(0) : evse,
                             around_.random.chance(0.7));
            break;
        case 6:
            call(station.id(), "Reset",
                 around_.random.chance(0.5) ? R"({"type":"Soft"})" : R"({"type":"Hard"})", ignore);
            break;
        case 7:
            call(station.id(), "ChangeConfiguration",
                 fmt::format(R"({{"key":"MeterValueSampleInterval","value":"{}"}})",
                             60 + around_.random.below(600)),
                 ignore);
            break;
        case 8: call(station.id(), "TriggerMessage", R"({"requestedMessage":"MeterValues"})", ignore); break;
        default: call(station.id(), "GetConfiguration", "{}", ignore); break;
    }
}

}  // namespace ladestrom::simulation
