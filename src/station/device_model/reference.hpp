// The reference page of configuration keys, drawn from the tables.
#pragma once

#include <string>

namespace ladestrom::station {

// docs/reference/configuration-keys.md, Markdown.
std::string configuration_key_reference();

}  // namespace ladestrom::station
