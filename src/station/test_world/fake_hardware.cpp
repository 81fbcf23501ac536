// The hardware of the test world: pilot, contactor, lock, and a meter that counts what really flows.
#include "station/test_world/world.hpp"

#include <fmt/format.h>

namespace ladestrom::station::test {
namespace {

constexpr std::int64_t charging_watts = 11'000;
constexpr Duration contactor_time{50};
constexpr Duration lock_time{100};
constexpr Duration onset{1000};
constexpr Duration offset{300};

}  // namespace

void World::count_energy(FakeEvse& evse)
{
    const bool flows = evse.closed && evse.car && evse.pilot == hardware::PilotState::c;
    if (flows) evse.watt_milliseconds += charging_watts * (now_ - evse.counted_to).count();
    evse.counted_to = now_;
}

hardware::MeterReading World::reading(FakeEvse& evse)
{
    count_energy(evse);
    hardware::MeterReading reading{.import_register = {evse.watt_hours()}};
    const bool flows = evse.closed && evse.pilot == hardware::PilotState::c;
    for (std::size_t phase = 0; phase < 3; ++phase) {
        reading.voltage[phase] = {230};
        if (flows) {
            reading.current[phase] = {16};
            reading.power[phase] = {charging_watts / 3.0};
        }
    }
    return reading;
}

void World::announce()
{
    for (FakeEvse& evse : evses_) {
        feed(hardware::Event(hardware::LockMoved{evse.id, evse.locked, false}));
        feed(hardware::Event(hardware::MeterRead{evse.id, reading(evse)}));
        feed(hardware::Event(hardware::PilotChanged{evse.id, evse.pilot}));
    }
    for (const hardware::FaultChanged& present : faults_) feed(hardware::Event(present));
}

void World::sample()
{
    for (FakeEvse& evse : evses_) feed(hardware::Event(hardware::MeterRead{evse.id, reading(evse)}));
    in_process(seconds(1), [this] { sample(); });
}

void World::set_pilot(FakeEvse& evse, hardware::PilotState pilot)
{
    if (evse.pilot == pilot) return;
    count_energy(evse);
    evse.pilot = pilot;
    note(fmt::format("pilot {} {}", evse.id.value(), static_cast<int>(pilot)));
    feed(hardware::Event(hardware::PilotChanged{evse.id, pilot}));
}

// At the car's side of the cable, whatever the station's lock does.
void World::plug(int number)
{
    FakeEvse& fake = evse(number);
    if (fake.car) return;
    fake.car = true;
    if (!running()) {
        fake.pilot = hardware::PilotState::b;
        return;
    }
    set_pilot(fake, hardware::PilotState::b);
    follow_offer(fake);
}

void World::unplug(int number)
{
    FakeEvse& fake = evse(number);
    if (!fake.car) return;
    count_energy(fake);
    fake.car = false;
    fake.meant_closed = false;
    if (!running()) {
        fake.pilot = hardware::PilotState::a;
        return;
    }
    if (fake.closed) {
        fake.closed = fake.welded;
        feed(hardware::Event(hardware::ContactorMoved{fake.id, fake.closed, reading(fake)}));
    }
    set_pilot(fake, hardware::PilotState::a);
}

void World::car_wants(bool wants, int number)
{
    FakeEvse& fake = evse(number);
    fake.wants_energy = wants;
    if (running()) follow_offer(fake);
}

void World::follow_offer(FakeEvse& evse)
{
    const bool asks = evse.car && evse.wants_energy && evse.offered >= Amperes{6};
    in_process(asks ? onset : offset, [this, &evse, asks] {
        const bool still = evse.car && evse.wants_energy && evse.offered >= Amperes{6};
        if (evse.car && still == asks)
            set_pilot(evse, asks ? hardware::PilotState::c : hardware::PilotState::b);
    });
}

void World::fault(hardware::FaultChanged present)
{
    std::erase_if(faults_, [&](const auto& known) { return known.evse == present.evse; });
    if (present.error != ConnectorError::no_error) faults_.push_back(present);
    feed(hardware::Event(present));
}

void World::check_energised(const FakeEvse& evse)
{
    if (durable_session(evse.id)) return;
    violations.push_back(fmt::format("contactor {} closes outside a durable session", evse.id.value()));
}

void World::move_contactor(FakeEvse& evse, bool close)
{
    const hardware::MeterReading before = reading(evse);
    if (close && !evse.closed) check_energised(evse);
    note(fmt::format("contactor {} {} at {} Wh", evse.id.value(), close ? "closes" : "opens",
                     evse.watt_hours()));
    evse.closed = (close && evse.car) || (!close && evse.welded && evse.closed);
    feed(hardware::Event(hardware::ContactorMoved{evse.id, evse.closed, close ? before : reading(evse)}));
}

void World::perform(const hardware::Command& command)
{
    std::visit(
        [this](const auto& order) {
            using T = std::decay_t<decltype(order)>;
            FakeEvse& fake = evse(order.evse.value());
            if constexpr (std::is_same_v<T, hardware::OfferCurrent>) {
                fake.offered = order.limit;
                follow_offer(fake);
            } else if constexpr (std::is_same_v<T, hardware::CloseContactor>) {
                fake.meant_closed = true;
                in_process(contactor_time, [this, &fake] {
                    if (fake.meant_closed) move_contactor(fake, true);
                });
            } else if constexpr (std::is_same_v<T, hardware::OpenContactor>) {
                fake.meant_closed = false;
                in_process(contactor_time, [this, &fake] {
                    if (!fake.meant_closed) move_contactor(fake, false);
                });
            } else if constexpr (std::is_same_v<T, hardware::LockCable> ||
                                 std::is_same_v<T, hardware::UnlockCable>) {
                constexpr bool lock = std::is_same_v<T, hardware::LockCable>;
                in_process(lock_time, [this, &fake] {
                    if (!fake.jammed) fake.locked = lock;
                    feed(hardware::Event(hardware::LockMoved{fake.id, fake.locked, fake.locked != lock}));
                });
            } else if constexpr (std::is_same_v<T, hardware::Indicate>) {
                fake.indication = order.indication;
            }
        },
        command);
}

}  // namespace ladestrom::station::test
