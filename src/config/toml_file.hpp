// A TOML file as a flat list of settings with their lines.
#pragma once

#include "config/load.hpp"

namespace ladestrom::config {

struct TomlFile {
    std::vector<Given> settings;                             // [[evse]] number 2: "evse.2.phases"
    std::map<std::string, std::size_t, std::less<>> tables;  // how many [[...]] there are of each
    std::vector<std::string> problems;
};

// place: what the lines belong to, "station.toml". Fails when it is not TOML.
Result<TomlFile> parse_toml(std::string_view text, const std::string& place);
Result<TomlFile> read_toml(const std::string& path);

}  // namespace ladestrom::config
