// The central system's core with a hostile station, B, beside a well-behaved one, A, that has a running and
// an ended session. A script:
//   first line      any of: s strict decoding, a unknown stations are accepted, h the store answers only to k
//                   and K, p B waits in the inbox, n no frames are traced, 2 B speaks 2.0.1 in place of 1.6,
//                   3 it speaks 2.1
//   <frame          from B, as it stands;  o<frame>: on the socket B had before
//   u               B connects, also beside its open socket;  d D: its socket closes, the one before closes
//   v<0..2>         the version that B speaks from its next connection on
//   U<id> <user> <password>  somebody connects (with A's identity too, but not with its password), and is
//                   from then on who sends
//   b               B boots well;  r<payload> x<code>: B answers the call to it
//   k K             the store answers one request, all;  f<n> l<n>: the next commits, loads fail
//   t<milliseconds> time passes;  w<seconds>: the wall clock jumps
//   C<action> <payload>  an operator calls B;  P<0..2>: sets B's admission;  N<name> names it;  X: removes it
//   z Z             the process dies, with commits in flight lost, stored
// Holds: rows, frames and live events of A do not change, and A is still answered at the end; every frame
// that leaves is OCPP-J, and strictly the standard's unless an operator wrote it; a call is answered at most
// once; every command of an operator ends once; no deadline stays due.
#include "support/frames.hpp"
#include "support/gtest_failures.hpp"
#include "support/require.hpp"
#include "support/script.hpp"
#include "support/script_mutator.hpp"

#include "csms/testing/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace ladestrom::fuzz {
namespace {

using csms::SocketId;
using store::MemoryLedger;

constexpr int most_steps = 300;
constexpr std::int64_t longest_wait = 24LL * 3600 * 1000;
constexpr OcppVersion versions[] = {OcppVersion::v1_6, OcppVersion::v2_0_1, OcppVersion::v2_1};
constexpr std::string_view boot_of_16 =
    R"([2,"boot","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}])";
constexpr std::string_view boot_of_2 =
    R"([2,"boot","BootNotification",{"reason":"PowerUp","chargingStation":{"vendorName":"V","model":"M"}}])";
const StationId station_a("A");
const StationId station_b("B");

csms::Options options_of(std::string_view letters)
{
    const auto has = [&](char c) { return letters.find(c) != std::string_view::npos; };
    csms::Options options;
    if (has('s')) options.decode_mode = messages::Mode::strict;
    options.accept_unknown = has('a');
    options.trace_frames = !has('n');
    options.max_waiting_inputs = 8;
    return options;
}

class Scene {
public:
    explicit Scene(std::string_view letters)
        : held_(letters.find('h') != std::string_view::npos), world_(options_of(letters)), a_(world_, "A")
    {
        world_.put_station("A", "password of A");
        world_.put_station("B", "password of B",
                           letters.find('p') != std::string_view::npos ? store::Admission::pending
                                                                       : store::Admission::accepted);
        world_.put_token("TAG");
        world_.put_token(store::TokenRow{.token = {.value = "SHARED"}, .concurrent_allowed = true});
        world_.put_token("BLOCKED", AuthorizationStatus::blocked);
        a_.password = "password of A";
        a_.connect();
        a_.boot();
        charge();
        known_ = rows_of_a();
        world_.forget_published();
        if (held_) world_.ledger.set_answers(MemoryLedger::Answers::held);
        if (letters.find('2') != std::string_view::npos) version_ = OcppVersion::v2_0_1;
        if (letters.find('3') != std::string_view::npos) version_ = OcppVersion::v2_1;
        connect("B", "B", "password of B");
    }

    void take(const Step& step)
    {
        switch (step.kind) {
            case '<': return frame(newest_, step.argument);
            case 'o': return frame(before_, step.argument);
            case 'u': return connect("B", "B", "password of B");
            case 'U': return connect_as(step.argument);
            case 'd': return close(newest_);
            case 'D': return close(before_);
            case 'b': return frame(newest_, version_ == OcppVersion::v1_6 ? boot_of_16 : boot_of_2);
            case 'v': version_ = versions[step.number(0, 2)]; return;
            case 'r': return frame(newest_, fmt::format(R"([3,"{}",{}])", asked_, step.argument));
            case 'x': return frame(newest_, fmt::format(R"([4,"{}","{}","no",{{}}])", asked_, step.argument));
            default: return world_step(step);
        }
    }

