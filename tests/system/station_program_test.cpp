// ladestrom-station as it is shipped: started as a process, driven over its control port, talking OCPP 1.6 to
// a backend over real sockets.
#include "backend.hpp"
#include "program.hpp"

#include "store/sqlite/database.hpp"
#include "transport/http/http_client.hpp"
#include "transport/test_support.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace ladestrom::system_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class StationProgramTest : public testing::Test {
protected:
    // Extra arguments after those every test needs.
    void start(std::vector<std::string> extra = {})
    {
        std::vector<std::string> arguments{"--url", backend_.url("CP1"), "--state-directory",
                                           state_directory(), "--control-port", "0", "--seed", "7",
                                           // What a busy machine answers late is waited for.
                                           "--control-backend-grace", "30"};
        arguments.insert(arguments.end(), extra.begin(), extra.end());
        station_.emplace(LADESTROM_STATION, arguments, directory_);
        ASSERT_TRUE(until([&] { return control_port() != 0 || !station_->running(); })) << station_->errors();
        ASSERT_TRUE(station_->running()) << station_->errors();
    }
    void start_and_boot(std::vector<std::string> extra = {})
    {
        start(std::move(extra));
        ASSERT_TRUE(until([&] { return backend_.count("StatusNotification") >= 2; })) << station_->errors();
    }

    std::string state_directory() const { return directory_.file("state"); }
    std::uint16_t control_port() const
    {
        std::string output = station_->output();
        auto colon = output.rfind(':');
        return output.ends_with("\n") ? static_cast<std::uint16_t>(std::stoi(output.substr(colon + 1))) : 0;
    }

    transport::HttpReply call(const std::string& method, const std::string& target,
                              const std::string& body = "", Duration limit = seconds(120))
    {
        return transport::http_call(loop_, control_port(), {method, target, {}, body}, limit);
    }
    void post(const std::string& target, const std::string& body = "")
    {
        auto reply = call("POST", target, body);
        ASSERT_EQ(reply.status, 200u) << target << " " << body << ": " << reply.body << "\n"
                                      << station_->errors();
    }
    // A value of GET /state, as text.
    std::string state(const std::string& pointer)
    {
        return Backend::Call{"", call("GET", "/state").body}.text(pointer);
    }
    std::int64_t state_integer(const std::string& pointer) { return std::stoll("0" + state(pointer)); }

    bool until(const std::function<bool()>& done, Duration limit = seconds(30))
    {
        return wait_until(loop_, done, limit);
    }
    // For what only the control port shows.
    bool until_state(const std::string& pointer, const std::string& value, Duration limit = seconds(30))
    {
        Tick end = loop_.now() + limit;
        while (loop_.now() < end) {
            if (state(pointer) == value) return true;
            until([] { return false; }, milliseconds(50));
        }
        ADD_FAILURE() << pointer << " is " << state(pointer) << ", not " << value << "\n"
                      << station_->errors();
        return false;
    }
    void advance(int seconds_of_station)
    {
        post("/clock/advance", "{\"seconds\":" + std::to_string(seconds_of_station) + "}");
    }

    // A car is charging on EVSE 1, and the backend knows.
    void charge(const std::string& car = R"({"soc":30})")
    {
        post("/evse/1/plug", car);
        post("/evse/1/swipe", R"({"token":"04A1B2C3"})");
        ASSERT_TRUE(until([&] { return backend_.count("StartTransaction") == 1; })) << station_->errors();
        ASSERT_TRUE(until_state("/hardware/evses/0/contactor_closed", "true"));
        ASSERT_TRUE(until_state("/engine/evses/0/status", "Charging"));
    }

    transport::EventLoop loop_;
    TemporaryDirectory directory_;
    Backend backend_{loop_};
    std::optional<Program> station_;
};

// ---- a session ----------------------------------------------------------------------------------------

