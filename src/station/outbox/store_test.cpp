// The journal fails, or is damaged (faults F20, F21).
#include "station/test_world/stories.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ladestrom::station::test {
namespace {

using testing::HasSubstr;

// F20
TEST(Store, WhileItFailsNothingStartsAndWhatRunsGoesOn)
{
    World world(test_config(2));
    world.begin();
    world.plug(1);
    world.swipe("TAG-1", 1);
    world.pass(minutes(2));
    world.disk = Disk::failing;
    world.pass(minutes(2));
    EXPECT_TRUE(world.view().store_failed);
    EXPECT_TRUE(world.evse(1).closed);
    world.plug(2);
    world.swipe("TAG-2", 2);
    EXPECT_THAT(world.ask("RemoteStartTransaction", R"({"connectorId":2,"idTag":"TAG-3"})"),
                HasSubstr("Rejected"));
    world.pass(minutes(2));
    EXPECT_FALSE(world.evse(2).closed);
    EXPECT_EQ(world.backend.booked.size(), 1U);
    EXPECT_EQ(world.backend.statuses(2).back(), "Faulted");
    world.swipe("TAG-1", 1);
    world.pass(seconds(10));
    EXPECT_FALSE(world.evse(1).closed);
    EXPECT_FALSE(world.backend.booked[0].stopped);
    world.disk = Disk::ok;
    world.pass(minutes(3));
    EXPECT_FALSE(world.view().store_failed);
    EXPECT_TRUE(world.backend.booked[0].stopped);
    EXPECT_EQ(world.backend.booked[0].meter_stop, world.evse(1).watt_hours());
    world.swipe("TAG-2", 2);
    world.pass(seconds(10));
    EXPECT_TRUE(world.evse(2).closed);
}

TEST(Store, AFailedChangeIsNotAccepted)
{
    World world;
    world.begin();
    world.disk = Disk::failing;
    EXPECT_THAT(world.ask("ChangeConfiguration", R"({"key":"HeartbeatInterval","value":"7"})"),
                HasSubstr("InternalError"));
    EXPECT_THAT(world.ask("ChangeAvailability", R"({"connectorId":1,"type":"Inoperative"})"),
                HasSubstr("InternalError"));
}

// Neither now nor after the disk has recovered, and not even when the failed commit did reach it.
TEST(Store, AChangeThatWasRefusedNeverTakesEffect)
{
    for (const Disk fault : {Disk::failing, Disk::lying}) {
        World world;
        world.config.basic_password = "0123456789abcdef";
        world.begin();
        EXPECT_THAT(world.ask("ChangeConfiguration", R"({"key":"MinimumStatusDuration","value":"1"})"),
                    HasSubstr("Accepted"));
        world.disk = fault;
        for (const char* change :
             {R"({"key":"ConnectionTimeOut","value":"7"})", R"({"key":"MinimumStatusDuration","value":"9"})",
              R"({"key":"AuthorizationKey","value":"30313233343536373839414243444546"})"}) {
            EXPECT_THAT(world.ask("ChangeConfiguration", change), HasSubstr("InternalError"));
        }
        for (const char* change :
             {R"({"connectorId":0,"type":"Inoperative"})", R"({"connectorId":1,"type":"Inoperative"})"}) {
            EXPECT_THAT(world.ask("ChangeAvailability", change), HasSubstr("InternalError"));
        }
        EXPECT_TRUE(world.evse_view().operative);
        world.disk = Disk::ok;
        world.pass(minutes(5));
        ASSERT_FALSE(world.view().store_failed);
        for (int boot = 0; boot < 2; ++boot) {
            EXPECT_THAT(world.ask("GetConfiguration", R"({"key":["ConnectionTimeOut"]})"),
                        HasSubstr(R"("value":"60")"));
            EXPECT_THAT(world.ask("GetConfiguration", R"({"key":["MinimumStatusDuration"]})"),
                        HasSubstr(R"("value":"1")"));
            EXPECT_EQ(world.backend.statuses(1).back(), "Available");
            EXPECT_EQ(world.backend.statuses(0).back(), "Available");
            for (const Action& action : world.actions) {
                if (const auto* open = std::get_if<OpenLink>(&action)) {
                    EXPECT_EQ(open->basic_password, "0123456789abcdef");
                }
            }
            world.power_cut();
            world.boot();
            world.pass(seconds(10));
        }
    }
}

// F21: every row in turn is damaged, by bits that no longer parse or by the checksum that sets it aside. No
// transaction that the rest still tells of is lost or doubled, and none is billed wrongly.
class DamagedRow : public testing::TestWithParam<OcppVersion> {};
INSTANTIATE_TEST_SUITE_P(Versions, DamagedRow, testing::Values(OcppVersion::v1_6, OcppVersion::v2_1),
                         [](const auto& one) { return one.param == OcppVersion::v1_6 ? "v1_6" : "v2_1"; });

TEST_P(DamagedRow, CostsNoTransaction)
{
    const auto prepared = [] {
        auto world = std::make_unique<World>(offline_config());
        world->config.versions = {GetParam()};
        world->config.keys["StopTxnSampledData"] = "Energy.Active.Import.Register";
        world->begin();
        world->network(false);
        session(*world, minutes(3));
        world->plug();
        world->swipe("TAG-2");
        world->pass(minutes(3));
        world->power_cut();
        return world;
    };
    std::vector<std::string> keys;
    const auto first = prepared();
    for (const auto& [key, value] : first->disk_content()) keys.push_back(key);
    ASSERT_GT(keys.size(), 10U);
    for (const std::string& key : keys) {
        for (const bool gone : {false, true}) {
            SCOPED_TRACE(key + (gone ? " set aside" : " torn"));
            const auto world = prepared();
            std::string& value = world->disk_content()[key];
            value.resize(value.size() / 2);
            if (gone) world->disk_content().erase(key);
            world->network(true);
            world->boot();
            world->pass(minutes(5));
            world->swipe("TAG-2");
            world->pass(seconds(10));
            world->unplug();
            world->pass(minutes(5));
            const Backend& backend = world->backend;
            ASSERT_EQ(backend.booked.size(), 2U);
            EXPECT_EQ(backend.booked[0].token, "TAG-1");
            EXPECT_EQ(backend.booked[0].meter_start, 0);
            EXPECT_EQ(backend.booked[0].meter_stop, backend.booked[1].meter_start);
            EXPECT_EQ(backend.booked[1].token, "TAG-2");
            EXPECT_EQ(backend.booked[1].meter_stop, world->evse().watt_hours());
            for (const Booked& booked : backend.booked) {
                EXPECT_TRUE(booked.stopped);
                EXPECT_GE(booked.stop_time, booked.started);
            }
            EXPECT_EQ(backend.unknown_stops, 0);
            EXPECT_EQ(world->view().queued_facts, 0U);
            EXPECT_EQ(world->view().dead_letters, 0U);
            EXPECT_EQ(records(*world, "session/"), 0U);
            if (!gone) continue;
            EXPECT_EQ(records(*world, "fact/") + records(*world, "sample/"), 0U);
        }
    }
}

// Under the number that the lost one had: with another the backend would wait for it for ever.
TEST(Store, AnEndThatIsMadeAnewKeepsItsNumber)
{
    World world(offline_config());
    world.config.versions = {OcppVersion::v2_1};
    world.begin();
    world.network(false);
    session(world, minutes(3));
    world.power_cut();
    ASSERT_EQ(std::erase_if(world.disk_content(),
                            [](const auto& entry) {
                                return entry.first.starts_with("fact/") &&
                                       entry.second.find(R"("kind":"Ended")") != std::string::npos;
                            }),
              1U);
    world.network(true);
    world.begin();
    world.pass(minutes(1));
    const Booked* booked = world.backend.only();
    ASSERT_NE(booked, nullptr);
    EXPECT_TRUE(booked->stopped);
    EXPECT_EQ(*booked->sequences.rbegin(), static_cast<std::int64_t>(booked->sequences.size()) - 1);
}

// What cannot be read is left alone and counted, the rest is recovered.
TEST(Store, DamagedRecordsHarmNothingElse)
{
    World world(offline_config());
    world.begin();
    world.network(false);
    session(world, minutes(2));
    world.power_cut();
    world.disk_content()["fact/00000001-00000001"] = "{\"kind\":\"Sta";
    world.disk_content()["session/rubbish"] = "{}";
    world.disk_content()["availability/x"] = "[]";
    world.disk_content()["boot"] = "nonsense";
    world.network(true);
    world.boot();
    world.pass(minutes(5));
    EXPECT_EQ(world.station().counters().get("journal.unreadable"), 3U);
    EXPECT_EQ(world.backend.booked.size(), 1U);
}

// A journal of any earlier version opens in the next: its fields keep their names (protocol/journal).
TEST(Store, AnOrdinaryTransactionIsWrittenAsEarlierVersionsWroteIt)
{
    Config config = test_config();
    config.versions = {OcppVersion::v2_1};
    config.interrupted_session = InterruptedSession::resume;
    World world(config);
    world.begin();
    begin_charging(world, minutes(1));
    world.power_cut(false);
    const auto row = std::ranges::find_if(
        world.disk_content(), [](const auto& record) { return record.first.starts_with("session/"); });
    ASSERT_NE(row, world.disk_content().end());
    EXPECT_THAT(row->second, HasSubstr(R"("told":true)"));
    for (const char* later : {"unpaired", "startPending", "startSequence"})
        EXPECT_THAT(row->second, testing::Not(HasSubstr(later)));
    world.begin();
    world.pass(minutes(1));
    EXPECT_EQ(world.backend.booked.at(0).start_frames, 1) << "it was told already";
}

}  // namespace
}  // namespace ladestrom::station::test
