// The command line every program shares, read with CLI11.
#include "config/command_line.hpp"

#include "base/nearest.hpp"
#include "config/print.hpp"
#include "config/text.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace ladestrom::config {
namespace {

// CLI11 tells of --no-x that it means {false}; its name says so already.
class HelpFormatter : public CLI::Formatter {
public:
    std::string make_option_name(const CLI::Option* option, bool is_positional) const override
    {
        std::string name = CLI::Formatter::make_option_name(option, is_positional);
        constexpr std::string_view hint = "{false}";
        if (name.ends_with(hint)) name.erase(name.size() - hint.size());
        return name;
    }
};

std::string type_name(const Option& option)
{
    switch (option.kind) {
        case Kind::text: return "TEXT";
        case Kind::integer:
        case Kind::decimal: return option.unit.empty() ? "NUMBER" : option.unit;
        case Kind::boolean: return "";
        case Kind::path: return "FILE";
        case Kind::list: return "TEXT,...";
        case Kind::paths: return "FILE,...";
        case Kind::choice: return fmt::format("{}", fmt::join(option.choices, "|"));
    }
    return "";
}

std::string examples_text(const Schema& schema)
{
    if (schema.examples().empty()) return {};
    return fmt::format("\n\nExamples:\n  {}", fmt::join(schema.examples(), "\n  "));
}

}  // namespace

class CommandLine {
public:
    CommandLine(const Schema& schema, const Environment& environment, std::string_view version)
        : schema_(schema),
          environment_(environment),
          app_(fmt::format(
                   "{}{}\n\nSettings come from flags, then {}* variables, then the file, then defaults.",
                   schema.purpose(), examples_text(schema), schema.environment_prefix()),
               "ladestrom-" + schema.program())
    {
        app_.set_version_flag("--version", fmt::format("ladestrom-{} {}", schema.program(), version));
        app_.formatter(std::make_shared<HelpFormatter>());
        app_.allow_extras();
        app_.add_option("--config", file_,
                        fmt::format("Configuration file (TOML); or {}", schema.environment_name("config")))
            ->type_name("FILE");
        app_.add_option("--set", settings_, "Any setting by its name in the file; may be repeated")
            ->type_name("NAME=VALUE");
        for (const Section& section : schema.sections()) {
            for (const Option& option : section.options) add(section, option);
        }
        add_commands();
    }

    Outcome run(const std::vector<std::string>& arguments, const Check& check)
    {
        try {
            std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
            app_.parse(reversed);
        } catch (const CLI::ParseError& error) {
            return stopped(error);
        }
        if (auto wrong = unexpected()) return usage(*wrong);
        auto flags = given_flags();
        if (!flags) return usage(flags.error().message);
        if (const ParsedCommand* command = command_over_files()) {
            return over_files(*command, *flags, check);
        }
        const Sources sources{file_name(), environment_, std::move(*flags)};
        auto values = load(schema_, sources);
        if (!values) return misconfigured(values.error().message);
        note_command(*values);
        std::vector<std::string> problems;
        for (const Error& error : check ? check(*values) : std::vector<Error>{})
            problems.push_back(error.message);
        if (!problems.empty()) return misconfigured(fmt::format("{}", fmt::join(problems, "\n")));
        return answer(std::move(*values), sources.file);
    }

private:
    struct ParsedCommand {
        const Command* declared;
        CLI::App* parsed;
        std::vector<std::string> arguments;
    };

    void add(const Section& section, const Option& option)
    {
        if (option.secret) return;
        const std::string flag = flag_name(option.name);
        // const: CLI11 writes flags into strings that it may change.
        const std::string help =
            option.help + (option.fallback.empty() ? "" : fmt::format(" Default: {}.", option.fallback));
        CLI::Option* added = nullptr;
        if (option.kind == Kind::boolean) {
            added = app_.add_flag(fmt::format("{},!--no{}", flag, flag.substr(1)), help);
        } else {
            added = app_.add_option(flag)->description(help)->type_name(type_name(option));
        }
        added->group(section.title)->take_last();
        flags_.emplace_back(&option, added);
    }

