// Sending facts in order, trying again, giving up into the dead letters.
#include "station/outbox/outbox.hpp"

#include "station/outbox/journal_records.hpp"

#include <utility>

namespace ladestrom::station {
namespace {

// How many samples go at once when the queue is too long: the batch stays small.
constexpr std::size_t thin_out_at_once = 1000;
// After so many connections lost over it, an end goes without its values.
constexpr int most_lost_links = 3;

std::string fact_key(Serial serial)
{
    return std::string(fact_prefix) + to_key(serial);
}

}  // namespace

void Outbox::recover_fact(std::string_view key, std::string_view value)
{
    const auto serial = serial_of_key(key, fact_prefix);
    auto fact = serial ? decode_fact(*serial, value) : std::nullopt;
    if (!fact) {
        context_.counters.add("journal.unreadable");
        return;
    }
    context_.clock.recover(fact->at);
    context_.clock.recover(fact->started);
    facts_.emplace(*serial, std::move(*fact));
}

void Outbox::add(Fact fact)
{
    fact.serial = context_.serials.next();
    restore(std::move(fact));
    if (facts_.size() > context_.config.max_queued_facts) make_room();
}

void Outbox::restore(Fact fact)
{
    context_.records.put(fact_key(fact.serial), encode_fact(fact));
    fact.generation = context_.records.current();
    // What was counted was of another first fact.
    if (!facts_.empty() && fact.serial < facts_.begin()->first) forget_attempts();
    facts_.emplace(fact.serial, std::move(fact));
}

// Starts and ends are never dropped, whatever the bound says (2.1 E04.FR.08); every second sample is. Not the
// first fact: it may have been sent, and its refusals are counted.
void Outbox::make_room()
{
    bool drop = true;
    std::size_t dropped = 0;
    for (auto entry = std::next(facts_.begin()); entry != facts_.end() && dropped < thin_out_at_once;) {
        const Fact& fact = entry->second;
        const bool sample = fact.kind == FactKind::updated && fact.pairing != Pairing::made && !fact.token;
        if (sample && std::exchange(drop, !drop)) {
            context_.records.erase(fact_key(entry->first));
            entry = facts_.erase(entry);
            ++dropped;
        } else {
            ++entry;
        }
    }
    context_.counters.add("outbox.samples_dropped", dropped);
}

void Outbox::withdraw(Serial session)
{
    for (auto entry = facts_.begin(); entry != facts_.end();) {
        if (entry->second.session == session) {
            context_.records.erase(fact_key(entry->first));
            entry = facts_.erase(entry);
        } else {
            ++entry;
        }
    }
}

bool Outbox::has_ended_facts() const
{
    return std::ranges::any_of(facts_,
                               [](const auto& entry) { return entry.second.kind == FactKind::ended; });
}

void Outbox::link_renewed()
{
    if (refusals_ == 0) retry_at_.reset();
    silences_ = 0;
}

// The session may have learnt it since the fact was given up, or be gone.
std::optional<std::int64_t> Outbox::number_of(const Fact& fact) const
{
    const auto number = listener_->transaction_number(fact.session);
    return number == -1 && fact.transaction_id ? fact.transaction_id : number;
}

std::optional<FactRequest> Outbox::request(const Fact& fact) const
{
    const auto at = context_.clock.resolve(fact.at);
    const auto started = context_.clock.resolve(fact.started);
    if (!at || !started) return std::nullopt;
    FactRequest request{
        .kind = fact.kind,
        .pairing = fact.pairing,
        .session = fact.session,
        .evse = fact.evse,
        .sequence = fact.sequence,
        .at = std::max(*at, *started),
        .started = *started,
        .trigger = fact.trigger,
        .charging_state = fact.charging_state,
        .meter = fact.meter,
        .token = fact.token,
        .reason = fact.reason,
        .values = {},
        .transaction_id = -1,
        .transaction = {},
        .offline = fact.offline,
        .remote_start_id = fact.remote_start_id,
    };
    for (const SampleSet& set : fact.values) {
        const auto taken = context_.clock.resolve(set.at);
        request.values.push_back({std::max(taken.value_or(*at), *started), set.samples});
    }
    if (!context_.backend_numbers) {
        auto name = listener_->transaction_name(fact);
        if (!name) return std::nullopt;
        request.transaction = *std::move(name);
    } else if (fact.pairing == Pairing::known) {
        const auto number = number_of(fact);
        if (!number) return std::nullopt;
        request.transaction_id = *number;
    }
    return request;
}

std::optional<Outgoing> Outbox::next(Gate gate)
{
    if (gate != Gate::all || facts_.empty()) return std::nullopt;
    if (retry_at_ && context_.now < *retry_at_) return std::nullopt;
    const Fact& fact = facts_.begin()->second;
    if (!context_.records.durable(fact.generation)) return std::nullopt;
    auto body = request(fact);
    if (!body) return std::nullopt;
    if (lost_links_ >= most_lost_links && fact.kind == FactKind::ended && !body->values.empty()) {
        body->values.clear();
        context_.counters.add("outbox.sent_without_values");
    }
    retry_at_.reset();
    in_flight_ = fact.serial;
    return Outgoing{std::move(*body), "f" + to_text(fact.serial)};
}

void Outbox::answered(const Reply& reply)
{
    const auto entry = facts_.find(*std::exchange(in_flight_, std::nullopt));
    if (entry == facts_.end()) return;
    const Fact fact = entry->second;
    const auto* answer = std::get_if<FactReply>(&reply);
    finish(fact.serial);
    listener_->delivered(fact, answer != nullptr ? *answer : FactReply{});
}

void Outbox::failed(const Failure& failure)
{
    const Serial serial = *std::exchange(in_flight_, std::nullopt);
    const auto entry = facts_.find(serial);
    if (entry == facts_.end()) return;
    if (failure.kind == Failure::Kind::link_lost) {
        ++lost_links_;
        return;
    }
    // It was taken. A start alone is sent again, where the number in its answer is needed.
    const bool number_missing = context_.backend_numbers && entry->second.pairing == Pairing::made;
    if (failure.kind == Failure::Kind::unreadable && !number_missing) {
        const Fact fact = entry->second;
        finish(serial);
        listener_->delivered(fact, {});
        return;
    }
    const auto interval = context_.registry.interval(Variable::message_attempt_interval);
    const auto attempts = static_cast<int>(context_.registry.integer(Variable::message_attempts));
    if (failure.kind == Failure::Kind::silence) {
        silences_ = std::min(silences_ + 1, attempts);
        retry_at_ = context_.now + interval * silences_;
        context_.counters.add("outbox.silence");
        return;
    }
    context_.counters.add("outbox.refused");
    if (++refusals_ < attempts) {
        retry_at_ = context_.now + interval * refusals_;
        return;
    }
    const Fact fact = entry->second;
    bury(fact, failure.text);
    finish(serial);
    listener_->given_up(fact);
}

void Outbox::bury(const Fact& fact, const std::string& reason)
{
    dead_.bury({fact, number_of(fact), reason, context_.clock.stamp(context_.now)});
}

void Outbox::resend(std::string_view text)
{
    const auto serial = serial_from(text);
    auto letter = serial ? dead_.take(*serial) : std::nullopt;
    if (!letter) {
        context_.counters.add("outbox.unknown_dead_letter");
        return;
    }
    Fact& fact = letter->fact;
    fact.resent = true;
    fact.transaction_id = letter->transaction_id;
    add(std::move(fact));
}

void Outbox::finish(Serial serial)
{
    context_.records.erase(fact_key(serial));
    facts_.erase(serial);
    forget_attempts();
}

void Outbox::forget_attempts()
{
    refusals_ = 0;
    silences_ = 0;
    lost_links_ = 0;
    retry_at_.reset();
}

}  // namespace ladestrom::station
