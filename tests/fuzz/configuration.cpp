// Configuration files of both programs, any bytes, with the programs' real settings and checks. The first
// line chooses the program: "# station", otherwise the central system; it is part of the file.
// Holds: no exception; a refusal is lines of which each names its place; what is accepted survives being
// printed by `config show` and read again; a station can be made of every configuration that its checks pass.
#include "support/require.hpp"
#include "support/script.hpp"

#include "config/load.hpp"
#include "config/print.hpp"
#include "csms/configuration.hpp"
#include "station/configuration.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace ladestrom::fuzz {
namespace {

namespace fs = std::filesystem;

// A file in memory under a path of its own, in a folder that is otherwise empty.
class MemoryFile {
public:
    MemoryFile() : descriptor_(memfd_create("configuration", 0))
    {
        std::string folder = (fs::temp_directory_path() / "configuration-XXXXXX").string();
        if (descriptor_ < 0 || mkdtemp(folder.data()) == nullptr) fail("a file in memory");
        folder_ = folder;
        fs::create_symlink(fmt::format("/proc/self/fd/{}", descriptor_), path());
    }
    ~MemoryFile()
    {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
        close(descriptor_);
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::string path() const { return (folder_ / "settings.toml").string(); }
    void write(std::string_view text) const
    {
        if (ftruncate(descriptor_, 0) != 0 ||
            pwrite(descriptor_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
            fail("a file in memory can be written");
    }

private:
    int descriptor_;
    fs::path folder_;
};

const MemoryFile& file()
{
    static const MemoryFile one;
    return one;
}

Result<config::Values> load(const config::Schema& schema, std::string_view text)
{
    file().write(text);
    return config::load(schema, {.file = file().path(), .environment = {}, .flags = {}});
}

// A line of a refusal: "settings.toml:3: ...", or the setting that is missing.
void require_clear(const std::string& message)
{
    require(!message.empty(), "a refusal says what is wrong");
    std::string_view rest = message;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const bool place = line.starts_with(file().path()) || line.starts_with("default: ") ||
                           line.starts_with("url: not set") || line.starts_with("evse") ||
                           line.starts_with("[[evse]]") || line.starts_with("keys.");
        require(place && line.find(": ") != std::string_view::npos, "a refusal names its place", message);
        for (const char c : line) {
            require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F,
                    "nothing in a refusal steers a terminal", message);
        }
    }
}

void require_clear(const std::vector<Error>& errors)
{
    for (const Error& error : errors) require_clear(error.message);
}

bool is_relative_path(const config::Option& option, const config::Value& value)
{
    if (option.kind == config::Kind::paths) return true;
    return option.kind == config::Kind::path && !std::get<std::string>(value).starts_with('/');
}

// Paths in a file are relative to it, a default is relative to where the program runs: not compared.
void require_same(const config::Schema& schema, const config::Values& before, const config::Values& after,
                  const std::string& shown)
{
    for (const config::Section& section : schema.sections()) {
        for (const config::Option& option : section.options) {
            if (option.secret || is_relative_path(option, before.setting(option.name).value)) continue;
            require(before.setting(option.name).value == after.setting(option.name).value,
                    "what is shown gives the same " + option.name, shown);
        }
    }
    for (const config::Table& table : schema.tables()) {
        require(before.count(table.name) == after.count(table.name), "as many tables", shown);
        for (std::size_t number = 1; number <= before.count(table.name); ++number) {
            for (const config::Option& option : table.options) {
                const std::string name = config::item(table.name, number, option.name);
                require(before.setting(name).value == after.setting(name).value,
                        "what is shown gives the same " + name, shown);
            }
        }
    }
    for (const config::Map& map : schema.maps()) {
        const auto& entries = before.entries(map.name);
        require(entries.size() == after.entries(map.name).size(), "as many entries", shown);
        for (const auto& [key, setting] : entries) {
            const auto again = after.entries(map.name).find(key);
            require(again != after.entries(map.name).end() && again->second.value == setting.value,
                    "what is shown gives the same " + key, shown);
        }
    }
}

void check_station(const config::Values& values)
{
    const auto errors = app::check_station(values);
    const auto configuration = app::station_configuration(values);
    require(configuration.has_value() == errors.empty(), "the check tells what the configuration does");
    require_clear(errors);
    if (!configuration) return;
    const auto checked = station::check(configuration->engine);
    if (!checked) fail("the engine takes what the check passes: " + checked.error().message);
    station::Station station(configuration->engine, {}, std::nullopt, Tick{}, 1);
    station.start(Tick{});
}

void check_csms(const config::Values& values)
{
    const auto errors = app::check_csms(values);
    require(app::csms_configuration(values).has_value() == errors.empty(),
            "the check tells what the configuration does");
    require_clear(errors);
}

void check(bool station, std::string_view text)
{
    static const config::Schema station_schema = app::station_schema();
    static const config::Schema csms_schema = app::csms_schema();
    const config::Schema& schema = station ? station_schema : csms_schema;
    const auto values = load(schema, text);
    if (!values) return require_clear(values.error().message);
    config::show(schema, *values, true);
    const std::string shown = config::show(schema, *values, false);
    const auto again = load(schema, shown);
    if (!again) fail("what is shown is a configuration: " + again.error().message, shown);
    require_same(schema, *values, *again, shown);
    if (station) {
        check_station(*values);
    } else {
        check_csms(*values);
    }
}

}  // namespace
}  // namespace ladestrom::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace ladestrom::fuzz;
    const std::string_view text = text_of(data, size);
    Script script(text);
    check(script.line() == "# station", text);
    return 0;
}
