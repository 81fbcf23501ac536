// One world, one seed: stations, central system, network, people and troubles for some days; then the
// troubles end, everybody goes home, and everything must come to rest and be right.
#pragma once

#include "simulation/chronicle.hpp"
#include "simulation/options.hpp"
#include "simulation/people.hpp"
#include "simulation/troubles.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ladestrom::simulation {

struct Outcome {
    std::vector<std::string> violations;
    Counters counts;
    std::uint64_t digest = 0;
    std::size_t sessions = 0;
    WattHours energy{0};
};

class World {
public:
    World(const Options& options, Telling telling);

    Outcome run();

private:
    void pass(Duration duration);
    // False: time has come to `end`.
    bool step(Tick end);
    void make_peace();
    void stop_what_runs();
    Outcome outcome();

    Timeline timeline_;
    Chronicle chronicle_;
    Random random_;
    Surroundings around_;
    Network network_;
    CsmsNode csms_;
    Stations stations_;
    People people_;
    Troubles troubles_;
};

// options.seed's world, from beginning to end.
Outcome run_world(const Options& options, Telling telling);

}  // namespace ladestrom::simulation
