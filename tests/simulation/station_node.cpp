#include "simulation/station_node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ladestrom::simulation {
namespace {

constexpr int most_calls_of_station = 500;

hardware::simulated::SimulatedConfig hardware_config(std::size_t evses, Random& random)
{
    hardware::simulated::SimulatedConfig config;
    config.evses.resize(evses);
    for (auto& evse : config.evses) evse.has_lock = random.chance(0.7);
    // Readings come rarely, so that a day is soon over; the engine is told of every change at once.
    config.timing.sample = seconds(30 + static_cast<int>(random.below(120)));
    config.timing.watchdog = Duration(0);
    return config;
}

std::unique_ptr<JournalStore> make_disk(Surroundings& around)
{
    if (around.options.store == Store::memory) return make_memory_journal();
    Weakness weakness = Weakness::none;
    if (around.options.mistake == Mistake::journal_not_synchronous) weakness = Weakness::not_synchronous;
    if (around.options.mistake == Mistake::journal_loses_a_sync) weakness = Weakness::lost_sync;
    auto disk = make_sqlite_journal(around.random.next(), weakness);
    disk->set_failures(around.options.faults.disk_calls_fail);
    return disk;
}

// Some of TxStartPoint or TxStopPoint, at least one.
std::string draw_points(Random& random)
{
    constexpr std::array points{"EVConnected", "Authorized", "PowerPathClosed", "EnergyTransfer"};
    const std::size_t certain = random.below(points.size());
    std::string drawn = points[certain];
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (i != certain && random.chance(0.25)) drawn += fmt::format(",{}", points[i]);
    }
    return drawn;
}

}  // namespace

StationNode::StationNode(Surroundings& around, Network& network, StationId id, std::size_t evses)
    : around_(around),
      network_(network),
      id_(std::move(id)),
      // In braces: drawn from left to right, whatever the compiler.
      hardware_{hardware_config(evses, around.random), around.random.next(), around.now()},
      disk_(make_disk(around))
{
}

// In the order of preference; often one alone, as a configuration fixes it.
std::vector<OcppVersion> StationNode::draw_versions()
{
    Random& random = around_.random;
    const double newer = around_.options.newer_versions;
    if (newer <= 0 || !random.chance(newer)) return {OcppVersion::v1_6};
    std::vector<OcppVersion> all{OcppVersion::v2_1, OcppVersion::v2_0_1, OcppVersion::v1_6};
    if (random.chance(0.5)) std::swap(all[0], all[1]);
    all.resize(1 + random.below(all.size()));
    return all;
}

station::Config StationNode::configuration()
{
    Random& random = around_.random;
    station::Config config;
    config.identity = id_.value();
    config.url = "ws://192.0.2.7/" + id_.value();
    config.basic_password = password(id_);
    config.evses.clear();
    for (const auto& evse : hardware_.evses()) config.evses.push_back({evse.capabilities()});
    config.interrupted_session =
        random.chance(0.5) ? station::InterruptedSession::resume : station::InterruptedSession::close;
    config.free_charging = random.chance(0.05);
    config.versions = draw_versions();
    const auto flag = [&](double often) { return random.chance(often) ? "true" : "false"; };
    config.keys["AllowOfflineTxForUnknownId"] = flag(0.7);
    config.keys["StopTransactionOnEVSideDisconnect"] = flag(0.8);
    config.keys["UnlockConnectorOnEVSideDisconnect"] = flag(0.8);
    config.keys["StopTransactionOnInvalidId"] = flag(0.7);
    config.keys["AuthorizeRemoteTxRequests"] = flag(0.5);
    config.keys["MeterValueSampleInterval"] = random.chance(0.3) ? "60" : "600";
    config.keys["ClockAlignedDataInterval"] = random.chance(0.3) ? "900" : "0";
    config.keys["WebSocketPingInterval"] = random.chance(0.5) ? "60" : "0";
    config.keys["TransactionMessageRetryInterval"] = random.chance(0.5) ? "5" : "60";
    config.keys["TransactionMessageAttempts"] = "1000";
    if (random.chance(0.3)) config.keys["StopTxnSampledData"] = "Energy.Active.Import.Register";
    if (random.chance(0.3)) config.keys["MinimumStatusDuration"] = "3";
    // From a stream of their own: all else stays as it is in a world without them.
    Random of_points(random.state() ^ 0x9E6C63D0876A9A35ULL);
    if (of_points.chance(around_.options.other_tx_points)) {
        config.keys["TxCtrlr.TxStartPoint"] = draw_points(of_points);
        config.keys["TxCtrlr.TxStopPoint"] = draw_points(of_points);
    }
    return config;
}