    void end()
    {
        world_.ledger.fail_commits(0);
        world_.ledger.fail_loads(0);
        world_.ledger.set_answers(MemoryLedger::Answers::at_once);
        settle();
        world_.pass(minutes(10));
        settle();
        read();
        for (const csms::CommandId command : commands_)
            require(world_.done(command).has_value(), "every command ends");
        require_a_untouched();
        if (crashed_) a_.connect();
        require(a_.connected(), "A is connected");
        a_.boot();
        const std::string answer = a_.ask("Heartbeat", "{}");
        require(answer.find("currentTime") != std::string::npos, "A is answered", answer);
    }

private:
    // An ended session of A and a running one.
    void charge()
    {
        const Instant at = world_.now().wall;
        const std::int64_t first = csms::testing::transaction_id(a_.start("TAG", at, 1000));
        a_.meter_values(first, at, "1500");
        a_.stop(first, at + minutes(5), 2000, "TAG");
        const std::int64_t second = csms::testing::transaction_id(a_.start("SHARED", at + minutes(10), 2000));
        a_.meter_values(second, at + minutes(11), "2500");
        require(first != 0 && second != 0, "A has sessions");
    }

    // What the store holds of A, and of tokens, as text.
    std::string rows_of_a()
    {
        const auto& row = world_.ledger.stations().at(station_a);
        std::string text =
            fmt::format("{} {} {} {} {} {}\n", row.name, row.password_hash, row.vendor, row.model,
                        row.last_transaction_id, row.last_seen ? format_instant(*row.last_seen) : "");
        for (const auto& session : world_.ledger.sessions(station_a)) {
            text += fmt::format("session {} {} {} {} {} {} {} {} {} {}\n", session.id, session.evse.value(),
                                session.transaction_id, session.token.value, static_cast<int>(session.state),
                                session.meter_start.value, session.meter_stop.value_or(WattHours{-1}).value,
                                session.meter_last.value_or(WattHours{-1}).value, session.flags,
                                session.billable);
        }
        for (const auto& [key, connector] : world_.ledger.connectors()) {
            if (key.first == station_a)
                text +=
                    fmt::format("connector {} {}\n", key.second.value(), static_cast<int>(connector.status));
        }
        std::size_t values = 0;
        for (const auto& value : world_.ledger.meter_values()) values += value.station == station_a;
        std::size_t events = 0;
        for (const auto& event : world_.ledger.events()) events += event.station == station_a;
        text += fmt::format("values {} events {}\n", values, events);
        for (const auto& [key, token] : world_.ledger.tokens())
            text += fmt::format("token {} {}\n", key, static_cast<int>(token.status));
        return text;
    }

    void require_a_untouched()
    {
        const std::string rows = rows_of_a();
        if (rows != known_) fail("B changes nothing of A", known_ + "  now\n" + rows);
        require(a_.receive().empty(), "A is sent nothing");
        for (const auto& trace : world_.published<csms::FrameTraced>())
            require(trace.station != station_a, "no frame of A", trace.text);
        for (const auto& change : world_.published<csms::SessionChanged>())
            require(change.session.station != station_a, "no session of A changed", change.session.id);
        for (const auto& change : world_.published<csms::ConnectorChanged>())
            require(change.connector.station != station_a, "no connector of A changed");
        for (const auto& added : world_.published<csms::MeterValueAdded>())
            require(added.row.station != station_a, "no meter value of A");
        if (crashed_) return;
        for (const auto& change : world_.published<csms::StationChanged>())
            require(change.station != station_a, "A's connection did not change");
    }

    void connect(const std::string& identity, const std::string& user, const std::string& password)
    {
        before_ = newest_;
        newest_ = world_.new_socket();
        world_.socket(newest_);
        books_.try_emplace(newest_, messages::Sender::csms, version_);
        world_.feed(csms::UpgradeRequested{.socket = newest_,
                                           .identity = StationId(identity),
                                           .remote = "192.0.2.66",
                                           .offered = {std::string(subprotocol(version_))},
                                           .has_credentials = !user.empty(),
                                           .user = user,
                                           .password = password,
                                           .tls = false});
        read();
    }

