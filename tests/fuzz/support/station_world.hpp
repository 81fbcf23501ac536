// A station engine with its adapter's duties, hardware that obeys or does not, and a journal that is slow or
// fails. Its backend is whoever calls deliver(). Every effect is checked as it is carried out.
#pragma once

#include "support/frames.hpp"

#include "station/station.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::fuzz {

class StationWorld {
public:
    struct Options {
        station::Config config;
        bool clock_set = true;         // the device's clock outlives power cuts
        bool hardware_obeys = true;    // contactor and lock follow their orders at once
        bool backend_answers = false;  // every call gets a good answer at once
    };
    explicit StationWorld(Options options);

    // ---- connection ----
    void link_up(OcppVersion version);  // if the station asked for it
    void link_down();
    // From the next boot on.
    void speak(OcppVersion version) { options_.config.versions = {version}; }
    void deliver(std::string_view frame);
    // The answer to the station's call in flight: this payload, or a good one when it is empty.
    void answer(std::string_view payload);
    void refuse(std::string_view code);

    // ---- device ----
    void feed(station::Input input);
    void pass(Duration time);
    std::int32_t evses() const { return static_cast<std::int32_t>(options_.config.evses.size()); }

    // ---- journal ----
    void hold_commits(bool held) { held_ = held; }
    void end_commit(bool stored);
    // Power is cut and comes back. torn: a commit in flight is lost. damaged: the record of this number is
    // found damaged and left out.
    void power_cut(bool torn, std::optional<std::size_t> damaged);

private:
    struct Call {
        std::string id;
        std::string action;
        Tick at;
    };
    enum class Link { closed, opening, open };

    void boot();
    void run();
    void wake();
    void carry_out(station::Effects effects);
    void carry_out_now(const hardware::Command& command);
    void perform(const station::Action& action);
    void perform(const hardware::Command& command);
    void send(const std::string& text);
    void require_registered(const std::string& action, const std::string& text) const;
    void take_answer(std::string_view frame);
    std::string good_answer(const std::string& action);
    bool durable_session(EvseId evse) const;
    Amperes& offered(EvseId evse);
    Tick local() const { return Tick{now_ - booted_at_}; }
    Instant wall() const;

    Options options_;
    std::unique_ptr<station::Station> station_;
    std::deque<station::Input> inputs_;
    bool running_ = false;
    Tick now_{};
    Tick booted_at_{};
    std::uint64_t boots_ = 0;

    std::map<std::string, std::string> durable_;
    std::optional<store::Batch> in_flight_;
    std::vector<station::Action> after_commit_;
    bool held_ = false;

    Link link_ = Link::closed;
    OcppVersion version_ = OcppVersion::v1_6;  // of the connection
    std::optional<Ledger> books_;
    std::optional<Call> call_;  // of the station, unanswered
    std::string registration_;  // what the backend said last
    std::int64_t transactions_ = 0;
    std::vector<Amperes> offered_;
    std::optional<station::RestartKind> restart_;
};

}  // namespace ladestrom::fuzz
