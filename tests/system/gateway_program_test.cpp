// ladestrom-station as a gateway: one process, several stations, each with its own identity, socket, journal
// and control port.
#include "backend.hpp"
#include "program.hpp"

#include "messages/json.hpp"
#include "store/sqlite/database.hpp"
#include "transport/http/http_client.hpp"
#include "transport/test_support.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>

namespace ladestrom::system_test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class GatewayProgramTest : public testing::Test {
protected:
    // CP1.toml for CP1, with a state directory beside it.
    std::string file(const std::string& identity, const std::string& more = "")
    {
        const std::string path = directory_.file(identity + ".toml");
        std::ofstream(path) << "url = \"" << backend_.url(identity) << "\"\nserial_number = \"serial-"
                            << identity << "\"\nstate_directory = \"state-" << identity << "\"\nseed = 7\n"
                            << "control.port = 0\ncontrol.backend_grace = 30\n"
                            << more;
        return path;
    }
    std::vector<std::string> three_files() { return {file("CP1"), file("CP2"), file("CP3")}; }

    void start(std::vector<std::string> arguments)
    {
        arguments.insert(arguments.begin(), "gateway");
        gateway_.emplace(LADESTROM_STATION, arguments, directory_);
    }
    // Waits for a boot of each station that was not seen before.
    void start_and_boot(const std::vector<std::string>& arguments)
    {
        const std::size_t before = backend_.count("BootNotification");
        start(arguments);
        ASSERT_TRUE(until([&] { return backend_.count("BootNotification") == before + 3; })) << errors();
    }
    int end()
    {
        gateway_->signal(SIGTERM);
        return gateway_->wait(loop_).value_or(-1);
    }
    // Exit code of a gateway that ends by itself.
    int run(std::vector<std::string> arguments)
    {
        start(std::move(arguments));
        return gateway_->wait(loop_).value_or(-1);
    }

    std::string errors() const { return gateway_->errors(); }
    bool until(const std::function<bool()>& done) { return wait_until(loop_, done); }

    std::uint16_t control_port(const std::string& identity) const
    {
        const std::string output = gateway_->output();
        const std::string before = identity + ": control port http://127.0.0.1:";
        const std::size_t at = output.find(before);
        if (at == std::string::npos) throw std::runtime_error("no control port of " + identity);
        return static_cast<std::uint16_t>(std::stoi(output.substr(at + before.size())));
    }
    transport::HttpReply call(const std::string& identity, const std::string& method,
                              const std::string& target, const std::string& body = "")
    {
        return transport::http_call(loop_, control_port(identity), {method, target, {}, body}, seconds(60));
    }
    void post(const std::string& identity, const std::string& target, const std::string& body = "")
    {
        const auto reply = call(identity, "POST", target, body);
        ASSERT_EQ(reply.status, 200u) << target << ": " << reply.body << "\n" << errors();
    }
    std::string state(const std::string& identity, const std::string& pointer)
    {
        return Backend::Call{"", call(identity, "GET", "/state").body}.text(pointer);
    }
    // A car is charging at this station, and the backend knows.
    void charge(const std::string& identity)
    {
        post(identity, "/evse/1/plug", R"({"soc":30})");
        post(identity, "/evse/1/swipe", R"({"token":"04A1B2C3"})");
        ASSERT_TRUE(until([&] { return backend_.count("StartTransaction", identity) == 1; })) << errors();
        ASSERT_TRUE(until([&] { return state(identity, "/engine/evses/0/status") == "Charging"; }));
    }

    transport::EventLoop loop_;
    TemporaryDirectory directory_;
    Backend backend_{loop_};
    std::optional<Program> gateway_;
};

