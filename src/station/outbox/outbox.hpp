// The queue of facts: first in, first out, one at a time, until the backend has taken each or refused it for
// the last time. OCPP 1.6 sections 3.7 and 3.7.1, errata 3.13:
//   - an answer ends the fact, also one that we cannot read (but a start without a readable number counts as
//     refused, where the backend gives numbers);
//   - CALLERROR: again after attempts x TransactionMessageRetryInterval, the same message id and content;
//   after
//     TransactionMessageAttempts it goes to the dead letters, never away;
//   - silence or a lost connection is no refusal: the fact stays until it is answered. An end over which the
//     connection is lost again and again is sent without its values: a backend may close on a frame that is
//     too long for it, and nothing else would ever be sent.
#pragma once

#include "station/calls/source.hpp"
#include "station/core/context.hpp"
#include "station/outbox/dead_letters.hpp"
#include "station/outbox/fact.hpp"

#include <map>

namespace ladestrom::station {

// The sessions that facts belong to.
class FactListener {
public:
    // The backend's number for a session whose start is settled and durable: none while it is not, -1 when it
    // was never learnt.
    virtual std::optional<std::int64_t> transaction_number(Serial session) const = 0;
    // What the session's transaction is called in 2.x; none while that is not durable.
    virtual std::optional<std::string> transaction_name(const Fact& fact) const = 0;
    virtual void delivered(const Fact& fact, const FactReply& reply) = 0;
    virtual void given_up(const Fact& fact) = 0;

protected:
    ~FactListener() = default;
};

class Outbox final : public Source {
public:
    explicit Outbox(Context& context) : context_(context), dead_(context) {}
    void listen(FactListener& listener) { listener_ = &listener; }

    void recover_fact(std::string_view key, std::string_view value);
    void recover_dead_letter(std::string_view key, std::string_view value) { dead_.recover(key, value); }

    void add(Fact fact);
    // A fact that was lost, with the serial it had.
    void restore(Fact fact);
    // A session that must not start after all.
    void withdraw(Serial session);

    std::size_t size() const { return facts_.size(); }
    const DeadLetters& dead_letters() const { return dead_; }
    // A person wants it sent once more: it goes to the end of the queue, under a new message id.
    void resend(std::string_view serial);
    const std::map<Serial, Fact>& facts() const { return facts_; }
    bool has_ended_facts() const;
    // The connection is new or newly accepted: what waits only because of silence goes out again.
    void link_renewed();

    std::optional<Outgoing> next(Gate gate) override;
    void answered(const Reply& reply) override;
    void failed(const Failure& failure) override;
    std::optional<Tick> next_deadline() const override { return retry_at_; }

private:
    std::optional<FactRequest> request(const Fact& fact) const;
    void finish(Serial serial);
    void forget_attempts();
    void bury(const Fact& fact, const std::string& reason);
    std::optional<std::int64_t> number_of(const Fact& fact) const;
    void make_room();

    Context& context_;
    FactListener* listener_ = nullptr;
    std::map<Serial, Fact> facts_;
    DeadLetters dead_;
    std::optional<Serial> in_flight_;
    int refusals_ = 0;    // of the first fact
    int silences_ = 0;    // in a row
    int lost_links_ = 0;  // with the first fact in flight
    std::optional<Tick> retry_at_;
};

}  // namespace ladestrom::station
