// What transactions are called: by the backend in 1.6, by the station in 2.x, and what follows when the
// version changes while one is open. Its name in 2.x is the backend's number once that is known, so that a
// transaction begun over 1.6 is found again; a start that was told under the station's own name is told once
// more to a backend that numbers, which knows it by its time and its register.
#include "messages/journal.hpp"
#include "station/outbox/journal_records.hpp"
#include "station/transactions/sessions.hpp"

#include <fmt/format.h>

namespace ladestrom::station {

void Sessions::recover_names(std::string_view value)
{
    if (const auto record = decode_record<journal::TransactionNames>(value)) {
        name_prefix_ = record->prefix;
    } else {
        context_.counters.add("journal.unreadable");
    }
}

// Serials begin anew with an empty journal; the prefix keeps the names apart (2.1 part 2, E01.FR.08).
bool Sessions::make_names()
{
    if (!name_prefix_.empty() || !context_.tells_charging_states()) return false;
    name_prefix_ = fmt::format("{:016x}", context_.random.next());
    context_.records.put(std::string(names_key),
                         messages::encode(journal::TransactionNames{.prefix = name_prefix_}));
    names_generation_ = context_.records.current();
    return true;
}

std::string Sessions::name_of(Serial session, std::optional<std::int64_t> number) const
{
    if (number && *number >= 0) return std::to_string(*number);
    return fmt::format("{}-{:x}-{:x}", name_prefix_, session.boot, session.number);
}

std::optional<std::int64_t> Sessions::transaction_number(Serial serial) const
{
    const Session* session = find(serial);
    if (session == nullptr) return -1;
    if (!context_.records.durable(session->number_generation)) return std::nullopt;
    if (session->transaction_id) return session->transaction_id;
    return -1;
}

std::optional<std::string> Sessions::transaction_name(const Fact& fact) const
{
    if (!context_.records.durable(names_generation_)) return std::nullopt;
    const Session* session = find(fact.session);
    return session != nullptr ? name(*session) : name_of(fact.session, fact.transaction_id);
}

void Sessions::want_numbers()
{
    for (auto& [serial, session] : sessions_) {
        if (!session.told_by_name || session.transaction_id || session.id_never_learnt) continue;
        if (session.paired && !has_pairing(serial)) restore_start(session);
    }
}

void Sessions::want_names()
{
    for (auto& [serial, session] : sessions_) {
        if (start_is_owed(session) && !has_fact(serial, FactKind::started)) restore_start(session);
    }
}

// To the backend of a version in which the station names its transactions, or the only one it was told in has
// no word for it.
bool Sessions::start_is_owed(const Session& session) const
{
    return session.told && !session.transaction_id && !session.id_never_learnt && !session.told_by_name;
}

bool Sessions::start_in_doubt() const
{
    return std::ranges::any_of(sessions_, [](const auto& entry) {
        const Session& session = entry.second;
        return !session.ended && session.paired && !session.transaction_id && !session.id_never_learnt;
    });
}

}  // namespace ladestrom::station
