#include "config/command_line.hpp"

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
    Schema schema("test", "Tests the command line.");
    schema.section("Connection");
    schema.add(Option{.name = "url", .help = "Where to.", .fallback = "ws://default"});
    schema.add(Option{.name = "ocpp.listen_port", .kind = Kind::integer, .help = "Port.", .fallback = "80"});
    schema.add(Option{.name = "accept_unknown", .kind = Kind::boolean, .help = "Lab.", .fallback = "false"});
    schema.add(Option{.name = "versions", .kind = Kind::list, .help = "Versions.", .fallback = "1.6"});
    schema.add_secret("password", "Password.");
    schema.add(Table{"evse",
                     "Outlets.",
                     1,
                     3,
                     {{.name = "phases", .kind = Kind::integer, .help = "Phases.", .fallback = "3"}}});
    schema.add(Map{"keys", "Keys."});
    schema.add(Command{"user", "Adds a user.", {"name", "role"}});
    schema.add(Command{"card add", "Adds a card.", {"number"}});
    schema.add(Command{"card list", "Lists the cards.", {}});
    schema.add(Command{.name = "many",
                       .help = "Runs many.",
                       .arguments = {},
                       .over_files = true,
                       .details = "One of each FILE."});
    return schema;
}

Outcome run(const std::vector<std::string>& arguments, const Environment& environment = {},
            const Check& check = {})
{
    return start(schema(), arguments, environment, check, "1.2.3");
}

TEST(CommandLine, FlagsSetEveryKind)
{
    const Outcome outcome = run({"--url", "ws://a", "--ocpp-listen-port=81", "--accept-unknown", "--versions",
                                 "2.0.1,1.6", "--set", "evse.2.phases=1", "--set", "keys.A=b=c"});
    ASSERT_TRUE(outcome.values) << outcome.errors;
    EXPECT_EQ(outcome.values->text("url"), "ws://a");
    EXPECT_EQ(outcome.values->integer("ocpp.listen_port"), 81);
    EXPECT_TRUE(outcome.values->boolean("accept_unknown"));
    EXPECT_THAT(outcome.values->list("versions"), ElementsAre("2.0.1", "1.6"));
    EXPECT_EQ(outcome.values->count("evse"), 2U);
    EXPECT_EQ(std::get<std::string>(outcome.values->entries("keys").find("A")->second.value), "b=c");
    EXPECT_EQ(outcome.values->origin("ocpp.listen_port").place, "--ocpp-listen-port");
    EXPECT_EQ(outcome.values->command(), "");
}

TEST(CommandLine, TheLastFlagWinsAndBooleansCanBeTakenBack)
{
    const Environment environment{{"LADESTROM_TEST_ACCEPT_UNKNOWN", "true"}};
    EXPECT_TRUE(run({}, environment).values->boolean("accept_unknown"));
    EXPECT_FALSE(run({"--no-accept-unknown"}, environment).values->boolean("accept_unknown"));
    EXPECT_FALSE(run({"--accept-unknown=false"}, environment).values->boolean("accept_unknown"));
    EXPECT_TRUE(run({"--no-accept-unknown", "--accept-unknown"}).values->boolean("accept_unknown"));
    EXPECT_EQ(run({"--url", "a", "--url", "b"}).values->text("url"), "b");
}

TEST(CommandLine, WhatMakesNoSenseIsAUsageErrorWithTheNearest)
{
    const Outcome typo = run({"--acept-unknown"});
    EXPECT_FALSE(typo.values);
    EXPECT_EQ(typo.exit_code, ExitCode::usage);
    EXPECT_THAT(typo.errors,
                HasSubstr("--acept-unknown: there is no such option; did you mean --accept-unknown?"));
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"--url"}, {"--set", "x"}, {"nonsense"}, {"config"}, {"user", "a"}}) {
        const Outcome outcome = run(arguments);
        EXPECT_EQ(outcome.exit_code, ExitCode::usage) << arguments.front();
        EXPECT_FALSE(outcome.errors.empty());
        EXPECT_FALSE(outcome.values);
    }
}