    void connect_as(std::string_view text)
    {
        const std::string_view identity = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), identity.size() + 1));
        const std::string_view user = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), user.size() + 1));
        if (identity.empty() || identity.size() > 255 || text == "password of A") return;
        connect(std::string(identity), std::string(user), std::string(text));
    }

    bool open(SocketId socket) { return world_.socket(socket).state == csms::testing::Socket::State::open; }

    void close(SocketId socket)
    {
        auto& state = world_.socket(socket).state;
        if (state != csms::testing::Socket::State::open) return;
        state = csms::testing::Socket::State::closed;
        world_.feed(csms::SocketClosed{socket, "gone"});
        read();
    }

    void frame(SocketId socket, std::string_view text)
    {
        if (!open(socket)) return;
        books_.at(socket).received(text);
        world_.feed(csms::FrameReceived{socket, std::string(text)});
        read();
    }

    // What was sent to B, or to whoever speaks.
    void read()
    {
        for (auto& [socket, books] : books_) {
            auto& frames = world_.socket(socket).frames;
            for (; !frames.empty(); frames.pop_front()) {
                const SentFrame sent = books.sent(frames.front(), {.unaltered_calls = !commands_.empty()});
                if (sent.type == SentFrame::Type::call) asked_ = sent.id;
            }
        }
    }

    void settle()
    {
        for (int answers = 0; world_.ledger.answer_one(); ++answers)
            require(answers < 10'000, "the store comes to rest");
        read();
    }

    void command(csms::Input input) { commands_.push_back(world_.start_command(std::move(input))); }

    void put_b(std::optional<store::Admission> admission, std::optional<std::string> name)
    {
        csms::PutStationCommand put{.station = station_b, .admission = admission};
        put.name = std::move(name);
        command(put);
    }

    void crash(MemoryLedger::Crash commits)
    {
        world_.crash(commits);
        commands_.clear();  // whoever asked died as well
        crashed_ = true;
        connect("B", "B", "password of B");
    }

    void world_step(const Step& step)
    {
        const std::string_view argument = step.argument;
        switch (step.kind) {
            case 'k': world_.ledger.answer_one(); break;
            case 'K': world_.ledger.answer_all(); break;
            case 'f': world_.ledger.fail_commits(static_cast<std::size_t>(step.number(0, 5))); break;
            case 'l': world_.ledger.fail_loads(static_cast<std::size_t>(step.number(0, 5))); break;
            case 't': world_.pass(Duration(step.number(0, longest_wait))); break;
            case 'w': world_.set_wall(Instant(seconds(step.number(0, 4'102'444'800)))); break;
            case 'C': {
                const std::string_view action = argument.substr(0, argument.find(' '));
                command(csms::CallCommand{
                    .station = station_b,
                    .action = std::string(action),
                    .payload = std::string(argument.substr(std::min(argument.size(), action.size() + 1)))});
                break;
            }
            case 'P': put_b(static_cast<store::Admission>(step.number(0, 2)), std::nullopt); break;
            case 'N': put_b(std::nullopt, std::string(argument.substr(0, 100))); break;
            case 'X': command(csms::DeleteStationCommand{.station = station_b}); break;
            case 'z': crash(MemoryLedger::Crash::commits_lost); break;
            case 'Z': crash(MemoryLedger::Crash::commits_stored); break;
            default: break;
        }
        read();
    }

    bool held_;
    OcppVersion version_ = OcppVersion::v1_6;  // that B speaks
    csms::testing::World world_;
    csms::testing::Station a_;
    std::string known_;
    std::map<SocketId, Ledger> books_;
    SocketId newest_ = 0;
    SocketId before_ = 0;
    std::string asked_;  // id of the newest call to B
    std::vector<csms::CommandId> commands_;
    bool crashed_ = false;
};

}  // namespace

std::span<const std::string_view> usual_steps()
{
    static constexpr std::string_view steps[] = {
        "b",
        "v0",
        "v1",
        "v2",
        "u",
        "d",
        "D",
        "k",
        "K",
        "f1",
        "l1",
        "t1000",
        "t31000",
        "t600000",
        "w1",
        "w1780315200",
        "P0",
        "P1",
        "P2",
        "X",
        "z",
        "Z",
        "r{}",
        R"(r{"status":"Accepted"})",
        "xGenericError",
        "CReset {}",
        "UC  ",
        "UA B password of B",
        R"(<[2,"1","Heartbeat",{}])",
        R"(o[2,"2","Heartbeat",{}])",
        R"(<[2,"3","StartTransaction",{"connectorId":1,"idTag":"SHARED","meterStart":0,"timestamp":"2026-06-01T12:00:00Z"}])",
        R"(<[2,"4","StopTransaction",{"transactionId":-1,"idTag":"SHARED","meterStop":9,"timestamp":"2026-06-01T12:05:00Z"}])",
        R"(<[2,"5","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2026-06-01T12:01:00Z","sampledValue":[{"value":"1"}]}]}])",
        R"(<[2,"6","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available"}])"};
    return steps;
}

}  // namespace ladestrom::fuzz

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/)
{
    ladestrom::fuzz::AbortOnFailure::install();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace ladestrom::fuzz;
    Script script(text_of(data, size));
    Scene scene(script.line());
    for (int steps = 0; steps < most_steps; ++steps) {
        const auto step = script.next();
        if (!step) break;
        scene.take(*step);
    }
    scene.end();
    return 0;
}
