// A world for tests of the core: the adapter's duties over a MemoryLedger, with time that the test moves, and
// stations that speak frames.
#pragma once

#include "csms/csms.hpp"
#include "store/memory/memory_ledger.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::csms::testing {

// As little as a hasher can be: the tests look at who is compared with what, not at cryptography.
class PlainHasher final : public PasswordHasher {
public:
    std::string hash(const StationId& station, std::string_view password) const override
    {
        return "hash:" + station.value() + ":" + std::string(password);
    }
    bool matches(std::string_view stored, const StationId& station, std::string_view password) const override
    {
        ++comparisons;
        return stored == hash(station, password);
    }
    mutable int comparisons = 0;
};

struct Socket {
    enum class State { waiting, refused, open, closed };
    State state = State::waiting;
    int http_status = 0;
    std::string subprotocol;
    int close_code = 0;
    std::deque<std::string> frames;  // from the core, not read yet
};

class World {
public:
    explicit World(Options options = {}, std::uint64_t seed = 1);

    void feed(Input input);
    // Time goes on; every deadline on the way is kept.
    void pass(Duration duration);
    Now now() const { return {tick_, wall_}; }
    // Wall time jumps.
    void set_wall(Instant wall) { wall_ = wall; }

    // The process dies and starts again: sockets, memory and what the store had not answered are gone.
    void crash(store::MemoryLedger::Crash commits);

    SocketId new_socket() { return ++last_socket_; }
    Socket& socket(SocketId id) { return sockets_[id]; }

    // ---- what people do ----
    CommandDone command(Input input);  // one that is answered at once
    CommandId start_command(Input input);
    std::optional<CommandDone> done(CommandId command) const;
    void put_station(const std::string& id, const std::string& password = "secret",
                     store::Admission admission = store::Admission::accepted);
    void put_token(const std::string& value, AuthorizationStatus status = AuthorizationStatus::accepted);
    void put_token(store::TokenRow row);

    template <class T>
    std::vector<T> published() const
    {
        std::vector<T> found;
        for (const Published& any : published_) {
            if (const T* one = std::get_if<T>(&any)) found.push_back(*one);
        }
        return found;
    }
    void forget_published() { published_.clear(); }
    std::uint64_t count(std::string_view counter) const { return csms_->counters().get(counter); }
    bool logged(std::string_view part) const;
    Csms& csms() { return *csms_; }

    store::MemoryLedger ledger;
    PlainHasher hasher;

private:
    void drain();
    void carry_out(Effects effects);
    void carry_out(Action action);

    template <class Answer>
    auto answering(LoadId load)
    {
        return [this, life = life_, load](auto result) {
            if (life == life_) feed(Answer{load, std::move(result)});
        };
    }

    Options options_;
    std::unique_ptr<Csms> csms_;
    std::uint64_t life_ = 0;  // what an earlier process had asked for is not answered to this one
    Tick tick_{};
    Instant wall_;
    SocketId last_socket_ = 0;
    CommandId last_command_ = 0;
    std::deque<Input> inputs_;
    bool draining_ = false;
    std::map<SocketId, Socket> sockets_;
    std::map<CommandId, CommandDone> done_;
    std::vector<Published> published_;
    std::vector<std::string> log_;
};

// Speaks for one station, frame by frame.
class Station {
public:
    Station(World& world, std::string id, std::string password = "secret");

    // The state the upgrade got to.
    Socket::State connect(std::vector<std::string> offered = {"ocpp1.6"});
    void disconnect();  // tells the core
    bool connected() { return socket_ != 0 && world_.socket(socket_).state == Socket::State::open; }

    void send(const std::string& frame);
    // Sends a call under a new message id and returns that.
    std::string call(const std::string& action, const std::string& payload);
    std::string call(const std::string& action, const std::string& payload, const std::string& message_id);
    // The next frame from the core, "" when there is none.
    std::string receive();
    // call() and the answer's frame.
    std::string ask(const std::string& action, const std::string& payload);

    std::string boot(const std::string& model = "M1");
    std::string start(const std::string& tag, Instant at, int meter, int connector = 1);
    std::string stop(std::int64_t transaction, Instant at, int meter, const std::string& tag = "");
    std::string meter_values(std::optional<std::int64_t> transaction, Instant at, const std::string& value,
                             const std::string& unit = "Wh", int connector = 1);

    const std::string& id() const { return id_; }
    SocketId socket() const { return socket_; }

    std::string user;  // of Basic; the identity unless changed
    std::string password;
    bool has_credentials = true;
    bool tls = false;

private:
    World& world_;
    std::string id_;
    SocketId socket_ = 0;
    int messages_ = 0;
};

std::string start_payload(const std::string& tag, Instant at, int meter, int connector = 1);
std::string stop_payload(std::int64_t transaction, Instant at, int meter, const std::string& tag = "");

// The number behind "transactionId", 0 when there is none.
std::int64_t transaction_id(std::string_view answer);

// Noon of 2026-06-01.
Instant noon();

}  // namespace ladestrom::csms::testing
