// What every Ledger must do, as tests that each implementation runs:
//   struct Store { Ledger& ledger(); void settle(); };   settle(): run until nothing is under way
//   INSTANTIATE_TYPED_TEST_SUITE_P(Name, LedgerContract, Store);
#pragma once

#include "store/ledger.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ladestrom::store {

inline Instant contract_time(std::int64_t second)
{
    return Instant(seconds(1'700'000'000 + second));
}

inline SessionRow contract_session(std::string id, std::string station, std::string token,
                                   std::int64_t second)
{
    SessionRow row;
    row.id = std::move(id);
    row.station = StationId(std::move(station));
    row.evse = EvseId(1);
    row.transaction_id = row.id;
    row.token = IdToken{std::move(token), IdTokenType::iso14443};
    row.started = contract_time(second);
    row.meter_start = WattHours{1000};
    return row;
}

template <class Store>
class LedgerContract : public testing::Test {
protected:
    // Runs `ask(done)` to its answer.
    template <class T, class Ask>
    Result<T> answer(Ask ask)
    {
        std::optional<Result<T>> got;
        ask([&got](Result<T> result) { got = std::move(result); });
        store_.settle();
        EXPECT_TRUE(got.has_value());
        return got ? std::move(*got) : Result<T>(Error{"no answer"});
    }

    void commit(WriteBatch batch)
    {
        std::optional<Result<void>> got;
        store_.ledger().commit(std::move(batch), [&got](Result<void> result) { got = std::move(result); });
        store_.settle();
        ASSERT_TRUE(got.has_value());
        ASSERT_TRUE(*got) << got->error().message;
    }

    StationState station(const std::string& id)
    {
        auto state = answer<StationState>(
            [&](auto done) { store_.ledger().load_station(StationId(id), std::move(done)); });
        EXPECT_TRUE(state);
        return state ? std::move(*state) : StationState{};
    }

    std::optional<SessionRow> session(SessionKey key)
    {
        auto row = answer<std::optional<SessionRow>>(
            [&](auto done) { store_.ledger().load_session(std::move(key), std::move(done)); });
        return row ? std::move(*row) : std::nullopt;
    }

    std::int64_t running(const std::string& token)
    {
        auto count =
            answer<std::int64_t>([&](auto done) { store_.ledger().count_running(token, std::move(done)); });
        return count ? *count : -1;
    }

    Store store_;
};

TYPED_TEST_SUITE_P(LedgerContract);

TYPED_TEST_P(LedgerContract, AnUnknownStationHasNoState)
{
    const StationState state = this->station("nobody");
    EXPECT_FALSE(state.station);
    EXPECT_TRUE(state.connectors.empty() && state.running.empty() && state.recent.empty());
}

TYPED_TEST_P(LedgerContract, AStationComesBackAsItWasPut)
{
    StationRow row;
    row.id = StationId("CP \xC3\xA4'; DROP TABLE stations;--");
    row.admission = Admission::accepted;
    row.password_hash = "hash";
    row.security_profile = 2;
    row.name = "Hof";
    row.vendor = "V";
    row.model = "M";
    row.serial_number = "S";
    row.firmware_version = "1.2";
    row.iccid = "8949";
    row.imsi = "262";
    row.meter_type = "T";
    row.meter_serial_number = "MS";
    row.version = OcppVersion::v1_6;
    row.last_boot = contract_time(1);
    row.created = contract_time(0);
    row.last_transaction_id = 41;
    row.next_password_hashes = {"newest", "older"};
    row.allowed_versions = {OcppVersion::v1_6, OcppVersion::v2_1};
    this->commit({PutStation{row}});
    EXPECT_EQ(this->station(row.id.value()).station, row);
    row.last_seen = contract_time(9);
    row.version.reset();
    row.next_password_hashes.clear();
    row.allowed_versions = {};
    this->commit({PutStation{row}});
    EXPECT_EQ(this->station(row.id.value()).station, row);
}

TYPED_TEST_P(LedgerContract, ADeletedStationLeavesItsSessions)
{
    StationRow row;
    row.id = StationId("A");
    ConnectorRow connector{StationId("A"),           EvseId(1), ConnectorStatus::charging,
                           ConnectorError::no_error, "i",       "v",
                           contract_time(3)};
    this->commit({PutStation{row}, PutConnector{connector}, PutSession{contract_session("1", "A", "T", 0)}});
    EXPECT_EQ(this->station("A").connectors, std::vector<ConnectorRow>{connector});
    this->commit({DeleteStation{StationId("A")}});
    const StationState state = this->station("A");
    EXPECT_FALSE(state.station);
    EXPECT_TRUE(state.connectors.empty());
    EXPECT_EQ(state.running.size(), 1U);
}

TYPED_TEST_P(LedgerContract, TokensIgnoreLetterCase)
{
    this->commit({PutToken{TokenRow{
        {"AbCd", IdTokenType::central}, "g", AuthorizationStatus::blocked, contract_time(5), true, "n"}}});
    const auto load = [this](const std::string& value) {
        return this->template answer<std::optional<TokenRow>>(
            [&](auto done) { this->store_.ledger().load_token(value, std::move(done)); });
    };
    const auto found = load("aBcD");
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->group, "g");
    EXPECT_EQ((*found)->status, AuthorizationStatus::blocked);
    EXPECT_EQ((*found)->valid_until, contract_time(5));
    EXPECT_TRUE((*found)->concurrent_allowed);
    this->commit({DeleteToken{"ABCD"}});
    const auto gone = load("AbCd");
    EXPECT_TRUE(gone && !*gone);
}

TYPED_TEST_P(LedgerContract, ASessionIsFoundByItsKeyAndByItsTransaction)
{
    SessionRow row = contract_session("00aa", "A", "Tag", 10);
    row.transaction_id = "7";
    row.start_message_id = "m1";
    row.flags = session_flag_unauthorized;
    row.billable = false;
    this->commit({PutSession{row}});
    SessionKey key{row.station, row.evse, "tAG", row.started, row.meter_start};
    const auto found = this->session(key);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, "00aa");
    EXPECT_EQ(found->start_message_id, "m1");
    EXPECT_EQ(found->flags, session_flag_unauthorized);
    EXPECT_FALSE(found->billable);
    key.token = "other";
    EXPECT_FALSE(this->session(key));
    key.token = "";
    EXPECT_TRUE(this->session(key)) << "whose it is was not said";
    key.token = "Tag";
    key.start_message_id = "m1";
    EXPECT_TRUE(this->session(key));
    key.start_message_id = "m2";
    EXPECT_FALSE(this->session(key));
    key.start_message_id.clear();
    key.meter_start = WattHours{1001};
    EXPECT_FALSE(this->session(key));
    const auto by_transaction = [this](const std::string& station) {
        return this->template answer<std::optional<SessionRow>>([&](auto done) {
            this->store_.ledger().load_transaction(StationId(station), "7", std::move(done));
        });
    };
    const auto mine = by_transaction("A");
    ASSERT_TRUE(mine && *mine);
    const auto another_stations = by_transaction("B");
    EXPECT_TRUE(another_stations && !*another_stations);
}

