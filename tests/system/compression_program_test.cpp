// ladestrom-station and ladestrom-csms with one another: which connections are compressed.
#include "program.hpp"

#include "transport/http/http_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <fstream>
#include <optional>
#include <regex>

namespace ladestrom::system_test {
namespace {

class CompressionProgramTest : public testing::Test {
protected:
    void start_csms(std::vector<std::string> extra = {})
    {
        std::ofstream(directory_.file("password")) << "a long password\n";
        std::vector<std::string> arguments{"--ocpp-port",
                                           "0",
                                           "--http-port",
                                           "0",
                                           "--accept-unknown",
                                           "--state-directory",
                                           directory_.file("csms"),
                                           "--admin-password-file",
                                           directory_.file("password")};
        arguments.insert(arguments.end(), extra.begin(), extra.end());
        csms_.emplace(LADESTROM_CSMS, arguments, directory_);
        ASSERT_TRUE(wait_until(loop_, [&] { return port_of("http") != 0; })) << csms_->errors();
        const std::string login = R"({"user":"admin","password":"a long password"})";
        const auto reply = ask({"POST",
                                "/api/v1/login",
                                {{"X-Requested-With", "test"}, {"Content-Type", "application/json"}},
                                login});
        const std::string cookie = reply.header("Set-Cookie");
        cookie_ = {{"Cookie", cookie.substr(0, cookie.find(';'))}};
    }

    // Until it has booted and told the state of its connector.
    void start_station(const std::string& identity, std::vector<std::string> extra)
    {
        std::vector<std::string> arguments{
            "--url", "ws://127.0.0.1:" + std::to_string(port_of("ws")) + "/ocpp/" + identity,
            "--state-directory", directory_.file(identity), "--no-control-enabled"};
        arguments.insert(arguments.end(), extra.begin(), extra.end());
        const auto before = counter("websocket.frames_in");
        stations_.emplace_back(LADESTROM_STATION, arguments, directory_);
        ASSERT_TRUE(wait_until(loop_, [&] { return counter("websocket.frames_in") >= before + 2; }))
            << stations_.back().errors() << csms_->errors();
    }

    // Of what the central system announces.
    std::uint16_t port_of(const std::string& scheme) const
    {
        std::smatch found;
        const std::string told = csms_->output() + csms_->errors();
        if (!std::regex_search(told, found, std::regex(" " + scheme + R"(://127\.0\.0\.1:(\d+)/)"))) return 0;
        return static_cast<std::uint16_t>(std::stoi(found[1]));
    }
    transport::HttpReply ask(const transport::HttpCall& call)
    {
        return transport::http_call(loop_, port_of("http"), call);
    }
    int counter(const std::string& name)
    {
        const std::string body = ask({"GET", "/api/v1/counters", cookie_, ""}).body;
        std::smatch found;
        return std::regex_search(body, found, std::regex("\"" + name + R"(":(\d+))")) ? std::stoi(found[1])
                                                                                      : 0;
    }

    transport::EventLoop loop_;
    TemporaryDirectory directory_;
    transport::HttpHeaders cookie_;
    std::optional<Program> csms_;
    std::deque<Program> stations_;
};

TEST_F(CompressionProgramTest, StationsOfVersion2AreCompressedUnlessTheyDoNotAsk)
{
    start_csms();
    start_station("CP1", {"--versions", "1.6"});
    start_station("CP2", {"--versions", "2.0.1", "--no-compression"});
    EXPECT_EQ(counter("websocket.compressed"), 0);
    start_station("CP3", {"--versions", "2.0.1"});
    EXPECT_EQ(counter("websocket.compressed"), 1);
    start_station("CP4", {"--versions", "2.1,1.6"});
    EXPECT_EQ(counter("websocket.compressed"), 2);
    EXPECT_EQ(counter("websocket.violation.compression"), 0);
}

TEST_F(CompressionProgramTest, ACentralSystemMayDecline)
{
    start_csms({"--no-compression"});
    start_station("CP1", {"--versions", "2.1"});
    EXPECT_EQ(counter("websocket.compressed"), 0);
}

// 1.6 has no compression, also for a station that offers it along with 2.1.
TEST_F(CompressionProgramTest, AConnectionOfVersion16IsNotCompressed)
{
    start_csms();
    start_station("CP1", {"--versions", "1.6,2.1"});
    EXPECT_EQ(counter("websocket.compressed"), 0);
}

}  // namespace
}  // namespace ladestrom::system_test
