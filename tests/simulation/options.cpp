#include "simulation/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace ladestrom::simulation {
namespace {

constexpr std::array<FaultOption, 25> all_faults{{
    {"power_cuts", &Faults::power_cuts, 6, "a station's power is cut for seconds to minutes (times per day)"},
    {"orderly_ends", &Faults::orderly_ends, 2, "a station's process is ended in order and started again"},
    {"outages", &Faults::outages, 6, "no connection gets through for minutes to hours; an open one breaks"},
    {"drops", &Faults::drops, 10, "the connection breaks, and both ends learn it"},
    {"half_open", &Faults::half_open, 5, "frames vanish both ways; each end learns it late, by itself"},
    {"overlaps", &Faults::overlaps, 5, "the station connects anew while its old socket lives on at the CSMS"},
    {"slow_links", &Faults::slow_links, 4, "frames take up to 40 s for a while"},
    {"clock_jumps", &Faults::clock_jumps, 3, "a station's wall clock is set wrong by up to an hour"},
    {"hardware_faults", &Faults::hardware_faults, 4, "a fault is raised, and cleared minutes later"},
    {"disk_failures", &Faults::disk_failures, 2, "every commit of a station fails for minutes"},
    {"cut_during_commit", &Faults::cut_during_commit, 0.02,
     "power is cut while a commit is under way: it is wholly stored, or not at all (probability per commit)"},
    {"commit_slow", &Faults::commit_slow, 0.2, "a station's commit takes seconds"},
    {"commit_fails", &Faults::commit_fails, 0.1, "a station's commit fails, and nothing is stored"},
    {"commit_outcome_lost", &Faults::commit_outcome_lost, 0.05,
     "a station's commit is stored but reported failed"},
    {"lost_call", &Faults::lost_call, 0.05, "a frame to the CSMS is lost with its connection (per frame)"},
    {"lost_reply", &Faults::lost_reply, 0.05, "a frame to the station is lost with its connection"},
    {"other_configuration", &Faults::other_configuration, 0.5,
     "a station boots with another configuration than before"},
    {"clock_unset", &Faults::clock_unset, 0.5, "a station boots without knowing the time"},
    {"csms_restarts", &Faults::csms_restarts, 4, "the CSMS dies and is back seconds to minutes later"},
    {"csms_clock_jumps", &Faults::csms_clock_jumps, 2,
     "the wall clock of the CSMS is wrong by up to an hour"},
    {"ledger_slow", &Faults::ledger_slow, 0.1, "the store of the CSMS answers after seconds (per request)"},
    {"ledger_fails", &Faults::ledger_fails, 0.05, "a commit of the CSMS fails"},
    {"ledger_outcome_lost", &Faults::ledger_outcome_lost, 0.05,
     "a commit of the CSMS is stored but reported failed"},
    {"load_fails", &Faults::load_fails, 0.05, "a read of the CSMS fails"},
    {"disk_calls_fail", &Faults::disk_calls_fail, 0.05,
     "writes and syncs of a station's disk fail, with --store sqlite (per commit)"},
}};

constexpr std::array<MistakeName, 11> all_mistakes{{
    {Mistake::recovery_trusts_memory, "recovery_trusts_memory",
     "a station comes back with what it had in memory, not with what its journal holds"},
    {Mistake::send_before_persist, "send_before_persist", "a fact is sent before it is durable"},
    {Mistake::energise_before_durable, "energise_before_durable",
     "the contactor closes before the start of the session is durable"},
    {Mistake::accept_before_durable, "accept_before_durable",
     "a change that the CSMS orders is confirmed before it is durable"},
    {Mistake::lower_limit_after_commit, "lower_limit_after_commit",
     "a lower limit waits for the commit that is under way"},
    {Mistake::csms_books_every_retry, "csms_books_every_retry",
     "the CSMS does not see that a start was sent before"},
    {Mistake::csms_replies_before_commit, "csms_replies_before_commit",
     "the CSMS answers before its commit is durable"},
    {Mistake::old_close_removes_new, "old_close_removes_new",
     "the end of an old socket is taken for the end of the new one"},
    {Mistake::duplicate_id_is_error, "duplicate_id_is_error",
     "the CSMS answers a repeated message id with an error"},
    {Mistake::journal_not_synchronous, "journal_not_synchronous",
     "SQLite runs with synchronous=NORMAL instead of FULL", true},
    {Mistake::journal_loses_a_sync, "journal_loses_a_sync",
     "every second sync of a station's disk does nothing", true},
}};

struct NumberOption {
    std::string_view name;
    double Options::*value;
};
constexpr std::array<NumberOption, 5> numbers{{
    {"days", &Options::days},
    {"visits_per_evse", &Options::visits_per_evse},
    {"commands_per_station", &Options::commands_per_station},
    {"newer_versions", &Options::newer_versions},
    {"other_tx_points", &Options::other_tx_points},
}};

}  // namespace

std::span<const FaultOption> fault_options()
{
    return all_faults;
}

std::span<const MistakeName> mistakes()
{
    return all_mistakes;
}

Options draw(std::uint64_t seed)
{
    Random random(seed * 0x5851F42D4C957F2DULL + 0x14057B7EF767814FULL);
    Options options;
    options.seed = seed;
    options.stations = 1 + static_cast<int>(random.below(random.chance(0.3) ? 5 : 2));
    options.visits_per_evse = 2 + random.fraction() * 14;
    options.commands_per_station = random.fraction() * 50;
    for (const FaultOption& option : all_faults) {
        const double strength = random.fraction();
        if (random.chance(0.5)) options.faults.*option.value = option.most * strength;
    }
    if (random.chance(0.75)) options.newer_versions = random.chance(0.3) ? 1 : random.fraction();
    if (random.chance(0.4)) options.other_tx_points = random.chance(0.3) ? 1 : random.fraction();
    return options;
}

Result<void> set_option(Options& options, std::string_view assignment)
{
    const auto equals = assignment.find('=');
    const std::string_view name = assignment.substr(0, equals);
    const std::string_view text = equals == std::string_view::npos ? "" : assignment.substr(equals + 1);
    double value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || value < 0) {
        return Error{fmt::format("{}: not an option=number, with a number of at least 0", assignment)};
    }
    if (name == "stations") {
        if (value < 1 || value > 5) return Error{"stations: 1 to 5"};
        options.stations = static_cast<int>(value);
        return {};
    }
    for (const NumberOption& option : numbers) {
        if (option.name == name) return options.*option.value = value, Result<void>();
    }
    for (const FaultOption& option : all_faults) {
        if (option.name == name) return options.faults.*option.value = value, Result<void>();
    }
    return Error{fmt::format("{}: no such option; `ladestrom-simulation faults` lists them", name)};
}

std::string describe(const Options& options)
{
    std::string text = fmt::format(
        "seed {}: {} station{}, {:.3g} days, {:.3g} visits per EVSE, {:.3g} commands "
        "per station",
        options.seed, options.stations, options.stations == 1 ? "" : "s", options.days,
        options.visits_per_evse, options.commands_per_station);
    for (const FaultOption& option : all_faults) {
        const double value = options.faults.*option.value;
        if (value > 0) text += fmt::format(", {}={:.2g}", option.name, value);
    }
    if (options.newer_versions > 0) text += fmt::format(", newer_versions={:.2g}", options.newer_versions);
    if (options.other_tx_points > 0) text += fmt::format(", other_tx_points={:.2g}", options.other_tx_points);
    return text;
}

}  // namespace ladestrom::simulation