TEST(CommandLine, WrongValuesAreConfigurationErrors)
{
    const Outcome outcome = run({"--ocpp-listen-port", "x"});
    EXPECT_EQ(outcome.exit_code, ExitCode::configuration);
    EXPECT_EQ(outcome.errors, "--ocpp-listen-port: ocpp.listen_port: found \"x\", expected a whole number\n");
    EXPECT_EQ(run({"--accept-unknown=maybe"}).errors,
              "--accept-unknown: accept_unknown: found \"maybe\", expected true or false\n");
    EXPECT_EQ(run({"--set", "ulr=x"}).errors, "--set: ulr: there is no such setting; did you mean url?\n");
    EXPECT_EQ(run({"--config", "/does/not/exist"}).exit_code, ExitCode::configuration);
    EXPECT_EQ(run({}, {{"LADESTROM_TEST_CONFIG", "/does/not/exist"}}).exit_code, ExitCode::configuration);
}

TEST(CommandLine, SecretsAreNotTakenFromTheCommandLine)
{
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"--password", "hunter2"}, {"--password=hunter2"}, {"--set", "password=hunter2"}}) {
        const Outcome outcome = run(arguments);
        EXPECT_EQ(outcome.exit_code, ExitCode::usage);
        EXPECT_THAT(outcome.errors, HasSubstr("not taken from the command line"));
        EXPECT_THAT(outcome.errors, Not(HasSubstr("hunter2")));
    }
    EXPECT_EQ(*run({}, {{"LADESTROM_TEST_PASSWORD", "hunter2"}}).values->secret("password"), "hunter2");
}

TEST(CommandLine, TheProgramsOwnCheckCounts)
{
    const Check check = [](const Values& values) {
        return std::vector<Error>{values.problem("url", "no host"), Error{"and more"}};
    };
    const Outcome outcome = run({"--url", "x", "config", "check"}, {}, check);
    EXPECT_EQ(outcome.exit_code, ExitCode::configuration);
    EXPECT_EQ(outcome.errors, "--url: url: no host\nand more\n");
    const Outcome right = run({"config", "check"});
    EXPECT_EQ(right.exit_code, ExitCode::ok);
    EXPECT_FALSE(right.values);
    EXPECT_THAT(right.output, HasSubstr("the settings are right"));
}

TEST(CommandLine, ShowPrintsSettingsAndOrigins)
{
    const Outcome outcome =
        run({"config", "show", "--origin", "--url", "ws://a"}, {{"LADESTROM_TEST_PASSWORD", "hunter2"}});
    EXPECT_EQ(outcome.exit_code, ExitCode::ok);
    EXPECT_THAT(outcome.output, testing::ContainsRegex("url = \"ws://a\" +# --url\n"));
    EXPECT_THAT(outcome.output, testing::ContainsRegex("listen_port = 80 +# default\n"));
    EXPECT_THAT(outcome.output,
                testing::ContainsRegex("# password is set, not shown +# LADESTROM_TEST_PASSWORD\n"));
    EXPECT_THAT(outcome.output, Not(HasSubstr("hunter2")));
    EXPECT_THAT(run({"config", "show"}).output, Not(HasSubstr("# default")));
}

TEST(CommandLine, HelpAndVersion)
{
    const Outcome help = run({"--help"});
    EXPECT_EQ(help.exit_code, ExitCode::ok);
    EXPECT_FALSE(help.values);
    for (const char* text :
         {"--url", "--ocpp-listen-port", "--password-file", "--config", "config", "user", "Connection"}) {
        EXPECT_THAT(help.output, HasSubstr(text));
    }
    EXPECT_THAT(help.output, Not(HasSubstr("--password ")));
    EXPECT_THAT(help.output, Not(HasSubstr("{false}")));
    EXPECT_EQ(run({"--version"}).output, "ladestrom-test 1.2.3\n");
}

TEST(CommandLine, CommandsCarryTheirArguments)
{
    const Outcome outcome = run({"user", "ada", "admin", "--url", "ws://a"});
    ASSERT_TRUE(outcome.values) << outcome.errors;
    EXPECT_EQ(outcome.values->command(), "user");
    EXPECT_THAT(outcome.values->arguments(), ElementsAre("ada", "admin"));
    EXPECT_EQ(outcome.values->text("url"), "ws://a");
}

TEST(CommandLine, ACommandMayBeANounAndAVerb)
{
    const Outcome outcome = run({"card", "add", "A1", "--url", "ws://a"});
    ASSERT_TRUE(outcome.values) << outcome.errors;
    EXPECT_EQ(outcome.values->command(), "card add");
    EXPECT_THAT(outcome.values->arguments(), ElementsAre("A1"));
    EXPECT_EQ(run({"card", "list", "--url", "ws://a"}).values->command(), "card list");
    EXPECT_EQ(run({"card", "--url", "ws://a"}).exit_code, ExitCode::usage);
    EXPECT_EQ(run({"card", "add", "--url", "ws://a"}).exit_code, ExitCode::usage);
}

