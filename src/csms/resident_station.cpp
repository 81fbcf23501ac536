// ResidentStation: operations, one after the other, and the people's changes to a station.
#include "csms/resident_station.hpp"

#include "csms/session_rules.hpp"
#include "csms/text.hpp"
#include "csms/version_change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ladestrom::csms {
namespace {

constexpr int policy_violation = 1008;
constexpr std::size_t longest_password = 64;
constexpr std::size_t longest_name = 255;
constexpr std::size_t most_next_passwords = 8;

std::optional<std::string> find_fault(const PutStationCommand& command)
{
    if (auto fault = fault_of_identity(command.station)) return fault;
    if (command.password && (command.password->empty() || command.password->size() > longest_password)) {
        return "password: must have 1 to 64 bytes";
    }
    if (command.name && command.name->size() > longest_name) return "name: must have at most 255 bytes";
    if (command.security_profile && (*command.security_profile < 0 || *command.security_profile > 2)) {
        return "security_profile: must be 0, 1 or 2 (3, client certificates, is not supported)";
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> fault_of_identity(const StationId& id)
{
    constexpr std::size_t longest = 255;
    const std::string& text = id.value();
    if (text.empty() || text.size() > longest) return "id: must have 1 to 255 bytes";
    if (!is_printable(text)) return "id: must be UTF-8 without control characters";
    return std::nullopt;
}

ResidentStation::ResidentStation(StationId id, Shard& shard)
    : id_(std::move(id)), shard_(shard), commands_(shard)
{
}

bool ResidentStation::unused() const
{
    return !connection_ && !operation_ && !flush_last_seen_ && loads_in_flight_ == 0 && upgrades_.empty() &&
           tasks_.empty() && !passwords_are_due();
}

// ---- what is known of the station ---------------------------------------------------------------------

void ResidentStation::load_state()
{
    loading_ = true;
    ++loads_in_flight_;
    shard_.load(LoadStation{0, id_},
                {.station = this, .operation = 0, .kind = Lookups::Kind::recent, .token = {}});
}

void ResidentStation::station_loaded(Result<store::StationState> state)
{
    --loads_in_flight_;
    loading_ = false;
    if (std::exchange(load_outdated_, false)) {
        load_state();
        return;
    }
    if (!state) {
        shard_.counters.add("csms.store.load_failed");
        shard_.log(LogLevel::error,
                   fmt::format("station \"{}\": {}", printable(id_.value()), state.error().message));
        refuse_upgrades("the store failed");
        if (!known_) fail_tasks();
        return;
    }
    if (!known_) {
        known_ = true;
        book_.reset();
        if (state->station) {
            auto& running = state->running;
            if (running.size() > StationBook::most_running) {
                running.erase(running.begin(), running.end() - StationBook::most_running);
            }
            book_ = std::make_unique<StationBook>(
                StationBook{*std::move(state->station), std::move(state->connectors), std::move(running)});
        }
    }
    for (Upgrade& upgrade : upgrades_) upgrade.looked_up = true;
    advance();
}

void ResidentStation::forget_state()
{
    known_ = false;
    flush_last_seen_ = false;
    book_.reset();
    if (loading_) load_outdated_ = true;
}

void ResidentStation::fail_tasks()
{
    for (const StationTask& task : std::exchange(tasks_, {})) {
        const CommandId command = std::visit([](const auto& any) { return any.command; }, task);
        shard_.done(command, CommandStatus::store_failed, "the store failed");
    }
}

// ---- one operation after the other --------------------------------------------------------------------

void ResidentStation::advance()
{
    while (advance_once()) {
    }
    send_commands();
}

// True: something was done, and more may follow.
bool ResidentStation::advance_once()
{
    if (known_ && !upgrades_.empty()) settle_upgrades();
    if (operation_) return false;
    if (!known_) {
        if (!tasks_.empty() && !loading_) load_state();
        return false;
    }
    if (version_is_due()) {
        write_version();
        return false;
    }
    if (!tasks_.empty()) {
        StationTask task = std::move(tasks_.front());
        tasks_.erase(tasks_.begin());
        run_task(std::move(task));
        return true;
    }
    if (ready_call_) {
        PendingCall call = *std::exchange(ready_call_, std::nullopt);
        run(std::move(call), Lookups());
        return true;
    }
    if (connection_) {
        if (auto event = connection_->peer.next_waiting_call()) {
            take_event(*std::move(event));
            return true;
        }
    }
    if (passwords_are_due()) {
        write_passwords();
    } else if (last_seen_is_due()) {
        write_last_seen();
    }
    return false;
}

ResidentStation::Operation& ResidentStation::begin_operation()
{
    operation_ = std::make_unique<Operation>();
    operation_->serial = ++last_operation_;
    return *operation_;
}

void ResidentStation::commit(store::WriteBatch writes)
{
    operation_->writes = writes;
    const BatchId batch = shard_.commit(std::move(writes));
    shard_.batches_in_flight.emplace(batch, this);
}

void ResidentStation::committed()
{
    const auto operation = std::move(operation_);
    const auto admission_before = book_ ? std::optional(book_->row.admission) : std::nullopt;
    for (const store::Write& write : operation->writes) {
        if (std::holds_alternative<store::DeleteStation>(write)) {
            book_.reset();
        } else if (book_ || std::holds_alternative<store::PutStation>(write)) {
            if (!book_) book_ = std::make_unique<StationBook>();
            book_->apply(write);
        }
    }
    publish(*operation);
    if (operation->command) shard_.done(*operation->command, CommandStatus::result);
    if (operation->call) answer(*operation->call, operation->answer, operation->told);
    if (operation->call_after) send_or_refuse(*std::move(operation->call_after));
    if (!book_) {
        flush_last_seen_ = false;
        drop_connection(policy_violation, "the station was deleted");
        flush_last_seen_ = false;
    } else {
        shard_.inbox.forget(id_);
        leave_forbidden_version();
        const bool decided =
            operation->command && admission_before && *admission_before != book_->row.admission;
        // Else the station would learn it only at its next attempt.
        if (decided && connection_) commands_.add_own(connection_->dialect.ask_for_boot());
    }
    advance();
}

void ResidentStation::commit_failed(const std::string& reason)
{
    const auto operation = std::move(operation_);
    shard_.counters.add("csms.store.commit_failed");
    shard_.log(LogLevel::error, fmt::format("station \"{}\": {}", printable(id_.value()), reason));
    drop_connection(internal_error, "the store failed");
    // Whether it was stored is not sure, so what memory says is not sure either.
    forget_state();
    if (operation->command) shard_.done(*operation->command, CommandStatus::store_failed, reason);
    if (operation->call_after) {
        shard_.done(operation->call_after->command, CommandStatus::store_failed, reason);
    }
    refuse_upgrades("the store failed");
    advance();
}

// Takes the rows out of the operation's writes.
void ResidentStation::publish(Operation& operation)
{
    struct Publish {
        Shard& shard;

        void operator()(store::PutConnector& put) const
        {
            shard.publish(ConnectorChanged{std::move(put.row)});
        }
        void operator()(store::PutSession& put) const { shard.publish(SessionChanged{std::move(put.row)}); }
        void operator()(store::AddMeterValue& add) const
        {
            shard.publish(MeterValueAdded{std::move(add.row)});
        }
        void operator()(const store::PutStation&) const {}
        void operator()(const store::DeleteStation&) const {}
        void operator()(const store::PutToken&) const {}
        void operator()(const store::DeleteToken&) const {}
        void operator()(const store::AddStationEvent&) const {}
    };
    for (store::Write& write : operation.writes) std::visit(Publish{shard_}, write);
    if (operation.of_interest) shard_.publish(StationChanged{id_, connection_ != nullptr});
}

// Of a station that has booted here before, and speaks another one now.
bool ResidentStation::version_is_due() const
{
    return book_ && connection_ && book_->row.version && book_->row.version != connection_->peer.version();
}

void ResidentStation::write_version()
{
    begin_operation();
    commit(follow_version(*book_, connection_->peer.version()));
}

// A heartbeat costs no commit: when the station was heard last is written now and then.
bool ResidentStation::last_seen_is_due() const
{
    if (!book_) return false;
    if (flush_last_seen_) return true;
    if (!connection_) return false;
    return !book_->row.last_seen || last_frame_ - *book_->row.last_seen >= shard_.options.last_seen_interval;
}

void ResidentStation::write_last_seen()
{
    flush_last_seen_ = false;
    store::StationRow row = book_->row;
    row.last_seen = last_frame_;
    begin_operation();
    commit({store::PutStation{std::move(row)}});
}

// ---- passwords told over OCPP -------------------------------------------------------------------------

// Stored before the station hears of them, so that no crash locks it out: the old password holds until a new
// one is used.
void ResidentStation::store_passwords_of(CallCommand command, const std::vector<std::string>& passwords)
{
    store::StationRow row = book_->row;
    auto& next = row.next_password_hashes;
    for (const std::string& password : passwords) {
        std::string hash = shard_.hasher.hash(id_, password);
        std::erase(next, hash);
        next.insert(next.begin(), std::move(hash));
    }
    if (next.size() > most_next_passwords) next.resize(most_next_passwords);
    Operation& operation = begin_operation();
    operation.call_after = std::move(command);
    commit({store::PutStation{std::move(row)}});
}

bool ResidentStation::passwords_are_due() const
{
    return book_ && (used_password_hash_ || !refused_password_hashes_.empty());
}

void ResidentStation::write_passwords()
{
    store::StationRow row = book_->row;
    for (const std::string& hash : std::exchange(refused_password_hashes_, {})) {
        std::erase(row.next_password_hashes, hash);
    }
    if (auto used = std::exchange(used_password_hash_, std::nullopt)) {
        shard_.counters.add("csms.password.replaced");
        row.password_hash = *std::move(used);
        row.next_password_hashes.clear();
    }
    if (row == book_->row) return;
    begin_operation();
    commit({store::PutStation{std::move(row)}});
}

// ---- people -------------------------------------------------------------------------------------------

void ResidentStation::task(StationTask task)
{
    auto* call = std::get_if<CallCommand>(&task);
    const bool waits_for_store =
        call != nullptr && connection_ && !commands_.passwords_in(*call, connection_->dialect).empty();
    if (call != nullptr && connection_ && !waits_for_store) {
        commands_.add(std::move(*call), connection_->dialect);
        send_commands();
        return;
    }
    if (tasks_.size() >= shard_.options.max_waiting_inputs) {
        const CommandId command = std::visit([](const auto& any) { return any.command; }, task);
        shard_.counters.add("csms.command.busy");
        shard_.done(command, CommandStatus::busy, "too many commands wait for this station");
        return;
    }
    tasks_.push_back(std::move(task));
    advance();
}

void ResidentStation::run_task(StationTask task)
{
    std::visit([this](auto& any) { run_task(std::move(any)); }, task);
}

void ResidentStation::run_task(CallCommand command)
{
    if (connection_ && book_) {
        const auto passwords = commands_.passwords_in(command, connection_->dialect);
        if (!passwords.empty()) return store_passwords_of(std::move(command), passwords);
    }
    send_or_refuse(std::move(command));
}

void ResidentStation::send_or_refuse(CallCommand command)
{
    if (connection_) {
        commands_.add(std::move(command), connection_->dialect);
    } else if (book_) {
        shard_.done(command.command, CommandStatus::not_connected, "the station is not connected");
    } else {
        shard_.done(command.command, CommandStatus::unknown_station, "there is no such station");
    }
}

void ResidentStation::run_task(const PutStationCommand& command)
{
    if (auto fault = find_fault(command)) {
        shard_.done(command.command, CommandStatus::invalid, *std::move(fault));
        return;
    }
    store::StationRow row;
    if (book_) {
        row = book_->row;
    } else {
        row.id = id_;
        row.created = shard_.now.wall;
    }
    if (command.admission) row.admission = *command.admission;
    if (command.password) {
        row.password_hash = shard_.hasher.hash(id_, *command.password);
        row.next_password_hashes.clear();
    }
    if (command.name) row.name = *command.name;
    if (command.security_profile) row.security_profile = *command.security_profile;
    if (command.allowed_versions) row.allowed_versions = *command.allowed_versions;
    Operation& operation = begin_operation();
    operation.command = command.command;
    operation.of_interest = true;
    commit({store::PutStation{std::move(row)}});
}

void ResidentStation::run_task(const DeleteStationCommand& command)
{
    if (!book_) {
        shard_.done(command.command, CommandStatus::unknown_station, "there is no such station");
        return;
    }
    store::WriteBatch writes;
    for (store::SessionRow session : book_->running) {
        close_without_end(session, store::session_flag_station_removed);
        writes.push_back(store::PutSession{std::move(session)});
    }
    writes.push_back(store::DeleteStation{id_});
    Operation& operation = begin_operation();
    operation.command = command.command;
    operation.of_interest = true;
    commit(std::move(writes));
}

void ResidentStation::run_task(CloseSessionCommand command)
{
    if (book_) {
        const auto found = std::ranges::find(book_->running, command.session, &store::SessionRow::id);
        if (found != book_->running.end()) return close_session(command.command, *found);
    }
    // Of a station that is gone, or one of too many to be kept in memory.
    Operation& operation = begin_operation();
    PendingLoad pending{
        .station = this, .operation = operation.serial, .kind = Lookups::Kind::transaction, .token = {}};
    LoadTransaction load{0, id_, command.transaction_id};
    operation.closing = std::move(command);
    ++loads_in_flight_;
    shard_.load(std::move(load), std::move(pending));
}

void ResidentStation::close_session(CommandId command, store::SessionRow session)
{
    close_without_end(session, store::session_flag_closed_by_hand);
    shard_.counters.add("csms.session.closed_by_hand");
    begin_operation().command = command;
    commit({store::PutSession{std::move(session)}});
}

void ResidentStation::closing_loaded(CloseSessionCommand command, std::optional<store::SessionRow> session)
{
    if (!session || session->id != command.session) {
        shard_.done(command.command, CommandStatus::invalid, "there is no such session");
    } else if (session->state != store::SessionState::running) {
        shard_.done(command.command, CommandStatus::invalid, "the session has ended already");
    } else {
        close_session(command.command, *std::move(session));
    }
}

}  // namespace ladestrom::csms
