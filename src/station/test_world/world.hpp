// A small world around one Station, for tests: hardware with a true meter, a journal that can be slow or
// fail, a backend behind a connection, and a power switch. Time passes only by pass().
#pragma once

#include "station/station.hpp"
#include "station/test_world/backend.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace ladestrom::station::test {

// Physics of one EVSE.
struct FakeEvse {
    EvseId id;
    bool car = false;
    bool wants_energy = true;
    hardware::PilotState pilot = hardware::PilotState::a;
    bool closed = false;
    bool meant_closed = false;
    bool locked = false;
    bool jammed = false;
    bool welded = false;
    Amperes offered{0};
    hardware::Indication indication = hardware::Indication::booting;
    std::int64_t watt_milliseconds = 0;
    Tick counted_to{};

    std::int64_t watt_hours() const { return watt_milliseconds / 3'600'000; }
};

// lying: the batch does reach the disk, but the station is told that it failed.
enum class Disk { ok, slow, failing, lying };

Config test_config(std::size_t evses = 1);

class World {
public:
    explicit World(Config config = test_config());
    ~World();

    // ---- process and power -----------------------------------------------------------------------------
    void boot();
    // tear: a commit in flight does not reach the disk.
    void power_cut(bool tear = true);
    bool running() const { return station_ != nullptr; }

    // ---- time ------------------------------------------------------------------------------------------
    void pass(Duration duration);
    // Boots, connects, lets the first messages go.
    void begin();
    Instant wall() const { return wall_at(now_); }
    Tick now() const { return now_; }

    // ---- people ----------------------------------------------------------------------------------------
    void plug(int evse = 1);
    void unplug(int evse = 1);
    void car_wants(bool wants, int evse = 1);
    void swipe(const std::string& token, int reader = 1);
    void fault(hardware::FaultChanged fault);
    void limit(int evse, std::optional<double> amperes);
    void shut_down();
    void set_clock(Instant wall);
    void resend_dead_letter(const std::string& serial);

    // ---- connection ------------------------------------------------------------------------------------
    // The network lets connections through. Down: an open one breaks.
    void network(bool up);
    // The station's answer to a call, the payload or the error code; "" when there is none in time.
    std::string ask(const std::string& action, const std::string& payload);
    // A frame of the backend; nobody waits for what follows.
    void receive(const std::string& frame);

    // ---- to look at ------------------------------------------------------------------------------------
    Station& station() { return *station_; }
    View view() const { return station_->view(local(now_)); }
    EvseView evse_view(int evse = 1) const { return view().evses[static_cast<std::size_t>(evse - 1)]; }
    FakeEvse& evse(int number = 1) { return evses_[static_cast<std::size_t>(number - 1)]; }
    const std::vector<FakeEvse>& evses() const { return evses_; }
    std::map<std::string, std::string>& disk_content() { return durable_; }
    bool durable_session(EvseId evse) const;
    // Sessions whose start became durable and that were not taken back as never started.
    const std::set<std::string>& durable_starts() const { return durable_starts_; }
    bool commit_in_flight() const { return in_flight_.has_value(); }

    Backend backend;
    Config config;
    Disk disk = Disk::ok;
    Duration commit_time{5};
    bool rtc = true;  // the device has a clock that was set
    Duration rtc_error{0};
    std::uint64_t seed = 1;
    std::vector<std::string> violations;  // of what must never happen
    std::vector<RestartKind> restarts;
    std::vector<Action> actions;  // every action, in order
    bool boot_after_restart = true;
    bool trace = false;  // prints what happens
    int link_attempts = 0;
    std::vector<Tick> link_attempt_times;
    Duration off_time = seconds(5);  // of a restart
    Duration announce_after{20};     // from a boot until the hardware reports

private:
    using Job = std::function<void()>;
    void later(Duration delay, Job job);
    void in_process(Duration delay, Job job);  // forgotten when the process dies
    void feed(Input input);
    void note(const std::string& text) const;
    void carry_out(Effects effects);
    void carry_out_now(const hardware::Command& command);
    void perform(const Action& action);
    void perform(const hardware::Command& command);
    void commit(store::Batch batch);
    void committed(const store::Batch& batch);
    void open_link(const OpenLink& order);
    void close_link(const std::string& reason);
    void send_to_backend(const std::string& frame);
    void run_until(Tick end);
    void settle_station();

    void count_energy(FakeEvse& evse);
    void set_pilot(FakeEvse& evse, hardware::PilotState pilot);
    void follow_offer(FakeEvse& evse);
    void move_contactor(FakeEvse& evse, bool close);
    hardware::MeterReading reading(FakeEvse& evse);
    void announce();
    void sample();
    void check_energised(const FakeEvse& evse);

    Instant wall_at(Tick tick) const;
    Tick local(Tick tick) const { return Tick{tick - booted_at_}; }

    std::vector<FakeEvse> evses_;
    std::map<std::string, std::string> durable_;
    std::set<std::string> durable_starts_;
    std::unique_ptr<Station> station_;
    std::multimap<Tick, Job> jobs_;
    Tick now_{};
    Tick booted_at_{};
    std::uint64_t process_ = 0;
    std::uint64_t connection_ = 0;
    bool link_open_ = false;
    bool network_up_ = true;
    bool ending_ = false;  // ShutDown was asked for
    std::optional<store::Batch> in_flight_;
    std::vector<hardware::FaultChanged> faults_;
};

}  // namespace ladestrom::station::test