    void add_commands()
    {
        app_.require_subcommand(0, 1);
        auto* config = app_.add_subcommand("config", "Checks or shows the settings");
        config->fallthrough()->require_subcommand(1);
        check_ = config->add_subcommand("check", "Tells whether the settings are right")->fallthrough();
        show_ = config->add_subcommand("show", "Prints the settings as a configuration file")->fallthrough();
        show_->add_flag("--origin", origin_, "Also prints where each comes from");
        commands_.reserve(schema_.commands().size());
        for (const Command& command : schema_.commands()) {
            const std::size_t space = command.name.rfind(' ');
            CLI::App* parent = space == std::string::npos ? &app_ : group(command.name.substr(0, space));
            const std::string word = command.name.substr(space + 1);  // npos + 1 is 0
            commands_.push_back({&command, parent->add_subcommand(word, command.help)->fallthrough(), {}});
            commands_.back().parsed->footer(command.details);
            add_arguments(commands_.back());
        }
    }

    static void add_arguments(ParsedCommand& command)
    {
        if (command.declared->over_files) {
            command.parsed->add_option("FILE", command.arguments, "Configuration file (TOML)")
                ->type_name("")
                ->required();
            return;
        }
        const std::vector<std::string>& names = command.declared->arguments;
        command.arguments.resize(names.size());
        for (std::size_t i = 0; i < names.size(); ++i) {
            command.parsed->add_option(names[i], command.arguments[i])->required();
        }
    }

    // The noun of "user add".
    CLI::App* group(const std::string& noun)
    {
        auto [found, fresh] = groups_.try_emplace(noun, nullptr);
        if (fresh) {
            found->second = app_.add_subcommand(noun, fmt::format("Commands about each {}", noun));
            found->second->fallthrough()->require_subcommand(1);
        }
        return found->second;
    }

    std::string file_name() const
    {
        const auto named = environment_.find(schema_.environment_name("config"));
        return file_.empty() && named != environment_.end() ? named->second : file_;
    }

    // Flags that nobody declared.
    std::optional<std::string> unexpected() const
    {
        const std::vector<std::string> extras = app_.remaining(true);
        if (extras.empty()) return std::nullopt;
        const std::string flag = extras.front().substr(0, extras.front().find('='));
        std::vector<std::string> known{"--config", "--set", "--help", "--version"};
        for (const Section& section : schema_.sections()) {
            for (const Option& option : section.options) {
                if (option.secret && flag_name(option.name) == flag) {
                    return fmt::format(
                        "{}: not taken from the command line, which every process can read; use {} or {}",
                        flag, schema_.environment_name(option.name), flag_name(option.name + "_file"));
                }
                if (!option.secret) known.push_back(flag_name(option.name));
            }
        }
        for (const Command& command : schema_.commands()) known.push_back(command.name);
        const std::string suggestion = nearest(flag, known);
        return fmt::format("{}: there is no such option{}", flag,
                           suggestion.empty() ? "" : fmt::format("; did you mean {}?", suggestion));
    }

    Result<std::vector<Given>> given_flags() const
    {
        std::vector<Given> given;
        for (const std::string& setting : settings_) {
            const std::size_t equals = setting.find('=');
            if (equals == std::string::npos || equals == 0) {
                return Error{fmt::format("--set {}: expected NAME=VALUE", setting)};
            }
            const std::string name = setting.substr(0, equals);
            if (const Option* option = schema_.find(name); option != nullptr && option->secret) {
                return Error{fmt::format(
                    "--set {}: not taken from the command line, which every process can read", name)};
            }
            given.push_back({name, setting.substr(equals + 1), {Source::flag, "--set"}});
        }
        for (const auto& [option, parsed] : flags_) {
            if (parsed->count() == 0) continue;
            given.push_back(
                {option->name, parsed->results().back(), {Source::flag, flag_name(option->name)}});
        }
        return given;
    }

    void note_command(Values& values) const
    {
        for (const ParsedCommand& command : commands_) {
            if (!command.parsed->parsed()) continue;
            values.command_ = command.declared->name;
            values.arguments_ = command.arguments;
        }
    }

