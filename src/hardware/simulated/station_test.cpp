// The simulated hardware keeps the port's contract and the laws of physics.
#include "hardware/simulated/station.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace ladestrom::hardware::simulated {
namespace {

template <class T>
std::vector<T> of(const Events& events)
{
    std::vector<T> found;
    for (const Event& event : events) {
        if (const T* one = std::get_if<T>(&event)) found.push_back(*one);
    }
    return found;
}

template <class T>
std::size_t index_of(const Events& events)
{
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (std::holds_alternative<T>(events[i])) return i;
    }
    return events.size();
}

class SimulatedStationTest : public testing::Test {
protected:
    static constexpr std::uint64_t seed = 7;
    const EvseId one{1};

    void SetUp() override { station.start(now); }

    Events wait(Duration time) { return station.advance(now += time); }
    Events order(const Command& command) { return station.handle(command, now); }
    const SimulatedEvse& evse() const { return *station.find(one); }
    std::int64_t metered() const
    {
        const auto& energy = evse().energy_microjoules();
        return std::accumulate(energy.begin(), energy.end(), std::int64_t{0});
    }
    // Plugged in, offered and charging.
    void charge(const Car& car, Amperes offer = {16})
    {
        ASSERT_TRUE(station.plug(one, car, std::nullopt));
        order(LockCable{one});
        order(OfferCurrent{one, offer, 3});
        wait(seconds(3));
        order(CloseContactor{one});
        wait(seconds(1));
        ASSERT_TRUE(evse().contactor_closed());
        ASSERT_EQ(evse().pilot(), PilotState::c);
    }

    SimulatedConfig config{.timing = {.watchdog = Duration(0)}};
    SimulatedStation station{config, seed, Tick{}};
    Tick now{};
};

TEST_F(SimulatedStationTest, TellsItsStateAtTheStart)
{
    Events events = station.start(now);
    ASSERT_EQ(of<PilotChanged>(events).size(), 1u);
    EXPECT_EQ(of<PilotChanged>(events)[0].state, PilotState::a);
    ASSERT_EQ(of<MeterRead>(events).size(), 1u);
    EXPECT_EQ(of<MeterRead>(events)[0].reading.import_register, WattHours{0});
    EXPECT_TRUE(of<FaultChanged>(events).empty());
}

TEST_F(SimulatedStationTest, ReadsTheMeterEverySecond)
{
    EXPECT_EQ(of<MeterRead>(wait(seconds(10))).size(), 10u);
    EXPECT_EQ(of<MeterRead>(wait(milliseconds(999))).size(), 0u);
    EXPECT_EQ(of<MeterRead>(wait(milliseconds(1))).size(), 1u);
}

TEST_F(SimulatedStationTest, ACarAsksForEnergyOnlyAfterAnOffer)
{
    auto plugged = station.plug(one, Car({}, Percent{40}), std::nullopt);
    ASSERT_TRUE(plugged);
    ASSERT_EQ(of<PilotChanged>(*plugged).size(), 1u);
    EXPECT_EQ(of<PilotChanged>(*plugged)[0].state, PilotState::b);
    EXPECT_TRUE(of<PilotChanged>(wait(minutes(1))).empty());
    order(OfferCurrent{one, {5}, 3});
    EXPECT_TRUE(of<PilotChanged>(wait(minutes(1))).empty()) << "less than 6 A is no offer";
    order(OfferCurrent{one, {16}, 3});
    EXPECT_TRUE(of<PilotChanged>(wait(milliseconds(1999))).empty());
    auto onset = of<PilotChanged>(wait(milliseconds(1)));
    ASSERT_EQ(onset.size(), 1u);
    EXPECT_EQ(onset[0].state, PilotState::c);
    order(OfferCurrent{one, {0}, 3});
    auto pause = of<PilotChanged>(wait(seconds(1)));
    ASSERT_EQ(pause.size(), 1u);
    EXPECT_EQ(pause[0].state, PilotState::b);
}

