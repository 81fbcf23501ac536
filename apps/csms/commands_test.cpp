#include "commands.hpp"

#include "state.hpp"
#include "station_passwords.hpp"

#include "store/sqlite/ledger_sqlite.hpp"
#include "store/sqlite/ledger_testing.hpp"
#include "transport/event_loop.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

namespace ladestrom::app {
namespace {

using testing::HasSubstr;

class CommandsTest : public testing::Test {
protected:
    CommandsTest()
    {
        configuration_.state_directory = directory_.file("state");
        configuration_.database = directory_.file("state/l.db");
    }

    ExitCode run(const std::string& name, const std::vector<std::string>& arguments,
                 const std::string& input = "")
    {
        std::istringstream in(input);
        out_.str("");
        errors_.str("");
        return run_command(configuration_, name, arguments, {in, out_, errors_});
    }

    store::sqlite::TemporaryDirectory directory_;
    CsmsConfiguration configuration_;
    std::ostringstream out_, errors_;
};

TEST_F(CommandsTest, StationsAreRegisteredWithTheirPasswords)
{
    EXPECT_EQ(run("station add", {"CP1", "-"}, "0123456789abcdef\nrest"), ExitCode::ok) << errors_.str();
    std::ofstream(directory_.file("password")) << "fedcba9876543210\r\n";
    EXPECT_EQ(run("station add", {"CP 2", directory_.file("password")}), ExitCode::ok) << errors_.str();
    EXPECT_EQ(run("station list", {}), ExitCode::ok);
    EXPECT_EQ(out_.str(), "CP 2\taccepted\t\nCP1\taccepted\t\n");
    const auto state = open_state(configuration_);
    ASSERT_TRUE(state);
    const auto reader = store::sqlite::SqliteLedgerReader::open(configuration_.database);
    const StationPasswords passwords(state->hash);
    const auto first = (*reader)->station(StationId("CP1"));
    EXPECT_TRUE(passwords.matches((**first).password_hash, StationId("CP1"), "0123456789abcdef"));
    const auto second = (*reader)->station(StationId("CP 2"));
    EXPECT_TRUE(passwords.matches((**second).password_hash, StationId("CP 2"), "fedcba9876543210"));
}

TEST_F(CommandsTest, WhatAPersonRejectedStaysRejected)
{
    ASSERT_EQ(run("station add", {"CP1", "-"}, "0123456789abcdef\n"), ExitCode::ok);
    {
        auto state = open_state(configuration_);
        ASSERT_TRUE(state);
        store::StationRow row;
        row.id = StationId("CP1");
        row.admission = store::Admission::rejected;
        transport::EventLoop loop;
        store::sqlite::SqliteLedger ledger(state->thread,
                                           [&](std::function<void()> work) { loop.post(std::move(work)); });
        bool done = false;
        ledger.commit({store::PutStation{row}}, [&](Result<void> result) { done = result.has_value(); });
        ASSERT_TRUE(loop.run_until([&] { return done; }, seconds(20)));
    }
    EXPECT_EQ(run("station add", {"CP1", "-"}, "0123456789abcdef\n"), ExitCode::failed);
    EXPECT_THAT(errors_.str(), HasSubstr("rejected"));
    for (const std::string& id : {std::string(), std::string("a\nb"), std::string(256, 'x')}) {
        EXPECT_EQ(run("station add", {id, "-"}, "0123456789abcdef\n"), ExitCode::failed);
        EXPECT_THAT(errors_.str(), HasSubstr("id: must"));
    }
}

TEST_F(CommandsTest, BadInputIsNamed)
{
    EXPECT_EQ(run("station add", {"CP1", "-"}, ""), ExitCode::failed);
    EXPECT_THAT(errors_.str(), HasSubstr("expected 1 to 64"));
    EXPECT_EQ(run("station add", {"CP1", directory_.file("missing")}), ExitCode::failed);
    EXPECT_THAT(errors_.str(), HasSubstr("cannot be read"));
    EXPECT_EQ(run("user set-password", {"nobody", "-"}, "long enough password\n"), ExitCode::failed);
    EXPECT_THAT(errors_.str(), HasSubstr("no such user"));
    EXPECT_EQ(run("user set-password", {"nobody", "-"}, "short\n"), ExitCode::failed);
    EXPECT_EQ(run("api-key create", {"x", "root"}), ExitCode::failed);
    EXPECT_THAT(errors_.str(), HasSubstr("expected read, operate or admin"));
    EXPECT_EQ(run("api-key create", {"export", "read"}), ExitCode::ok);
    EXPECT_THAT(out_.str(), testing::StartsWith("ldk_"));
    EXPECT_EQ(run("token add", {"CARD1"}), ExitCode::ok);
    EXPECT_EQ(run("nonsense", {}), ExitCode::usage);
}

TEST_F(CommandsTest, ALockedOrUnwritableStoreIsToldApart)
{
    {
        const auto other = open_state(configuration_);
        ASSERT_TRUE(other);
        EXPECT_EQ(run("station list", {}), ExitCode::store);
        EXPECT_THAT(errors_.str(), HasSubstr("in use by another process"));
    }
    configuration_.state_directory = "/proc/nowhere";
    configuration_.database = "/proc/nowhere/l.db";
    EXPECT_EQ(run("station list", {}), ExitCode::store);
    EXPECT_THAT(errors_.str(), HasSubstr("cannot be made"));
}

}  // namespace
}  // namespace ladestrom::app