TEST_F(StationProgramTest, OneCarCharges)
{
    start_and_boot();
    EXPECT_EQ(backend_.calls("BootNotification").at(0).text("/chargePointVendor"), "Ladestrom");
    charge();
    advance(3600);
    EXPECT_EQ(state("/engine/evses/0/status"), "Charging");
    std::int64_t meter = state_integer("/hardware/evses/0/meter/import_wh");
    EXPECT_NEAR(static_cast<double>(meter), 16 * 3 * 230, 60) << "an hour at 16 A on three phases";
    post("/evse/1/swipe", R"({"token":"04A1B2C3"})");
    ASSERT_TRUE(until([&] { return backend_.count("StopTransaction") == 1; })) << station_->errors();
    auto start = backend_.calls("StartTransaction").at(0);
    auto stop = backend_.calls("StopTransaction").at(0);
    EXPECT_EQ(start.text("/idTag"), "04A1B2C3");
    EXPECT_EQ(start.integer("/meterStart"), 0);
    EXPECT_EQ(stop.integer("/transactionId"), 100);
    EXPECT_GE(stop.integer("/meterStop"), meter);
    EXPECT_EQ(stop.integer("/meterStop"), state_integer("/hardware/evses/0/meter/import_wh"));
    EXPECT_GE(backend_.count("MeterValues"), 2u);
    ASSERT_TRUE(until_state("/hardware/evses/0/locked", "false"));
    post("/evse/1/unplug");
    EXPECT_TRUE(until_state("/engine/evses/0/status", "Available"));
}

TEST_F(StationProgramTest, ABlockedCardGetsNoEnergy)
{
    backend_.block("BAD1");
    start_and_boot();
    post("/evse/1/plug", R"({"soc":30})");
    post("/evse/1/swipe", R"({"token":"BAD1"})");
    ASSERT_TRUE(until([&] { return backend_.count("Authorize") == 1; }));
    advance(300);
    EXPECT_EQ(backend_.count("StartTransaction"), 0u);
    EXPECT_EQ(state("/hardware/evses/0/meter/import_wh"), "0");
}

TEST_F(StationProgramTest, TheClockAdvancesThroughEveryDeadline)
{
    start_and_boot();
    std::size_t before = backend_.count("Heartbeat");
    advance(3000);
    std::size_t beats = backend_.count("Heartbeat") - before;
    // The boot answer's interval is 300 s.
    EXPECT_GE(beats, 9u);
    EXPECT_LE(beats, 11u);
    auto refused = call("POST", "/clock/advance", R"({"seconds":-1})");
    EXPECT_EQ(refused.status, 400u);
}

// ---- what goes wrong ------------------------------------------------------------------------------------

TEST_F(StationProgramTest, AKilledProcessKeepsSessionAndEnergy)
{
    start_and_boot();
    charge();
    advance(1800);
    std::int64_t told = state_integer("/engine/evses/0/meter/import_wh");
    EXPECT_GT(told, 5000);
    (void)call("POST", "/kill", "", seconds(5));
    EXPECT_EQ(station_->wait(loop_), 128 + SIGKILL);
    std::size_t boots = backend_.count("BootNotification");

    start();
    ASSERT_TRUE(until([&] { return backend_.count("BootNotification") > boots; })) << station_->errors();
    std::int64_t after = state_integer("/hardware/evses/0/meter/import_wh");
    EXPECT_GE(after, told) << "the register steps back";
    EXPECT_LE(after, told + 20) << "energy out of nowhere";
    ASSERT_TRUE(until_state("/engine/evses/0/session/transaction_id", "100"));
    ASSERT_TRUE(until_state("/hardware/evses/0/contactor_closed", "true"));
    advance(600);
    post("/evse/1/swipe", R"({"token":"04A1B2C3"})");
    ASSERT_TRUE(until([&] { return backend_.count("StopTransaction") == 1; })) << station_->errors();
    EXPECT_EQ(backend_.count("StartTransaction"), 1u);
    EXPECT_EQ(backend_.calls("StopTransaction").at(0).integer("/transactionId"), 100);
    EXPECT_GT(backend_.calls("StopTransaction").at(0).integer("/meterStop"), after);
}

TEST_F(StationProgramTest, AKilledProcessClosesItsSessionWhenToldSo)
{
    start_and_boot({"--interrupted-session", "close"});
    charge();
    advance(600);
    (void)call("POST", "/kill", "", seconds(5));
    EXPECT_EQ(station_->wait(loop_), 128 + SIGKILL);
    start({"--interrupted-session", "close"});
    ASSERT_TRUE(until([&] { return backend_.count("StopTransaction") == 1; })) << station_->errors();
    EXPECT_EQ(backend_.calls("StopTransaction").at(0).text("/reason"), "PowerLoss");
}

