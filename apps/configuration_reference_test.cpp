#include "config/print.hpp"
#include "csms/configuration.hpp"
#include "station/configuration.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace ladestrom::app {
namespace {

std::string page()
{
    return "# Configuration\n\n"
           "Generated from the programs' declarations; a test compares this page with them.\n\n"
           "A setting comes from its flag, else its environment variable, else the configuration file, else "
           "its\n"
           "default. The file is TOML, named by `--config` or `LADESTROM_STATION_CONFIG`, "
           "`LADESTROM_CSMS_CONFIG`;\n"
           "a dot in a name is a table: `log.level` is `level` under `[log]`. Booleans are flags with an "
           "opposite:\n"
           "`--trace`, `--no-trace`. Lists are separated by commas outside of files. Paths in a file are "
           "relative\n"
           "to it. Secrets are taken from a file or the environment, never from the command line.\n\n"
           "`config check` tells whether the settings are right, `config show --origin` prints them and "
           "where each\n"
           "comes from. Exit codes: 0 success, 1 failure, 2 command line, 3 configuration, 4 cannot listen, "
           "5 store\n"
           "locked or not writable, 6 certificate or key unusable.\n\n"
           "Annotated examples: [station.toml](../guide/station.toml), [csms.toml](../guide/csms.toml).\n\n" +
           config::reference(station_schema()) + '\n' + config::reference(csms_schema());
}

// LADESTROM_UPDATE_REFERENCE=1 writes the page instead of comparing it.
TEST(Reference, ThePageOfSettingsIsUpToDate)
{
    const std::string path = LADESTROM_SOURCE_DIR "/docs/reference/configuration.md";
    if (std::getenv("LADESTROM_UPDATE_REFERENCE") != nullptr) std::ofstream(path) << page();
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(text, page()) << "run this test with LADESTROM_UPDATE_REFERENCE=1";
}

}  // namespace
}  // namespace ladestrom::app
