// The control port over real HTTP, before simulated hardware and without an engine.
#include "local/control_port.hpp"

#include "messages/json.hpp"
#include "transport/http/http_client.hpp"
#include "transport/test_support.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace ladestrom::local {
namespace {

using hardware::simulated::Car;
using hardware::simulated::CarSettings;
using hardware::simulated::Fault;
using hardware::simulated::SimulatedStation;
using testing::HasSubstr;

// Hands everything to the hardware, and remembers the rest.
class HardwareOnly final : public Device {
public:
    DeviceState state() override
    {
        DeviceState state;
        state.identity = "CP \"1\"";
        state.hardware = &hardware;
        state.wall = wall;
        state.network_up = network;
        state.disk = disk;
        return state;
    }
    std::size_t evse_count() const override { return hardware.evses().size(); }

    Result<void> plug(EvseId evse, const Car& car, std::optional<Amperes> rating) override
    {
        return drop(hardware.plug(evse, car, rating));
    }
    Result<void> unplug(EvseId evse, bool pulled) override { return drop(hardware.unplug(evse, pulled)); }
    Result<void> set_car(EvseId evse, const CarSettings& settings, std::optional<Percent> soc) override
    {
        return drop(hardware.set_car(evse, settings, soc));
    }
    Result<void> swipe(EvseId evse, const IdToken& token) override
    {
        swiped = token;
        return drop(hardware.swipe(evse, token));
    }
    Result<void> set_fault(EvseId evse, const Fault& fault) override
    {
        return drop(hardware.set_fault(evse, fault));
    }
    Result<void> clear_fault(EvseId evse) override { return drop(hardware.clear_fault(evse)); }
    std::vector<station::DeadLetterView> dead_letters() override
    {
        station::DeadLetterView letter{.serial = "3-14", .kind = "Ended"};
        letter.transaction_id = 7;
        letter.reason = "said \"no\"";
        return {letter};
    }
    Result<void> resend_dead_letter(const std::string& serial) override
    {
        if (serial != "3-14") return Error{"dead letter " + serial + ": there is no such"};
        ++resent;
        return {};
    }
    void set_network(bool up) override { network = up; }
    void set_clock(Instant now) override { wall = now; }
    void advance_clock(Duration time, std::function<void(Result<void>)> done) override
    {
        wall += time;
        done(time > hours(24) ? Result<void>(Error{"one is under way"}) : Result<void>());
    }
    void limit(EvseId evse, std::optional<Amperes> amperes) override { limited = {evse, amperes}; }
    void set_disk(DiskMode mode) override { disk = mode; }
    void kill() override { std::_Exit(42); }

    SimulatedStation hardware{{.evses = {{}, {}}, .timing = {.lock = Duration(0)}}, 1, Tick{}};
    IdToken swiped;
    bool network = true;
    int resent = 0;
    Instant wall{};
    DiskMode disk = DiskMode::ok;
    std::pair<EvseId, std::optional<Amperes>> limited;

private:
    static Result<void> drop(const Result<hardware::simulated::Events>& events)
    {
        if (!events) return events.error();
        return {};
    }
};

class ControlPortTest : public testing::Test {
protected:
    void SetUp() override
    {
        auto listening = port_.listen({});
        ASSERT_TRUE(listening) << listening.error().message;
        number_ = *listening;
    }

    transport::HttpReply call(const std::string& method, const std::string& target,
                              const std::string& body = "", transport::HttpHeaders headers = {})
    {
        return transport::http_call(loop_, number_, {method, target, std::move(headers), body});
    }
    // Status and, when it is not 200, the error's text.
    std::string post(const std::string& target, const std::string& body)
    {
        auto reply = call("POST", target, body);
        return reply.status == 200 ? "200" : std::to_string(reply.status) + " " + error_of(reply);
    }
    std::string error_of(const transport::HttpReply& reply)
    {
        auto json = parser_.parse(reply.body);
        std::string_view text;
        if (!json || (*json)["error"].get(text)) return "no error in: " + reply.body;
        return std::string(text);
    }
    const hardware::simulated::SimulatedEvse& evse(int number)
    {
        return *device_.hardware.find(EvseId{number});
    }

