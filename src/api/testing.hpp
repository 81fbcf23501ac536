// For the tests of the API: a server on a free port with a real store, and a core that answers as it is told.
#pragma once

#include "api/server.hpp"
#include "store/sqlite/ledger_sqlite.hpp"
#include "store/sqlite/ledger_testing.hpp"
#include "transport/http/http_client.hpp"
#include "transport/test_support.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ladestrom::api {

using transport::HttpCall;
using transport::HttpHeaders;
using transport::HttpReply;

inline store::StationRow station_row(const std::string& id)
{
    store::StationRow row;
    row.id = StationId(id);
    row.admission = store::Admission::accepted;
    row.password_hash = "hash-that-must-not-leave";
    row.vendor = "V";
    return row;
}

inline store::SessionRow session_row(const std::string& id, const std::string& station, std::int64_t second)
{
    store::SessionRow row;
    row.id = id;
    row.station = StationId(station);
    row.evse = EvseId(1);
    row.transaction_id = "1";
    row.token.value = "TAG";
    row.started = Instant(seconds(1'700'000'000 + second));
    row.meter_start = WattHours{1000};
    row.meter_last = WattHours{3500};
    row.power_last = Watts{7400};
    return row;
}

// Writes go to the ledger as the real core's would; calls are answered by `answer_call`.
class FakeCore : public CorePort {
public:
    FakeCore(transport::EventLoop& loop, store::Ledger& ledger) : loop_(loop), ledger_(ledger) {}

    std::function<csms::CommandDone(const csms::CallCommand&)> answer_call;
    std::vector<csms::ConnectionView> connected_stations;
    std::vector<csms::UnknownStation> unknown;

    void command(Command command, std::function<void(csms::CommandDone)> done) override
    {
        std::visit([&](auto& one) { carry_out(one, std::move(done)); }, command);
    }
    void connections(std::vector<StationId> stations,
                     std::function<void(std::vector<std::optional<csms::ConnectionView>>)> done) override
    {
        std::vector<std::optional<csms::ConnectionView>> views(stations.size());
        for (std::size_t i = 0; i < stations.size(); ++i) {
            for (const auto& view : connected_stations) {
                if (view.station == stations[i]) views[i] = view;
            }
        }
        loop_.post([done, views] { done(views); });
    }
    void connected(std::function<void(std::size_t)> done) override
    {
        loop_.post([this, done] { done(connected_stations.size()); });
    }
    void unknown_stations(std::function<void(std::vector<csms::UnknownStation>)> done) override
    {
        loop_.post([this, done] { done(unknown); });
    }
    void counters(std::function<void(CountersByPart)> done) override
    {
        loop_.post([done] { done({{"csms", {{"handshake.refused", 3}}}}); });
    }

private:
    using Done = std::function<void(csms::CommandDone)>;

    void commit(store::Write write, Done done)
    {
        ledger_.commit({std::move(write)}, [done](Result<void> result) {
            csms::CommandDone outcome;
            if (!result) outcome.status = csms::CommandStatus::store_failed;
            done(outcome);
        });
    }
    void carry_out(const csms::CallCommand& call, Done done)
    {
        loop_.post([done, outcome = answer_call(call)] { done(outcome); });
    }
    void carry_out(const csms::PutStationCommand& put, Done done)
    {
        store::StationRow row;
        row.id = put.station;
        row.admission = put.admission.value_or(store::Admission::pending);
        row.password_hash = put.password ? "hash" : "";
        row.name = put.name.value_or("");
        row.security_profile = put.security_profile.value_or(1);
        row.allowed_versions = put.allowed_versions.value_or(VersionSet());
        commit(store::PutStation{row}, std::move(done));
    }
    void carry_out(const csms::DeleteStationCommand& gone, Done done)
    {
        commit(store::DeleteStation{gone.station}, std::move(done));
    }
    void carry_out(const csms::CloseSessionCommand& close, Done done)
    {
        ledger_.load_transaction(
            close.station, close.transaction_id,
            [this, done = std::move(done)](Result<std::optional<store::SessionRow>> found) {
                store::SessionRow row = found && *found ? **found : store::SessionRow{};
                row.state = store::SessionState::ended;
                row.flags = store::session_flag_closed_by_hand;
                commit(store::PutSession{row}, done);
            });
    }
    void carry_out(const csms::PutTokenCommand& put, Done done)
    {
        commit(store::PutToken{put.token}, std::move(done));
    }
    void carry_out(const csms::DeleteTokenCommand& gone, Done done)
    {
        commit(store::DeleteToken{gone.token}, std::move(done));
    }

    transport::EventLoop& loop_;
    store::Ledger& ledger_;
};

class ServerTest : public testing::Test {
protected:
    static constexpr const char* admin_password = "correct horse battery";

    ServerTest()
    {
        const std::string path = directory_.file("l.db");
        const auto executor = [this](std::function<void()> work) { loop_.post(std::move(work)); };
        thread_ = *store::sqlite::LedgerThread::open(path);
        ledger_ = std::make_unique<store::sqlite::SqliteLedger>(thread_, executor);
        reader_ = *store::sqlite::SqliteLedgerReader::open(path);
        accounts_ = *store::sqlite::SqliteAccounts::open(path, thread_, executor);
        core_ = std::make_unique<FakeCore>(loop_, *ledger_);
        Options options;
        options.version = "0.0-test";
        options.export_max = 50;
        options.stream_check = Duration(50);
        options.assets = assets_;
        options.access.cost = {.passes = 1, .memory_kib = 64};
        options.store_healthy = [this] { return healthy_; };
        options.clock = [this] { return clock_.value_or(Access::Now{loop_.now(), loop_.wall()}); };
        server_ = std::make_unique<Server>(loop_, *reader_, *accounts_, *core_, hash_, std::move(options),
                                           transport::LogFunction());
        port_ = *server_->listen({});
        add_user("ada", store::Scope::admin);
    }

    void wait(const std::function<bool()>& done) { ASSERT_TRUE(loop_.run_until(done, seconds(20))); }

    void add_user(const std::string& name, store::Scope scope, const std::string& password = admin_password)
    {
        const auto hash = crypto::hash_password(password, {.passes = 1, .memory_kib = 64});
        bool put = false;
        accounts_->add_user({name, scope, password.empty() ? "" : *hash, loop_.wall(), {}},
                            [&](Result<store::AccountsOutcome> outcome) { put = outcome.has_value(); });
        wait([&] { return put; });
    }

    std::string add_key(store::Scope scope)
    {
        const NewKey made = make_api_key(hash_, "test", scope, "test", loop_.wall());
        bool put = false;
        accounts_->put_api_key(made.row,
                               [&](Result<store::AccountsOutcome> done) { put = done.has_value(); });
        wait([&] { return put; });
        return made.key;
    }

    void commit(store::WriteBatch batch)
    {
        bool done = false;
        ledger_->commit(std::move(batch), [&](Result<void> result) {
            ASSERT_TRUE(result);
            done = true;
        });
        wait([&] { return done; });
    }

    HttpReply call(HttpCall request) { return transport::http_call(loop_, port_, request); }

    // By cookie and with the header against foreign pages, unless `headers` says otherwise.
    HttpReply ask(const std::string& method, const std::string& path, const std::string& body = "")
    {
        return call({method, "/api/v1" + path, login_headers_, body});
    }
    HttpReply ask_with_key(const std::string& key, const std::string& method, const std::string& path,
                           const std::string& body = "")
    {
        return call({method, "/api/v1" + path, {{"Authorization", "Bearer " + key}}, body});
    }

    HttpReply try_login(const std::string& user, const std::string& password)
    {
        return call({"POST",
                     "/api/v1/login",
                     {{"X-Requested-With", "test"}},
                     R"({"user":")" + user + R"(","password":")" + password + "\"}"});
    }

    static HttpHeaders headers_of(const HttpReply& login)
    {
        const std::string cookie = login.header("Set-Cookie");
        return {{"Cookie", cookie.substr(0, cookie.find(';'))}, {"X-Requested-With", "test"}};
    }

    void log_in(const std::string& user = "ada", const std::string& password = admin_password)
    {
        const auto reply = try_login(user, password);
        ASSERT_EQ(reply.status, 200U) << reply.body;
        login_headers_ = headers_of(reply);
    }

    store::sqlite::TemporaryDirectory directory_;
    transport::EventLoop loop_;
    std::shared_ptr<store::sqlite::LedgerThread> thread_;
    std::unique_ptr<store::sqlite::SqliteLedger> ledger_;
    std::unique_ptr<store::sqlite::SqliteLedgerReader> reader_;
    std::unique_ptr<store::sqlite::SqliteAccounts> accounts_;
    std::unique_ptr<FakeCore> core_;
    crypto::KeyedHash hash_{std::string(32, 'k')};
    std::vector<Asset> assets_{
        {"/assets/app-0123abcd.js", "text/javascript", "\x1f\x8b-packed", "\"e1\"", true, true},
        {"/index.html", "text/html; charset=utf-8", "<!doctype html><title>page</title>", "\"e2\"", false,
         false}};
    bool healthy_ = true;
    std::optional<Access::Now> clock_;  // of logins; nullopt: goes by itself
    std::unique_ptr<Server> server_;
    std::uint16_t port_ = 0;
    HttpHeaders login_headers_;
};

}  // namespace ladestrom::api
