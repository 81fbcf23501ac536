// Puts the settings together: default < file < environment < flag.
#pragma once

#include "config/values.hpp"

namespace ladestrom::config {

using Environment = std::map<std::string, std::string, std::less<>>;
// That of this process.
Environment process_environment();

// A value as somebody wrote it.
struct Given {
    std::string name;  // "ocpp.port", "evse.1.phases", "keys.HeartbeatInterval"
    Value value;
    Origin origin;
};

struct Sources {
    std::string file;  // path; "" for none
    Environment environment;
    std::vector<Given> flags;
};

// Fails with every problem found, one a line, each with its place, what was found and what is expected.
Result<Values> load(const Schema& schema, const Sources& sources);

}  // namespace ladestrom::config