// ---- a command over configuration files ------------------------------------------------------------------

class CommandOverFiles : public testing::Test {
protected:
    CommandOverFiles() { std::filesystem::create_directories(directory_); }
    ~CommandOverFiles() override { std::filesystem::remove_all(directory_); }

    std::string file(const std::string& name, const std::string& content) const
    {
        std::ofstream(directory_ / name) << content;
        return (directory_ / name).string();
    }

    std::filesystem::path directory_ =
        std::filesystem::temp_directory_path() / ("ladestrom-files-" + std::to_string(::getpid()));
};

TEST_F(CommandOverFiles, EachFileHasItsSettingsAndFlagsAndEnvironmentCountForAll)
{
    const std::string a = file("a.toml", "url = \"ws://a\"\nversions = [\"2.1\"]\n");
    const std::string b = file("b.toml", "url = \"ws://b\"\nocpp.listen_port = 81\n");
    const Outcome outcome = run({"many", a, "--accept-unknown", b}, {{"LADESTROM_TEST_VERSIONS", "2.0.1"}});
    ASSERT_TRUE(outcome.values) << outcome.errors;
    EXPECT_EQ(outcome.values->command(), "many");
    EXPECT_THAT(outcome.values->arguments(), ElementsAre(a, b));
    const std::vector<Values>& files = outcome.values->files();
    ASSERT_EQ(files.size(), 2U);
    EXPECT_EQ(files[0].file(), a);
    EXPECT_EQ(files[0].text("url"), "ws://a");
    EXPECT_EQ(files[0].integer("ocpp.listen_port"), 80);
    EXPECT_EQ(files[1].text("url"), "ws://b");
    EXPECT_EQ(files[1].integer("ocpp.listen_port"), 81);
    for (const Values& values : files) {
        EXPECT_TRUE(values.boolean("accept_unknown"));
        EXPECT_THAT(values.list("versions"), ElementsAre("2.0.1"));
    }
}

TEST_F(CommandOverFiles, AllProblemsOfAllFilesAreToldWithTheFile)
{
    const std::string a = file("a.toml", "url = 1\n[[evse]]\n[[evse]]\n[[evse]]\n[[evse]]\n");
    const std::string b = file("b.toml", "url = \"bad\"\n");
    const std::string c = (directory_ / "c.toml").string();
    std::size_t together = 0;
    const Check check = [&](const Values& values) {
        if (values.files().empty()) return std::vector<Error>{Error{values.text("url")}};
        together = values.files().size();
        return std::vector<Error>{Error{"alike"}};
    };
    const Outcome outcome = run({"many", a, b, c}, {}, check);
    EXPECT_FALSE(outcome.values);
    EXPECT_EQ(outcome.exit_code, ExitCode::configuration);
    EXPECT_EQ(outcome.errors, a + ":1: url: found 1, expected text\n" +                  //
                                  a + ": [[evse]]: found 4, expected 1 to 3\n" +         //
                                  b + ": bad\n" +                                        //
                                  c + ": cannot be read: No such file or directory\n" +  //
                                  "alike\n");
    EXPECT_EQ(together, 1U) << "only what could be read";
    EXPECT_EQ(run({"many", c}, {}, check).errors, c + ": cannot be read: No such file or directory\n");
}

TEST_F(CommandOverFiles, ItWantsFilesAndNoOther)
{
    const std::string a = file("a.toml", "");
    EXPECT_EQ(run({"many"}).exit_code, ExitCode::usage);
    const Outcome flag = run({"--config", a, "many", a});
    EXPECT_EQ(flag.exit_code, ExitCode::usage);
    EXPECT_THAT(flag.errors, HasSubstr("many takes its files as arguments; leave out --config\n"));
    EXPECT_THAT(run({"many", a}, {{"LADESTROM_TEST_CONFIG", a}}).errors,
                HasSubstr("leave out LADESTROM_TEST_CONFIG\n"));
    const Outcome help = run({"many", "--help"});
    EXPECT_EQ(help.exit_code, ExitCode::ok);
    EXPECT_THAT(help.output, HasSubstr("many [OPTIONS] FILE..."));
    EXPECT_THAT(help.output, HasSubstr("One of each FILE."));
}

}  // namespace
}  // namespace ladestrom::config
