// The sessions of this station that the backend does not know all of yet, as the journal keeps them, and the
// facts they give rise to.
#pragma once

#include "station/core/context.hpp"
#include "station/outbox/fact.hpp"
#include "station/outbox/outbox.hpp"

#include <map>
#include <vector>

namespace ladestrom::station {

class Sessions final : public FactListener {
public:
    Sessions(Context& context, Outbox& outbox) : context_(context), outbox_(outbox) {}

    void recover_session(std::string_view key, std::string_view value);
    void recover_samples(std::string_view key, std::string_view value);
    void recover_names(std::string_view value);
    static constexpr std::string_view names_key = "transactions";
    // After everything was recovered: makes what a damaged row has left missing.
    void mend();

    Session* find(Serial serial);
    const Session* find(Serial serial) const;
    Session* of(const Evse& evse) { return evse.session ? find(*evse.session) : nullptr; }
    const Session* of(const Evse& evse) const { return evse.session ? find(*evse.session) : nullptr; }
    std::map<Serial, Session>& all() { return sessions_; }
    const std::map<Serial, Session>& all() const { return sessions_; }

    // One record and one fact, of one batch. permit: whoever was identified; none: nobody yet. told: the
    // start is told now, not when energy flows.
    Session& begin(const Evse& evse, const Permit* permit, bool told);
    // Somebody was identified for a session that is open already, and a car has come to one.
    void authorize(Session& session, const Evse& evse, const Permit& permit);
    void connect(Session& session, const Evse& evse);
    // Energy may flow as soon as what was recorded so far is durable.
    void await_energy(Session& session) { session.start_generation = session.generation; }
    // Nobody may charge any more, and the session goes on.
    void stop_energy(Session& session, const Evse& evse);
    // The session goes on after a restart.
    void resume(Session& session, const Evse& evse);
    // Tells of the charging state when it has changed, and of the start where that is when energy flows.
    void follow_state(Session& session, const Evse& evse);
    void update(Session& session, const Evse& evse, TriggerReason trigger, std::vector<MeterSample> samples);
    void checkpoint(Session& session, WattHours meter);
    // For the end of the session; bounded, older values thin out.
    void keep(Session& session, std::vector<MeterSample> samples);
    void note_stop(Session& session, Stop stop);
    void note_refusal(Session& session, WattHours meter);
    // at: of the last reading; values: taken with it. The session is no more if nothing is to be told of it.
    void end(Session& session, ChargingState state, WattHours meter, Stamp at,
             std::vector<MeterSample> samples);
    // The start did not become durable: there was no session.
    void abandon(Serial serial);

    Stamp stamp(const Session& session);
    // The transaction's id in 2.x, 36 characters at most.
    std::string name(const Session& session) const { return name_of(session.serial, session.transaction_id); }
    bool has_facts(Serial session) const;
    bool has_facts() const { return outbox_.size() > 0; }
    // The connection is of a version in which the backend numbers transactions. What was told in another one
    // only is told once more, from its start.
    void want_numbers();
    // The station does, and its starts are owed that another version has no word for.
    void want_names();

    std::optional<std::int64_t> transaction_number(Serial session) const override;
    std::optional<std::string> transaction_name(const Fact& fact) const override;
    void delivered(const Fact& fact, const FactReply& reply) override;
    void given_up(const Fact& fact) override;

    // A start was answered with a token that is not accepted, since the last call.
    std::vector<Serial> take_refused() { return std::exchange(refused_, {}); }
    bool start_in_doubt() const;

private:
    void record(Session& session);
    // Whether none were there.
    bool make_names();
    void forget(Serial serial);
    static std::string sample_key(Serial serial, std::uint32_t number);
    bool switched_off(const MeterSample& sample) const;
    bool has_fact(Serial session, FactKind kind) const;
    void rebuild_sessions();
    void restore_start(Session& session);
    std::int64_t before_all_queued(const Session& session) const;
    void restore_end(Session& session);
    Fact fact(Session& session, FactKind kind) const;
    Fact news(Session& session, const Evse& evse, TriggerReason trigger);
    void pair(Session& session, Fact& fact, bool car) const;
    void tell_start(Session& session, TriggerReason trigger);
    void tell(Session& session, Fact fact);
    void tell_late_start(Session& session, const Evse& evse);
    bool is_start(const Fact& fact) const;
    static Serial start_serial(const Session& session)
    {
        return {session.serial.boot, session.serial.number + 1};
    }
    bool start_is_owed(const Session& session) const;
    bool has_pairing(Serial session) const;
    std::string name_of(Serial session, std::optional<std::int64_t> number) const;
    void settle_start(Session& session, const FactReply& reply);
    void note_judgement(const Session& session, const IdTokenInfo& info);

    Context& context_;
    Outbox& outbox_;
    std::map<Serial, Session> sessions_;
    std::map<Serial, std::map<std::uint32_t, SampleSet>> kept_;
    std::vector<Serial> refused_;
    std::string name_prefix_;  // of this journal; empty while no name is needed
    Generation names_generation_ = 0;
};

}  // namespace ladestrom::station
