#include "config/load.hpp"

#include "config/toml_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace ladestrom::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Schema schema()
{
    Schema schema("test", "Tests the settings.");
    schema.section("Connection");
    schema.add(Option{.name = "url", .help = "Where to.", .required = true});
    schema.add(Option{.name = "ocpp.port",
                      .kind = Kind::integer,
                      .help = "Port.",
                      .fallback = "80",
                      .minimum = 1,
                      .maximum = 65'535});
    schema.add(Option{.name = "ratio", .kind = Kind::decimal, .help = "Ratio.", .fallback = "0.5"});
    schema.add(Option{.name = "verbose", .kind = Kind::boolean, .help = "More.", .fallback = "false"});
    schema.add(Option{.name = "versions", .kind = Kind::list, .help = "Versions.", .fallback = "1.6"});
    schema.add(Option{.name = "log.format",
                      .kind = Kind::choice,
                      .help = "Format.",
                      .fallback = "text",
                      .choices = {"text", "json"}});
    schema.add(Option{.name = "state_directory", .kind = Kind::path, .help = "State.", .fallback = "state"});
    schema.add(Option{.name = "certificates", .kind = Kind::paths, .help = "Certificates."});
    schema.add_secret("password", "Password.");
    schema.add(Table{"evse",
                     "Outlets.",
                     1,
                     3,
                     {{.name = "phases",
                       .kind = Kind::integer,
                       .help = "Phases.",
                       .fallback = "3",
                       .minimum = 1,
                       .maximum = 3},
                      {.name = "lock", .kind = Kind::boolean, .help = "Lock.", .fallback = "true"}}});
    schema.add(Map{"keys", "Keys."});
    return schema;
}

// A directory of this test, removed at its end.
class Load : public testing::Test {
protected:
    Load()
        : directory_(std::filesystem::temp_directory_path() /
                     ("ladestrom-config-" + std::to_string(::getpid())))
    {
        std::filesystem::create_directories(directory_);
    }
    ~Load() override { std::filesystem::remove_all(directory_); }

    std::string write(const std::string& name, const std::string& text) const
    {
        const std::string path = (directory_ / name).string();
        std::ofstream(path) << text;
        return path;
    }

    Result<Values> from_file(const std::string& text)
    {
        return load(schema_, {write("test.toml", text), {}, {}});
    }

    // The problems, without the directory.
    std::string problems(const Sources& sources) const
    {
        const auto values = load(schema_, sources);
        if (values) return "";
        std::string text = values.error().message;
        const std::string prefix = directory_.string() + "/";
        for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
            text.erase(at, prefix.size());
        return text;
    }
    std::string problems(const std::string& file) const
    {
        return problems(Sources{write("test.toml", file), {}, {}});
    }

    const Schema schema_ = schema();
    const std::filesystem::path directory_;
};

Given flag(std::string name, std::string text)
{
    return {std::move(name), std::move(text), {Source::flag, "--flag"}};
}

TEST_F(Load, DefaultsHoldWhenNothingIsGiven)
{
    const auto values = load(schema_, {"", {}, {flag("url", "ws://a")}});
    ASSERT_TRUE(values) << values.error().message;
    EXPECT_EQ(values->integer("ocpp.port"), 80);
    EXPECT_EQ(values->decimal("ratio"), 0.5);
    EXPECT_FALSE(values->boolean("verbose"));
    EXPECT_THAT(values->list("versions"), ElementsAre("1.6"));
    EXPECT_EQ(values->text("state_directory"), "state");
    EXPECT_EQ(values->count("evse"), 1U);
    EXPECT_EQ(values->integer("evse.1.phases"), 3);
    EXPECT_FALSE(values->given("ocpp.port"));
    EXPECT_EQ(*values->secret("password"), "");
}

TEST_F(Load, AFileSetsEveryKind)
{
    const auto values = from_file(
        "url = \"ws://b\"\nratio = 1\nverbose = true\nversions = [\"2.0.1\", \"1.6\"]\nstate_directory = "
        "\"data\"\n"
        "password = \"p\"\n[ocpp]\nport = 8080\n[log]\nformat = \"json\"\n"
        "[[evse]]\nphases = 1\n[[evse]]\nlock = false\n[keys]\nHeartbeatInterval = 60\nLocalPreAuthorize = "
        "true\n"
        "MeterValuesSampledData = [\"Voltage\", \"SoC\"]\n");
    ASSERT_TRUE(values) << values.error().message;
    EXPECT_EQ(values->text("url"), "ws://b");
    EXPECT_EQ(values->integer("ocpp.port"), 8080);
    EXPECT_EQ(values->decimal("ratio"), 1.0);
    EXPECT_TRUE(values->boolean("verbose"));
    EXPECT_THAT(values->list("versions"), ElementsAre("2.0.1", "1.6"));
    EXPECT_EQ(values->text("log.format"), "json");
    EXPECT_EQ(values->text("state_directory"), (directory_ / "data").string());
    EXPECT_EQ(*values->secret("password"), "p");
    EXPECT_EQ(values->count("evse"), 2U);
    EXPECT_EQ(values->integer("evse.1.phases"), 1);
    EXPECT_EQ(values->integer("evse.2.phases"), 3);
    EXPECT_FALSE(values->boolean("evse.2.lock"));
    const auto& keys = values->entries("keys");
    EXPECT_EQ(std::get<std::string>(keys.find("HeartbeatInterval")->second.value), "60");
    EXPECT_EQ(std::get<std::string>(keys.find("LocalPreAuthorize")->second.value), "true");
    EXPECT_EQ(std::get<std::string>(keys.find("MeterValuesSampledData")->second.value), "Voltage,SoC");
    EXPECT_EQ(values->origin("ocpp.port").place, (directory_ / "test.toml").string() + ":8");
}

TEST_F(Load, PathsInAFileAreRelativeToItOthersAreNot)
{
    const std::string file = write("test.toml", "url = \"a\"\ncertificates = [\"a.pem\", \"/b.pem\"]\n");
    auto values = load(schema_, {file, {{"LADESTROM_TEST_STATE_DIRECTORY", "data"}}, {}});
    ASSERT_TRUE(values) << values.error().message;
    EXPECT_THAT(values->list("certificates"), ElementsAre((directory_ / "a.pem").string(), "/b.pem"));
    EXPECT_EQ(values->text("state_directory"), "data");
    values = load(schema_, {file, {{"LADESTROM_TEST_CERTIFICATES", "c.pem, d.pem"}}, {}});
    ASSERT_TRUE(values) << values.error().message;
    EXPECT_THAT(values->list("certificates"), ElementsAre("c.pem", "d.pem"));
}

TEST_F(Load, FlagsWinOverTheEnvironmentOverTheFile)
{
    Sources sources{
        write("test.toml", "url = \"file\"\nratio = 1.5\n[ocpp]\nport = 1\n[keys]\nA = 1\nB = 1\nC = 1\n"),
        {{"LADESTROM_TEST_OCPP_PORT", "2"},
         {"LADESTROM_TEST_URL", "environment"},
         {"LADESTROM_TEST_KEYS_B", "2"},
         {"LADESTROM_TEST_KEYS_C", "2"},
         {"LADESTROM_TEST_EVSE_2_PHASES", "1"},
         {"LADESTROM_OTHER_PORT", "x"},
         {"LADESTROM_TEST_CONFIG", "x"},
         {"PATH", "/bin"}},
        {flag("url", "flag"), flag("keys.c", "3")}};
    const auto values = load(schema_, sources);
    ASSERT_TRUE(values) << values.error().message;
    EXPECT_EQ(values->text("url"), "flag");
    EXPECT_EQ(values->origin("url").source, Source::flag);
    EXPECT_EQ(values->integer("ocpp.port"), 2);
    EXPECT_EQ(values->origin("ocpp.port").place, "LADESTROM_TEST_OCPP_PORT");
    EXPECT_EQ(values->decimal("ratio"), 1.5);
    EXPECT_EQ(values->count("evse"), 2U);
    EXPECT_EQ(values->integer("evse.2.phases"), 1);
    std::string keys;
    for (const auto& [key, setting] : values->entries("keys"))
        keys += key + "=" + std::get<std::string>(setting.value) + " ";
    EXPECT_EQ(keys, "A=1 B=2 C=3 ");
}

TEST_F(Load, ProblemsNameLineFindingAndExpectation)
{
    EXPECT_EQ(problems("url = \"a\"\n\n[ocpp]\nport = \"eighty\"\n"),
              "test.toml:4: ocpp.port: found text \"eighty\", expected a whole number from 1 to 65535");
    EXPECT_EQ(problems("url = \"a\"\nocpp.port = 0\n"),
              "test.toml:2: ocpp.port: found 0, expected a whole number from 1 to 65535");
    EXPECT_EQ(problems("url = 5\n"),
              "test.toml:1: url: found 5, expected text\n"
              "url: not set; expected text in the configuration file, as LADESTROM_TEST_URL or as --url");
    EXPECT_EQ(problems("url = \"a\"\nverbose = 1\n"),
              "test.toml:2: verbose: found 1, expected true or false");
    EXPECT_EQ(problems("url = \"a\"\nlog.format = \"xml\"\n"),
              "test.toml:2: log.format: found text \"xml\", expected \"text\" or \"json\"");
    EXPECT_EQ(problems("url = \"a\"\nratio = 2020-01-01\n"),
              "test.toml:2: ratio: expected text, a number, true or false, or a list of texts");
    EXPECT_EQ(problems("url = \"a\"\n[[evse]]\nphases = 4\n"),
              "test.toml:3: evse.1.phases: found 4, expected a whole number from 1 to 3");
}

TEST_F(Load, UnknownNamesComeWithTheNearest)
{
    EXPECT_EQ(problems("ulr = \"a\"\nurl = \"a\"\n"),
              "test.toml:1: ulr: there is no such setting; did you mean url?");
    EXPECT_EQ(problems("url = \"a\"\n[ocpp]\nprot = 8\n"),
              "test.toml:3: ocpp.prot: there is no such setting; did you mean ocpp.port?");
    EXPECT_EQ(problems("url = \"a\"\nzzz = 8\n"), "test.toml:2: zzz: there is no such setting");
    EXPECT_EQ(problems("url = \"a\"\n[[evse]]\nphase = 1\n"),
              "test.toml:3: evse.1.phase: there is no such setting; did you mean phases?");
    EXPECT_EQ(problems("url = \"a\"\n[[evses]]\nphases = 1\n"),
              "test.toml: [[evses]]: there is no such table; did you mean evse?");
    EXPECT_EQ(problems("url = \"a\"\n[evse]\nphases = 1\n"),
              "test.toml:3: evse.phases: expected [[evse]], in double brackets");
    EXPECT_EQ(problems(Sources{"", {{"LADESTROM_TEST_ULR", "a"}, {"LADESTROM_TEST_URL", "a"}}, {}}),
              "LADESTROM_TEST_ULR: there is no such setting; did you mean LADESTROM_TEST_URL?");
}

TEST_F(Load, AllProblemsAreToldAtOnce)
{
    EXPECT_EQ(problems("ocpp.port = 0\nverbose = \"x\"\n"),
              "test.toml:1: ocpp.port: found 0, expected a whole number from 1 to 65535\n"
              "test.toml:2: verbose: found text \"x\", expected true or false\n"
              "url: not set; expected text in the configuration file, as LADESTROM_TEST_URL or as --url");
}

TEST_F(Load, WhatIsNoTomlIsToldWithLineAndColumn)
{
    EXPECT_THAT(problems("url = \"a\"\nport = = 8\n"), testing::StartsWith("test.toml:2:8: "));
    EXPECT_THAT(problems("url = \"a\"\nurl = \"b\"\n"), testing::StartsWith("test.toml:2:"));
    const std::string absent = (directory_ / "absent.toml").string();
    EXPECT_EQ(problems(Sources{absent, {}, {}}), "absent.toml: cannot be read: No such file or directory")
        << "and nothing about the url that it may hold";
}

TEST_F(Load, TablesAreBoundedAndWithoutGaps)
{
    EXPECT_THAT(problems("url = \"a\"\n[[evse]]\n[[evse]]\n[[evse]]\n[[evse]]\n"),
                "[[evse]]: found 4, expected 1 to 3");
    EXPECT_THAT(problems(Sources{"", {{"LADESTROM_TEST_URL", "a"}}, {flag("evse.3.phases", "1")}}),
                "evse.2 is missing below evse.3");
    EXPECT_THAT(problems(Sources{"", {{"LADESTROM_TEST_URL", "a"}}, {flag("evse.0.phases", "1")}}),
                HasSubstr("expected evse.<number from 1>.<setting>"));
    EXPECT_THAT(
        problems(Sources{"", {{"LADESTROM_TEST_URL", "a"}}, {flag("evse.99999999999999999999.phases", "1")}}),
        HasSubstr("expected evse.<number from 1>.<setting>"));
}

TEST_F(Load, ASecretIsReadFromItsFileAndNeverPrinted)
{
    const std::string path = write("password.txt", "geheim with blanks \r\nsecond line\n");
    auto values = from_file("url = \"a\"\npassword_file = \"password.txt\"\n");
    ASSERT_TRUE(values) << values.error().message;
    EXPECT_EQ(values->text("password_file"), path);
    EXPECT_EQ(*values->secret("password"), "geheim with blanks ");

    values = from_file("url = \"a\"\npassword_file = \"absent.txt\"\n");
    ASSERT_TRUE(values);
    EXPECT_THAT(values->secret("password").error().message, HasSubstr("test.toml:2: password_file: "));
    values = from_file("url = \"a\"\npassword = \"x\"\npassword_file = \"password.txt\"\n");
    ASSERT_TRUE(values);
    EXPECT_THAT(values->secret("password").error().message, HasSubstr("expected one"));
    values = from_file("url = \"a\"\npassword = \"x\"\npassword_file = \"\"\n");
    ASSERT_TRUE(values);
    EXPECT_EQ(*values->secret("password"), "x");
    EXPECT_THAT(problems("url = \"a\"\npassword = 12345\n"), Not(HasSubstr("12345")));
}

TEST_F(Load, ASecretThatNeverEndsIsNoSecret)
{
    write("long.txt", std::string(5000, 'x'));
    auto values = from_file("url = \"a\"\npassword_file = \"long.txt\"\n");
    ASSERT_TRUE(values);
    EXPECT_THAT(values->secret("password").error().message, HasSubstr("longer than 4095 bytes"));
    values = from_file("url = \"a\"\npassword_file = \"/dev/zero\"\n");
    ASSERT_TRUE(values);
    EXPECT_THAT(values->secret("password").error().message, HasSubstr("longer than 4095 bytes"));
}

TEST_F(Load, AProblemIsOneLineAndSteersNoTerminal)
{
    EXPECT_EQ(problems("url = \"a\"\n\"x\\u001b[2J\\n\" = 1\n"),
              "test.toml:2: x\\u001b[2J\\u000a: there is no such setting");
    EXPECT_EQ(problems("url = \"a\"\nratio = \"\\u009b\\u007f\\u00e9\"\n"),
              "test.toml:2: ratio: found text \"\\u009b\\u007f\u00e9\", expected a number");
    const auto values = from_file("url = \"a\"\n");
    ASSERT_TRUE(values);
    EXPECT_THAT(values->problem("url", "\r\x1b").message, testing::EndsWith("url: \\u000d\\u001b"));
}

TEST_F(Load, AnUndeclaredNameIsAProgrammingError)
{
    const auto values = from_file("url = \"a\"\n");
    ASSERT_TRUE(values);
    EXPECT_THROW(values->text("nothing"), std::logic_error);
    EXPECT_THROW(values->count("nothing"), std::logic_error);
    EXPECT_THROW(values->integer("url"), std::exception);
}

TEST_F(Load, ProblemsOfTheProgramNameTheirPlace)
{
    const auto values = from_file("url = \"a\"\n[keys]\nX = 1\n");
    ASSERT_TRUE(values);
    EXPECT_THAT(values->problem("url", "wrong").message, testing::EndsWith("test.toml:1: url: wrong"));
    EXPECT_THAT(values->problem("keys.X", "wrong").message, testing::EndsWith("test.toml:3: keys.X: wrong"));
    EXPECT_EQ(values->problem("ratio", "wrong").message, "default: ratio: wrong");
}

}  // namespace
}  // namespace ladestrom::config
