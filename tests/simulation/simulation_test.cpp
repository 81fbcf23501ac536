// The simulator itself: it repeats exactly, the cores pass, and every deliberate mistake is seen.
#include "simulation/runner.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <span>

namespace ladestrom::simulation {
namespace {

TEST(Simulation, TheSameSeedTellsTheSameStory)
{
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const Outcome once = run_world(draw(seed), Telling::digest);
        const Outcome again = run_world(draw(seed), Telling::digest);
        EXPECT_NE(once.digest, 0U);
        EXPECT_EQ(once.digest, again.digest) << seed;
        EXPECT_EQ(once.counts.all(), again.counts.all()) << seed;
    }
}

TEST(Simulation, SeedsTellDifferentStories)
{
    EXPECT_NE(run_world(draw(1), Telling::digest).digest, run_world(draw(2), Telling::digest).digest);
}

TEST(Simulation, NothingIsLostOrInvented)
{
    const Report report = run_batch({.first = 1, .count = 60});
    EXPECT_EQ(report.worlds, 60U);
    EXPECT_GT(report.sessions, 120U) << "the worlds are too quiet to show anything";
    EXPECT_GT(report.watt_hours, 100'000);
    for (const auto& [seed, violations] : report.failures) {
        ADD_FAILURE() << "seed " << seed << ": " << violations.front();
    }
}

TEST(Simulation, NothingIsLostOverSqliteOnAFailingDisk)
{
    const auto over_sqlite = [](std::uint64_t seed) {
        Options options = draw(seed);
        options.store = Store::sqlite;
        return options;
    };
    const Report report = run_batch({.first = 1000, .count = 15, .options = over_sqlite});
    for (const auto& [seed, violations] : report.failures) {
        ADD_FAILURE() << "seed " << seed << ": " << violations.front();
    }
}

// Seeds that once showed a mistake of ours, and what it was.
struct Find {
    std::uint64_t seed;
    const char* what;
};
constexpr Find finds[] = {
    {278, "a status whose answer was lost was not told again when the earlier one held again"},
    {290, "likewise, with a fault in between"},
    {560, "an end told over 1.6 and, its answer lost, again over 2.1 was taken for two different ends"},
    {1844, "likewise, of a session without energy"},
    {53, "an event that came after its connector was free again showed the connector as in use"},
    {66, "likewise, on another EVSE"},
};

// Found since stations have other points at which transactions begin and end.
constexpr Find finds_of_points[] = {
    {9, "1.6 was not told whose transaction it is, when the car came after the card"},
    {17, "likewise, of a session without energy"},
    {182, "a stop of a transaction whose energy had not begun to flow was told without its start"},
    {891, "likewise, on another EVSE"},
    {1456, "a transaction that nobody had heard of outlived its car"},
    {3, "begun over 1.6 before it had a word for it, a transaction went on in 2.x without its start"},
    {1076, "likewise, after a power cut"},
    {3287,
     "told over 1.6 without an answer, a transaction was not known again by a start of 2.x without its "
     "token"},
    {1110, "a failed commit took back a transaction that had been begun, and told, before a restart"},
};

// As worlds were drawn before.
Options without_points(std::uint64_t seed)
{
    Options options = draw(seed);
    options.other_tx_points = 0;
    return options;
}

void expect_clean(std::span<const Find> seeds, Options (*world)(std::uint64_t seed))
{
    for (const Find& find : seeds) {
        const Outcome outcome = run_world(world(find.seed), Telling::silent);
        EXPECT_TRUE(outcome.violations.empty())
            << "seed " << find.seed << " (" << find.what << "): " << outcome.violations.front();
    }
}

TEST(Simulation, WhatItFoundStaysFound)
{
    expect_clean(finds, without_points);
    expect_clean(finds_of_points, draw);
}

struct Change {
    std::uint64_t seed;
    const char* counted;
};
constexpr const char* queued = "the version changed while facts were queued";
constexpr const char* queued_at_reconnect = "the version changed while facts were queued, at a reconnect";
// By another configuration at a boot, or by a restriction at a reconnect.
constexpr Change changes[] = {
    {15, queued},
    {142, queued},
    {45, queued_at_reconnect},
    {217, queued_at_reconnect},
    {312, queued_at_reconnect},
    {519, queued_at_reconnect},
};

// One transaction, told in more than one version of OCPP, with facts still queued where the version changed.
TEST(Simulation, AVersionMayChangeWhileFactsAreQueued)
{
    for (const auto& [seed, counted] : changes) {
        const Outcome outcome = run_world(without_points(seed), Telling::silent);
        EXPECT_GT(outcome.counts.get(counted), 0U) << "seed " << seed;
        EXPECT_GT(outcome.counts.get("csms: csms.session.continued_in_another_version"), 0U)
            << "seed " << seed;
        EXPECT_TRUE(outcome.violations.empty()) << "seed " << seed << ": " << outcome.violations.front();
    }
}

class Mistakes : public testing::TestWithParam<MistakeName> {};

// Worlds that give the mistake its chance; without it they pass.
Options hard_world(std::uint64_t seed, Mistake mistake)
{
    Options options = draw(seed);
    options.days = 0.5;
    if (mistake == Mistake::accept_before_durable) {
        options.commands_per_station = 200;
        options.faults.commit_slow = 0.5;
        options.faults.cut_during_commit = 0.1;
    }
    options.mistake = mistake;
    const auto named = std::ranges::find(mistakes(), mistake, &MistakeName::mistake);
    if (named != mistakes().end() && named->of_store) {
        options.store = Store::sqlite;
        options.faults.power_cuts = 20;
    }
    return options;
}

TEST_P(Mistakes, AreSeen)
{
    const MistakeName& name = GetParam();
    constexpr std::uint64_t most_seeds = 200;
    for (std::uint64_t seed = 1; seed <= most_seeds; ++seed) {
        if (run_world(hard_world(seed, name.mistake), Telling::silent).violations.empty()) continue;
        Options right = hard_world(seed, name.mistake);
        right.mistake = Mistake::none;
        const Outcome outcome = run_world(right, Telling::silent);
        EXPECT_TRUE(outcome.violations.empty()) << "seed " << seed << ": " << outcome.violations.front();
        fmt::print("{}: seed {}\n", name.name, seed);
        return;
    }
    ADD_FAILURE() << name.name << " (" << name.meaning << ") was not seen in " << most_seeds << " seeds";
}

INSTANTIATE_TEST_SUITE_P(Deliberate, Mistakes, testing::ValuesIn(mistakes().begin(), mistakes().end()),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(Options, AreNumbersWithNames)
{
    Options options;
    EXPECT_TRUE(set_option(options, "power_cuts=2.5"));
    EXPECT_EQ(options.faults.power_cuts, 2.5);
    EXPECT_TRUE(set_option(options, "stations=3"));
    EXPECT_EQ(options.stations, 3);
    EXPECT_FALSE(set_option(options, "stations=9"));
    EXPECT_FALSE(set_option(options, "power_cuts"));
    EXPECT_FALSE(set_option(options, "power_cuts=-1"));
    EXPECT_FALSE(set_option(options, "earthquakes=1"));
}

}  // namespace
}  // namespace ladestrom::simulation
