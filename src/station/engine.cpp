// The order in which blocks follow an input.
#include "station/engine.hpp"

#include "station/dialect/v16.hpp"
#include "station/dialect/v2.hpp"
#include "station/outbox/journal_records.hpp"
#include "station/recovery.hpp"

namespace ladestrom::station {
namespace {

Evses evses_from(const Config& config)
{
    Evses evses;
    for (std::size_t i = 0; i < config.evses.size(); ++i) {
        Evse evse;
        evse.id = EvseId(static_cast<std::int32_t>(i + 1));
        evse.capabilities = config.evses[i].capabilities;
        evses.all.push_back(std::move(evse));
    }
    return evses;
}

}  // namespace

Engine::Engine(Config config, const store::Batch& journal, std::optional<Instant> wall, Tick now,
               std::uint64_t seed)
    : config_(std::move(config)),
      random_(seed),
      evses_(evses_from(config_)),
      boot_(boots_so_far(journal) + 1),
      serials_(boot_),
      clock_(boot_, now, records_),
      registry_(registry_options(config_), journal),
      context_{.config = config_,
               .registry = registry_,
               .records = records_,
               .outputs = outputs_,
               .clock = clock_,
               .evses = evses_,
               .serials = serials_,
               .random = random_,
               .counters = counters_,
               .now = now},
      hardware_events_(context_),
      credentials_(context_),
      link_(context_, credentials_),
      settings_(context_, credentials_),
      registration_(context_, settings_),
      heartbeat_(context_),
      outbox_(context_),
      sessions_(context_, outbox_),
      metering_(context_, sessions_),
      transactions_(context_, sessions_, metering_),
      authorization_(context_),
      presentation_(context_, authorization_, transactions_, sessions_),
      energy_(context_, sessions_),
      availability_(context_),
      statuses_(context_),
      inventory_(context_, statuses_),
      reports_(context_),
      indications_(context_),
      unlock_(context_, transactions_),
      reset_(context_, transactions_, sessions_, outbox_),
      sources_{&registration_, &authorization_, &statuses_, &metering_, &outbox_, &reports_, &heartbeat_},
      dialects_{make_v16(blocks()), make_v2(OcppVersion::v2_0_1, blocks()),
                make_v2(OcppVersion::v2_1, blocks())}
{
    outbox_.listen(sessions_);
    recover(journal);
    if (wall) clock_.set(*wall, now);
}

Blocks Engine::blocks()
{
    return {.config = config_,
            .counters = counters_,
            .registry = registry_,
            .settings = settings_,
            .inventory = inventory_,
            .reports = reports_,
            .registration = registration_,
            .heartbeat = heartbeat_,
            .statuses = statuses_,
            .metering = metering_,
            .presentation = presentation_,
            .transactions = transactions_,
            .availability = availability_,
            .unlock = unlock_,
            .reset = reset_};
}

void Engine::recover(const store::Batch& journal)
{
    put_boot_records(records_, boot_);
    for (const store::Record& record : journal) {
        if (record.value) recover(record);
    }
    if (orderly_) registration_.started_because(BootReason::local_reset);
    if (asked_for_) registration_.started_because(BootReason::remote_reset);
    sessions_.mend();
    clock_.forget_unused();
    if (!registry_.unusable().empty()) counters_.add("journal.unreadable", registry_.unusable().size());
}

void Engine::recover(const store::Record& record)
{
    const std::string_view key = record.key;
    if (key.starts_with(fact_prefix)) {
        outbox_.recover_fact(key, *record.value);
    } else if (key.starts_with(session_prefix)) {
        sessions_.recover_session(key, *record.value);
    } else if (key.starts_with(sample_prefix)) {
        sessions_.recover_samples(key, *record.value);
    } else if (key.starts_with(Transactions::remote_stop_prefix)) {
        transactions_.recover_remote_stop(key);
    } else if (key.starts_with(Transactions::finishing_prefix)) {
        transactions_.recover_finishing(key, *record.value);
    } else if (key.starts_with(dead_prefix)) {
        outbox_.recover_dead_letter(key, *record.value);
    } else if (key.starts_with(Availability::prefix)) {
        availability_.recover(key, *record.value);
    } else if (key.starts_with(clock_prefix)) {
        recover_clock(clock_, key, *record.value);
    } else if (key == Credentials::key) {
        credentials_.recover(*record.value);
    } else if (key == Sessions::names_key) {
        sessions_.recover_names(*record.value);
    } else if (key == Reset::shutdown_key) {
        orderly_ = true;
        records_.erase(record.key);
    } else if (key == Reset::reset_key) {
        asked_for_ = true;
        records_.erase(record.key);
    }
}

Effects Engine::start(Tick now)
{
    context_.now = now;
    energy_.start();
    transactions_.recover(orderly_, asked_for_);
    link_.start();
    settle();
    return outputs_.take(records_, now);
}

Effects Engine::handle(Input& input, Tick now)
{
    context_.now = now;
    if (reset_.done()) return outputs_.take(records_, now);
    std::visit([this](auto& specific) { take(specific); }, input);
    settle();
    return outputs_.take(records_, now);
}

// ---- inputs
// ---------------------------------------------------------------------------------------------------

void Engine::take(hardware::Event& event)
{
    std::visit(
        [this](auto& specific) {
            if constexpr (std::is_same_v<std::decay_t<decltype(specific)>, hardware::TokenPresented>) {
                presentation_.present(specific.evse, specific.token);
            } else {
                hardware_events_.take(specific);
            }
        },
        event);
}

void Engine::take(const LinkUp& input)
{
    Dialect* dialect = dialect_for(input.version);
    link_.up(input.version);
    if (dialect == nullptr) {
        link_.drop("the backend chose a version that was not offered");
        return;
    }
    context_.backend_numbers = dialect->backend_numbers();
    context_.backend_numbers ? sessions_.want_numbers() : sessions_.want_names();
    conversation_.emplace(context_, *dialect, parser_, sources_);
    answers_seen_ = 0;
    statuses_.link_up(input.version);
    outbox_.link_renewed();
}

void Engine::take(const LinkDown& input)
{
    outputs_.drop_frames();
    if (conversation_) conversation_->link_lost();
    conversation_.reset();
    statuses_.link_lost();
    metering_.link_lost();
    reports_.link_lost();
    link_.down(input);
}

void Engine::take(const FrameReceived& input)
{
    if (conversation_) conversation_->receive(input.text, registration_.gate());
}

void Engine::take(const Committed&)
{
    records_.committed();
}

void Engine::take(const CommitFailed&)
{
    records_.commit_failed(context_.now, random_);
    counters_.add("store.commit_failed");
    if (conversation_ && conversation_->store_failed()) {
        settings_.take_back();
        availability_.take_back();
    }
}

void Engine::take(const ClockSet& input)
{
    if (!clock_.set(input.wall, context_.now)) counters_.add("clock.implausible");
}

void Engine::take(const Wake&) {}

void Engine::take(const EnergyManagerLimit& input)
{
    if (input.evse == EvseId(0)) {
        evses_.energy_manager_limit = input.limit;
    } else if (Evse* evse = evses_.find(input.evse)) {
        evse->energy_manager_limit = input.limit;
    } else {
        counters_.add("energy_manager.unknown_evse");
    }
}

void Engine::take(const ResendDeadLetter& input)
{
    outbox_.resend(input.serial);
}

void Engine::take(const ShutDown&)
{
    reset_.shut_down();
    link_.finish();
}

// ---- what follows
// ---------------------------------------------------------------------------------------------

void Engine::settle()
{
    if (conversation_) conversation_->release_answer(registration_.gate());
    for (const Variable variable : settings_.apply_durable()) react(variable);
    availability_.apply_durable();
    follow_registration();
    presentation_.advance();
    unlock_.advance();
    transactions_.advance();
    unlock_.advance();
    if (const auto outcome = unlock_.take_outcome(); outcome && conversation_) {
        conversation_->answer_deferred(conversation_->dialect().encode(*outcome));
        conversation_->release_answer(registration_.gate());
    }
    energy_.update();
    if (transactions_.stop_where_energy_has_ended()) energy_.update();
    metering_.update();
    reset_.advance();
    statuses_.update();
    indications_.update();
    link_.advance();
    if (!conversation_ || reset_.done()) return;
    conversation_->pump(registration_.gate());
    if (conversation_->dead()) link_.drop("the backend does not answer");
}

void Engine::follow_registration()
{
    context_.online = conversation_.has_value() && registration_.accepted();
    if (registration_.acceptances() != acceptances_seen_) {
        acceptances_seen_ = registration_.acceptances();
        statuses_.report_all();
        outbox_.link_renewed();
    }
    if (!conversation_) return;
    if (context_.online && conversation_->answers() != answers_seen_) link_.proven();
    answers_seen_ = conversation_->answers();
    if (const auto last_call = conversation_->last_call()) heartbeat_.call_sent(*last_call);
}

void Engine::react(Variable variable)
{
    if (variable == Variable::websocket_ping_interval) link_.set_ping_interval();
    if (variable == Variable::basic_auth_password) link_.drop("the password has changed");
}

Dialect* Engine::dialect_for(OcppVersion version)
{
    const auto& offered = config_.versions;
    if (std::ranges::find(offered, version) == offered.end()) return nullptr;
    const auto found = std::ranges::find(dialects_, version, &Dialect::version);
    return found == dialects_.end() ? nullptr : found->get();
}

std::optional<Tick> Engine::next_deadline() const
{
    if (outputs_.waiting(records_, context_.now)) return context_.now;
    if (reset_.done()) return std::nullopt;
    std::optional<Tick> next = context_.sooner(std::nullopt, records_.retry_at());
    next = context_.sooner(next, link_.next_deadline());
    next = context_.sooner(next, transactions_.next_deadline());
    next = context_.sooner(next, presentation_.next_deadline());
    next = context_.sooner(next, energy_.next_deadline());
    next = context_.sooner(next, metering_.next_deadline());
    next = context_.sooner(next, indications_.next_deadline());
    next = context_.sooner(next, unlock_.next_deadline());
    next = context_.sooner(next, reset_.next_deadline());
    if (conversation_) next = context_.sooner(next, conversation_->next_deadline());
    return next;
}

}  // namespace ladestrom::station
