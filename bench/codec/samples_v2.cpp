#include "bench/codec/samples.hpp"

namespace ladestrom::bench::samples {
namespace {

std::string event(std::string_view type, std::string_view trigger, std::string_view more)
{
    std::string payload =
        R"({"eventType":")" + std::string(type) + R"(","timestamp":"2026-11-29T18:04:00.000Z",)";
    payload.append(R"("triggerReason":")").append(trigger).append(R"(","seqNo":3,)");
    payload.append(
        R"("transactionInfo":{"transactionId":"2f74f3916fed6fe8-b-3","chargingState":"Charging"},)");
    payload.append(R"("evse":{"id":1,"connectorId":1})").append(more).append("}");
    return frame("TransactionEvent", payload);
}

}  // namespace

std::string transaction_started()
{
    return event("Started", "Authorized",
                 R"(,"meterValue":[{"sampledValue":[{"value":1048576,"context":"Transaction.Begin",)"
                 R"("measurand":"Energy.Active.Import.Register"}],"timestamp":"2026-11-29T18:04:00.000Z"}],)"
                 R"("idToken":{"idToken":"04A2C5F21B6E80","type":"ISO14443"})");
}

std::string transaction_updated()
{
    return event("Updated", "MeterValuePeriodic", R"(,"meterValue":[)" + reading_v2() + "]");
}

std::string status_notification_v2()
{
    return frame("StatusNotification", R"({"timestamp":"2026-11-29T18:04:07.125Z",)"
                                       R"("connectorStatus":"Occupied","evseId":1,"connectorId":1})");
}

std::string boot_notification_v2()
{
    return frame("BootNotification",
                 R"({"chargingStation":{"model":"Wallbox 22 kW duo","vendorName":"Ladestrom",)"
                 R"("serialNumber":"LS-2026-004711","modem":{"iccid":"89490200001234567890",)"
                 R"("imsi":"262011234567890"},"firmwareVersion":"1.14.2-rc3+build.20261101"},)"
                 R"("reason":"PowerUp"})");
}

}  // namespace ladestrom::bench::samples