TEST_F(SimulatedStationTest, EnergyFlowsOnlyThroughAClosedContactor)
{
    ASSERT_TRUE(station.plug(one, Car({}, Percent{40}), std::nullopt));
    order(OfferCurrent{one, {16}, 3});
    wait(seconds(30));
    EXPECT_EQ(metered(), 0);
    order(CloseContactor{one});
    auto moved = of<ContactorMoved>(wait(milliseconds(50)));
    ASSERT_EQ(moved.size(), 1u);
    EXPECT_TRUE(moved[0].closed);
    EXPECT_EQ(moved[0].reading.current[0], Amperes{0}) << "read before the closing";
    wait(minutes(1));
    EXPECT_GT(metered(), 0);
    order(OpenContactor{one});
    moved = of<ContactorMoved>(wait(milliseconds(50)));
    ASSERT_EQ(moved.size(), 1u);
    EXPECT_FALSE(moved[0].closed);
    EXPECT_EQ(moved[0].reading.current[0], Amperes{0}) << "read after the opening";
    std::int64_t after = metered();
    EXPECT_EQ(moved[0].reading.import_register.value, after / microjoules_per_watt_hour);
    wait(minutes(1));
    EXPECT_EQ(metered(), after);
}

TEST_F(SimulatedStationTest, WhatTheMeterCountsIsWhatTheBatteryGains)
{
    Car car({}, Percent{20});
    std::int64_t before = car.stored_microjoules();
    charge(car);
    wait(hours(1));
    EXPECT_EQ(evse().car()->stored_microjoules() - before, metered());
    // 16 A on three phases of about 230 V.
    EXPECT_NEAR(static_cast<double>(metered()) / microjoules_per_watt_hour, 11'040, 60);
}

TEST_F(SimulatedStationTest, LossesStayOutsideTheBattery)
{
    Car car({.efficiency = 0.9}, Percent{20});
    std::int64_t before = car.stored_microjoules();
    charge(car);
    wait(hours(1));
    EXPECT_EQ(evse().car()->stored_microjoules() - before, metered() * 9 / 10);
}

TEST_F(SimulatedStationTest, TheSameTimeInOneStepOrInManyIsTheSame)
{
    charge(Car({}, Percent{78}));
    SimulatedStation other = station;
    wait(hours(2));
    Tick at = now - hours(2);
    for (Random random(1); at < now;) {
        at = std::min(now, at + Duration(random.below(700) + 1));
        other.advance(at);
    }
    EXPECT_EQ(other.find(one)->energy_microjoules(), evse().energy_microjoules());
    EXPECT_EQ(other.find(one)->reading(), evse().reading());
}

TEST_F(SimulatedStationTest, TheCurrentFallsAlongTheCurveAndEndsWithTheFullBattery)
{
    charge(Car({.capacity = {10'000}}, Percent{79}));
    EXPECT_DOUBLE_EQ(evse().reading().current[0].value, 16);
    double last = 16;
    bool full = false;
    for (int i = 0; i < 240 && !full; ++i) {
        Events events = wait(minutes(1));
        for (const PilotChanged& changed : of<PilotChanged>(events)) full = changed.state == PilotState::b;
        EXPECT_LE(evse().reading().current[0].value, last);
        last = evse().reading().current[0].value;
    }
    EXPECT_TRUE(full);
    EXPECT_EQ(evse().car()->soc(), Percent{100});
    EXPECT_EQ(evse().reading().power[0], Watts{0});
}

TEST_F(SimulatedStationTest, TheCableTheCarAndTheHardwareBoundTheCurrent)
{
    ASSERT_TRUE(station.plug(one, Car({.max_current = {32}}, Percent{40}), Amperes{13}));
    order(OfferCurrent{one, {32}, 3});
    wait(seconds(3));
    order(CloseContactor{one});
    wait(seconds(1));
    EXPECT_DOUBLE_EQ(evse().reading().current[2].value, 13);
    order(OfferCurrent{one, {10}, 1});
    EXPECT_DOUBLE_EQ(evse().reading().current[0].value, 10);
    EXPECT_DOUBLE_EQ(evse().reading().current[1].value, 0);
}

TEST_F(SimulatedStationTest, APluggedCableThatIsLockedStaysUnlessItIsPulled)
{
    charge(Car({}, Percent{40}));
    EXPECT_TRUE(evse().locked());
    auto refused = station.unplug(one, false);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("locked"), std::string::npos);
    EXPECT_TRUE(evse().car());
    auto pulled = station.unplug(one, true);
    ASSERT_TRUE(pulled);
    // The contactor has opened before the loss of the car is told.
    EXPECT_LT(index_of<ContactorMoved>(*pulled), index_of<PilotChanged>(*pulled));
    EXPECT_FALSE(evse().contactor_closed());
    EXPECT_FALSE(evse().locked());
    EXPECT_FALSE(station.unplug(one, false)) << "nothing there any more";
}

TEST_F(SimulatedStationTest, AnUnlockedCableComesOut)
{
    charge(Car({}, Percent{40}));
    order(UnlockCable{one});
    auto moved = of<LockMoved>(wait(milliseconds(300)));
    ASSERT_EQ(moved.size(), 1u);
    EXPECT_FALSE(moved[0].locked);
    EXPECT_FALSE(moved[0].jammed);
    EXPECT_TRUE(station.unplug(one, false));
    EXPECT_EQ(evse().pilot(), PilotState::a);
}

TEST_F(SimulatedStationTest, AJammedLockSaysSo)
{
    charge(Car({}, Percent{40}));
    ASSERT_TRUE(station.set_fault(one, {.error = ConnectorError::connector_lock_failure, .jammed = true}));
    order(UnlockCable{one});
    auto moved = of<LockMoved>(wait(seconds(1)));
    ASSERT_EQ(moved.size(), 1u);
    EXPECT_TRUE(moved[0].locked);
    EXPECT_TRUE(moved[0].jammed);
    auto cleared = station.clear_fault(one);
    ASSERT_TRUE(cleared);
    EXPECT_EQ(of<FaultChanged>(*cleared).at(0).error, ConnectorError::no_error);
    order(UnlockCable{one});
    EXPECT_FALSE(of<LockMoved>(wait(seconds(1))).at(0).locked);
}

TEST_F(SimulatedStationTest, AWeldedContactorStaysClosedAndIsReported)
{
    charge(Car({}, Percent{40}));
    ASSERT_TRUE(
        station.set_fault(one, {.error = ConnectorError::weak_signal, .critical = false, .welded = true}));
    order(OpenContactor{one});
    Events events = wait(milliseconds(50));
    EXPECT_TRUE(of<ContactorMoved>(events).at(0).closed);
    EXPECT_EQ(of<FaultChanged>(events).at(0).error, ConnectorError::power_switch_failure);
    std::int64_t before = metered();
    wait(seconds(10));
    EXPECT_GT(metered(), before) << "what is welded conducts";
    auto cleared = station.clear_fault(one);
    ASSERT_TRUE(cleared);
    EXPECT_FALSE(of<ContactorMoved>(*cleared).at(0).closed) << "it was meant to be open";
}

TEST_F(SimulatedStationTest, AGroundFaultTripsByItselfAndHoldsTheContactorOpen)
{
    charge(Car({}, Percent{40}));
    auto events = station.set_fault(one, {.error = ConnectorError::ground_failure});
    ASSERT_TRUE(events);
    EXPECT_FALSE(of<ContactorMoved>(*events).at(0).closed);
    EXPECT_FALSE(of<ContactorMoved>(order(CloseContactor{one})).at(0).closed) << "interlocked";
    ASSERT_TRUE(station.clear_fault(one));
    order(CloseContactor{one});
    EXPECT_TRUE(of<ContactorMoved>(wait(seconds(1))).at(0).closed);
}

TEST_F(SimulatedStationTest, NoContactorClosesWithoutACar)
{
    auto moved = of<ContactorMoved>(order(CloseContactor{one}));
    ASSERT_EQ(moved.size(), 1u);
    EXPECT_FALSE(moved[0].closed);
    wait(seconds(1));
    EXPECT_FALSE(evse().contactor_closed());
}

TEST_F(SimulatedStationTest, ACarThatRefusesNeverStarts)
{
    ASSERT_TRUE(station.plug(one, Car({.refuses = true}, Percent{40}), std::nullopt));
    order(OfferCurrent{one, {16}, 3});
    EXPECT_TRUE(of<PilotChanged>(wait(minutes(5))).empty());
    CarSettings willing = evse().car()->settings();
    willing.refuses = false;
    ASSERT_TRUE(station.set_car(one, willing, std::nullopt));
    EXPECT_EQ(of<PilotChanged>(wait(seconds(2))).at(0).state, PilotState::c);
}

TEST_F(SimulatedStationTest, AStateThatWasKeptGoesOnAfterAPowerCut)
{
    charge(Car({}, Percent{40}));
    wait(minutes(7) + milliseconds(123));
    auto saved = station.save();
    std::int64_t before = metered();
    SimulatedStation next(config, seed + 1, Tick{});
    next.restore(saved);
    Events events = next.start(Tick{});
    EXPECT_EQ(of<MeterRead>(events).at(0).reading.import_register.value, before / microjoules_per_watt_hour);
    EXPECT_EQ(of<PilotChanged>(events).at(0).state, PilotState::b) << "the car is still there";
    EXPECT_TRUE(of<LockMoved>(events).at(0).locked);
    EXPECT_EQ(next.find(one)->energy_microjoules(), evse().energy_microjoules()) << "no fraction is lost";
    next.advance(Tick{} + hours(1));
    EXPECT_EQ(next.find(one)->energy_microjoules(), evse().energy_microjoules()) << "nothing flows unasked";
    EXPECT_EQ(next.find(one)->car()->stored_microjoules(), evse().car()->stored_microjoules());
}

TEST_F(SimulatedStationTest, AnEngineThatStartsAnewFindsContactorsOpen)
{
    charge(Car({}, Percent{40}));
    std::int64_t before = metered();
    Events events = station.start(now);
    EXPECT_TRUE(of<ContactorMoved>(events).empty());
    EXPECT_EQ(of<PilotChanged>(events).at(0).state, PilotState::b);
    EXPECT_FALSE(evse().contactor_closed());
    wait(minutes(1));
    EXPECT_EQ(metered(), before);
}

TEST_F(SimulatedStationTest, SwipesReachTheReaderTheyWereMadeAt)
{
    auto events = station.swipe(EvseId{0}, IdToken{"ABC"});
    ASSERT_TRUE(events);
    EXPECT_EQ(of<TokenPresented>(*events).at(0).token.value, "ABC");
    EXPECT_EQ(of<TokenPresented>(*events).at(0).evse, EvseId{0});
    auto refused = station.swipe(EvseId{2}, IdToken{"ABC"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "EVSE 2: this station has 1");
}

TEST(SimulatedStation, TheWatchdogOpensTheContactorOfASilentEngine)
{
    SimulatedConfig config{.timing = {.watchdog = seconds(10)}};
    SimulatedStation station(config, 1, Tick{});
    Tick now{};
    EvseId one{1};
    station.start(now);
    ASSERT_TRUE(station.plug(one, Car({}, Percent{40}), std::nullopt));
    station.handle(OfferCurrent{one, {16}, 3}, now);
    station.handle(CloseContactor{one}, now += seconds(3));
    for (int i = 0; i < 60; ++i) {
        station.advance(now += seconds(1));
        station.alive(now);
    }
    ASSERT_TRUE(station.find(one)->contactor_closed());
    EXPECT_TRUE(of<ContactorMoved>(station.advance(now + milliseconds(9'999))).empty());
    auto moved = of<ContactorMoved>(station.advance(now + seconds(10)));
    ASSERT_EQ(moved.size(), 1u);
    EXPECT_FALSE(moved[0].closed);
    EXPECT_TRUE(of<ContactorMoved>(station.advance(now + minutes(10))).empty()) << "it acts once";
}

TEST(SimulatedStation, TheSameSeedGivesTheSameEvents)
{
    auto run = [](std::uint64_t seed) {
        SimulatedStation station(SimulatedConfig{}, seed, Tick{});
        std::vector<double> volts;
        for (const MeterRead& read : of<MeterRead>(station.advance(Tick{} + minutes(1)))) {
            volts.push_back(read.reading.voltage[0].value);
        }
        return volts;
    };
    EXPECT_EQ(run(3), run(3));
    EXPECT_NE(run(3), run(4));
    for (double volts : run(3)) EXPECT_NEAR(volts, 230, 1.6);
}

}  // namespace
}  // namespace ladestrom::hardware::simulated
