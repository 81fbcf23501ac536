// The settings of a program, each declared once: file, environment, command line, help, checks and reference
// page follow from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ladestrom::config {

// path: text; one in a file is relative to that file's directory. choice: one of Option::choices.
// list: texts, paths: several; both separated by commas outside of files.
enum class Kind : std::uint8_t { text, integer, decimal, boolean, path, list, paths, choice };

struct Option {
    std::string name;  // "ocpp.port": in the file under [ocpp], --ocpp-port, LADESTROM_CSMS_OCPP_PORT
    Kind kind = Kind::text;
    std::string help;      // one sentence
    std::string fallback;  // the default, as text; "" is none
    std::string unit;
    double minimum = 0;  // of numbers; of texts and lists: length
    double maximum = 0;  // minimum == maximum: no limits
    std::vector<std::string> choices;
    bool required = false;
    bool secret = false;  // never printed, no flag: a command line is visible to every process
};

// [[evse]] in the file; --set evse.2.phases=1 and LADESTROM_STATION_EVSE_2_PHASES elsewhere. From 1.
struct Table {
    std::string name;
    std::string help;
    std::size_t minimum = 0, maximum = 0;  // how many; missing ones up to the minimum take defaults
    std::vector<Option> options;
};

// [keys] with any names; --set keys.HeartbeatInterval=60, LADESTROM_STATION_KEYS_HEARTBEATINTERVAL.
struct Map {
    std::string name;
    std::string help;
    std::vector<std::string> secrets = {};  // names, in any case, whose values are never shown
};

// What the program does instead of its ordinary work: ladestrom-csms user add NAME.
struct Command {
    std::string name;  // one word, or noun and verb
    std::string help;
    std::vector<std::string> arguments;  // names, each required
    // Instead of arguments: one configuration file or more, each with all settings (Values::files()).
    bool over_files = false;
    std::string details = {};  // what its own --help says below
};

struct Section {
    std::string title;  // of help and reference page
    std::vector<Option> options;
};

class Schema {
public:
    // program: "station": the program is ladestrom-station, its environment LADESTROM_STATION_*.
    Schema(std::string program, std::string purpose);

    // The first thing --help shows after the purpose: what people type most, a line each.
    void set_examples(std::vector<std::string> examples) { examples_ = std::move(examples); }
    void section(std::string title);
    void add(Option option);
    // Two options: name itself and <name>_file, a file whose first line is the secret.
    void add_secret(std::string name, std::string help);
    void add(Table table) { tables_.push_back(std::move(table)); }
    void add(Map map) { maps_.push_back(std::move(map)); }
    void add(Command command) { commands_.push_back(std::move(command)); }

    const std::string& program() const { return program_; }
    const std::string& purpose() const { return purpose_; }
    const std::vector<std::string>& examples() const { return examples_; }
    const std::vector<Section>& sections() const { return sections_; }
    const std::vector<Table>& tables() const { return tables_; }
    const std::vector<Map>& maps() const { return maps_; }
    const std::vector<Command>& commands() const { return commands_; }

    const Option* find(std::string_view name) const;
    std::string environment_prefix() const;                     // "LADESTROM_STATION_"
    std::string environment_name(std::string_view name) const;  // of "ocpp.port", "evse.1.phases"

private:
    std::string program_, purpose_;
    std::vector<std::string> examples_;
    std::vector<Section> sections_;
    std::vector<Table> tables_;
    std::vector<Map> maps_;
    std::vector<Command> commands_;
};

std::string flag_name(std::string_view name);  // "--ocpp-port"
// "a whole number from 1 to 65535", "\"text\" or \"json\"", "true or false".
std::string expectation(const Option& option);

}  // namespace ladestrom::config
