// The faults that come by themselves, as often as the options say.
#pragma once

#include "simulation/people.hpp"

namespace ladestrom::simulation {

class Troubles {
public:
    Troubles(Surroundings& around, Stations& stations, CsmsNode& csms, Network& network)
        : around_(around), stations_(stations), csms_(csms), network_(network)
    {
    }

    void begin();
    // No new ones, and the present ones end.
    void end();

private:
    void often(double times_per_day, std::string_view name, std::function<void()> act);
    // Something that is undone after a while, or at the end of all troubles.
    void for_a_while(Duration least, Duration most, std::function<void()> undo);
    void of_station(StationNode& station);
    void of_csms();
    void raise_fault(StationNode& station);

    Surroundings& around_;
    Stations& stations_;
    CsmsNode& csms_;
    Network& network_;
    bool over_ = false;
};

}  // namespace ladestrom::simulation
