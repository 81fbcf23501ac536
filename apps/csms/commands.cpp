#include "commands.hpp"

#include "state.hpp"
#include "station_passwords.hpp"

#include "api/access.hpp"
#include "api/names.hpp"
#include "crypto/people_password.hpp"
#include "transport/event_loop.hpp"

#include <fmt/format.h>

#include <fstream>
#include <istream>
#include <map>
#include <ostream>
#include <utility>

namespace ladestrom::app {
namespace {

constexpr Duration store_time = seconds(60);
constexpr std::size_t station_password_bytes = 64;
constexpr std::size_t user_password_bytes_min = 10;

using Done = Result<void>;

class Commands {
public:
    Commands(const CsmsConfiguration& configuration, State state, CommandStreams streams)
        : path_(configuration.database),
          state_(std::move(state)),
          streams_(streams),
          ledger_(state_.thread, [this](std::function<void()> work) { loop_.post(std::move(work)); })
    {
    }

    Done open()
    {
        auto reader = store::sqlite::SqliteLedgerReader::open(path_);
        if (!reader) return Error{reader.error().message};
        reader_ = std::move(*reader);
        auto accounts = store::sqlite::SqliteAccounts::open(
            path_, state_.thread, [this](std::function<void()> work) { loop_.post(std::move(work)); });
        if (!accounts) return Error{accounts.error().message};
        accounts_ = std::move(*accounts);
        return {};
    }

    using Arguments = std::vector<std::string>;

    Done station_add(const Arguments& arguments)
    {
        auto password = read_password(arguments[1]);
        if (!password) return password.error();
        if (password->empty() || password->size() > station_password_bytes) {
            return Error{fmt::format("password: {} bytes, expected 1 to {}", password->size(),
                                     station_password_bytes)};
        }
        const StationId id(arguments[0]);
        if (auto fault = csms::fault_of_identity(id)) return Error{*std::move(fault)};
        auto known = reader_->station(id);
        if (!known) return Error{known.error().message};
        store::StationRow row = known->value_or(store::StationRow{});
        if (row.admission == store::Admission::rejected) {
            return Error{arguments[0] + ": somebody rejected this station; accept it in the dashboard first"};
        }
        row.id = id;
        row.next_password_hashes.clear();
        row.admission = store::Admission::accepted;
        if (!row.created) row.created = loop_.wall();
        row.password_hash = StationPasswords(state_.hash).hash(id, *password);
        return commit(store::PutStation{row}, "station add " + arguments[0]);
    }

    Done station_list(const Arguments&)
    {
        store::PageRequest page{.limit = 500};
        do {
            auto rows = reader_->stations({}, page);
            if (!rows) return Error{rows.error().message};
            for (const store::StationRow& row : rows->items) {
                streams_.out << fmt::format("{}\t{}\t{}\n", transport::printable(row.id.value(), 255),
                                            api::name_of(row.admission), transport::printable(row.name, 100));
            }
            page.cursor = rows->next.value_or("");
        } while (!page.cursor.empty());
        return {};
    }

    Done token_add(const Arguments& arguments)
    {
        if (arguments[0].empty() || arguments[0].size() > 255) return Error{"token: expected 1 to 255 bytes"};
        store::TokenRow row;
        row.token.value = arguments[0];
        return commit(store::PutToken{row}, "token add " + arguments[0]);
    }

    Done user_set_password(const Arguments& arguments)
    {
        auto password = read_password(arguments[1]);
        if (!password) return password.error();
        if (password->size() < user_password_bytes_min) {
            return Error{fmt::format("password: {} bytes, expected at least {}", password->size(),
                                     user_password_bytes_min)};
        }
        auto row = accounts_->user(arguments[0]);
        if (!row) return Error{row.error().message};
        if (!*row) return Error{fmt::format("{}: there is no such user; see user list", arguments[0])};
        auto hash = crypto::hash_password(*password);
        if (!hash) return hash.error();
        return change(
            [&](store::Accounts::Done done) {
                accounts_->change_user((*row)->name, {.scope = {}, .password_hash = *hash}, std::move(done));
            },
            "user set-password " + arguments[0]);
    }