// ---- power ----------------------------------------------------------------------------------------------

void StationNode::power_up()
{
    if (engine_) return;
    ++process_;
    if (!load_journal()) {
        // Started again until its disk lets it.
        around_.timeline.after(seconds(5), [this] { power_up(); });
        return;
    }
    booted_at_ = around_.now();
    ending_ = accepted_ = false;
    boot_call_.clear();
    if (!config_ || strikes(around_.options.faults.other_configuration)) {
        if (config_) around_.chronicle.count("fault.other_configuration");
        config_ = configuration();
    }
    const bool unset = strikes(around_.options.faults.clock_unset);
    if (unset) around_.chronicle.count("fault.clock_unset");
    std::optional<Instant> wall;
    if (!unset) wall = around_.true_wall() + clock_error_;
    around_.tell(name(), fmt::format("boots{}", unset ? ", without the time" : ""));
    store::Batch journal;
    const bool from_memory = around_.options.mistake == Mistake::recovery_trusts_memory;
    for (const auto& [key, value] : from_memory ? memory_ : durable_) journal.push_back({key, value});
    engine_ = std::make_unique<station::Station>(*config_, journal, wall, local(), around_.random.next());
    carry_out(engine_->start(local()));
    check_operative();
    plan();
    in_process(Duration(20), [this] {
        // The energy manager tells its limits before anything can be charged.
        for (const auto& [evse, limit] : limits_) feed(station::EnergyManagerLimit{evse, limit});
        feed(hardware_.start(around_.now()));
        plan();
    });
}

void StationNode::power_cut()
{
    if (!engine_) return;
    around_.tell(name(), in_flight_ ? "POWER CUT during a commit" : "POWER CUT");
    if (in_flight_) around_.chronicle.count("power cut during a commit");
    if (sessions_.all().size() > 0 &&
        std::ranges::any_of(hardware_.evses(), [](const auto& evse) { return evse.contactor_closed(); })) {
        around_.chronicle.count("power cut while charging");
    }
    advance_hardware();
    disk_->power_cut(in_flight_, around_.random);
    if (in_flight_) doubtful_.push_back(*std::exchange(in_flight_, std::nullopt));
    unsynced_.clear();
    held_back_.clear();
    for (const auto& [counter, count] : engine_->counters().all()) counted_[counter] += count;
    engine_.reset();
    ++process_;
    due_ = Tick::max();
    network_.station_died(*this);
    (void)hardware_.start(around_.now());  // contactors fall open
}

void StationNode::end_in_order()
{
    if (!engine_) return;
    around_.tell(name(), "is told to end");
    ending_ = true;
    feed(station::ShutDown{});
    plan();
}

bool StationNode::strikes(double probability)
{
    return !calm_ && probability > 0 && around_.random.chance(probability);
}

void StationNode::in_process(Duration delay, std::function<void()> job)
{
    around_.timeline.after(delay, [this, process = process_, job = std::move(job)] {
        if (process == process_ && engine_) job();
    });
}

// ---- time -----------------------------------------------------------------------------------------------

void StationNode::plan()
{
    due_ = hardware_.next_deadline();
    if (!engine_) {
        due_ = Tick::max();
        return;
    }
    if (const auto deadline = engine_->next_deadline()) {
        due_ = std::min(due_, std::max(around_.now(), booted_at_ + deadline->time_since_epoch()));
    }
}

