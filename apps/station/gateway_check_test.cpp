#include "configuration.hpp"

#include "config/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace ladestrom::app {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// Files that `ladestrom-station gateway` is given; each has two lines of its own where nothing else is said.
class GatewayCheckTest : public testing::Test {
protected:
    GatewayCheckTest() { fs::create_directories(directory_); }
    ~GatewayCheckTest() override { fs::remove_all(directory_); }

    std::string path(const std::string& name) const { return (directory_ / name).string(); }
    std::string file(const std::string& name, const std::string& content)
    {
        std::ofstream(path(name)) << content;
        return path(name);
    }
    config::Outcome gateway(std::vector<std::string> arguments, const config::Environment& environment = {})
    {
        arguments.insert(arguments.begin(), "gateway");
        return config::start(station_schema(), arguments, environment, check_station, "0");
    }
    std::string errors(const std::vector<std::string>& arguments)
    {
        const config::Outcome outcome = gateway(arguments);
        EXPECT_EQ(outcome.exit_code, ExitCode::configuration);
        EXPECT_FALSE(outcome.values);
        return outcome.errors;
    }

    fs::path directory_ = fs::temp_directory_path() / ("ladestrom-gateway-" + std::to_string(::getpid()));
};

TEST_F(GatewayCheckTest, StationsOfTheirOwnAreRight)
{
    // Ports that listen at different addresses, or nowhere, or anywhere, are different.
    const std::string a = file("a.toml", "url = \"ws://h/CP1\"\nstate_directory = \"a\"\ncontrol.port = 1\n");
    const std::string b = file("b.toml",
                               "url = \"ws://h/CP2\"\nstate_directory = \"b\"\n[control]\nport = 1\n"
                               "address = \"127.0.0.2\"\n");
    const std::string c = file("c.toml",
                               "url = \"ws://other/CP1\"\nstate_directory = \"c\"\n[control]\nport = 1\n"
                               "enabled = false\n");
    const std::string d = file("d.toml", "url = \"ws://h/CP4\"\nstate_directory = \"d\"\ncontrol.port = 0\n");
    const std::string e = file("e.toml", "url = \"ws://h/CP5\"\nstate_directory = \"e\"\ncontrol.port = 0\n");
    const config::Outcome outcome = gateway({a, b, c, d, e});
    ASSERT_TRUE(outcome.values) << outcome.errors;
    ASSERT_EQ(outcome.values->files().size(), 5U);
    const auto second = station_configuration(outcome.values->files()[1]);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->file, b);
    EXPECT_EQ(second->engine.identity, "CP2");
    EXPECT_EQ(second->state_directory, path("b"));
}

TEST_F(GatewayCheckTest, WhatIsCommonMayBeAFlag)
{
    const std::string a = file("a.toml", "identity = \"CP1\"\nstate_directory = \"a\"\n");
    const std::string b = file("b.toml", "identity = \"CP2\"\nstate_directory = \"b\"\n");
    const config::Outcome outcome = gateway({a, b, "--url", "ws://h/", "--control-port=0"});
    ASSERT_TRUE(outcome.values) << outcome.errors;
    EXPECT_EQ(station_configuration(outcome.values->files()[0])->engine.url, "ws://h/CP1");
    EXPECT_EQ(station_configuration(outcome.values->files()[1])->engine.url, "ws://h/CP2");
    EXPECT_EQ(
        errors({a, b, "--url", "ws://h/", "--control-port=0", "--identity=CP3"}),
        b + ": identity: CP3 at this backend is the station of " + a + "; give each its own identity\n");
}

TEST_F(GatewayCheckTest, OneIdentityAtOneBackendIsOneStation)
{
    const std::string rest = "control.port = 0\n";
    const std::string a = file("a.toml", "url = \"ws://h/x/CP1\"\nstate_directory = \"a\"\n" + rest);
    const std::string b = file("b.toml", "state_directory = \"b\"\nurl = \"ws://h/x/CP%31\"\n" + rest);
    const std::string c =
        file("c.toml", "url = \"ws://h/x/\"\nstate_directory = \"c\"\nidentity = \"CP1\"\n" + rest);
    const std::string clash = " at this backend is the station of " + a + "; give each its own identity\n";
    EXPECT_EQ(errors({a, b, c}), b + ":2: url: CP1" + clash + c + ":3: identity: CP1" + clash);
}

