#include "station/device_model/reference.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace ladestrom::station {
namespace {

// LADESTROM_UPDATE_REFERENCE=1 writes the page instead of comparing it.
TEST(Reference, ThePageOfConfigurationKeysIsUpToDate)
{
    const std::string path = LADESTROM_SOURCE_DIR "/docs/reference/configuration-keys.md";
    if (std::getenv("LADESTROM_UPDATE_REFERENCE") != nullptr) {
        std::ofstream(path) << configuration_key_reference();
    }
    std::ifstream file(path);
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(page, configuration_key_reference()) << "run this test with LADESTROM_UPDATE_REFERENCE=1";
}

}  // namespace
}  // namespace ladestrom::station