TEST_F(StationProgramTest, AnOfflineSessionIsToldLater)
{
    start_and_boot();
    charge();
    post("/link", R"({"up":false})");
    ASSERT_TRUE(until([&] { return !backend_.connected(); }));
    advance(1200);
    EXPECT_EQ(state("/hardware/evses/0/contactor_closed"), "true");
    post("/evse/1/swipe", R"({"token":"04A1B2C3"})");
    ASSERT_TRUE(until_state("/hardware/evses/0/contactor_closed", "false"));
    EXPECT_EQ(backend_.count("StopTransaction"), 0u);
    post("/link", R"({"up":true})");
    advance(600);
    ASSERT_TRUE(until([&] { return backend_.count("StopTransaction") == 1; })) << station_->errors();
    EXPECT_GT(backend_.calls("StopTransaction").at(0).integer("/meterStop"), 3000);
}

TEST_F(StationProgramTest, OnAFullDiskARunningSessionIsClosed)
{
    start_and_boot();
    charge();
    post("/disk", R"({"mode":"full"})");
    advance(1800);
    post("/evse/1/swipe", R"({"token":"04A1B2C3"})");
    ASSERT_TRUE(until([&] { return backend_.count("StopTransaction") == 1; })) << station_->errors();
    EXPECT_EQ(state("/disk/mode"), "full");
}

TEST_F(StationProgramTest, OnAFailingDiskNoSessionStarts)
{
    start_and_boot();
    post("/disk", R"({"mode":"fail"})");
    post("/evse/1/plug", R"({"soc":30})");
    post("/evse/1/swipe", R"({"token":"04A1B2C3"})");
    advance(120);
    EXPECT_EQ(backend_.count("StartTransaction"), 0u) << "a session that is not durable was told";
    EXPECT_EQ(state("/hardware/evses/0/meter/import_wh"), "0") << "energy flowed outside a durable session";
    post("/disk", R"({"mode":"ok"})");
    advance(120);
    post("/evse/1/swipe", R"({"token":"04A1B2C3"})");
    ASSERT_TRUE(until([&] { return backend_.count("StartTransaction") == 1; })) << station_->errors();
}

TEST_F(StationProgramTest, ASlowDiskDelaysEnergyNotSafety)
{
    start_and_boot();
    charge();
    post("/disk", R"({"mode":"slow"})");
    post("/evse/1/fault", R"({"code":"InternalError"})");
    // The end of the session is told when its record is durable; by then the contactor has long been open.
    ASSERT_TRUE(until_state("/hardware/evses/0/contactor_closed", "false"));
    EXPECT_EQ(backend_.count("StopTransaction"), 0u);
    ASSERT_TRUE(until([&] { return backend_.count("StopTransaction") == 1; })) << station_->errors();
}

TEST_F(StationProgramTest, TheBackendResetsIt)
{
    start_and_boot();
    std::size_t boots = backend_.count("BootNotification");
    backend_.call("Reset", R"({"type":"Soft"})");
    ASSERT_TRUE(until([&] { return backend_.count("BootNotification") > boots; })) << station_->errors();
    EXPECT_EQ(backend_.result(), R"({"status":"Accepted"})");
    EXPECT_EQ(state("/starts"), "2");
    boots = backend_.count("BootNotification");
    ASSERT_TRUE(until([&] { return backend_.connected(); }));
    backend_.call("Reset", R"({"type":"Hard"})");
    ASSERT_TRUE(until([&] { return backend_.count("BootNotification") > boots; })) << station_->errors();
    EXPECT_EQ(state("/starts"), "3");
    EXPECT_TRUE(station_->running());
}

TEST_F(StationProgramTest, AnOrderlyEndKeepsTheSession)
{
    start_and_boot();
    charge();
    advance(600);
    std::int64_t told = state_integer("/engine/evses/0/meter/import_wh");
    station_->signal(SIGTERM);
    EXPECT_EQ(station_->wait(loop_), 0) << station_->errors();
    EXPECT_EQ(backend_.count("StopTransaction"), 0u);
    start();
    ASSERT_TRUE(until_state("/engine/evses/0/session/transaction_id", "100"));
    EXPECT_GE(state_integer("/hardware/evses/0/meter/import_wh"), told);
}

TEST_F(StationProgramTest, WithoutABackendItRunsAndEnds)
{
    transport::EventLoop elsewhere;
    station_.emplace(LADESTROM_STATION,
                     std::vector<std::string>{"--url", "ws://127.0.0.1:1/CP1", "--state-directory",
                                              state_directory(), "--control-port", "0"},
                     directory_);
    ASSERT_TRUE(until([&] { return control_port() != 0; }));
    ASSERT_TRUE(until_state("/engine/connection", "disconnected"));
    station_->signal(SIGTERM);
    EXPECT_EQ(station_->wait(loop_), 0);
}