TEST_F(GatewayProgramTest, ThreeStationsChargeEndAndGoOn)
{
    start_and_boot(three_files());
    for (const std::string identity : {"CP1", "CP2", "CP3"}) {
        ASSERT_EQ(backend_.count("BootNotification", identity), 1u) << errors();
        EXPECT_EQ(backend_.calls("BootNotification", identity)[0].text("/chargePointSerialNumber"),
                  "serial-" + identity);
        EXPECT_EQ(state(identity, "/identity"), identity);
    }
    charge("CP2");
    post("CP2", "/clock/advance", R"({"seconds":1800})");
    EXPECT_EQ(backend_.count("StartTransaction"), 1u);
    EXPECT_EQ(state("CP1", "/engine/evses/0/status"), "Available");
    const std::int64_t charged = std::stoll("0" + state("CP2", "/hardware/evses/0/meter/import_wh"));
    EXPECT_GT(charged, 1000);

    EXPECT_EQ(end(), 0) << errors();
    EXPECT_EQ(backend_.count("StopTransaction"), 0u);
    ASSERT_TRUE(until([&] { return !backend_.connected(); }));
    EXPECT_THAT(errors(), HasSubstr(" info    CP2: connected to " + backend_.url("CP2") + ", ocpp1.6\n"));
    EXPECT_THAT(errors(), HasSubstr(" info    shutting down\n"));

    start_and_boot(three_files());
    EXPECT_EQ(backend_.count("BootNotification", "CP2"), 2u);
    ASSERT_TRUE(until([&] { return state("CP2", "/engine/evses/0/session/transaction_id") == "100"; }));
    EXPECT_EQ(state("CP1", "/engine/evses/0/session/transaction_id"), "");
    post("CP2", "/evse/1/swipe", R"({"token":"04A1B2C3"})");
    ASSERT_TRUE(until([&] { return backend_.count("StopTransaction", "CP2") == 1; })) << errors();
    EXPECT_EQ(backend_.calls("StopTransaction")[0].integer("/transactionId"), 100);
    EXPECT_GE(backend_.calls("StopTransaction")[0].integer("/meterStop"), charged);
    EXPECT_EQ(backend_.count("StartTransaction"), 1u);
    EXPECT_EQ(end(), 0) << errors();
}

TEST_F(GatewayProgramTest, EachLineOfAJsonLogTellsItsStation)
{
    std::vector<std::string> arguments = three_files();
    arguments.insert(arguments.end(), {"--log-format", "json"});
    start_and_boot(arguments);
    EXPECT_EQ(end(), 0) << errors();
    std::istringstream lines(errors());
    std::map<std::string, int> of;
    for (std::string line; std::getline(lines, line);) {
        const Backend::Call json{"", line};
        EXPECT_NE(json.text("/message"), "") << line;
        ++of[json.text("/station")];
        if (json.text("/station").empty()) {
            EXPECT_EQ(json.text("/message"), "shutting down");
        }
    }
    EXPECT_EQ(of.size(), 4u);
    for (const std::string identity : {"CP1", "CP2", "CP3"}) EXPECT_GE(of[identity], 3) << identity;
}

TEST_F(GatewayProgramTest, TheFirstFilesLogIsThatOfAll)
{
    start_and_boot({file("CP1", "log.level = \"error\"\n"), file("CP2"), file("CP3")});
    EXPECT_EQ(end(), 0);
    EXPECT_EQ(errors(), "");
}

TEST_F(GatewayProgramTest, OneStationIsToldOfAsWithoutAGateway)
{
    start({file("CP1")});
    ASSERT_TRUE(until([&] { return backend_.count("BootNotification") == 1; })) << errors();
    EXPECT_EQ(end(), 0);
    EXPECT_THAT(gateway_->output(), StartsWith("control port http://127.0.0.1:"));
    EXPECT_THAT(errors(), Not(HasSubstr("CP1: ")));
}