    const ParsedCommand* command_over_files() const
    {
        for (const ParsedCommand& command : commands_) {
            if (command.parsed->parsed() && command.declared->over_files) return &command;
        }
        return nullptr;
    }

    // Each file is read as that of --config would be; environment and flags count for all of them.
    Outcome over_files(const ParsedCommand& command, const std::vector<Given>& flags,
                       const Check& check) const
    {
        if (!file_name().empty()) {
            return usage(fmt::format("{} takes its files as arguments; leave out {}", command.declared->name,
                                     file_.empty() ? schema_.environment_name("config") : "--config"));
        }
        Values all;
        note_command(all);
        std::string problems;
        for (const std::string& file : command.arguments) {
            auto values = load(schema_, {file, environment_, flags});
            if (!values) {
                problems += with_file(file, values.error().message);
                continue;
            }
            for (const Error& error : check ? check(*values) : std::vector<Error>{}) {
                problems += with_file(file, error.message);
            }
            all.files_.push_back(std::move(*values));
        }
        const bool together = check && !all.files_.empty();
        for (const Error& error : together ? check(all) : std::vector<Error>{}) {
            problems += error.message + '\n';
        }
        if (!problems.empty()) return {std::nullopt, ExitCode::configuration, "", problems};
        return {std::move(all), ExitCode::ok, "", ""};
    }

    // Every line of what is wrong with a file begins with its name.
    static std::string with_file(const std::string& file, std::string_view problems)
    {
        const std::string place = printable(file) + ':';
        std::string text;
        while (!problems.empty()) {
            const std::string_view line = problems.substr(0, problems.find('\n'));
            problems.remove_prefix(std::min(problems.size(), line.size() + 1));
            text += fmt::format("{}{}\n", line.starts_with(place) ? "" : place + ' ', line);
        }
        return text;
    }

    Outcome answer(Values values, const std::string& file) const
    {
        Outcome outcome;
        if (check_->parsed()) {
            outcome.output = fmt::format("{}: the settings are right\n", file.empty() ? "no file" : file);
        } else if (show_->parsed()) {
            outcome.output = show(schema_, values, origin_);
        } else {
            outcome.values = std::move(values);
        }
        return outcome;
    }

    // Help and version are no errors.
    Outcome stopped(const CLI::ParseError& error) const
    {
        std::ostringstream out, err;
        if (app_.exit(error, out, err) == 0) return {std::nullopt, ExitCode::ok, out.str(), ""};
        return usage(error.what());
    }

    Outcome usage(const std::string& what) const
    {
        return {std::nullopt, ExitCode::usage, "",
                fmt::format("{}\nladestrom-{} --help lists the options\n", what, schema_.program())};
    }

    static Outcome misconfigured(const std::string& problems)
    {
        return {std::nullopt, ExitCode::configuration, "", problems + '\n'};
    }

    const Schema& schema_;
    const Environment& environment_;
    CLI::App app_;
    std::string file_;
    std::vector<std::string> settings_;
    std::vector<std::pair<const Option*, CLI::Option*>> flags_;
    std::vector<ParsedCommand> commands_;
    std::map<std::string, CLI::App*> groups_;
    CLI::App* check_ = nullptr;
    CLI::App* show_ = nullptr;
    bool origin_ = false;
};

Outcome start(const Schema& schema, const std::vector<std::string>& arguments, const Environment& environment,
              const Check& check, std::string_view version)
{
    return CommandLine(schema, environment, version).run(arguments, check);
}

std::optional<Values> start(const Schema& schema, int argc, const char* const* argv, const Check& check,
                            std::string_view version, ExitCode& exit_code)
{
    Outcome outcome =
        start(schema, std::vector<std::string>(argv + 1, argv + argc), process_environment(), check, version);
    std::fputs(outcome.output.c_str(), stdout);
    std::fputs(outcome.errors.c_str(), stderr);
    exit_code = outcome.exit_code;
    return std::move(outcome.values);
}

}  // namespace ladestrom::config
