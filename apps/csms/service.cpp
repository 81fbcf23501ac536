#include "service.hpp"

#include "crypto/people_password.hpp"
#include "crypto/random_token.hpp"
#include "transport/descriptors.hpp"
#include "transport/http/http_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ladestrom::app {
namespace {

constexpr Duration stop_time = seconds(10);
constexpr Duration api_stop_time = seconds(1);
// Store, listeners, log, event loops.
constexpr std::size_t files_of_our_own = 200;

StartError failure(ExitCode code, std::string message)
{
    return StartError{{std::move(message)}, code};
}

using TlsPointer = std::shared_ptr<const transport::TlsContext>;

StartResult<TlsPointer> tls_of(const std::vector<CertificatePair>& pairs)
{
    if (pairs.empty()) return TlsPointer();
    transport::TlsServerOptions options;
    for (const CertificatePair& pair : pairs)
        options.certificates.push_back({pair.chain_file, pair.key_file});
    auto context = transport::TlsContext::server(options);
    if (!context) return failure(ExitCode::certificate, context.error().message);
    return *context;
}

// A host that the person at this machine can type; wildcards are none.
std::string host_of(const std::string& address)
{
    if (address == "0.0.0.0") return "127.0.0.1";
    if (address == "::") return "[::1]";
    return address.find(':') == std::string::npos ? address : '[' + address + ']';
}

// What the limit of open files leaves to stations: people must get in, and the store must work, however many
// come.
std::size_t connections_within(std::size_t wanted)
{
    const auto files = static_cast<std::size_t>(transport::raise_descriptor_limit().now);
    const std::size_t others = transport::HttpLimits().connections + files_of_our_own;
    return std::min(wanted, files > 2 * others ? files - others : files / 2);
}

store::sqlite::Executor executor_of(transport::EventLoop& loop)
{
    return [&loop](std::function<void()> work) { loop.post(std::move(work)); };
}

}  // namespace

StartResult<std::unique_ptr<Service>> Service::start(const CsmsConfiguration& configuration,
                                                     std::string version, transport::LogFunction log)
{
    auto state = open_state(configuration);
    if (!state) return state.error();
    std::unique_ptr<Service> service(new Service(configuration, std::move(*state), std::move(log)));
    if (auto opened = service->open(std::move(version)); !opened) return opened.error();
    if (auto made = service->make_administrator(); !made) return made.error();
    if (auto listening = service->listen(); !listening) return listening.error();
    service->run();
    return service;
}

Service::Service(const CsmsConfiguration& configuration, State state, transport::LogFunction log)
    : configuration_(configuration),
      log_(std::move(log)),
      state_(std::move(state)),
      passwords_(state_.hash),
      ledger_(state_.thread, executor_of(shard_loop_)),
      bridge_(shard_loop_, api_loop_)
{
}

StartResult<void> Service::open(std::string version)
{
    auto reader = store::sqlite::SqliteLedgerReader::open(configuration_.database);
    if (!reader) return failure(ExitCode::store, reader.error().message);
    reader_ = std::move(*reader);
    auto accounts =
        store::sqlite::SqliteAccounts::open(configuration_.database, state_.thread, executor_of(api_loop_));
    if (!accounts) return failure(ExitCode::store, accounts.error().message);
    accounts_ = std::move(*accounts);
    Shard::Options options{.core = configuration_.core,
                           .sockets = socket_limits(configuration_.core),
                           .seed = crypto::random_seed()};
    if (configuration_.compression) options.compression = transport::Compression::on;
    options.sockets.refusals = configuration_.refusals_per_address;
    options.sockets.connections = connections_within(options.sockets.connections);
    shard_ = std::make_unique<Shard>(
        shard_loop_, ledger_, passwords_, std::move(options),
        [this](std::vector<csms::Published> news) { bridge_.publish(std::move(news)); }, log_);
    api::Options api_options;
    api_options.version = std::move(version);
    api_options.assets = api::embedded_assets();
    api_options.secure_cookie = configuration_.secure_cookie;
    api_options.store_healthy = [thread = state_.thread] { return thread->healthy(); };
    server_ = std::make_unique<api::Server>(api_loop_, *reader_, *accounts_, bridge_, state_.hash,
                                            std::move(api_options), log_);
    bridge_.connect(*shard_, *server_);
    return {};
}

