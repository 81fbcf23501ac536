// ladestrom-simulation: many random worlds in parallel, or one seed told as a story.
#include "simulation/runner.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <thread>

namespace ladestrom::simulation {
namespace {

struct Arguments {
    std::uint64_t first = 1, count = 1000, seed = 1;
    unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::string> assignments;
    std::string mistake = "none", store = "memory";
    bool require_coverage = false, show_coverage = false;
};

// Throws CLI::ValidationError for what cannot be meant.
Options options_for(std::uint64_t seed, const Arguments& arguments)
{
    Options options = draw(seed);
    for (const std::string& assignment : arguments.assignments) {
        if (const auto set = set_option(options, assignment); !set) {
            throw CLI::ValidationError("--set", set.error().message);
        }
    }
    if (arguments.mistake != "none") {
        const auto found = std::ranges::find(mistakes(), arguments.mistake, &MistakeName::name);
        if (found == mistakes().end()) {
            throw CLI::ValidationError("--mistake", arguments.mistake + ": `mistakes` lists them");
        }
        options.mistake = found->mistake;
    }
    options.store = arguments.store == "sqlite" ? Store::sqlite : Store::memory;
    return options;
}

void print_coverage(const Report& report)
{
    fmt::print("\nHow often each thing happened\n");
    for (const auto& [name, count] : report.counts.all()) fmt::print("  {:>10}  {}\n", count, name);
}

int run(const Arguments& arguments)
{
    Batch batch{.first = arguments.first, .count = arguments.count, .jobs = arguments.jobs};
    batch.options = [&](std::uint64_t seed) { return options_for(seed, arguments); };
    (void)batch.options(arguments.first);
    batch.progress = [&](std::uint64_t done, std::size_t failures) {
        if (done % std::max<std::uint64_t>(1, arguments.count / 20) != 0) return;
        fmt::print("{:>8} of {} worlds, {} failed\n", done, arguments.count, failures);
        std::fflush(stdout);
    };
    const Report report = run_batch(batch);
    for (const auto& [seed, violations] : report.failures) {
        fmt::print("\nseed {} FAILED (ladestrom-simulation replay {} tells it)\n", seed, seed);
        for (const std::string& violation : violations) fmt::print("  {}\n", violation);
    }
    if (arguments.show_coverage) print_coverage(report);
    const auto missing = arguments.require_coverage ? missing_coverage(report) : std::vector<Required>{};
    for (const Required& one : missing) fmt::print("never happened: {} ({})\n", one.name, one.meaning);
    fmt::print("\n{} worlds, {:.0f} station-days, {} sessions, {} kWh; seeds {} to {}\n", report.worlds,
               report.station_days, report.sessions, report.watt_hours / 1000, arguments.first,
               arguments.first + arguments.count - 1);
    fmt::print("{} passed, {} failed\n", report.worlds - report.failures.size(), report.failures.size());
    return report.failures.empty() && missing.empty() ? 0 : 1;
}

int replay(const Arguments& arguments)
{
    const Outcome outcome = run_world(options_for(arguments.seed, arguments), Telling::story);
    fmt::print("\n{} sessions, {} Wh, {} violations\n", outcome.sessions, outcome.energy.value,
               outcome.violations.size());
    for (const std::string& violation : outcome.violations) fmt::print("  {}\n", violation);
    return outcome.violations.empty() ? 0 : 1;
}

int list_faults()
{
    for (const FaultOption& fault : fault_options()) {
        fmt::print("{:<22} up to {:<5} {}\n", fault.name, fault.most, fault.meaning);
    }
    return 0;
}

int list_mistakes()
{
    for (const MistakeName& one : mistakes()) fmt::print("{:<28} {}\n", one.name, one.meaning);
    return 0;
}

}  // namespace
}  // namespace ladestrom::simulation

int main(int argc, char** argv)
{
    using namespace ladestrom::simulation;
    Arguments arguments;
    CLI::App app(
        "Stations and central system in random worlds with virtual time: nothing may be lost, invented or "
        "billed twice.\n  ladestrom-simulation run --seeds 2000\n  ladestrom-simulation replay 17");
    app.require_subcommand(1);
    const auto common = [&](CLI::App* command) {
        command->add_option("--set", arguments.assignments,
                            "option=number over what the seed drew, repeatable");
        command->add_option("--mistake", arguments.mistake, "a deliberate mistake (see `mistakes`)");
        command->add_option("--store", arguments.store, "memory or sqlite")
            ->check(CLI::IsMember({"memory", "sqlite"}));
    };
    CLI::App* many = app.add_subcommand("run", "runs many seeds");
    many->add_option("--seeds", arguments.count, "how many");
    many->add_option("--first", arguments.first, "from which on");
    many->add_option("--jobs", arguments.jobs, "worlds at once")->check(CLI::Range(1, 256));
    many->add_flag("--coverage", arguments.show_coverage, "print how often each thing happened");
    many->add_flag("--require-coverage", arguments.require_coverage,
                   "fail when a fault or rare situation never was");
    common(many);
    CLI::App* one = app.add_subcommand("replay", "tells the story of one seed");
    one->add_option("seed", arguments.seed)->required();
    common(one);
    CLI::App* faults = app.add_subcommand("faults", "lists the faults that a seed draws from");
    app.add_subcommand("mistakes", "lists the deliberate mistakes");
    try {
        app.parse(argc, argv);
        if (many->parsed()) return run(arguments);
        if (one->parsed()) return replay(arguments);
        return faults->parsed() ? list_faults() : list_mistakes();
    } catch (const CLI::Error& error) {
        return app.exit(error);
    }
}