// A station that always wants to be called again at once is stuck.
void StationNode::pass()
{
    if (!engine_) return;
    if (called_at_ != around_.now()) calls_now_ = 0;
    called_at_ = around_.now();
    if (++calls_now_ > most_calls_of_station) {
        around_.violation(name(), "wants to be called for ever");
        power_cut();
        return;
    }
    advance_hardware();
    const auto deadline = engine_ ? engine_->next_deadline() : std::nullopt;
    if (deadline && *deadline <= local()) feed(station::Wake{});
    plan();
}

// ---- inputs ---------------------------------------------------------------------------------------------

void StationNode::feed(station::Input input)
{
    if (!engine_) return;
    carry_out(engine_->handle(std::move(input), local()));
    check_offers();
}

void StationNode::feed(hardware::simulated::Events events)
{
    for (hardware::Event& event : events) feed(station::Input(std::move(event)));
}

void StationNode::advance_hardware()
{
    const auto before = energies();
    auto events = hardware_.advance(around_.now());
    check_flow(before);
    feed(std::move(events));
}

void StationNode::link_up(csms::SocketId socket, const std::string& subprotocol)
{
    if (!engine_) return;
    around_.tell(name(), fmt::format("connected, socket {}", socket));
    const OcppVersion version = version_of_subprotocol(subprotocol).value_or(OcppVersion::v1_6);
    const auto fact = durable_.lower_bound("fact/");
    const bool queued = fact != durable_.end() && fact->first.starts_with("fact/");
    if (last_version_ && *last_version_ != version && queued) {
        around_.chronicle.count("the version changed while facts were queued");
        if (last_linked_ == process_)
            around_.chronicle.count("the version changed while facts were queued, at a reconnect");
    }
    last_version_ = version;
    if (version == OcppVersion::v1_6) spoke_16_ = true;
    last_linked_ = process_;
    feed(station::LinkUp{version});
    plan();
}

void StationNode::link_down(csms::SocketId socket, const std::string& reason)
{
    if (!engine_) return;
    around_.tell(name(), fmt::format("socket {} is gone: {}", socket, reason));
    feed(station::LinkDown{reason});
    plan();
}

void StationNode::receive(const std::string& frame)
{
    if (!engine_) return;
    if (around_.chronicle.listening()) around_.tell(name(), "< " + frame);
    const FrameHead head = head_of(frame);
    if (head.type == '3' && head.id == boot_call_ && frame.find("\"Accepted\"") != std::string::npos) {
        accepted_ = true;
    }
    feed(station::FrameReceived{frame});
    plan();
}

// ---- effects --------------------------------------------------------------------------------------------

void StationNode::carry_out(station::Effects effects)
{
    const bool wait = around_.options.mistake == Mistake::lower_limit_after_commit && in_flight_;
    for (const hardware::Command& command : effects.now) {
        if (wait) {
            held_back_.push_back(command);
        } else {
            carry_out_now(command);
        }
    }
    if (!effects.records.empty()) {
        if (!effects.then.empty()) around_.violation(name(), "actions that wait for a commit in the adapter");
        commit(std::move(effects.records));
        return;
    }
    for (const station::Action& action : effects.then) {
        if (!engine_) return;
        perform(action);
    }
}

void StationNode::carry_out_now(const hardware::Command& command)
{
    const auto* offer = std::get_if<hardware::OfferCurrent>(&command);
    const auto* evse = offer != nullptr ? hardware_.find(offer->evse) : nullptr;
    const bool lowers = evse != nullptr && offer->limit <= evse->offered();
    if (!lowers && !std::holds_alternative<hardware::OpenContactor>(command)) {
        around_.violation(name(), "an energising command among those for now");
    }
    order(command);
}

