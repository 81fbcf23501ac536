// The settings a program runs with, and where each came from.
#pragma once

#include "base/result.hpp"
#include "config/schema.hpp"

#include <map>
#include <variant>

namespace ladestrom::config {

using Value = std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>>;

// Later ones win.
enum class Source : std::uint8_t { fallback, file, environment, flag };

struct Origin {
    Source source = Source::fallback;
    std::string place;  // "station.toml:12", "LADESTROM_STATION_URL", "--url"; "default"
};

struct Setting {
    Value value;
    Origin origin;
};

// Names are those of the schema; of tables with the number: "evse.2.phases". Asking for a name the schema
// does not have, or for another type than declared, is a programming error and throws.
class Values {
public:
    const std::string& text(std::string_view name) const;  // also path and choice
    std::int64_t integer(std::string_view name) const;
    double decimal(std::string_view name) const;
    bool boolean(std::string_view name) const;
    const std::vector<std::string>& list(std::string_view name) const;
    // Of Schema::add_secret: the value itself or what stands in the file. Empty when neither was given.
    Result<std::string> secret(const std::string& name) const;

    // By file, environment or flag.
    bool given(std::string_view name) const { return origin(name).source != Source::fallback; }
    const Origin& origin(std::string_view name) const { return setting(name).origin; }
    const Setting& setting(std::string_view name) const;

    std::size_t count(std::string_view table) const;
    // Entries of a map; all values are texts.
    const std::map<std::string, Setting, std::less<>>& entries(std::string_view map) const;

    // The command asked for, and its arguments; "" for the ordinary work.
    const std::string& command() const { return command_; }
    const std::vector<std::string>& arguments() const { return arguments_; }

    // The configuration file they were read from; "" for none.
    const std::string& file() const { return file_; }
    // Of a command over files: the settings of each, in order. There are none besides, then.
    const std::vector<Values>& files() const { return files_; }

    // An error that names the place to mend: "station.toml:3: url: expected ws:// or wss://".
    Error problem(std::string_view name, std::string_view what) const;

private:
    friend class Loader;
    friend class CommandLine;

    std::map<std::string, Setting, std::less<>> settings_;
    std::map<std::string, std::size_t, std::less<>> counts_;
    std::map<std::string, std::map<std::string, Setting, std::less<>>, std::less<>> maps_;
    std::string command_;
    std::vector<std::string> arguments_;
    std::string file_;
    std::vector<Values> files_;
};

// "evse.2.phases" of ("evse", 2, "phases").
std::string item(std::string_view table, std::size_t number, std::string_view option);

// The first line of a file, without its line end. Fails with the path and the reason.
Result<std::string> read_first_line(const std::string& path);

}  // namespace ladestrom::config
