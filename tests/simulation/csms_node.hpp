// The central system in the world: the real core, a store that answers in its own time, and a process that
// may die. It carries out effects as an adapter must.
#pragma once

#include "csms/csms.hpp"
#include "simulation/ledger_store.hpp"
#include "simulation/network.hpp"
#include "simulation/surroundings.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace ladestrom::simulation {

class CsmsNode {
public:
    using Done = std::function<void(const csms::CommandDone&)>;

    CsmsNode(Surroundings& around, Network& network);
    CsmsNode(const CsmsNode&) = delete;
    CsmsNode& operator=(const CsmsNode&) = delete;

    // ---- process ----
    void start();
    void die();
    bool alive() const { return core_ != nullptr; }
    std::uint64_t life() const { return life_; }
    void set_clock(Duration error) { clock_error_ = error; }
    // No more faults of its own doing.
    void calm();

    // ---- the network's side ----
    void feed(csms::Input input);
    void receive(csms::SocketId socket, const StationId& station, const std::string& frame);
    void socket_closed(csms::SocketId socket, const StationId& station, const std::string& reason);

    // ---- people ----
    // done is called once, unless the process dies before.
    void command(csms::Input input, Done done);
    std::size_t unanswered_commands() const { return commands_.size(); }

    // ---- time ----
    Tick due() const { return due_; }
    void pass();

    // ---- to look at ----
    const csms::Csms& core() const { return *core_; }
    LedgerStore& store() { return *store_; }
    void count_into(Chronicle& chronicle) const;

private:
    class Hasher final : public csms::PasswordHasher {
    public:
        std::string hash(const StationId& station, std::string_view password) const override;
        bool matches(std::string_view hash, const StationId& station,
                     std::string_view password) const override;
    };

    void carry_out(csms::Effects effects);
    void carry_out(csms::Action& action);
    void commit(csms::Effects effects);
    void ask_store();
    csms::Now now() const;
    template <class Answer>
    auto answering(csms::LoadId load);
    void load_token(const csms::LoadToken& load);
    std::string as_if_new(const std::string& frame);

    Surroundings& around_;
    Network& network_;
    Hasher hasher_;
    std::unique_ptr<LedgerStore> store_;
    std::unique_ptr<csms::Csms> core_;
    std::uint64_t life_ = 0;
    Duration clock_error_{0};
    Tick due_ = Tick::max();
    int calls_now_ = 0;
    Tick called_at_{};
    bool calm_ = false;

    std::size_t asked_ = 0;  // answers of the store that are planned
    csms::CommandId last_command_ = 0;
    struct Asked {
        Done done;
        std::optional<StationId> called;  // of a call to a station
    };
    std::map<csms::CommandId, Asked> commands_;
    std::map<std::string, std::uint64_t> counted_;  // of earlier processes

    // For mistakes.
    std::set<std::string> seen_ids_;
    std::uint64_t deliveries_ = 0;
};

}  // namespace ladestrom::simulation
