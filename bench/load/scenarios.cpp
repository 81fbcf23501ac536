#include "bench/load/scenarios.hpp"

#include "bench/wire.hpp"

#include <chrono>
#include <cstdio>

namespace ladestrom::bench {
namespace {

std::string call(std::string_view action, std::string_view payload)
{
    static std::uint64_t id = 0;
    std::string out = "[2,\"" + std::to_string(++id) + "\",\"";
    return out.append(action).append("\",").append(payload).append("]");
}

// A millisecond later each time, so that no two messages of a run say the same.
std::string timestamp()
{
    using namespace std::chrono;
    static auto last = floor<milliseconds>(system_clock::now());
    last += milliseconds(1);
    const auto day = floor<days>(last);
    const year_month_day date(day);
    const hh_mm_ss time(last - day);
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02ld:%02ld:%02ld.%03ldZ", int{date.year()},
                  unsigned{date.month()}, unsigned{date.day()}, time.hours().count(), time.minutes().count(),
                  time.seconds().count(), time.subseconds().count());
    return text;
}

std::string member(std::string_view name, std::string_view value)
{
    return "\"" + std::string(name) + "\":\"" + std::string(value) + "\"";
}

void add_sample(std::string& out, std::int64_t value, std::string_view measurand, std::string_view unit,
                std::string_view phase = {})
{
    out += "{" + member("value", std::to_string(value)) + "," + member("measurand", measurand) + "," +
           member("unit", unit) + (phase.empty() ? "" : "," + member("phase", phase)) + "},";
}

}  // namespace

std::string boot_notification()
{
    return call("BootNotification",
                R"({"chargePointVendor":"Ladestrom","chargePointModel":"Bench","firmwareVersion":"1.0"})");
}

std::string heartbeat()
{
    return call("Heartbeat", "{}");
}

std::string identity_of(std::size_t station)
{
    char text[32];
    std::snprintf(text, sizeof text, "BENCH-%05zu", station);
    return text;
}

std::string token_of(std::size_t station)
{
    char text[32];
    std::snprintf(text, sizeof text, "CARD%05zu", station);
    return text;
}

std::string Sessions::next()
{
    const int at = at_++;
    if (at == 0) {
        return call("StatusNotification", R"({"connectorId":1,"errorCode":"NoError","status":"Preparing",)" +
                                              member("timestamp", timestamp()) + "}");
    }
    if (at == 1) return call("Authorize", "{" + member("idTag", token_) + "}");
    if (at == 2) {
        return call("StartTransaction", R"({"connectorId":1,)" + member("idTag", token_) +
                                            R"(,"meterStart":)" + std::to_string(meter_wh_) + "," +
                                            member("timestamp", timestamp()) + "}");
    }
    if (at < messages_each - 1) return meter_values();
    return call("StopTransaction", R"({"transactionId":)" + transaction_ + R"(,"meterStop":)" +
                                       std::to_string(meter_wh_) + R"(,"reason":"Local",)" +
                                       member("idTag", token_) + "," + member("timestamp", timestamp()) +
                                       "}");
}

std::string Sessions::meter_values()
{
    meter_wh_ += 50;
    const std::int64_t drift = meter_wh_ / 50 % 10;
    std::string payload = R"({"connectorId":1,"transactionId":)" + transaction_ + R"(,"meterValue":[{)" +
                          member("timestamp", timestamp()) + R"(,"sampledValue":[)";
    add_sample(payload, meter_wh_, "Energy.Active.Import.Register", "Wh");
    add_sample(payload, 11'000 + drift, "Power.Active.Import", "W");
    for (const std::string_view phase : {"L1", "L2", "L3"})
        add_sample(payload, 16, "Current.Import", "A", phase);
    for (const std::string_view phase : {"L1-N", "L2-N", "L3-N"}) {
        add_sample(payload, 230 + drift, "Voltage", "V", phase);
    }
    add_sample(payload, 40 + drift, "SoC", "Percent");
    add_sample(payload, 25 + drift, "Temperature", "Celsius");
    payload.back() = ']';
    return call("MeterValues", payload + "}]}");
}

bool Sessions::answered(std::string_view frame)
{
    if (at_ == 3) {
        constexpr std::string_view name = "\"transactionId\":";
        const std::size_t id = frame.find(name);
        if (id == std::string_view::npos || frame.find("\"Accepted\"") == std::string_view::npos) {
            fail("no transaction: " + std::string(frame));
        }
        const std::string_view rest = frame.substr(id + name.size());
        transaction_ = rest.substr(0, rest.find_first_not_of("-0123456789"));
    }
    if (at_ < messages_each) return false;
    at_ = 0;
    return true;
}

}  // namespace ladestrom::bench
