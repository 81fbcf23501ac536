// Dead letters in the journal, and as people see them.
#include "station/outbox/dead_letters.hpp"

#include "station/outbox/journal_records.hpp"

namespace ladestrom::station {
namespace {

std::string dead_key(Serial serial)
{
    return std::string(dead_prefix) + to_key(serial);
}

std::string_view name_of(FactKind kind)
{
    switch (kind) {
        case FactKind::started: return "Started";
        case FactKind::updated: return "Updated";
        case FactKind::ended: break;
    }
    return "Ended";
}

}  // namespace

void DeadLetters::recover(std::string_view key, std::string_view value)
{
    const auto serial = serial_of_key(key, dead_prefix);
    auto letter = serial ? decode_dead_letter(*serial, value) : std::nullopt;
    if (!letter) {
        context_.counters.add("journal.unreadable");
        return;
    }
    context_.clock.recover(letter->fact.at);
    context_.clock.recover(letter->fact.started);
    context_.clock.recover(letter->at);
    letters_.emplace(*serial, std::move(*letter));
}

void DeadLetters::bury(DeadLetter letter)
{
    context_.records.put(dead_key(letter.fact.serial), encode_dead_letter(letter));
    context_.counters.add("outbox.dead_letters");
    letters_.insert_or_assign(letter.fact.serial, std::move(letter));
}

std::optional<DeadLetter> DeadLetters::take(Serial serial)
{
    auto node = letters_.extract(serial);
    if (node.empty()) return std::nullopt;
    context_.records.erase(dead_key(serial));
    return std::move(node.mapped());
}

std::vector<DeadLetterView> DeadLetters::view() const
{
    std::vector<DeadLetterView> views;
    for (const auto& [serial, letter] : letters_) {
        const Fact& fact = letter.fact;
        views.push_back({
            .serial = to_text(serial),
            .kind = std::string(name_of(fact.kind)),
            .session = to_text(fact.session),
            .evse = fact.evse,
            .transaction_id = letter.transaction_id,
            .token = fact.token,
            .at = context_.clock.resolve(fact.at),
            .meter = fact.meter,
            .reason = letter.reason,
            .given_up_at = context_.clock.resolve(letter.at),
        });
    }
    return views;
}

}  // namespace ladestrom::station