    transport::EventLoop loop_;
    HardwareOnly device_;
    ControlPort port_{loop_, device_, {}};
    std::uint16_t number_ = 0;
    messages::JsonParser parser_;
};

TEST_F(ControlPortTest, ShowsTheState)
{
    auto reply = call("GET", "/state");
    EXPECT_EQ(reply.status, 200u);
    auto json = parser_.parse(reply.body);
    ASSERT_TRUE(json) << reply.body;
    std::string_view identity;
    ASSERT_FALSE((*json)["identity"].get(identity));
    EXPECT_EQ(identity, "CP \"1\"");
    EXPECT_EQ(json->at_pointer("/hardware/evses").get_array().size(), 2u);
    EXPECT_TRUE(json->at_pointer("/hardware/evses/0/car").is_null());
}

TEST_F(ControlPortTest, PlugsACarAsDescribed)
{
    EXPECT_EQ(post("/evse/2/plug",
                   R"({"soc":55,"max_current":32,"phases":1,"cable_rating":20,"capacity_wh":40000})"),
              "200");
    ASSERT_TRUE(evse(2).car());
    EXPECT_DOUBLE_EQ(evse(2).car()->soc().value, 55);
    EXPECT_EQ(evse(2).car()->settings().max_current, Amperes{32});
    EXPECT_EQ(evse(2).car()->settings().phases, 1);
    EXPECT_EQ(evse(2).cable_rating(), Amperes{20});
    EXPECT_FALSE(evse(1).car());
    EXPECT_THAT(post("/evse/2/plug", ""), HasSubstr("409 a car is plugged in already"));
    EXPECT_EQ(post("/evse/2/unplug", ""), "200");
    EXPECT_THAT(post("/evse/2/unplug", ""), HasSubstr("409 no car"));
}

TEST_F(ControlPortTest, ALockedCableIsPulledOnlyOnRequest)
{
    ASSERT_EQ(post("/evse/1/plug", ""), "200");
    device_.hardware.handle(hardware::LockCable{EvseId{1}}, Tick{});
    device_.hardware.advance(Tick{} + seconds(1));
    EXPECT_THAT(post("/evse/1/unplug", ""), HasSubstr("409 the cable is locked"));
    EXPECT_EQ(post("/evse/1/unplug", R"({"pull":true})"), "200");
}

TEST_F(ControlPortTest, ChangesOnlyWhatIsSaidOfACar)
{
    EXPECT_THAT(post("/evse/1/ev", R"({"soc":10})"), HasSubstr("409"));
    ASSERT_EQ(post("/evse/1/plug", R"({"max_current":20})"), "200");
    EXPECT_EQ(post("/evse/1/ev", R"({"soc":90,"wants_energy":false})"), "200");
    EXPECT_EQ(evse(1).car()->settings().max_current, Amperes{20});
    EXPECT_FALSE(evse(1).car()->settings().wants_energy);
    EXPECT_DOUBLE_EQ(evse(1).car()->soc().value, 90);
}

TEST_F(ControlPortTest, ShowsDeadLettersAndSendsThemAgain)
{
    const auto letters = call("GET", "/dead-letters");
    EXPECT_EQ(letters.status, 200u);
    EXPECT_THAT(letters.body, HasSubstr(R"([{"serial":"3-14","kind":"Ended")"));
    EXPECT_THAT(letters.body, HasSubstr(R"("transaction_id":7,"token":null,"at":null)"));
    EXPECT_THAT(letters.body, HasSubstr(R"("reason":"said \"no\"")"));
    EXPECT_EQ(post("/dead-letters/3-14/resend", ""), "200");
    EXPECT_THAT(post("/dead-letters/3-15/resend", ""), HasSubstr("404 dead letter 3-15: there is no such"));
    EXPECT_EQ(device_.resent, 1);
}

TEST_F(ControlPortTest, SwipesCards)
{
    EXPECT_EQ(post("/evse/1/swipe", R"({"token":"04A1"})"), "200");
    EXPECT_EQ(device_.swiped.value, "04A1");
    EXPECT_EQ(device_.swiped.type, IdTokenType::iso14443);
    EXPECT_EQ(post("/evse/0/swipe", R"({"token":"1234","type":"KeyCode"})"), "200");
    EXPECT_EQ(device_.swiped.type, IdTokenType::key_code);
    EXPECT_THAT(post("/evse/1/swipe", R"({"token":"1","type":"Card"})"),
                HasSubstr("400 type: expected one of ISO14443"));
    EXPECT_THAT(post("/evse/1/swipe", "{}"), HasSubstr("400 token: expected a text"));
}

TEST_F(ControlPortTest, SetsAndClearsFaults)
{
    EXPECT_EQ(post("/evse/1/fault", R"({"code":"HighTemperature","info":"hot","vendor_error_code":"E7"})"),
              "200");
    EXPECT_EQ(evse(1).fault().error, ConnectorError::high_temperature);
    EXPECT_FALSE(evse(1).fault().critical);
    EXPECT_EQ(evse(1).fault().vendor_error_code, "E7");
    EXPECT_EQ(post("/evse/2/fault", R"({"code":"ConnectorLockFailure"})"), "200");
    EXPECT_TRUE(evse(2).jammed());
    EXPECT_EQ(call("DELETE", "/evse/2/fault").status, 200u);
    EXPECT_FALSE(evse(2).jammed());
    EXPECT_THAT(post("/evse/1/fault", R"({"code":"Broken"})"), HasSubstr("400 code: expected one of"));
    EXPECT_THAT(post("/evse/1/fault", R"({"code":"NoError"})"), HasSubstr("400 code: expected a fault"));
    EXPECT_EQ(post("/evse/0/fault", R"({"code":"OtherError","emergency_stop":true})"), "200");
    EXPECT_TRUE(device_.hardware.station_fault().emergency_stop);
}

TEST_F(ControlPortTest, MovesTheWorldAround)
{
    EXPECT_EQ(post("/link", R"({"up":false})"), "200");
    EXPECT_FALSE(device_.network);
    EXPECT_EQ(post("/clock", R"({"now":"2030-01-01T00:00:00Z"})"), "200");
    EXPECT_EQ(post("/clock/advance", R"({"seconds":1.5})"), "200");
    EXPECT_EQ(format_instant(device_.wall), "2030-01-01T00:00:01.500Z");
    EXPECT_EQ(post("/clock/advance", R"({"seconds":86401})"), "409 one is under way");
    EXPECT_EQ(post("/energy-manager", R"({"limit_a":10,"evse":1})"), "200");
    EXPECT_EQ(device_.limited.first, EvseId{1});
    EXPECT_EQ(device_.limited.second, Amperes{10});
    EXPECT_EQ(post("/energy-manager", R"({"limit_a":null})"), "200");
    EXPECT_EQ(device_.limited.first, EvseId{0});
    EXPECT_FALSE(device_.limited.second);
    EXPECT_EQ(post("/disk", R"({"mode":"slow"})"), "200");
    EXPECT_EQ(device_.disk, DiskMode::slow);
    EXPECT_EQ(post("/disk", R"({"mode":"fast"})"), "400 mode: expected one of ok, full, fail, slow");
    EXPECT_THAT(post("/energy-manager", "{}"), HasSubstr("400 limit_a: expected a number"));
}

TEST_F(ControlPortTest, RefusesWhatDoesNotExist)
{
    EXPECT_EQ(post("/evse/3/plug", ""), "404 EVSE 3: there are 2, counted from 1");
    EXPECT_EQ(post("/evse/0/plug", ""), "404 EVSE 0: there are 2, counted from 1");
    EXPECT_THAT(post("/evse/x/plug", ""), HasSubstr("404 EVSE x"));
    EXPECT_EQ(call("GET", "/nowhere").status, 404u);
    EXPECT_EQ(call("GET", "/link").status, 405u);
    EXPECT_THAT(post("/evse/1/plug", R"({"phases":2})"), HasSubstr("400 phases: expected 1 or 3"));
    EXPECT_THAT(post("/evse/1/plug", R"({"sock":2})"), HasSubstr("400 sock: no such field"));
    EXPECT_FALSE(evse(1).car());
}

TEST_F(ControlPortTest, RefusesPagesOfOtherSites)
{
    EXPECT_EQ(call("GET", "/state", "", {{"Origin", "http://evil.example"}}).status, 403u);
    EXPECT_EQ(call("GET", "/state", "", {{"Origin", "http://localhost"}}).status, 200u);
    const auto answer_for = [&](const std::string& host) {
        transport::RawPeer peer(loop_, number_);
        peer.send("GET /state HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
        loop_.run_until([&] { return peer.ended(); }, seconds(10));
        return peer.received().substr(0, 12);
    };
    // Names that were made to point to this machine.
    for (const char* const host : {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example",
                                   "127.evil.example:80", "[::1].evil.example", "127.0.0", "128.0.0.1"}) {
        EXPECT_EQ(answer_for(host), "HTTP/1.1 403") << host;
    }
    for (const char* const host : {"localhost", "localhost:80", "127.0.0.1", "127.1.2.3:8080", "[::1]:80"}) {
        EXPECT_EQ(answer_for(host), "HTTP/1.1 200") << host;
    }
}

}  // namespace
}  // namespace ladestrom::local