TEST_F(StationProgramTest, FactsWaitThroughAKillInOrder)
{
    start_and_boot();
    charge();
    post("/link", R"({"up":false})");
    advance(600);
    post("/evse/1/swipe", R"({"token":"04A1B2C3"})");
    ASSERT_TRUE(until_state("/hardware/evses/0/locked", "false"));
    std::int64_t stopped_at = state_integer("/hardware/evses/0/meter/import_wh");
    (void)call("POST", "/kill", "", seconds(5));
    EXPECT_EQ(station_->wait(loop_), 128 + SIGKILL);
    start();
    ASSERT_TRUE(until([&] { return backend_.count("StopTransaction") == 1; })) << station_->errors();
    EXPECT_EQ(backend_.count("StartTransaction"), 1u);
    EXPECT_EQ(backend_.calls("StopTransaction").at(0).integer("/meterStop"), stopped_at);
    EXPECT_EQ(backend_.calls("StopTransaction").at(0).integer("/transactionId"), 100);
    // A reading of the session may not come after its end.
    auto calls = backend_.calls();
    auto stop =
        std::find_if(calls.begin(), calls.end(), [](auto& one) { return one.action == "StopTransaction"; });
    for (auto later = stop; later != calls.end(); ++later)
        EXPECT_EQ(later->text("/transactionId").empty(), later != stop);
}

TEST_F(StationProgramTest, TheEnergyManagerLowersAndLiftsTheOffer)
{
    start_and_boot();
    charge(R"({"soc":30,"max_current":32})");
    EXPECT_EQ(state("/hardware/evses/0/meter/current_a/0"), "32");
    post("/energy-manager", R"({"limit_a":8,"evse":1})");
    ASSERT_TRUE(until_state("/hardware/evses/0/meter/current_a/0", "8"));
    EXPECT_THAT(state("/engine/evses/0/limited_by"), HasSubstr("energy manager"));
    post("/energy-manager", R"({"limit_a":0,"evse":1})");
    ASSERT_TRUE(until_state("/hardware/evses/0/meter/current_a/0", "0"));
    ASSERT_TRUE(until_state("/engine/evses/0/status", "SuspendedEVSE"));
    post("/energy-manager", R"({"limit_a":null,"evse":1})");
    ASSERT_TRUE(until_state("/hardware/evses/0/meter/current_a/0", "32"));
}

TEST_F(StationProgramTest, AFaultStopsTheFlowAndIsTold)
{
    start_and_boot();
    charge();
    post("/evse/1/fault", R"({"code":"GroundFailure","info":"RCD","vendor_error_code":"E12"})");
    ASSERT_TRUE(until_state("/engine/evses/0/status", "Faulted"));
    EXPECT_EQ(state("/hardware/evses/0/contactor_closed"), "false");
    ASSERT_TRUE(
        until([&] { return backend_.calls("StatusNotification").back().text("/status") == "Faulted"; }));
    auto told = backend_.calls("StatusNotification").back();
    EXPECT_EQ(told.text("/errorCode"), "GroundFailure");
    EXPECT_EQ(told.text("/info"), "RCD");
    EXPECT_EQ(told.text("/vendorErrorCode"), "E12");
    EXPECT_EQ(call("DELETE", "/evse/1/fault").status, 200u);
    ASSERT_TRUE(
        until([&] { return backend_.calls("StatusNotification").back().text("/status") != "Faulted"; }));
}

TEST_F(StationProgramTest, TheLogIsJsonWithoutSecrets)
{
    std::string secret = "Tr0ub4dor-and-3";
    std::string file = directory_.file("password");
    std::ofstream(file) << secret << "\n";
    start_and_boot({"--basic-password-file", file, "--log-format", "json", "--log-level", "debug"});
    charge();
    station_->signal(SIGTERM);
    EXPECT_EQ(station_->wait(loop_), 0) << station_->errors();
    std::istringstream lines(station_->errors());
    messages::JsonParser parser;
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        auto json = parser.parse(line);
        ASSERT_TRUE(json) << line;
        std::string_view message;
        EXPECT_FALSE((*json)["message"].get(message)) << line;
    }
    EXPECT_GE(count, 4);
    EXPECT_EQ(station_->errors().find(secret), std::string::npos);
    EXPECT_EQ(station_->errors().find("04A1B2C3"), std::string::npos);
    EXPECT_EQ(backend_.password(), secret);
}

