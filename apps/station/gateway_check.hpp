// What the stations of one process may not have in common.
#pragma once

#include "config/values.hpp"

#include <vector>

namespace ladestrom::app {

// files: the settings of each station, in order. Names every clash with both files and the fix. Settings that
// are not right by themselves are passed over: check_station tells of them.
std::vector<Error> check_gateway(const std::vector<config::Values>& files);

}  // namespace ladestrom::app
