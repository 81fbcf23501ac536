// What adapters report to whoever runs them: one line, already safe to print.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace ladestrom::transport {

enum class LogLevel { debug, info, warning, error };

// May be empty; then nothing is reported.
using LogFunction = std::function<void(LogLevel, std::string)>;

// Bytes from the network made harmless for a log: control characters, quotes, backslashes and bytes above
// 0x7e become \xNN, and what is longer than `bytes_max` is cut and marked.
std::string printable(std::string_view bytes, std::size_t bytes_max = 120);

}  // namespace ladestrom::transport
