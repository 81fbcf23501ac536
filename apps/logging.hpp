// The log of a program: one line per event on standard error, as text for people or as JSON for machines.
#pragma once

#include "transport/log.hpp"

#include <string>

namespace ladestrom::app {

// level: debug, info, warning or error. format: text or json. station: which one all lines are of, where a
// program runs several; "" for none.
transport::LogFunction make_log(const std::string& level, const std::string& format,
                                const std::string& station = "");

}  // namespace ladestrom::app
