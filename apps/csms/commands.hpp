// What ladestrom-csms does to the store while no server runs: register stations, tokens, people and keys.
#pragma once

#include "base/exit_code.hpp"
#include "configuration.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace ladestrom::app {

struct CommandStreams {
    std::istream& in;
    std::ostream& out;     // what was asked for
    std::ostream& errors;  // everything else
};

// name and arguments as csms_schema() declares them.
ExitCode run_command(const CsmsConfiguration& configuration, const std::string& name,
                     const std::vector<std::string>& arguments, CommandStreams streams);

}  // namespace ladestrom::app
