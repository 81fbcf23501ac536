// Tokens at the reader and from the backend.
#include "station/authorization/presentation.hpp"

namespace ladestrom::station {
namespace {

const EvseId whole_station{0};
// What does not fit whole would be taken for another that begins alike: OCPP 1.6 section 7.28, and
// identifierString[36] of 2.0.1. What begins over one version may end over another.
constexpr std::size_t longest_token_of_16 = 20;
constexpr std::size_t longest_token_of_2 = 36;

Permit permit_from(const Decision& decision)
{
    return {.token = decision.token,
            .group = decision.info.group,
            .remote = decision.remote,
            .expires = {},
            .remote_start_id = decision.remote_start_id};
}

// A car is there and nobody was identified for it yet.
bool waits(const Evse& evse)
{
    return evse.stage == Stage::vacant && evse.car_present && !evse.waited_too_long;
}

bool empty(const Evse& evse)
{
    return evse.stage == Stage::vacant && !evse.car_present;
}

bool has_ended(const Evse& evse)
{
    return evse.stage == Stage::finishing;
}

bool same_group(const std::optional<std::string>& group, const IdTokenInfo& info)
{
    return group && info.group && same_token({.value = *group}, {.value = *info.group});
}

}  // namespace

bool Presentation::fits(const IdToken& token) const
{
    const bool any_16 =
        std::ranges::find(context_.config.versions, OcppVersion::v1_6) != context_.config.versions.end();
    return !token.value.empty() && token.value.size() <= (any_16 ? longest_token_of_16 : longest_token_of_2);
}

void Presentation::present(EvseId reader, const IdToken& token)
{
    if (context_.evses.all.size() == 1) reader = EvseId(1);
    if (reader != whole_station && context_.evses.find(reader) == nullptr) {
        context_.counters.add("hardware.unknown_evse");
        return;
    }
    if (!fits(token)) {
        context_.counters.add("authorization.unusable_token");
        refuse(reader);
        return;
    }
    if (stop_own_session(reader, token) || release_cable(reader, token) || take_back(reader, token)) return;
    if (authorization_.asking(reader)) return;
    const Evse* evse = context_.evses.find(reader);
    const bool other_session = evse != nullptr && evse->stage == Stage::running;
    const bool free = evse != nullptr ? transactions_.usable(*evse) : place(false).any();
    const bool someone_running = std::ranges::any_of(
        context_.evses.all, [](const Evse& candidate) { return candidate.stage == Stage::running; });
    // Somebody of the owner's group may stop it, or take the cable (errata 3.5).
    const bool held = std::ranges::any_of(context_.evses.all, [&](const Evse& candidate) {
        return serves(reader, candidate) && candidate.cable_held_for;
    });
    const bool of_use = other_session || free || held || (reader == whole_station && someone_running);
    if (context_.config.free_charging || !of_use || !authorization_.ask(reader, token, false)) refuse(reader);
}

// OCPP 1.6 section 4.1: the token that started a session stops it without being asked for.
bool Presentation::stop_own_session(EvseId reader, const IdToken& token)
{
    for (Evse& evse : context_.evses.all) {
        const Session* session = sessions_.of(evse);
        if (!evse.in_use() || !serves(reader, evse) || !same_token(session->token, token)) continue;
        transactions_.stop(evse, StopReason::local, TriggerReason::stop_authorized, token);
        return true;
    }
    return false;
}

bool Presentation::release_cable(EvseId reader, const IdToken& token)
{
    for (Evse& evse : context_.evses.all) {
        if (!serves(reader, evse) || !evse.cable_held_for) continue;
        if (!same_token(evse.cable_held_for->token, token)) continue;
        transactions_.release_cable(evse);
        return true;
    }
    return false;
}

// B1: the second presentation ends the intended usage.
bool Presentation::take_back(EvseId reader, const IdToken& token)
{
    for (Evse& evse : context_.evses.all) {
        if (!serves(reader, evse) || !evse.permit || !same_token(evse.permit->token, token)) continue;
        if (evse.stage == Stage::permitted)
            transactions_.end_early(evse, StopReason::local, TriggerReason::stop_authorized, token);
        return true;
    }
    if (reader == whole_station && unplaced_ && same_token(unplaced_->token, token)) {
        unplaced_.reset();
        return true;
    }
    return false;
}

bool Presentation::remote_start(std::optional<EvseId> id, const IdToken& token,
                                std::optional<std::int64_t> remote_start_id)
{
    if (!fits(token)) {
        context_.counters.add("authorization.unusable_token");
        return false;
    }
    if (!id && context_.evses.all.size() == 1) id = EvseId(1);
    const EvseId slot = id.value_or(whole_station);
    if (id) {
        const Evse* evse = context_.evses.find(*id);
        if (evse == nullptr || !transactions_.usable(*evse)) return false;
    } else if (!place(true).any()) {
        return false;
    }
    if (authorization_.asking(slot)) return false;
    // The backend made a central token itself (2.1 part 2, C05.FR.01).
    const bool ask = token.type != IdTokenType::central;
    if (ask && context_.registry.boolean(Variable::authorize_remote_start)) {
        return authorization_.ask(slot, token, true, remote_start_id);
    }
    apply({.evse = slot,
           .token = token,
           .remote = true,
           .info = {.status = AuthorizationStatus::accepted, .cache_expiry = {}, .group = {}},
           .remote_start_id = remote_start_id});
    return true;
}

void Presentation::advance()
{
    authorization_.update();
    place_who_waits();
    for (const Decision& decision : authorization_.take_decisions()) apply(decision);
}

// Before anybody who was identified later.
void Presentation::place_who_waits()
{
    if (!unplaced_) return;
    if (context_.now >= *unplaced_->expires || context_.going_down) {
        unplaced_.reset();
    } else if (Evse* evse = first_of(waits)) {
        transactions_.permit(*evse, *std::exchange(unplaced_, std::nullopt));
    }
}

// The usable EVSE whose car was plugged in first.
template <class Condition>
Evse* Presentation::first_of(Condition condition)
{
    Evse* first = nullptr;
    for (Evse& evse : context_.evses.all) {
        if (!condition(evse) || !transactions_.usable(evse)) continue;
        if (first == nullptr || evse.plugged_order < first->plugged_order) first = &evse;
    }
    return first;
}

// A car that nobody was identified for comes first, then the next one that is plugged in. A car whose session
// has ended charges again only at the backend's wish: at a reader that all share, the card may be of somebody
// else. While one waits for the next plug nobody else can, or the two would get each other's.
Presentation::Place Presentation::place(bool remote)
{
    if (unplaced_) return {};
    if (Evse* evse = first_of(waits)) return {.evse = evse};
    if (first_of(empty) != nullptr) return {.next_plug = true};
    if (!remote) return {};
    return {.evse = first_of(has_ended)};
}

void Presentation::apply(const Decision& decision)
{
    if (decision.info.status != AuthorizationStatus::accepted) {
        refuse(decision.evse);
    } else if (Evse* evse = context_.evses.find(decision.evse)) {
        apply_at(*evse, decision);
    } else {
        apply_anywhere(decision);
    }
}

void Presentation::apply_at(Evse& evse, const Decision& decision)
{
    if (stop_for_group(evse, decision) || release_for_group(evse, decision)) return;
    if (!transactions_.permit(evse, permit_from(decision))) refuse(evse.id);
}

void Presentation::apply_anywhere(const Decision& decision)
{
    const Place found = place(decision.remote);
    if (found.evse != nullptr) {
        transactions_.permit(*found.evse, permit_from(decision));
        return;
    }
    for (Evse& evse : context_.evses.all) {
        if (decision.remote) break;
        if (stop_for_group(evse, decision) || release_for_group(evse, decision)) return;
    }
    if (!found.next_plug) {
        refuse(whole_station);
        return;
    }
    for (Evse& evse : context_.evses.all) {
        if (!empty(evse) || !transactions_.usable(evse)) continue;
        flash(evse, hardware::Indication::authorization_accepted, context_.now);
    }
    unplaced_ = permit_from(decision);
    unplaced_->expires = context_.now + context_.registry.interval(Variable::connection_timeout);
}

bool Presentation::stop_for_group(Evse& evse, const Decision& decision)
{
    const Session* session = sessions_.of(evse);
    if (session == nullptr || evse.stage != Stage::running || !same_group(session->group, decision.info))
        return false;
    transactions_.stop(evse, StopReason::local, TriggerReason::stop_authorized, decision.token);
    return true;
}

bool Presentation::release_for_group(Evse& evse, const Decision& decision)
{
    if (!evse.cable_held_for || decision.remote) return false;
    if (!same_group(evse.cable_held_for->group, decision.info)) return false;
    transactions_.release_cable(evse);
    return true;
}

void Presentation::refuse(EvseId reader)
{
    for (Evse& evse : context_.evses.all) {
        const bool shows = reader == evse.id || (reader == whole_station && !evse.in_use());
        if (shows) flash(evse, hardware::Indication::authorization_refused, context_.now);
    }
}

std::optional<Tick> Presentation::next_deadline() const
{
    return unplaced_ ? unplaced_->expires : std::nullopt;
}

}  // namespace ladestrom::station
