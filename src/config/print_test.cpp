#include "config/print.hpp"

#include "config/load.hpp"
#include "config/toml_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::config {
namespace {

using testing::HasSubstr;

Schema schema()
{
    Schema schema("test", "Tests printing.");
    schema.section("Names");
    schema.add(Option{.name = "name", .help = "Name.", .fallback = "a \"quoted\" \\ text"});
    schema.add(Option{.name = "log.level", .help = "Level.", .fallback = "info"});
    schema.add(Option{.name = "ratio", .kind = Kind::decimal, .help = "Ratio.", .fallback = "2"});
    schema.add(Option{.name = "log.format", .help = "Format.", .fallback = "text"});
    schema.add(Option{.name = "files", .kind = Kind::list, .help = "Files.", .fallback = "a,b"});
    schema.add_secret("key", "Key.");
    schema.add(Table{"evse",
                     "Outlets.",
                     2,
                     3,
                     {{.name = "lock", .kind = Kind::boolean, .help = "Lock.", .fallback = "true"}}});
    schema.add(Map{"keys", "Keys.", {"Password"}});
    return schema;
}

TEST(Show, PrintsAFileThatGivesTheSameSettings)
{
    const Schema declared = schema();
    const auto values = load(
        declared, {"", {{"LADESTROM_TEST_KEYS_A B", "1\n"}, {"LADESTROM_TEST_EVSE_2_LOCK", "false"}}, {}});
    ASSERT_TRUE(values) << values.error().message;
    const std::string text = show(declared, *values, true);
    const auto read = parse_toml(text, "shown");
    ASSERT_TRUE(read) << read.error().message << "\n" << text;
    std::map<std::string, std::string> shown;
    for (const Given& given : read->settings) shown[given.name] = to_toml(given.value);
    const std::map<std::string, std::string> expected{{"name", R"("a \"quoted\" \\ text")"},
                                                      {"ratio", "2.0"},
                                                      {"files", R"(["a", "b"])"},
                                                      {"log.level", "\"info\""},
                                                      {"log.format", "\"text\""},
                                                      {"key_file", "\"\""},
                                                      {"evse.1.lock", "true"},
                                                      {"evse.2.lock", "false"},
                                                      {"keys.A B", "\"1\\u000a\""}};
    EXPECT_EQ(shown, expected);
}

TEST(Show, LeavesOutTheSecretsOfAMap)
{
    const Schema declared = schema();
    const auto values =
        load(declared,
             {"", {{"LADESTROM_TEST_KEYS_PASSWORD", "geheim"}, {"LADESTROM_TEST_EVSE_2_LOCK", "false"}}, {}});
    ASSERT_TRUE(values) << values.error().message;
    const std::string text = show(declared, *values, true);
    EXPECT_THAT(text, testing::Not(HasSubstr("geheim")));
    EXPECT_THAT(text, HasSubstr("is set, not shown"));
}

TEST(Reference, HasARowForEverySetting)
{
    const std::string page = reference(schema());
    for (const char* text : {"`LADESTROM_TEST_LOG_LEVEL`", "`--log-level`", "`LADESTROM_TEST_EVSE_1_LOCK`",
                             "[[evse]]", "[keys]", "`LADESTROM_TEST_KEY`", "`--key-file`", "2 to 3"}) {
        EXPECT_THAT(page, HasSubstr(text));
    }
    EXPECT_THAT(page, testing::Not(HasSubstr("`--key`")));
}

}  // namespace
}  // namespace ladestrom::config
