// The central system as one process: store thread, shard thread, API thread, wired together.
#pragma once

#include "configuration.hpp"
#include "core_bridge.hpp"
#include "shard.hpp"
#include "state.hpp"
#include "station_passwords.hpp"

#include "api/server.hpp"
#include "store/sqlite/ledger_sqlite.hpp"
#include "transport/event_loop.hpp"

#include <memory>
#include <string>
#include <thread>

namespace ladestrom::app {

class Service {
public:
    // Opens everything and listens; the threads run when this returns.
    static StartResult<std::unique_ptr<Service>> start(const CsmsConfiguration& configuration,
                                                       std::string version, transport::LogFunction log);
    // Stops in order: no new requests, sockets closed with 1001, commits finished.
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    // For the person who started it: where stations and people connect; the login link when there is one.
    std::string announcement() const;
    std::uint16_t stations_port() const { return stations_port_; }
    std::uint16_t stations_tls_port() const { return stations_tls_port_; }
    std::uint16_t http_port() const { return http_port_; }
    const std::string& login_link() const { return login_link_; }

private:
    Service(const CsmsConfiguration& configuration, State state, transport::LogFunction log);

    StartResult<void> open(std::string version);
    StartResult<void> make_administrator();
    StartResult<void> listen();
    StartResult<std::uint16_t> listen_for_stations(const Endpoint& endpoint,
                                                   std::shared_ptr<const transport::TlsContext> tls);
    void run();
    void stop_api();

    CsmsConfiguration configuration_;
    transport::LogFunction log_;
    // First, because the store thread, which ends with the last of its users, posts to them.
    transport::EventLoop shard_loop_, api_loop_;
    State state_;
    StationPasswords passwords_;
    store::sqlite::SqliteLedger ledger_;
    CoreBridge bridge_;
    std::unique_ptr<store::sqlite::SqliteLedgerReader> reader_;
    std::unique_ptr<store::sqlite::SqliteAccounts> accounts_;
    std::unique_ptr<Shard> shard_;
    std::unique_ptr<api::Server> server_;
    std::uint16_t stations_port_ = 0, stations_tls_port_ = 0, http_port_ = 0;
    std::string login_link_;
    std::unique_ptr<transport::Timer> shard_stop_, api_stop_;
    std::thread shard_thread_, api_thread_;
};

}  // namespace ladestrom::app
