// Where the use of each EVSE stands, and how it goes on: from a permit and a car to a session, its end, and
// the next user. After every input each EVSE is taken as far as it can go.
#pragma once

#include "station/core/context.hpp"
#include "station/metering/metering.hpp"
#include "station/transactions/sessions.hpp"
#include "station/transactions/tx_points.hpp"

#include <optional>
#include <set>
#include <string_view>

namespace ladestrom::station {

// GetTransactionStatus.
struct TransactionState {
    bool ongoing = false;
    bool queued = false;  // something of it is still to be told
};

class Transactions {
public:
    Transactions(Context& context, Sessions& sessions, Metering& metering)
        : context_(context), sessions_(sessions), metering_(metering), points_{context.registry}
    {
    }

    void recover_remote_stop(std::string_view key);
    void recover_finishing(std::string_view key, std::string_view value);
    // Sessions that a restart interrupted. orderly: the process was shut down, the power was not cut;
    // by_order: because the backend wished it.
    void recover(bool orderly, bool by_order);
    void advance();
    std::optional<Tick> next_deadline() const;

    // A new user could begin here, once identified.
    bool usable(const Evse& evse) const;
    // Whether the permit was taken.
    bool permit(Evse& evse, Permit permit);
    // What began before energy could flow is over: a permit, and a transaction if there is one. reason,
    // trigger, token: of its end.
    void end_early(Evse& evse, StopReason reason, TriggerReason trigger, std::optional<IdToken> token = {});
    // The wish is recorded at once; a session that is just starting or still recovering ends as soon as it
    // can.
    void stop(Evse& evse, StopReason reason, TriggerReason trigger, std::optional<IdToken> token = {});
    void stop_all(StopReason reason, TriggerReason trigger);
    // Where TxStopPoint says so. Whether there was one.
    bool stop_where_energy_has_ended();
    // Whether there is, or may be, such a transaction.
    bool remote_stop(std::int64_t transaction_id);
    // The same by its name in 2.x.
    bool remote_stop(std::string_view name);
    TransactionState state_of(std::string_view name) const;
    // Of any transaction.
    bool any_queued() const { return sessions_.has_facts(); }
    static constexpr std::string_view remote_stop_prefix = "remote-stop/";
    bool any_session() const;
    // Somebody was identified who charges there, or is about to.
    bool authorized(EvseId evse) const;
    void release_cable(Evse& evse);
    static constexpr std::string_view finishing_prefix = "finishing/";

private:
    void step(Evse& evse);
    void vacant(Evse& evse);
    void permitted(Evse& evse);
    void locking(Evse& evse);
    void starting(Evse& evse);
    void running(Evse& evse);
    void recovering(Evse& evse);
    void stopping(Evse& evse);
    void finishing(Evse& evse);

    bool blocked(const Evse& evse) const;
    bool hindered(const Evse& evse) const;
    void refuse(Evse& evse);
    bool refused_since(const Evse& evse) const;
    void begin(Evse& evse);
    void finish(Evse& evse, Session& session);

    Session& open(Evse& evse, const Permit* permit);
    void open_early(Evse& evse);
    void open_early(Evse& evse, const Permit& permit);
    void car_came(Evse& evse);
    bool lingers(const Evse& evse, const Session& session, StopReason reason) const;
    bool outweighs(const Session& session, StopReason reason) const;
    void linger(Evse& evse, Session& session);
    void lingering(Evse& evse);
    void close(Evse& evse, Session& session);

    bool resumes(const Evse& evse, const Session& session) const;
    bool too_long_away(const Session& session) const;
    void resume(Evse& evse, Session& session);
    void end_interrupted(Evse& evse, Session& session);
    static Tick recovery_deadline(const Evse& evse);

    void leave(Evse& evse);
    void enter_finishing(Evse& evse);
    Tick told_by(const Evse& evse) const;
    void record_finishing(const Evse& evse);
    void note_refusals();
    void honour_remote_stops();
    bool grace_used(const Evse& evse, const Session& session) const;
    Tick permit_deadline() const;

    Context& context_;
    Sessions& sessions_;
    Metering& metering_;
    TxPoints points_;
    StopReason interruption_ = StopReason::power_loss;
    bool interrupted_by_order_ = false;
    std::set<std::int64_t> remote_stops_;  // of transactions whose number we do not know yet; journalled
};

StopReason reason_of(const hardware::FaultChanged& fault);
void flash(Evse& evse, hardware::Indication indication, Tick now);

}  // namespace ladestrom::station
