// The SQLite ledger against the contract, and what the API reads of it.
#include "store/sqlite/ledger_sqlite.hpp"

#include "store/ledger_contract.hpp"
#include "store/memory/memory_ledger.hpp"
#include "store/sqlite/ledger_rows.hpp"
#include "store/sqlite/ledger_testing.hpp"

#include <tuple>

namespace ladestrom::store::sqlite {
namespace {

class SqliteSetup {
public:
    SqliteSetup()
    {
        auto opened = LedgerThread::open(path());
        EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
        thread_ = *opened;
        ledger_ = std::make_unique<SqliteLedger>(thread_, queue_.executor());
        reader_ = *SqliteLedgerReader::open(path());
    }

    Ledger& ledger() { return *ledger_; }
    SqliteLedgerReader& reader() { return *reader_; }
    std::string path() const { return directory_.file("ledger.db"); }

    void settle()
    {
        bool through = false;
        thread_->read([](Connection&) { return DatabaseResult<void>(); },
                      [this, &through](const DatabaseResult<void>&) {
                          queue_.executor()([&through] { through = true; });
                      });
        queue_.run_until([&] { return through; });
    }

    void commit(WriteBatch batch)
    {
        ledger_->commit(std::move(batch),
                        [](Result<void> done) { ASSERT_TRUE(done) << done.error().message; });
        settle();
    }

private:
    TemporaryDirectory directory_;
    QueueExecutor queue_;
    std::shared_ptr<LedgerThread> thread_;
    std::unique_ptr<SqliteLedger> ledger_;
    std::unique_ptr<SqliteLedgerReader> reader_;
};

MeterValueRow meter_value(const std::string& session, std::int64_t second, double power)
{
    MeterValueRow row{StationId("A"), EvseId(1), session, {contract_time(second), {}}};
    row.value.samples.push_back(
        {.measurand = Measurand::power_active_import, .unit = MeterUnit::w, .value = power});
    row.value.samples.push_back({.measurand = Measurand::current_import,
                                 .phase = MeterPhase::l2,
                                 .context = MeterContext::sample_clock,
                                 .unit = MeterUnit::a,
                                 .value = power / 230});
    return row;
}

TEST(LedgerReaderSqlite, AMeterValueIsStoredOnce)
{
    SqliteSetup setup;
    setup.commit({AddMeterValue{meter_value("s", 1, 11000)}, AddMeterValue{meter_value("s", 1, 11000)}});
    setup.commit({AddMeterValue{meter_value("s", 1, 11000)}, AddMeterValue{meter_value("s", 1, 10000)},
                  AddMeterValue{meter_value("s", 2, 11000)}, AddMeterValue{meter_value("t", 1, 11000)}});
    const auto values = setup.reader().meter_values("s", 1000);
    ASSERT_TRUE(values);
    ASSERT_EQ(values->rows.size(), 3U);
    EXPECT_EQ(values->rows[0].value.samples.size(), 2U);
    EXPECT_EQ(values->rows[0].value.samples[1].phase, MeterPhase::l2);
    EXPECT_EQ(values->rows[0].value.samples[1].context, MeterContext::sample_clock);
    EXPECT_EQ(values->rows[2].value.timestamp, contract_time(2));
    const auto cut = setup.reader().meter_values("s", 4);
    ASSERT_TRUE(cut);
    EXPECT_EQ(cut->rows.size(), 2U) << "only whole values";
    EXPECT_TRUE(cut->truncated);
    EXPECT_FALSE(values->truncated);
}

// More samples than go into one statement.
TEST(LedgerReaderSqlite, ManySamplesKeepTheirOrder)
{
    SqliteSetup setup;
    MeterValueRow row = meter_value("s", 1, 0);
    row.value.samples.clear();
    for (int i = 0; i < 30; ++i) row.value.samples.push_back({.value = static_cast<double>(i)});
    setup.commit({AddMeterValue{row}});
    const auto values = setup.reader().meter_values("s", 1000);
    ASSERT_TRUE(values);
    ASSERT_EQ(values->rows.size(), 1U);
    ASSERT_EQ(values->rows[0].value.samples.size(), 30U);
    for (int i = 0; i < 30; ++i) {
        EXPECT_EQ(values->rows[0].value.samples[static_cast<std::size_t>(i)].value, i);
    }
}

bool same(const SessionRow& a, const SessionRow& b)
{
    const auto all = [](const SessionRow& row) {
        const IdToken stop = row.stop_token.value_or(IdToken{});
        return std::tuple(row.id, row.station, row.evse, row.transaction_id, row.token.value, row.token.type,
                          row.authorization, row.state, row.started, row.meter_start, row.ended,
                          row.meter_stop, row.stop_reason, row.stop_token.has_value(), stop.value, stop.type,
                          row.meter_last, row.power_last, row.soc_last, row.start_message_id, row.flags,
                          row.billable);
    };
    return all(a) == all(b);
}

// Whatever differs from what is stored is stored, be it only readings, which take a shorter way.
TEST(LedgerSqlite, ASessionIsAsItWasPutLast)
{
    SqliteSetup setup;
    SessionRow row = contract_session("s", "A", "Tag", 0);
    const auto put = [&](auto change) {
        change(row);
        setup.commit({PutSession{row}});
        const auto stored = setup.reader().session("s");
        ASSERT_TRUE(stored && *stored);
        EXPECT_TRUE(same(**stored, row));
    };
    put([](SessionRow&) {});
    put([](SessionRow& one) { one.meter_last = WattHours{1500}; });
    put([](SessionRow& one) {
        one.power_last = Watts{11000.5};
        one.soc_last = Percent{40};
    });
    put([](SessionRow& one) { one.power_last.reset(); });
    put([](SessionRow& one) { one.token.value = "TAG"; });
    put([](SessionRow& one) { one.token.type = IdTokenType::local; });
    put([](SessionRow& one) { one.authorization = AuthorizationStatus::blocked; });
    put([](SessionRow& one) { one.transaction_id = "8"; });
    put([](SessionRow& one) { one.evse = EvseId(2); });
    put([](SessionRow& one) { one.started = contract_time(1); });
    put([](SessionRow& one) { one.meter_start = WattHours{999}; });
    put([](SessionRow& one) { one.start_message_id = "m"; });
    put([](SessionRow& one) { one.flags = session_flag_unauthorized; });
    put([](SessionRow& one) { one.billable = false; });
    put([](SessionRow& one) { one.stop_reason = StopReason::other; });
    put([](SessionRow& one) { one.meter_last = WattHours{1550}; });
    put([](SessionRow& one) { one.stop_token = IdToken{"U", IdTokenType::central}; });
    put([](SessionRow& one) { one.ended = contract_time(9); });
    put([](SessionRow& one) { one.meter_stop = WattHours{1600}; });
    put([](SessionRow& one) { one.state = SessionState::ended; });
    put([](SessionRow& one) { one.meter_last = WattHours{1600}; });
    put([](SessionRow& one) { one.state = SessionState::running; });
}

TEST(LedgerReaderSqlite, SignedDataIsKeptByteForByte)
{
    SqliteSetup setup;
    MeterValueRow row = meter_value("s", 1, 0);
    row.value.samples.resize(1);
    row.value.samples[0].signed_data = "OCMF|{\"a\" : 1 }|sig";
    setup.commit({AddMeterValue{row}});
    const auto values = setup.reader().meter_values("s", 10);
    ASSERT_TRUE(values && values->rows.size() == 1);
    EXPECT_EQ(values->rows[0].value.samples[0].signed_data, "OCMF|{\"a\" : 1 }|sig");
}

TEST(LedgerReaderSqlite, SessionsComeInPagesNewestFirst)
{
    SqliteSetup setup;
    WriteBatch batch;
    for (int i = 0; i < 7; ++i) {
        SessionRow row = contract_session("s" + std::to_string(i), i % 2 == 0 ? "A" : "B", "T", i / 2);
        if (i == 3) row.flags = session_flag_never_stopped;
        batch.push_back(PutSession{row});
    }
    setup.commit(std::move(batch));
    std::string order;
    PageRequest page{.limit = 3};
    for (int pages = 0; pages < 3; ++pages) {
        const auto got = setup.reader().sessions({}, page);
        ASSERT_TRUE(got);
        for (const SessionRow& row : got->items) order += row.id;
        EXPECT_EQ(got->next.has_value(), pages < 2);
        page.cursor = got->next.value_or("");
    }
    EXPECT_EQ(order, "s6s5s4s3s2s1s0");
    SessionFilter filter;
    filter.station = StationId("B");
    filter.from = contract_time(1);
    filter.to = contract_time(2);
    const auto some = setup.reader().sessions(filter, {});
    ASSERT_TRUE(some && some->items.size() == 1);
    EXPECT_EQ(some->items[0].id, "s3");
    filter = SessionFilter{};
    filter.flagged = true;
    EXPECT_EQ(setup.reader().sessions(filter, {})->items.size(), 1U);
    filter = SessionFilter{};
    filter.token = "t";
    filter.state = SessionState::ended;
    filter.evse = EvseId(1);
    EXPECT_TRUE(setup.reader().sessions(filter, {})->items.empty());
    for (const char* cursor : {"x", "12", "-", "99999999999999999999-a"}) {
        const auto bad = setup.reader().sessions({}, {.limit = 3, .cursor = cursor});
        ASSERT_FALSE(bad) << cursor;
        EXPECT_TRUE(bad.error().bad_cursor);
    }
}

TEST(LedgerReaderSqlite, StationsAreSearchedLiterally)
{
    SqliteSetup setup;
    WriteBatch batch;
    for (const char* id : {"100%", "100x", "a_b", "acb", "\xff\x01"}) {
        StationRow row;
        row.id = StationId(id);
        row.vendor = "Vendor";
        row.admission = id[0] == 'a' ? Admission::accepted : Admission::pending;
        batch.push_back(PutStation{row});
    }
    setup.commit(std::move(batch));
    EXPECT_EQ(setup.reader().stations({.search = "0%"}, {})->items.size(), 1U);
    EXPECT_EQ(setup.reader().stations({.search = "A_"}, {})->items.size(), 1U);
    EXPECT_EQ(setup.reader().stations({.search = "vENDOR"}, {})->items.size(), 5U);
    EXPECT_EQ(setup.reader().stations({.search = "' OR 1=1 --"}, {})->items.size(), 0U);
    EXPECT_EQ(setup.reader().stations({.admission = Admission::accepted}, {})->items.size(), 2U);
    PageRequest page{.limit = 1};
    std::size_t seen = 0;
    do {
        const auto got = setup.reader().stations({}, page);
        ASSERT_TRUE(got && got->items.size() == 1);
        page.cursor = got->next.value_or("");
        ++seen;
    } while (!page.cursor.empty());
    EXPECT_EQ(seen, 5U);
    EXPECT_TRUE(setup.reader().stations({}, {.limit = 1, .cursor = "zz"}).error().bad_cursor);
}

TEST(LedgerReaderSqlite, EventsAndSummary)
{
    SqliteSetup setup;
    StationRow station;
    station.id = StationId("A");
    SessionRow running = contract_session("r", "A", "T", 0);
    running.meter_last = WattHours{1500};
    running.power_last = Watts{7000};
    SessionRow ended = contract_session("e", "A", "T", 100);
    ended.state = SessionState::ended;
    ended.ended = contract_time(200);
    ended.meter_stop = WattHours{4000};
    SessionRow yesterday = ended;
    yesterday.id = "y";
    yesterday.ended = contract_time(40);
    yesterday.flags = session_flag_matched_stop;
    ended.flags = session_flag_negative_energy | session_flag_matched_stop;
    const auto connector = [](int evse, ConnectorStatus status) {
        return PutConnector{
            {StationId("A"), EvseId(evse), status, ConnectorError::no_error, "", "", contract_time(0)}};
    };
    setup.commit({PutStation{station}, PutSession{running}, PutSession{ended}, PutSession{yesterday},
                  connector(0, ConnectorStatus::faulted), connector(1, ConnectorStatus::charging),
                  connector(2, ConnectorStatus::faulted),
                  AddStationEvent{StationId("A"), contract_time(1), "boot", "first"},
                  AddStationEvent{StationId("A"), contract_time(2), "boot", "second"},
                  AddStationEvent{StationId("B"), contract_time(3), "boot", "another's"}});
    const auto sum = setup.reader().summary(contract_time(50));
    ASSERT_TRUE(sum);
    EXPECT_EQ(sum->stations, 1);
    EXPECT_EQ(sum->pending, 1);
    EXPECT_EQ(sum->charging, 1);
    EXPECT_EQ(sum->faulted, 1) << "connector 0 is the station";
    EXPECT_EQ(sum->running_sessions, 1);
    EXPECT_EQ(sum->sessions_since, 2);
    EXPECT_EQ(sum->flagged_sessions, 1) << "a matched stop alone is no doubt";
    SessionFilter flagged;
    flagged.flagged = true;
    const auto doubtful = setup.reader().sessions(flagged, {});
    ASSERT_TRUE(doubtful && doubtful->items.size() == 1);
    EXPECT_EQ(doubtful->items[0].id, "e");
    EXPECT_EQ(sum->energy_since_wh, 500 + 3000);
    ASSERT_EQ(sum->power_w.size(), 1U);
    EXPECT_EQ(sum->power_w[0].first, StationId("A"));
    EXPECT_DOUBLE_EQ(sum->power_w[0].second, 7000);
    const auto events = setup.reader().station_events(StationId("A"), {.limit = 1});
    ASSERT_TRUE(events && events->items.size() == 1);
    EXPECT_EQ(events->items[0].detail, "second");
    const auto rest = setup.reader().station_events(StationId("A"), {.limit = 1, .cursor = *events->next});
    ASSERT_TRUE(rest && rest->items.size() == 1);
    EXPECT_EQ(rest->items[0].detail, "first");
    EXPECT_FALSE(rest->next);
}

TEST(LedgerRows, ContentNumbersStayTheSameBetweenReleases)
{
    EXPECT_EQ(content_of(meter_value("s", 1, 11000).value), 9180148079268646451);
    EXPECT_NE(content_of(meter_value("s", 1, 11000).value), content_of(meter_value("s", 1, 11001).value));
}

}  // namespace

}  // namespace ladestrom::store::sqlite

namespace ladestrom::store {
namespace {

class MemorySetup {
public:
    MemorySetup() { ledger_.set_answers(MemoryLedger::Answers::held); }
    Ledger& ledger() { return ledger_; }
    void settle() { ledger_.answer_all(); }

private:
    MemoryLedger ledger_;
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, LedgerContract, sqlite::SqliteSetup);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, LedgerContract, MemorySetup);

}  // namespace ladestrom::store