TEST_F(GatewayCheckTest, OneStateDirectoryByWhateverNameIsOneStations)
{
    fs::create_directories(path("real"));
    fs::create_directory_symlink(path("real"), path("link"));
    const auto station = [&](const std::string& name, const std::string& directory) {
        return file(name + ".toml", "url = \"ws://h/" + name + "\"\ncontrol.port = 0\nstate_directory = \"" +
                                        directory + "\"\n");
    };
    const std::string a = station("a", "real");
    const std::string b = station("b", "link/");
    const std::string c = station("c", "new/../later");
    const std::string d = station("d", path("later/"));
    const std::string text = errors({a, b, c, d});
    EXPECT_EQ(text, b + ":3: state_directory: " + path("link/") + " is that of " + a +
                        "; give each station its own\n" + d + ":3: state_directory: " + path("later/") +
                        " is that of " + c + "; give each station its own\n");
}

TEST_F(GatewayCheckTest, DefaultsThatClashAreToldWithTheFile)
{
    const std::string a = file("a.toml", "url = \"ws://h/CP1\"\n");
    const std::string b = file("b.toml", "url = \"ws://h/CP2\"\n");
    EXPECT_EQ(errors({a, b}), b + ": state_directory: ladestrom-station is that of " + a +
                                  "; give each station its own\n" + b + ": control.port: 9180 is that of " +
                                  a + "; give each station its own, or 0 for any free one\n");
}

TEST_F(GatewayCheckTest, AFileIsNamedOnce)
{
    const std::string a = file("a.toml", "url = \"ws://h/CP1\"\n");
    fs::create_symlink(a, path("b.toml"));
    EXPECT_EQ(errors({a, path("b.toml"), a}), path("b.toml") + ": given twice; name each file once\n" + a +
                                                  ": given twice; name each file once\n");
}

TEST_F(GatewayCheckTest, AllThatIsWrongInAllFilesIsToldAtOnce)
{
    const std::string a = file("a.toml", "url = \"http://h/CP1\"\nversions = [\"9\"]\n");
    const std::string b = file("b.toml", "vendor = 5\n");
    const std::string c = file("c.toml", "url = \"ws://h/CP3\"\nstate_directory = \"c\"\n");
    const std::string d = file("d.toml", "url = \"ws://h/CP4\"\nstate_directory = \"d\"\n");
    const std::string text = errors({a, b, path("absent.toml"), c, d});
    EXPECT_THAT(text, HasSubstr(a + ":1: url: \"http://h/CP1\" expected ws:// or wss://\n"));
    EXPECT_THAT(text, HasSubstr(a + ":2: versions: "));
    EXPECT_THAT(text, HasSubstr(b + ":1: vendor: found 5"));
    EXPECT_THAT(text, HasSubstr(b + ": url: not set; "));
    EXPECT_THAT(text, HasSubstr(path("absent.toml") + ": cannot be read: No such file or directory\n"));
    EXPECT_THAT(text, HasSubstr(d + ": control.port: 9180 is that of " + c));
}

TEST_F(GatewayCheckTest, ItsHelpIsClear)
{
    const config::Outcome help = gateway({"--help"});
    EXPECT_EQ(help.exit_code, ExitCode::ok);
    EXPECT_THAT(help.output, HasSubstr("ladestrom-station gateway [OPTIONS] FILE..."));
    EXPECT_THAT(help.output, HasSubstr("state_directory"));
    EXPECT_THAT(config::start(station_schema(), {"--help"}, {}, check_station, "0").output,
                HasSubstr("gateway"));
}

}  // namespace
}  // namespace ladestrom::app