// The first start makes the administrator; without a password a link lets them in, once.
StartResult<void> Service::make_administrator()
{
    auto users = accounts_->users();
    if (!users) return failure(ExitCode::store, users.error().message);
    if (users->empty()) {
        store::UserRow admin{configuration_.admin_name, store::Scope::admin, "", api_loop_.wall(), {}};
        if (!configuration_.admin_password.empty()) {
            auto hash = crypto::hash_password(configuration_.admin_password);
            if (!hash) return failure(ExitCode::failed, hash.error().message);
            admin.password_hash = std::move(*hash);
        }
        std::optional<Result<store::AccountsOutcome>> made;
        accounts_->add_user(admin,
                            [&](Result<store::AccountsOutcome> outcome) { made = std::move(outcome); });
        api_loop_.run_until([&] { return made.has_value(); }, seconds(60));
        if (!made) return failure(ExitCode::store, configuration_.database + ": does not answer");
        if (!*made) return failure(ExitCode::store, made->error().message);
    }
    auto admin = accounts_->user(configuration_.admin_name);
    if (!admin) return failure(ExitCode::store, admin.error().message);
    const bool needs_link = *admin && (*admin)->password_hash.empty();
    if (needs_link || (*admin && configuration_.admin_link)) {
        login_link_ = server_->issue_login_code(configuration_.admin_name);
    }
    return {};
}

StartResult<std::uint16_t> Service::listen_for_stations(const Endpoint& endpoint, TlsPointer tls)
{
    auto port = shard_->listen({.address = endpoint.address, .port = endpoint.port, .tls = std::move(tls)});
    if (!port) return failure(ExitCode::cannot_listen, port.error().message);
    return *port;
}

StartResult<void> Service::listen()
{
    std::vector<api::StationListener> listeners;
    if (configuration_.stations) {
        auto port = listen_for_stations(*configuration_.stations, nullptr);
        if (!port) return port.error();
        stations_port_ = *port;
        listeners.push_back({*port, false, "/"});
    }
    if (configuration_.stations_tls) {
        auto tls = tls_of(configuration_.station_certificates);
        if (!tls) return tls.error();
        auto port = listen_for_stations(*configuration_.stations_tls, *tls);
        if (!port) return port.error();
        stations_tls_port_ = *port;
        listeners.push_back({*port, true, "/"});
    }
    auto tls = tls_of(configuration_.http_certificates);
    if (!tls) return tls.error();
    const Endpoint& http = configuration_.http;
    auto port = server_->listen({.address = http.address, .port = http.port, .tls = *tls});
    if (!port) return failure(ExitCode::cannot_listen, port.error().message);
    http_port_ = *port;
    server_->set_station_listeners(std::move(listeners));
    if (!login_link_.empty()) {
        login_link_ = fmt::format("{}://{}:{}/login?code={}", *tls ? "https" : "http", host_of(http.address),
                                  http_port_, login_link_);
    }
    return {};
}

void Service::run()
{
    shard_thread_ = std::thread([this] { shard_loop_.run(); });
    api_thread_ = std::thread([this] { api_loop_.run(); });
}

Service::~Service()
{
    if (!shard_thread_.joinable()) return;
    // Stations first: answers to commands in progress still find the API.
    shard_loop_.post([this] {
        shard_->stop([this] { shard_loop_.stop(); });
        // A peer that does not close in time must not hold up the end.
        shard_stop_ = std::make_unique<transport::Timer>(shard_loop_, [this] { shard_loop_.stop(); });
        shard_stop_->arm(shard_loop_.now() + stop_time);
    });
    shard_thread_.join();
    api_loop_.post([this] { stop_api(); });
    api_thread_.join();
    shard_stop_.reset();
    api_stop_.reset();
}

// Answers in progress may finish, for a moment.
void Service::stop_api()
{
    server_->stop();
    const Tick latest = api_loop_.now() + api_stop_time;
    api_stop_ = std::make_unique<transport::Timer>(api_loop_, [this, latest] {
        if (server_->connections() == 0 || api_loop_.now() >= latest) return api_loop_.stop();
        api_stop_->arm(api_loop_.now() + Duration(20));
    });
    api_stop_->arm(api_loop_.now());
}

std::string Service::announcement() const
{
    std::string text;
    if (configuration_.stations) {
        text += fmt::format("Stations connect to      ws://{}:{}/<station id>\n",
                            host_of(configuration_.stations->address), stations_port_);
    }
    if (configuration_.stations_tls) {
        text += fmt::format("Stations connect to      wss://{}:{}/<station id>\n",
                            host_of(configuration_.stations_tls->address), stations_tls_port_);
    }
    text += fmt::format("Dashboard and API are at {}://{}:{}/\n",
                        configuration_.http_certificates.empty() ? "http" : "https",
                        host_of(configuration_.http.address), http_port_);
    if (!login_link_.empty()) text += fmt::format("Log in once with         {}\n", login_link_);
    return text;
}

}  // namespace ladestrom::app
