// Composes the blocks: hands each input to the block it concerns, lets every block follow, and gathers
// effects.
#pragma once

#include "station/authorization/authorization.hpp"
#include "station/authorization/presentation.hpp"
#include "station/availability/availability.hpp"
#include "station/availability/status_reporter.hpp"
#include "station/calls/conversation.hpp"
#include "station/core/context.hpp"
#include "station/core/hardware_events.hpp"
#include "station/dialect/dialect.hpp"
#include "station/display/indications.hpp"
#include "station/link/link.hpp"
#include "station/metering/metering.hpp"
#include "station/outbox/outbox.hpp"
#include "station/provisioning/heartbeat.hpp"
#include "station/provisioning/inventory.hpp"
#include "station/provisioning/registration.hpp"
#include "station/provisioning/reports.hpp"
#include "station/provisioning/reset.hpp"
#include "station/provisioning/settings.hpp"
#include "station/remote_control/unlock.hpp"
#include "station/station.hpp"
#include "station/transactions/energy.hpp"
#include "station/transactions/sessions.hpp"
#include "station/transactions/transactions.hpp"

#include <array>
#include <memory>

namespace ladestrom::station {

class Engine {
public:
    Engine(Config config, const store::Batch& journal, std::optional<Instant> wall, Tick now,
           std::uint64_t seed);
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    Effects start(Tick now);
    Effects handle(Input& input, Tick now);
    std::optional<Tick> next_deadline() const;
    View view(Tick now) const;
    std::vector<DeadLetterView> dead_letters() const { return outbox_.dead_letters().view(); }
    const Counters& counters() const { return counters_; }

private:
    void recover(const store::Batch& journal);
    void recover(const store::Record& record);

    void take(hardware::Event& event);
    void take(const LinkUp& input);
    void take(const LinkDown& input);
    void take(const FrameReceived& input);
    void take(const Committed& input);
    void take(const CommitFailed& input);
    void take(const ClockSet& input);
    void take(const Wake& input);
    void take(const EnergyManagerLimit& input);
    void take(const ResendDeadLetter& input);
    void take(const ShutDown& input);

    // Every block follows what the input changed.
    void settle();
    void react(Variable variable);
    void follow_registration();
    Dialect* dialect_for(OcppVersion version);
    Blocks blocks();
    EvseView view_of(const Evse& evse) const;

    const Config config_;
    Counters counters_;
    Random random_;
    Records records_;
    Outputs outputs_;
    Evses evses_;
    std::uint32_t boot_;
    SerialSource serials_;
    Clock clock_;
    Registry registry_;
    Context context_;

    HardwareEvents hardware_events_;
    Credentials credentials_;
    Link link_;
    Settings settings_;
    RegistrationBlock registration_;
    Heartbeat heartbeat_;
    Outbox outbox_;
    Sessions sessions_;
    Metering metering_;
    Transactions transactions_;
    Authorization authorization_;
    Presentation presentation_;
    Energy energy_;
    Availability availability_;
    StatusReporter statuses_;
    Inventory inventory_;
    Reports reports_;
    Indications indications_;
    Unlock unlock_;
    Reset reset_;

    messages::JsonParser parser_;
    std::array<Source*, 7> sources_;
    std::array<std::unique_ptr<Dialect>, 3> dialects_;
    std::optional<Conversation> conversation_;
    std::uint64_t answers_seen_ = 0;
    std::uint64_t acceptances_seen_ = 0;
    bool orderly_ = false;    // the last process ended in order, with sessions running
    bool asked_for_ = false;  // and because the backend wished it
};

}  // namespace ladestrom::station