void StationNode::perform(const station::Action& action)
{
    std::visit(
        [this](const auto& specific) {
            using T = std::decay_t<decltype(specific)>;
            if constexpr (std::is_same_v<T, hardware::Command>) {
                order(specific);
            } else if constexpr (std::is_same_v<T, station::OpenLink>) {
                network_.open(*this, specific);
            } else if constexpr (std::is_same_v<T, station::CloseLink>) {
                network_.close(*this);
                if (ending_) in_process(Duration(0), [this] { power_cut(); });
            } else if constexpr (std::is_same_v<T, station::SendFrame>) {
                send(specific.text);
            } else if constexpr (std::is_same_v<T, station::Restart>) {
                around_.chronicle.count("restart by order");
                in_process(Duration(0), [this] {
                    power_cut();
                    around_.timeline.after(seconds(5), [this] { power_up(); });
                });
            }
        },
        action);
}

void StationNode::send(const std::string& frame)
{
    if (around_.chronicle.listening()) around_.tell(name(), "> " + frame);
    const FrameHead head = head_of(frame);
    if (head.action == "BootNotification") {
        boot_call_ = head.id;
    } else if (head.type == '2' && !accepted_) {
        around_.violation(name(), fmt::format("calls before it is accepted: {}", frame));
    }
    network_.send(*this, frame);
}

void StationNode::order(const hardware::Command& command)
{
    const auto before = energies();
    auto events = hardware_.handle(command, around_.now());
    check_flow(before);
    if (events.empty()) return;
    // Not inside the engine's own turn.
    in_process(Duration(0), [this, events = std::move(events)]() mutable {
        feed(std::move(events));
        plan();
    });
}

// ---- what must hold at every moment ---------------------------------------------------------------------

std::vector<std::int64_t> StationNode::energies() const
{
    std::vector<std::int64_t> all;
    for (const auto& evse : hardware_.evses()) {
        const auto& energy = evse.energy_microjoules();
        all.push_back(energy[0] + energy[1] + energy[2]);
    }
    return all;
}

void StationNode::check_flow(const std::vector<std::int64_t>& before)
{
    const auto after = energies();
    for (std::size_t i = 0; i < after.size(); ++i) {
        const EvseId evse(static_cast<std::int32_t>(i + 1));
        if (after[i] > before[i] && !sessions_.running(evse)) {
            around_.violation(name(),
                              fmt::format("energy flows on EVSE {} outside a durable session", evse.value()));
        }
    }
}

void StationNode::check_offers()
{
    double sum = 0;
    for (const auto& evse : hardware_.evses()) {
        sum += evse.offered().value;
        const auto limit = limits_.find(evse.id());
        if (limit == limits_.end() || !limit->second || evse.offered() <= *limit->second) continue;
        around_.violation(name(), fmt::format("EVSE {} offers {} A, the limit is {} A", evse.id().value(),
                                              evse.offered().value, limit->second->value));
    }
    const auto limit = limits_.find(EvseId(0));
    if (limit != limits_.end() && limit->second && sum > limit->second->value + 1e-6) {
        around_.violation(name(), fmt::format("the EVSEs offer {} A together, the limit is {} A", sum,
                                              limit->second->value));
    }
}

void StationNode::check_operative()
{
    const auto present = view();
    for (const auto& [evse, operative] : operative_) {
        if (!operative || present.evses[static_cast<std::size_t>(evse.value() - 1)].operative == *operative)
            continue;
        around_.violation(name(), fmt::format("EVSE {} was ordered to be {}, which was confirmed, and is not",
                                              evse.value(), *operative ? "operative" : "inoperative"));
    }
}

WattHours StationNode::true_register(EvseId evse) const
{
    return hardware_.find(evse)->reading().import_register;
}

void StationNode::count_into(Chronicle& chronicle) const
{
    for (const auto& [counter, count] : counted_) chronicle.count("station: " + counter, count);
    if (!engine_) return;
    for (const auto& [counter, count] : engine_->counters().all()) {
        chronicle.count("station: " + counter, count);
    }
}

}  // namespace ladestrom::simulation
