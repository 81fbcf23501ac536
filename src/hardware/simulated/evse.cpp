// The physics of one EVSE. Power is constant between two changes, so the meter's integral is exact.
#include "hardware/simulated/evse.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

namespace ladestrom::hardware::simulated {
namespace {

constexpr double voltage_noise = 1.5;        // volts to either side
constexpr double ambient = 20;               // Celsius
constexpr double warming_per_ampere = 0.6;   // Celsius, in the long run
constexpr double warming_time_ms = 600'000;  // time constant

// Faults on which protective devices act by themselves, without asking the engine.
bool trips(const FaultChanged& fault)
{
    return fault.emergency_stop || (fault.critical && (fault.error == ConnectorError::ground_failure ||
                                                       fault.error == ConnectorError::over_current_failure));
}

auto fields_of(const SavedEvse& saved)
{
    const FaultChanged& fault = saved.fault;
    return std::tie(saved.energy_microjoules, saved.car, saved.car_stored_microjoules, saved.cable_rating,
                    saved.locked, saved.welded, saved.jammed, saved.stuck_closed, fault.error, fault.critical,
                    fault.info, fault.vendor_error_code, fault.emergency_stop);
}

}  // namespace

bool operator==(const SavedEvse& a, const SavedEvse& b)
{
    return fields_of(a) == fields_of(b);
}

SimulatedEvse::SimulatedEvse(EvseId id, EvseCapabilities capabilities, Volts nominal, const Timing& timing,
                             std::uint64_t seed, Tick now)
    : id_(id),
      capabilities_(capabilities),
      nominal_(nominal),
      timing_(timing),
      random_(seed),
      at_(now),
      fault_{.evse = id},
      sample_at_(now + timing.sample)
{
    sample_voltage();
}

// ---- time ---------------------------------------------------------------------------------------------

Tick SimulatedEvse::next_deadline() const
{
    Tick next = sample_at_;
    for (const auto& move : {contactor_move_, lock_move_, pilot_move_}) {
        if (move) next = std::min(next, move->at);
    }
    return full_at_ ? std::min(next, *full_at_) : next;
}

void SimulatedEvse::pass_to(Tick now, Events& out)
{
    // Between two changes power is constant: how often anyone looks must not matter.
    bool due = next_deadline() <= now;
    integrate(now);
    if (!due) return;
    if (contactor_move_ && contactor_move_->at <= now) {
        bool close = contactor_move_->on;
        contactor_move_.reset();
        move_contactor(close, out);
    }
    if (lock_move_ && lock_move_->at <= now) {
        bool lock = lock_move_->on;
        lock_move_.reset();
        finish_lock(lock, out);
    }
    if (pilot_move_ && pilot_move_->at <= now) {
        bool charging = pilot_move_->on;
        pilot_move_.reset();
        set_pilot(charging ? PilotState::c : PilotState::b, out);
    }
    bool sample = sample_at_ <= now;
    if (sample) {
        sample_at_ = now + timing_.sample;
        warm_up();
        sample_voltage();
    }
    settle(out);
    if (sample) out.push_back(MeterRead{id_, reading()});
}

void SimulatedEvse::integrate(Tick now)
{
    std::int64_t elapsed = (now - at_).count();
    if (elapsed <= 0) return;
    at_ = now;
    std::int64_t total = 0;
    for (std::size_t phase = 0; phase < 3; ++phase) {
        // A milliwatt for a millisecond is a microjoule.
        std::int64_t flown = milliwatts_[phase] * elapsed;
        energy_[phase] += flown;
        total += flown;
    }
    if (total > 0 && car_) car_->receive(total);
}

void SimulatedEvse::warm_up()
{
    double target = ambient + warming_per_ampere * *std::max_element(current_.begin(), current_.end());
    double elapsed = static_cast<double>(timing_.sample.count());
    temperature_ += (target - temperature_) * (1 - std::exp(-elapsed / warming_time_ms));
}

void SimulatedEvse::sample_voltage()
{
    for (double& volts : voltage_) {
        double noise = (random_.fraction() * 2 - 1) * voltage_noise;
        volts = std::round((nominal_.value + noise) * 10) / 10;
    }
}

// Brings pilot and power in line with everything else. Called after every change.
void SimulatedEvse::settle(Events& out)
{
    follow_pilot(out);
    current_ = {};
    milliwatts_ = {};
    full_at_.reset();
    if (!car_ || !closed_ || pilot_ != PilotState::c) return;
    double taken = std::round(car_->takes(effective_offer()).value * 100) / 100;
    int phases = std::min({offered_phases_, car_->settings().phases, capabilities_.phases});
    std::int64_t total = 0;
    for (std::size_t phase = 0; phase < static_cast<std::size_t>(phases); ++phase) {
        current_[phase] = taken;
        milliwatts_[phase] = std::llround(voltage_[phase] * taken * 1000);
        total += milliwatts_[phase];
    }
    if (Duration left = car_->time_to_full(total); left > Duration(0)) full_at_ = at_ + left;
}

// ---- pilot --------------------------------------------------------------------------------------------

// The cable's resistor and the hardware's own limit bound what the pilot offers.
Amperes SimulatedEvse::effective_offer() const
{
    Amperes offer = std::min(offered_, capabilities_.max_current);
    return cable_rating_ ? std::min(offer, *cable_rating_) : offer;
}

PilotState SimulatedEvse::wanted_pilot() const
{
    if (!car_) return PilotState::a;
    return car_->asks(effective_offer()) ? PilotState::c : PilotState::b;
}

void SimulatedEvse::follow_pilot(Events& out)
{
    PilotState wanted = wanted_pilot();
    if (wanted == pilot_) {
        pilot_move_.reset();
        return;
    }
    bool starts = wanted == PilotState::c;
    if (pilot_move_ && pilot_move_->on == starts) return;
    pilot_move_.reset();
    bool offer_ended = car_ && effective_offer() < car_->settings().min_current;
    if (starts) {
        pilot_move_ = Move{true, at_ + car_->settings().onset};
    } else if (pilot_ == PilotState::c && offer_ended) {
        pilot_move_ = Move{false, at_ + car_->settings().pause};
    } else {
        set_pilot(wanted, out);
    }
}

void SimulatedEvse::set_pilot(PilotState state, Events& out)
{
    if (pilot_ == state) return;
    pilot_ = state;
    out.push_back(PilotChanged{id_, state});
}

// ---- the engine's orders ------------------------------------------------------------------------------

void SimulatedEvse::order(const OfferCurrent& command, Events& out)
{
    offered_ = std::max(command.limit, Amperes{0});
    offered_phases_ = command.phases;
    settle(out);
}

// A controller without a car, or with a tripped protective device, does not close whatever it is told.
bool SimulatedEvse::interlocked() const
{
    return !car_ || trips(fault_);
}

void SimulatedEvse::order(const CloseContactor& /*command*/, Events& out)
{
    meant_closed_ = true;
    if (closed_ || interlocked()) {
        contactor_move_.reset();
        meant_closed_ = closed_;
        out.push_back(ContactorMoved{id_, closed_, reading()});
    } else if (!contactor_move_ || !contactor_move_->on) {
        contactor_move_ = Move{true, at_ + timing_.contactor};
    }
}

void SimulatedEvse::order(const OpenContactor& /*command*/, Events& out)
{
    meant_closed_ = false;
    if (!closed_) {
        contactor_move_.reset();
        out.push_back(ContactorMoved{id_, false, reading()});
    } else if (!contactor_move_ || contactor_move_->on) {
        contactor_move_ = Move{false, at_ + timing_.contactor};
    }
}

void SimulatedEvse::move_contactor(bool close, Events& out)
{
    if (close && interlocked()) close = false;
    bool stuck = !close && welded_;
    // The reading belongs to the moment without current: before a closing, after an opening.
    MeterReading before = reading();
    closed_ = close || stuck;
    settle(out);
    out.push_back(ContactorMoved{id_, closed_, close ? before : reading()});
    if (stuck && fault_.error != ConnectorError::power_switch_failure) {
        fault_ = {id_, ConnectorError::power_switch_failure, true, "contactor does not open", "", false};
        out.push_back(fault_);
    }
}

void SimulatedEvse::order(const LockCable& /*command*/, Events& /*out*/)
{
    if (capabilities_.has_lock) lock_move_ = Move{true, at_ + timing_.lock};
}

void SimulatedEvse::order(const UnlockCable& /*command*/, Events& /*out*/)
{
    if (capabilities_.has_lock) lock_move_ = Move{false, at_ + timing_.lock};
}

void SimulatedEvse::finish_lock(bool lock, Events& out)
{
    bool stuck = jammed_ && locked_ != lock;
    if (!stuck) locked_ = lock;
    out.push_back(LockMoved{id_, locked_, stuck});
}

void SimulatedEvse::order(const Indicate& command, Events& /*out*/)
{
    indication_ = command.indication;
}

void SimulatedEvse::fall_safe(Events& out)
{
    offered_ = {0};
    meant_closed_ = false;
    contactor_move_.reset();
    if (closed_) move_contactor(false, out);
    settle(out);
}

void SimulatedEvse::reset_controller()
{
    // Nobody hears what happens during the reset: announce() tells the outcome.
    Events unheard;
    fall_safe(unheard);
    lock_move_.reset();
    pilot_move_.reset();
    pilot_ = car_ ? PilotState::b : PilotState::a;
    indication_ = Indication::booting;
    settle(unheard);
}

void SimulatedEvse::announce(Events& out) const
{
    if (fault_.error != ConnectorError::no_error || fault_.emergency_stop) out.push_back(fault_);
    if (closed_) out.push_back(ContactorMoved{id_, true, reading()});
    if (capabilities_.has_lock) out.push_back(LockMoved{id_, locked_, false});
    out.push_back(MeterRead{id_, reading()});
    out.push_back(PilotChanged{id_, pilot_});
}

// ---- people -------------------------------------------------------------------------------------------

Result<void> SimulatedEvse::plug(const Car& car, std::optional<Amperes> cable_rating, Events& out)
{
    if (car_) return Error{"a car is plugged in already; unplug it first"};
    if (locked_) return Error{"the socket's lock is closed; unlock it first"};
    car_ = car;
    cable_rating_ = cable_rating;
    settle(out);
    return {};
}

Result<void> SimulatedEvse::unplug(bool pulled, Events& out)
{
    if (!car_) return Error{"no car is plugged in"};
    if (locked_ && !pulled) return Error{"the cable is locked; end the session or unlock it, or pull it out"};
    bool was_locked = std::exchange(locked_, false);
    lock_move_.reset();
    contactor_move_.reset();
    meant_closed_ = false;
    // IEC 61851-1: the loss of the pilot opens the contactor at once, before anything else is told.
    if (closed_) {
        closed_ = welded_;
        current_ = {};
        milliwatts_ = {};
        out.push_back(ContactorMoved{id_, closed_, reading()});
    }
    car_.reset();
    cable_rating_.reset();
    settle(out);
    if (was_locked) out.push_back(LockMoved{id_, false, false});
    return {};
}

Result<void> SimulatedEvse::set_car(const CarSettings& settings, std::optional<Percent> soc, Events& out)
{
    if (!car_) return Error{"no car is plugged in"};
    car_->set_settings(settings);
    if (soc) car_->set_soc(*soc);
    settle(out);
    return {};
}

void SimulatedEvse::set_fault(const Fault& fault, Events& out)
{
    welded_ = welded_ || fault.welded;
    jammed_ = jammed_ || fault.jammed;
    fault_ = {id_, fault.error, fault.critical, fault.info, fault.vendor_error_code, fault.emergency_stop};
    out.push_back(fault_);
    if (trips(fault_)) {
        meant_closed_ = false;
        contactor_move_.reset();
        if (closed_) move_contactor(false, out);
    }
}

void SimulatedEvse::clear_fault(Events& out)
{
    welded_ = false;
    jammed_ = false;
    fault_ = {.evse = id_};
    out.push_back(fault_);
    // A contactor that was stuck falls open as soon as it is free.
    if (closed_ && !meant_closed_) move_contactor(false, out);
}

// ---- to look at ---------------------------------------------------------------------------------------

MeterReading SimulatedEvse::reading() const
{
    MeterReading reading;
    std::int64_t total = std::accumulate(energy_.begin(), energy_.end(), std::int64_t{0});
    reading.import_register = {total / microjoules_per_watt_hour};
    for (std::size_t phase = 0; phase < 3; ++phase) {
        reading.current[phase] = {current_[phase]};
        if (static_cast<int>(phase) < capabilities_.phases) reading.voltage[phase] = {voltage_[phase]};
        reading.power[phase] = {static_cast<double>(milliwatts_[phase]) / 1000};
    }
    if (capabilities_.reports_soc && car_) reading.soc = Percent{std::round(car_->soc().value * 10) / 10};
    reading.temperature = Celsius{std::round(temperature_ * 10) / 10};
    return reading;
}

SavedEvse SimulatedEvse::save() const
{
    SavedEvse saved{.energy_microjoules = energy_,
                    .cable_rating = cable_rating_,
                    .locked = locked_,
                    .welded = welded_,
                    .jammed = jammed_,
                    .stuck_closed = closed_ && welded_,
                    .fault = fault_};
    if (car_) {
        saved.car = car_->settings();
        saved.car_stored_microjoules = car_->stored_microjoules();
    }
    return saved;
}

void SimulatedEvse::restore(const SavedEvse& saved)
{
    energy_ = saved.energy_microjoules;
    car_.reset();
    if (saved.car) car_ = Car(*saved.car, saved.car_stored_microjoules);
    cable_rating_ = saved.cable_rating;
    locked_ = saved.locked;
    welded_ = saved.welded;
    jammed_ = saved.jammed;
    closed_ = saved.stuck_closed;
    fault_ = saved.fault;
    fault_.evse = id_;
    pilot_ = car_ ? PilotState::b : PilotState::a;
}

}  // namespace ladestrom::hardware::simulated