TYPED_TEST_P(LedgerContract, RunningAndRecentSessionsAreToldApart)
{
    WriteBatch batch;
    for (int i = 0; i < 25; ++i) {
        // Started in one order, ended in another: recent is about ends.
        SessionRow row = contract_session("e" + std::to_string(100 + i), "A", "T", 100 - i);
        row.state = SessionState::ended;
        row.ended = contract_time(200);
        row.meter_stop = WattHours{2000};
        row.stop_reason = StopReason::ev_disconnected;
        row.stop_token = IdToken{"U", IdTokenType::local};
        batch.push_back(PutSession{row});
    }
    batch.push_back(PutSession{contract_session("run", "A", "T", 50)});
    this->commit(std::move(batch));
    const StationState state = this->station("A");
    ASSERT_EQ(state.running.size(), 1U);
    EXPECT_EQ(state.running[0].id, "run");
    ASSERT_EQ(state.recent.size(), 20U);
    EXPECT_EQ(state.recent[0].id, "e124");
    EXPECT_EQ(state.recent[0].stop_reason, StopReason::ev_disconnected);
    ASSERT_TRUE(state.recent[0].stop_token);
    EXPECT_EQ(state.recent[0].stop_token->value, "U");
    EXPECT_EQ(this->running("t"), 1);
    SessionRow ended = contract_session("run", "A", "T", 50);
    ended.state = SessionState::ended;
    this->commit({PutSession{ended}});
    EXPECT_EQ(this->running("T"), 0);
}

TYPED_TEST_P(LedgerContract, CallbacksNeverRunInsideTheCall)
{
    bool called = false;
    this->store_.ledger().commit({}, [&](Result<void>) { called = true; });
    EXPECT_FALSE(called);
    this->store_.settle();
    EXPECT_TRUE(called);
}

REGISTER_TYPED_TEST_SUITE_P(LedgerContract, AnUnknownStationHasNoState, AStationComesBackAsItWasPut,
                            ADeletedStationLeavesItsSessions, TokensIgnoreLetterCase,
                            ASessionIsFoundByItsKeyAndByItsTransaction, RunningAndRecentSessionsAreToldApart,
                            CallbacksNeverRunInsideTheCall);

}  // namespace ladestrom::store
