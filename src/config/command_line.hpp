// The command line every program shares: its flags, `config check`, `config show`, help and version.
#pragma once

#include "base/exit_code.hpp"
#include "config/load.hpp"

#include <functional>

namespace ladestrom::config {

// Either values to go on with, or what to print before leaving with the exit code.
struct Outcome {
    std::optional<Values> values;
    ExitCode exit_code = ExitCode::ok;
    std::string output;  // for standard output
    std::string errors;  // for standard error
};

// What only the program knows: further problems of settings that are right each by itself. Of a command over
// files it is asked for each file, and last for all together that could be read: Values::files().
using Check = std::function<std::vector<Error>(const Values&)>;

Outcome start(const Schema& schema, const std::vector<std::string>& arguments, const Environment& environment,
              const Check& check, std::string_view version);
// Of main(): prints what is to be printed and tells whether to go on; exit_code otherwise.
std::optional<Values> start(const Schema& schema, int argc, const char* const* argv, const Check& check,
                            std::string_view version, ExitCode& exit_code);

}  // namespace ladestrom::config
