// The settings of ladestrom-station: their declarations, and what follows from them for the parts it is
// wired of.
#pragma once

#include "config/values.hpp"
#include "station/station.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ladestrom::app {

struct ListenAddress {
    std::string address;
    std::uint16_t port = 0;  // 0: any free one
};

struct StationConfiguration {
    station::Config engine;

    std::string tls_ca_file;  // "": the operating system's roots
    bool tls_allow_wildcards = false;
    bool compression = true;  // offered with OCPP 2.x
    std::string state_directory;
    bool has_clock = true;               // a clock that outlives power cuts
    std::vector<WattHours> meter_start;  // of each EVSE, on first start
    Volts nominal_voltage{230};
    std::uint64_t seed = 0;  // of noise and jitter; 0: from the operating system
    bool control_enabled = true;
    ListenAddress control;
    Duration backend_grace = seconds(1);
    std::string file;        // it was read from; "" for none
    std::string log_level;   // debug, info, warning, error
    std::string log_format;  // text, json
};

config::Schema station_schema();

// Fails with every problem, one a line, each with its place.
Result<StationConfiguration> station_configuration(const config::Values& values);
// The same as a config::Check; of several files, what their stations may not have in common.
std::vector<Error> check_station(const config::Values& values);

}  // namespace ladestrom::app
