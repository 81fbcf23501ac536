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

}  // namespace

transport::LogFunction make_log(const std::string& level, const std::string& format)
{
    auto logger =
        std::make_shared<spdlog::logger>("ladestrom", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_level(spdlog::level::from_str(level));
    logger->flush_on(spdlog::level::debug);
    bool json = format == "json";
    auto pattern = json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":%v})"
                        : "%Y-%m-%dT%H:%M:%S.%eZ %-7l %v";
    logger->set_pattern(pattern, spdlog::pattern_time_type::utc);
    return [logger, json](transport::LogLevel at, std::string line) {
        if (json) {
            std::string quoted;
            messages::append_string(quoted, line);
            line = std::move(quoted);
        }
        // As an argument: the line may hold braces.
        logger->log(level_of(at), "{}", line);
    };
}

}  // namespace ladestrom::app
