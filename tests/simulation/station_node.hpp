// One charging station in the world: the real engine, the simulated hardware with its true meter, a disk, and
// a power switch. It carries out effects as an adapter must, and watches what must hold at every moment:
// nothing flows outside a durable session, and no more current is offered than a limit allows.
#pragma once

#include "hardware/simulated/station.hpp"
#include "simulation/durable_sessions.hpp"
#include "simulation/journal_store.hpp"
#include "simulation/network.hpp"
#include "simulation/surroundings.hpp"
#include "station/station.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ladestrom::simulation {

class StationNode {
public:
    StationNode(Surroundings& around, Network& network, StationId id, std::size_t evses);
    StationNode(const StationNode&) = delete;
    StationNode& operator=(const StationNode&) = delete;

    const StationId& id() const { return id_; }
    const std::string& name() const { return id_.value(); }
    static std::string password(const StationId& id) { return "password of " + id.value(); }

    // ---- power ----
    void power_up();
    void power_cut();
    void end_in_order();
    bool running() const { return engine_ != nullptr; }
    void fail_disk(bool failing) { disk_failing_ = failing; }
    // No more faults of its own doing.
    void calm();

    // ---- people ----
    void plug(EvseId evse, const hardware::simulated::Car& car);
    void unplug(EvseId evse, bool pulled);
    void set_car(EvseId evse, bool wants_energy);
    void swipe(EvseId evse, const std::string& token);
    void set_fault(EvseId evse, const hardware::simulated::Fault& fault);
    void clear_fault(EvseId evse);
    void limit(EvseId evse, std::optional<Amperes> limit);
    void set_clock(Duration error);

    // ---- the network's side ----
    void link_up(csms::SocketId socket, const std::string& subprotocol);
    void link_down(csms::SocketId socket, const std::string& reason);
    void receive(const std::string& frame);

    // ---- time ----
    Tick due() const { return due_; }
    void pass();

    // What was ordered of an EVSE and confirmed; none while that is not certain. Every boot must keep to it.
    void expect_operative(EvseId evse, std::optional<bool> operative) { operative_[evse] = operative; }
    void check_operative();

    // ---- to look at ----
    station::View view() const { return engine_->view(local()); }
    const hardware::simulated::SimulatedStation& hardware() const { return hardware_; }
    WattHours true_register(EvseId evse) const;
    const Content& journal() const { return durable_; }
    const DurableSessions& sessions() const { return sessions_; }
    std::size_t evses() const { return hardware_.evses().size(); }
    // In the order of its preference; none before its first boot.
    // On any connection so far.
    bool spoke_16() const { return spoke_16_; }
    std::vector<OcppVersion> offered_versions() const
    {
        return config_ ? config_->versions : std::vector<OcppVersion>();
    }
    // Counters of all processes so far.
    void count_into(Chronicle& chronicle) const;

private:
    void feed(station::Input input);
    void feed(hardware::simulated::Events events);
    void carry_out(station::Effects effects);
    void carry_out_now(const hardware::Command& command);
    void perform(const station::Action& action);
    void order(const hardware::Command& command);
    void send(const std::string& frame);

    void commit(store::Batch batch);
    void finish_commit();
    void store_unsynced();
    void energise_at_once();
    Result<void> write(const store::Batch& batch);
    bool reports_early(const store::Batch& batch) const;
    void take_durable(const Content& content);
    bool load_journal();
    bool strikes(double probability);

    void advance_hardware();
    void check_flow(const std::vector<std::int64_t>& before);
    void check_offers();
    std::vector<std::int64_t> energies() const;
    void plan();
    void in_process(Duration delay, std::function<void()> job);
    Tick local() const { return Tick{around_.now() - booted_at_}; }
    station::Config configuration();
    std::vector<OcppVersion> draw_versions();

    Surroundings& around_;
    Network& network_;
    StationId id_;
    hardware::simulated::SimulatedStation hardware_;
    std::optional<station::Config> config_;
    std::unique_ptr<station::Station> engine_;
    std::uint64_t process_ = 0;
    Tick booted_at_{};
    Tick due_ = Tick::max();
    int calls_now_ = 0;  // at this very moment, by deadline
    Tick called_at_{};
    Duration clock_error_{0};
    std::optional<OcppVersion> last_version_;
    bool spoke_16_ = false;
    std::uint64_t last_linked_ = 0;  // the process that spoke it
    bool accepted_ = false;          // this process was told Accepted
    bool ending_ = false;
    bool calm_ = false;

    std::unique_ptr<JournalStore> disk_;
    bool disk_failing_ = false;
    std::vector<store::Batch> unsynced_;  // reported as durable, by mistake, and not on the disk yet
    std::optional<store::Batch> in_flight_;
    std::vector<store::Batch> doubtful_;        // in flight at a power cut, or failed, since the last success
    std::vector<hardware::Command> held_back_;  // by mistake, until the commit
    Content durable_;
    Content memory_;  // what the engine has ever recorded, durable or not
    DurableSessions sessions_;

    std::map<EvseId, std::optional<Amperes>> limits_;  // 0: of the station
    std::map<EvseId, std::optional<bool>> operative_;
    std::string boot_call_;                         // message id of its newest BootNotification
    std::map<std::string, std::uint64_t> counted_;  // of earlier processes
};

}  // namespace ladestrom::simulation
