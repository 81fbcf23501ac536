// spdlog with our two forms.
#include "logging.hpp"

#include "messages/json_text.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace ladestrom::app {
namespace {

spdlog::level::level_enum level_of(transport::LogLevel level)
{
    switch (level) {
        case transport::LogLevel::debug: return spdlog::level::debug;
        case transport::LogLevel::info: return spdlog::level::info;
        case transport::LogLevel::warning: return spdlog::level::warn;
        case transport::LogLevel::error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

// What follows "message": in the pattern below.
std::string json_line(std::string_view line, std::string_view station)
{
    std::string json;
    messages::append_string(json, line);
    if (station.empty()) return json;
    json += R"(,"station":)";
    messages::append_string(json, station);
    return json;
}

std::string text_line(const std::string& line, std::string_view station)
{
    return station.empty() ? line : transport::printable(station) + ": " + line;
}

}  // namespace

transport::LogFunction make_log(const std::string& level, const std::string& format,
                                const std::string& station)
{
    auto logger =
        std::make_shared<spdlog::logger>("ladestrom", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_level(spdlog::level::from_str(level));
    logger->flush_on(spdlog::level::debug);
    bool json = format == "json";
    auto pattern = json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":%v})"
                        : "%Y-%m-%dT%H:%M:%S.%eZ %-7l %v";
    logger->set_pattern(pattern, spdlog::pattern_time_type::utc);
    return [logger, json, station](transport::LogLevel at, const std::string& line) {
        // As an argument: the line may hold braces.
        logger->log(level_of(at), "{}", json ? json_line(line, station) : text_line(line, station));
    };
}

}  // namespace ladestrom::app
