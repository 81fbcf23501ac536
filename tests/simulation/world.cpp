#include "simulation/world.hpp"

#include "simulation/checks.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ladestrom::simulation {

World::World(const Options& options, Telling telling)
    : chronicle_(telling),
      random_(options.seed),
      around_{options, timeline_, chronicle_, random_},
      network_(around_),
      csms_(around_, network_),
      people_(around_, stations_, csms_),
      troubles_(around_, stations_, csms_, network_)
{
    network_.connect_to(csms_);
    for (int i = 0; i < options.stations; ++i) {
        const std::size_t evses = random_.chance(0.7) ? 1 : 2;
        stations_.push_back(
            std::make_unique<StationNode>(around_, network_, StationId(fmt::format("CP{}", i + 1)), evses));
    }
}

bool World::step(Tick end)
{
    Tick next = std::min({end, timeline_.due(), csms_.due()});
    for (const auto& station : stations_) next = std::min(next, station->due());
    timeline_.advance(std::max(next, timeline_.now()));
    if (timeline_.run_one()) return true;
    if (csms_.due() <= timeline_.now()) return csms_.pass(), true;
    for (const auto& station : stations_) {
        if (station->due() <= timeline_.now()) return station->pass(), true;
    }
    return timeline_.now() < end;
}

void World::pass(Duration duration)
{
    const Tick end = timeline_.now() + duration;
    while (step(end)) {
    }
}

Outcome World::run()
{
    around_.tell("world", describe(around_.options));
    csms_.start();
    people_.register_all();
    pass(minutes(5));
    for (const auto& station : stations_) station->power_up();
    pass(minutes(5));
    people_.begin();
    troubles_.begin();
    pass(Duration(static_cast<Duration::rep>(around_.options.days * 86'400'000)));
    make_peace();
    check_all(around_, stations_, csms_, network_);
    return outcome();
}

void World::make_peace()
{
    around_.tell("world", "the troubles end");
    people_.go_home();
    troubles_.end();
    people_.lift_restrictions();
    pass(minutes(10));
    for (const auto& station : stations_) {
        station->power_up();  // one that was just ending in order
        station->limit(EvseId(0), std::nullopt);
        for (std::size_t i = 1; i <= station->evses(); ++i) {
            station->limit(EvseId(static_cast<std::int32_t>(i)), std::nullopt);
            station->unplug(EvseId(static_cast<std::int32_t>(i)), true);
        }
    }
    pass(hours(1));
    stop_what_runs();
    pass(hours(3));
}

// With StopTransactionOnEVSideDisconnect=false a session outlives the car.
void World::stop_what_runs()
{
    for (const auto& station : stations_) {
        for (const auto& row : csms_.store().sessions(station->id())) {
            if (row.state != store::SessionState::running) continue;
            people_.stop(station->id(), row.transaction_id);
        }
    }
}

Outcome World::outcome()
{
    Outcome outcome;
    for (const auto& station : stations_) {
        station->count_into(chronicle_);
        outcome.sessions += station->sessions().all().size();
        for (std::size_t i = 1; i <= station->evses(); ++i) {
            outcome.energy += station->true_register(EvseId(static_cast<std::int32_t>(i)));
        }
    }
    csms_.count_into(chronicle_);
    outcome.violations = chronicle_.violations();
    outcome.counts = chronicle_.counts();
    outcome.digest = chronicle_.digest();
    return outcome;
}

Outcome run_world(const Options& options, Telling telling)
{
    return World(options, telling).run();
}

}  // namespace ladestrom::simulation
