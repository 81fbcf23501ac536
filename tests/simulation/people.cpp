#include "simulation/people.hpp"

#include <fmt/format.h>

#include <array>

namespace ladestrom::simulation {
namespace {

struct Known {
    const char* token;
    AuthorizationStatus status;
    const char* group;
};
constexpr std::array<Known, 5> known{{
    {"ANNA", AuthorizationStatus::accepted, "FAMILY"},
    {"BERT", AuthorizationStatus::accepted, "FAMILY"},
    {"CLARA", AuthorizationStatus::accepted, ""},
    {"DIRK", AuthorizationStatus::accepted, ""},
    {"BLOCKED", AuthorizationStatus::blocked, ""},
}};
constexpr const char* stranger = "STRANGER";

}  // namespace

std::string People::any_token()
{
    const auto drawn = around_.random.below(20);
    if (drawn == 0) return stranger;
    if (drawn == 1) return known.back().token;
    return known[drawn % (known.size() - 1)].token;
}

// ---- registering ----------------------------------------------------------------------------------------

// Until it is done: the store may fail, the central system may be down.
void People::repeat(CsmsNode::Done done, std::function<void(CsmsNode::Done)> ask)
{
    ask([this, done, ask](const csms::CommandDone& answer) {
        if (answer.status == csms::CommandStatus::result) return done(answer);
        around_.timeline.after(seconds(1), [this, done, ask] { repeat(done, ask); });
    });
}

void People::register_all()
{
    for (const auto& station : stations_) {
        csms::PutStationCommand put;
        put.station = station->id();
        put.admission = store::Admission::accepted;
        put.password = StationNode::password(station->id());
        repeat([](const auto&) {}, [this, put](CsmsNode::Done done) { csms_.command(put, std::move(done)); });
    }
    for (const Known& one : known) {
        csms::PutTokenCommand put;
        put.token.token = {one.token, IdTokenType::iso14443};
        put.token.status = one.status;
        put.token.group = one.group;
        put.token.concurrent_allowed = around_.random.chance(0.7);
        repeat([](const auto&) {}, [this, put](CsmsNode::Done done) { csms_.command(put, std::move(done)); });
    }
}

// ---- their days -----------------------------------------------------------------------------------------

void People::later(Duration delay, std::function<void()> act)
{
    around_.timeline.after(delay, [this, day = day_, act = std::move(act)] {
        if (day == day_) act();
    });
}

void People::often(double times_per_day, std::function<void()> act)
{
    if (times_per_day <= 0) return;
    later(around_.until_next(times_per_day), [this, times_per_day, act = std::move(act)] {
        act();
        often(times_per_day, act);
    });
}

void People::begin()
{
    for (const auto& owner : stations_) {
        StationNode* station = owner.get();
        for (std::size_t i = 1; i <= station->evses(); ++i) {
            const EvseId evse(static_cast<std::int32_t>(i));
            often(around_.options.visits_per_evse, [this, station, evse] { visit(*station, evse); });
            often(around_.options.visits_per_evse / 2, [this, station, evse] { fidget(*station, evse); });
        }
        often(around_.options.commands_per_station, [this, station] { operate(*station); });
        often(4, [this, station] { manage_energy(*station); });
    }
}

void People::visit(StationNode& station, EvseId evse)
{
    if (station.hardware().find(evse)->car()) return;  // taken
    const std::string token = any_token();
    const Duration stay = around_.between(minutes(1), around_.random.chance(0.2) ? hours(12) : hours(2));
    arrive(station, evse, token);
    later(stay, [this, &station, evse, token] { leave(station, evse, token); });
}

void People::arrive(StationNode& station, EvseId evse, const std::string& token)
{
    const auto plug = [this, &station, evse] {
        hardware::simulated::CarSettings settings;
        settings.capacity = {10'000 + static_cast<std::int64_t>(around_.random.below(80'000))};
        settings.wants_energy = around_.random.chance(0.9);
        settings.phases = around_.random.chance(0.7) ? 3 : 1;
        station.plug(evse, {settings, Percent{around_.random.fraction() * 100}});
    };
    const auto swipe = [this, &station, evse, token] {
        station.swipe(around_.random.chance(0.2) && station.evses() == 1 ? EvseId(0) : evse, token);
    };
    const Duration between =
        around_.between(Duration(0), around_.random.chance(0.9) ? seconds(40) : minutes(10));
    const bool plug_first = around_.random.chance(0.5);
    if (plug_first) {
        plug();
        if (around_.random.chance(0.9)) later(between, swipe);
    } else {
        swipe();
        if (around_.random.chance(0.9)) later(between, plug);
    }
}

void People::leave(StationNode& station, EvseId evse, const std::string& token)
{
    const bool in_order = around_.random.chance(0.7);
    if (in_order) station.swipe(evse, token);
    // Some pull until it gives way, some come back later.
    later(around_.between(Duration(0), seconds(30)), [this, &station, evse, token] {
        const bool pulled = around_.random.chance(0.2);
        station.unplug(evse, pulled);
        if (!station.hardware().find(evse)->car()) return;
        later(around_.between(seconds(5), minutes(20)),
              [this, &station, evse, token] { leave(station, evse, token); });
    });
}

void People::fidget(StationNode& station, EvseId evse)
{
    switch (around_.random.below(4)) {
        case 0: return station.set_car(evse, around_.random.chance(0.5));
        case 1: return station.unplug(evse, around_.random.chance(0.1));
        default: return station.swipe(evse, any_token());
    }
}

void People::manage_energy(StationNode& station)
{
    const EvseId evse = around_.random.chance(0.3) ? EvseId(0) : any_evse(station);
    std::optional<Amperes> limit;
    if (around_.random.chance(0.7)) limit = Amperes{around_.random.fraction() * 40};
    station.limit(evse, limit);
}

}  // namespace ladestrom::simulation
