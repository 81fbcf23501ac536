#include "bench/codec/samples.hpp"

#include <array>
#include <string_view>

namespace ladestrom::bench::samples {

std::string frame(std::string_view action, std::string_view payload)
{
    std::string out = R"([2,"8f0c2a54-7d1e-4b6f-9a3c-5e21d07b9c48",")";
    return out.append(action).append("\",").append(payload).append("]");
}

namespace {

struct Sample {
    std::string_view value, measurand, phase, unit;
};

constexpr std::array samples{
    Sample{"1048576.25", "Energy.Active.Import.Register", "", "Wh"},
    Sample{"11041.70", "Power.Active.Import", "", "W"},
    Sample{"16.020", "Current.Import", "L1", "A"},
    Sample{"15.985", "Current.Import", "L2", "A"},
    Sample{"16.004", "Current.Import", "L3", "A"},
    Sample{"229.90", "Voltage", "L1-N", "V"},
    Sample{"230.41", "Voltage", "L2-N", "V"},
    Sample{"230.08", "Voltage", "L3-N", "V"},
    Sample{"32.00", "Current.Offered", "", "A"},
    Sample{"64.50", "SoC", "", "Percent"},
};

void add(std::string& out, std::string_view name, std::string_view value)
{
    if (!value.empty()) out.append(",\"").append(name).append("\":\"").append(value).append("\"");
}

std::string reading(std::string_view timestamp)
{
    std::string out = R"({"timestamp":")" + std::string(timestamp) + R"(","sampledValue":[)";
    for (const Sample& sample : samples) {
        out.append(R"({"value":")")
            .append(sample.value)
            .append(R"(","context":"Sample.Periodic","format":"Raw")");
        add(out, "measurand", sample.measurand);
        add(out, "phase", sample.phase);
        add(out, "location", sample.unit == "Percent" ? "EV" : "Outlet");
        add(out, "unit", sample.unit);
        out += "},";
    }
    out.back() = ']';
    return out + "}";
}

}  // namespace

std::string reading_v2()
{
    std::string out = R"({"sampledValue":[)";
    for (const Sample& sample : samples) {
        out.append(R"({"value":)").append(sample.value).append(R"(,"context":"Sample.Periodic")");
        add(out, "measurand", sample.measurand);
        add(out, "phase", sample.phase);
        if (sample.unit == "Percent") out += R"(,"location":"EV")";
        out.append(R"(,"unitOfMeasure":{"unit":")").append(sample.unit).append(R"("}},)");
    }
    out.back() = ']';
    return out + R"(,"timestamp":"2026-11-29T18:04:00.000Z"})";
}

std::string heartbeat()
{
    return frame("Heartbeat", "{}");
}

std::string status_notification()
{
    return frame("StatusNotification", R"({"connectorId":1,"errorCode":"NoError","status":"SuspendedEV",)"
                                       R"("timestamp":"2026-11-29T18:04:07.125Z"})");
}

std::string meter_values()
{
    return frame("MeterValues", R"({"connectorId":1,"transactionId":481516,"meterValue":[)" +
                                    reading("2026-11-29T18:04:00.000Z") + "," +
                                    reading("2026-11-29T18:05:00.000Z") + "," +
                                    reading("2026-11-29T18:06:00.000Z") + "]}");
}

std::string authorize()
{
    return frame("Authorize", R"({"idTag":"04A2C5F21B6E80"})");
}

std::string start_transaction()
{
    return frame("StartTransaction", R"({"connectorId":1,"idTag":"04A2C5F21B6E80","meterStart":1048576,)"
                                     R"("timestamp":"2026-11-29T18:03:12.000Z"})");
}

std::string stop_transaction()
{
    return frame("StopTransaction", R"({"transactionId":481516,"idTag":"04A2C5F21B6E80","meterStop":1060231,)"
                                    R"("timestamp":"2026-11-29T19:11:40.250Z","reason":"EVDisconnected"})");
}

std::string boot_notification()
{
    return frame(
        "BootNotification",
        R"({"chargePointVendor":"Ladestrom","chargePointModel":"Wallbox 22 kW duo",)"
        R"("chargePointSerialNumber":"LS-2026-004711-A","chargeBoxSerialNumber":"LS-2026-004711",)"
        R"("firmwareVersion":"1.14.2-rc3+build.20261101","iccid":"89490200001234567890",)"
        R"("imsi":"262011234567890","meterType":"Eastron SDM72D-M-2","meterSerialNumber":"21170845"})");
}

std::string data_transfer()
{
    return frame("DataTransfer",
                 R"({"vendorId":"org.openchargealliance.iso15118pnc","messageId":"SignCertificate",)"
                 R"("data":"{\"certificateType\":\"V2G\",\"csr\":\"MIHZMIGAAgEAMB4x\"}"})");
}

std::string remote_start_transaction()
{
    return frame("RemoteStartTransaction", R"({"connectorId":1,"idTag":"04A2C5F21B6E80"})");
}

std::string change_configuration()
{
    return frame("ChangeConfiguration", R"({"key":"MeterValueSampleInterval","value":"60"})");
}

}  // namespace ladestrom::bench::samples