// The journal grows beyond what is kept in memory, and then rots on the disk under the running process.
TEST_F(GatewayProgramTest, OneThatCannotGoOnLeavesTheOthersAlone)
{
    start_and_boot(three_files());
    ASSERT_EQ(end(), 0) << errors();
    const std::string journal = directory_.file("state-CP2/journal.db");
    {
        auto database = store::sqlite::Database::open(journal);
        ASSERT_TRUE(database);
        ASSERT_TRUE(
            database->execute("INSERT INTO damaged (key, value) WITH RECURSIVE n(i) AS"
                              " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
                              " SELECT 'x', zeroblob(3000) FROM n"));
    }
    const std::size_t told = backend_.count("StatusNotification", "CP2");
    start_and_boot(three_files());
    ASSERT_TRUE(until([&] { return backend_.count("StatusNotification", "CP2") == told + 2; })) << errors();
    {
        std::fstream file(journal, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(4096);
        file << std::string(12'000'000, '\xff');
        ASSERT_TRUE(file.flush());
    }
    backend_.call("Reset", R"({"type":"Hard"})", "CP2");
    ASSERT_TRUE(until([&] { return errors().find("CP2: this station has ended") != std::string::npos; }))
        << errors();
    EXPECT_TRUE(gateway_->running());
    EXPECT_THROW(call("CP2", "GET", "/state"), std::exception) << "the control port is closed";
    charge("CP1");
    charge("CP3");
    EXPECT_EQ(backend_.count("BootNotification", "CP2"), 2u);
    EXPECT_EQ(end(), 5) << errors();
}

// The slow disk of one keeps the process, until somebody insists.
TEST_F(GatewayProgramTest, ItEndsWithTheLastAndASecondSignalDoesNotWait)
{
    const auto closed = [this](const std::string& identity) {
        return errors().find(identity + ": connection closed") != std::string::npos;
    };
    start_and_boot(three_files());
    charge("CP1");
    post("CP1", "/disk", R"({"mode":"slow"})");
    post("CP1", "/evse/1/fault", R"({"code":"InternalError"})");
    gateway_->signal(SIGTERM);
    ASSERT_TRUE(until([&] { return closed("CP2") && closed("CP3"); })) << errors();
    EXPECT_TRUE(gateway_->running());
    gateway_->signal(SIGTERM);
    EXPECT_EQ(gateway_->wait(loop_), 0);
    EXPECT_FALSE(closed("CP1")) << errors();
}

// ---- what keeps all from starting -----------------------------------------------------------------------

class GatewayStartTest : public GatewayProgramTest {
protected:
    // One sentence that begins with the file, and nobody has talked.
    void expect_refusal(const std::string& file, const std::string& what)
    {
        EXPECT_THAT(errors(), StartsWith("ladestrom-station: " + file + ": "));
        EXPECT_THAT(errors(), HasSubstr(what));
        EXPECT_EQ(std::ranges::count(errors(), '\n'), 1) << errors();
        EXPECT_EQ(gateway_->output(), "");
        EXPECT_EQ(backend_.upgrades(), 0);
    }
};

TEST_F(GatewayStartTest, WithoutFilesIsTwo)
{
    EXPECT_EQ(run({}), 2);
    EXPECT_THAT(errors(), HasSubstr("FILE"));
    EXPECT_EQ(run({"--help"}), 0);
    EXPECT_THAT(gateway_->output(), HasSubstr("gateway [OPTIONS] FILE..."));
}

TEST_F(GatewayStartTest, ConfigurationsThatClashAreThree)
{
    const std::string first = file("CP1");
    const std::string second = directory_.file("second.toml");
    std::ofstream(second) << "url = \"" << backend_.url("CP1") << "\"\nstate_directory = \"state-CP1/\"\n";
    EXPECT_EQ(run({first, second}), 3);
    EXPECT_THAT(errors(), HasSubstr(second + ":1: url: CP1 at this backend is the station of " + first));
    EXPECT_THAT(errors(), HasSubstr(second + ":2: state_directory: "));
    EXPECT_EQ(backend_.upgrades(), 0);
}

TEST_F(GatewayStartTest, ATakenPortIsFour)
{
    transport::HttpServer other(loop_, [](auto, auto) {}, {}, {});
    const auto port = other.listen({});
    ASSERT_TRUE(port);
    const std::string third = directory_.file("CP3.toml");
    std::ofstream(third) << "url = \"" << backend_.url("CP3") << "\"\nstate_directory = \"state-CP3\"\n"
                         << "control.port = " << *port << "\n";
    EXPECT_EQ(run({file("CP1"), file("CP2"), third}), 4);
    expect_refusal(third, std::to_string(*port));
}

TEST_F(GatewayStartTest, AStateDirectoryInUseIsFive)
{
    Program owner(LADESTROM_STATION,
                  {"--url", "ws://127.0.0.1:1/CP2", "--state-directory", directory_.file("state-CP2"),
                   "--control-port", "0"},
                  directory_);
    ASSERT_TRUE(until([&] { return owner.output().ends_with("\n"); }));
    EXPECT_EQ(run(three_files()), 5);
    expect_refusal(directory_.file("CP2.toml"), "state-CP2/journal.db: in use by another process");
}

TEST_F(GatewayStartTest, AnUnreadableCertificateIsSix)
{
    const std::string third = directory_.file("CP3.toml");
    std::ofstream(third) << "url = \"wss://127.0.0.1:1/CP3\"\nstate_directory = \"state-CP3\"\n"
                         << "tls_ca_file = \"missing.pem\"\ncontrol.port = 0\n";
    EXPECT_EQ(run({file("CP1"), third}), 6);
    expect_refusal(third, "missing.pem");
}

}  // namespace
}  // namespace ladestrom::system_test