    Done user_list(const Arguments&)
    {
        auto rows = accounts_->users();
        if (!rows) return Error{rows.error().message};
        for (const store::UserRow& row : *rows) {
            streams_.out << fmt::format("{}\t{}\t{}\n", row.name, api::name_of(row.scope),
                                        row.password_hash.empty() ? "no password" : "password set");
        }
        return {};
    }

    Done api_key_create(const Arguments& arguments)
    {
        const auto scope = api::from_name<store::Scope>(arguments[1]);
        if (!scope) return Error{arguments[1] + ": expected read, operate or admin"};
        if (arguments[0].empty() || arguments[0].size() > 100) return Error{"name: expected 1 to 100 bytes"};
        const api::NewKey made = api::make_api_key(state_.hash, arguments[0], *scope, "local", loop_.wall());
        auto put =
            change([&](store::Accounts::Done done) { accounts_->put_api_key(made.row, std::move(done)); },
                   "api-key create " + made.row.id);
        if (put) streams_.out << made.key << '\n';
        return put;
    }

    Done api_key_list(const Arguments&)
    {
        auto rows = accounts_->api_keys();
        if (!rows) return Error{rows.error().message};
        for (const store::ApiKeyRow& row : *rows) {
            streams_.out << fmt::format("{}\t{}\t{}\n", row.id, api::name_of(row.scope),
                                        transport::printable(row.name, 100));
        }
        return {};
    }

private:
    Result<std::string> read_password(const std::string& file)
    {
        std::ifstream opened;
        std::istream* in = &streams_.in;
        if (file != "-") {
            opened.open(file);
            if (!opened)
                return Error{file + ": cannot be read; name a file whose first line is the password"};
            in = &opened;
        }
        std::string line;
        std::getline(*in, line);
        if (!line.empty() && line.back() == '\r') line.pop_back();
        return {boost::system::in_place_value, std::move(line)};
    }

    Done commit(store::Write write, const std::string& what)
    {
        std::optional<Done> outcome;
        ledger_.commit({std::move(write)}, [&](Done done) { outcome = std::move(done); });
        note(what);
        return wait(outcome);
    }

    template <class Order>
    Done change(Order order, const std::string& what)
    {
        std::optional<Done> outcome;
        order([&](Result<store::AccountsOutcome> done) {
            outcome = done ? Done() : Done(Error{done.error().message});
        });
        note(what);
        return wait(outcome);
    }

    void note(const std::string& what)
    {
        accounts_->add_audit({0, loop_.wall(), "local", "", transport::printable(what, 300), 0, ""}, {});
    }

    Done wait(const std::optional<Done>& outcome)
    {
        loop_.run_until([&] { return outcome.has_value(); }, store_time);
        return outcome.value_or(Done(Error{path_ + ": does not answer"}));
    }

    std::string path_;
    transport::EventLoop loop_;
    State state_;
    CommandStreams streams_;
    store::sqlite::SqliteLedger ledger_;
    std::unique_ptr<store::sqlite::SqliteLedgerReader> reader_;
    std::unique_ptr<store::sqlite::SqliteAccounts> accounts_;
};

using Command = Done (Commands::*)(const Commands::Arguments&);

const std::map<std::string, Command, std::less<>> commands{
    {"station add", &Commands::station_add},   {"station list", &Commands::station_list},
    {"token add", &Commands::token_add},       {"user set-password", &Commands::user_set_password},
    {"user list", &Commands::user_list},       {"api-key create", &Commands::api_key_create},
    {"api-key list", &Commands::api_key_list},
};

}  // namespace

ExitCode run_command(const CsmsConfiguration& configuration, const std::string& name,
                     const std::vector<std::string>& arguments, CommandStreams streams)
{
    const auto fail = [&](ExitCode code, const std::string& message) {
        streams.errors << "ladestrom-csms: " << message << '\n';
        return code;
    };
    const auto command = commands.find(name);
    if (command == commands.end()) return fail(ExitCode::usage, name + ": there is no such command");
    auto state = open_state(configuration);
    if (!state) return fail(state.error().exit_code, state.error().message);
    Commands work(configuration, std::move(*state), streams);
    if (auto opened = work.open(); !opened) return fail(ExitCode::store, opened.error().message);
    auto done = (work.*command->second)(arguments);
    if (!done) return fail(ExitCode::failed, done.error().message);
    return ExitCode::ok;
}

}  // namespace ladestrom::app
