// Settings and their declarations as text for people.
#pragma once

#include "config/values.hpp"

namespace ladestrom::config {

// A configuration file that gives these values; secrets are left out. With origins: where each came from, as
// a comment.
std::string show(const Schema& schema, const Values& values, bool origins);

// The program's part of docs/reference/configuration.md.
std::string reference(const Schema& schema);

// A value as TOML writes it.
std::string to_toml(const Value& value);

}  // namespace ladestrom::config