// ---- exit codes -----------------------------------------------------------------------------------------

class StationExitTest : public testing::Test {
protected:
    // Exit code of a run that ends by itself.
    int run(std::vector<std::string> arguments)
    {
        Program program(LADESTROM_STATION, std::move(arguments), directory_);
        auto code = program.wait(loop_);
        errors_ = program.errors();
        output_ = program.output();
        return code.value_or(-1);
    }
    std::vector<std::string> with(std::vector<std::string> extra)
    {
        std::vector<std::string> all{
            "--url", "ws://127.0.0.1:1/CP1", "--state-directory", directory_.file("state"), "--control-port",
            "0"};
        all.insert(all.end(), extra.begin(), extra.end());
        return all;
    }

    transport::EventLoop loop_;
    TemporaryDirectory directory_;
    std::string errors_, output_;
};

TEST_F(StationExitTest, HelpAndVersion)
{
    EXPECT_EQ(run({"--help"}), 0);
    EXPECT_THAT(output_, HasSubstr("Examples:"));
    EXPECT_THAT(output_, HasSubstr("--state-directory"));
    EXPECT_EQ(run({"--version"}), 0);
    EXPECT_THAT(output_, StartsWith("ladestrom-station "));
}

TEST_F(StationExitTest, AnUnknownFlagIsTwo)
{
    EXPECT_EQ(run(with({"--nonsense"})), 2);
    EXPECT_THAT(errors_, HasSubstr("--nonsense"));
}

TEST_F(StationExitTest, AWrongSettingIsThreeWithItsPlace)
{
    std::string file = directory_.file("station.toml");
    std::ofstream(file) << "url = \"ws://localhost:9000/CP1\"\nvendor = 5\n";
    EXPECT_EQ(run({"--config", file}), 3);
    EXPECT_THAT(errors_, HasSubstr("station.toml:2"));
    EXPECT_THAT(errors_, HasSubstr("vendor"));
    EXPECT_EQ(run({"--config", file, "config", "check"}), 3);
    EXPECT_EQ(run(with({"config", "check"})), 0) << errors_;
    EXPECT_EQ(run(with({"--vendor", "A", "config", "show", "--origin"})), 0) << errors_;
    EXPECT_THAT(output_, HasSubstr("--vendor"));
}

TEST_F(StationExitTest, ATakenPortIsFour)
{
    transport::HttpServer other(loop_, [](auto, auto) {}, {}, {});
    auto port = other.listen({});
    ASSERT_TRUE(port);
    EXPECT_EQ(run(with({"--control-port", std::to_string(*port)})), 4);
    EXPECT_THAT(errors_, HasSubstr(std::to_string(*port)));
    EXPECT_EQ(std::count(errors_.begin(), errors_.end(), '\n'), 1) << errors_;
}

TEST_F(StationExitTest, AStateDirectoryInUseIsFive)
{
    Program first(LADESTROM_STATION, with({}), directory_);
    ASSERT_TRUE(wait_until(loop_, [&] { return first.output().ends_with("\n"); }));
    EXPECT_EQ(run(with({})), 5);
    EXPECT_THAT(errors_, HasSubstr(directory_.file("state") + "/journal.db: in use by another process"));
    EXPECT_EQ(std::count(errors_.begin(), errors_.end(), '\n'), 1) << errors_;
    EXPECT_TRUE(first.running());
}

TEST_F(StationExitTest, AStateDirectoryThatIsAFileIsFive)
{
    std::ofstream(directory_.file("state")) << "x";
    EXPECT_EQ(run(with({})), 5);
    EXPECT_THAT(errors_, HasSubstr(directory_.file("state")));
}

TEST_F(StationExitTest, AJournalOfAnotherKindIsFive)
{
    std::filesystem::create_directory(directory_.file("state"));
    std::ofstream(directory_.file("state") + "/journal.db") << std::string(5000, 'x');
    EXPECT_EQ(run(with({})), 5);
    EXPECT_THAT(errors_, HasSubstr("is not an SQLite database"));
}

TEST_F(StationExitTest, AnUnreadableCertificateIsSix)
{
    EXPECT_EQ(run(with({"--url", "wss://127.0.0.1:1/CP1", "--tls-ca-file", directory_.file("missing.pem")})),
              6);
    EXPECT_THAT(errors_, HasSubstr("missing.pem"));
}

}  // namespace
}  // namespace ladestrom::system_test
