#include "simulation/orders.hpp"

#include <fmt/format.h>

namespace ladestrom::simulation {
namespace {

bool is_16(OcppVersion version)
{
    return version == OcppVersion::v1_6;
}

}  // namespace

Order unlock(OcppVersion version, EvseId evse)
{
    return {"UnlockConnector", is_16(version)
                                   ? fmt::format(R"({{"connectorId":{}}})", evse.value())
                                   : fmt::format(R"({{"evseId":{},"connectorId":1}})", evse.value())};
}

Order change_availability(OcppVersion version, EvseId evse, bool operative)
{
    const char* const status = operative ? "Operative" : "Inoperative";
    std::string payload = fmt::format(R"({{"connectorId":{},"type":"{}"}})", evse.value(), status);
    if (!is_16(version)) {
        const std::string place =
            evse == EvseId(0) ? "" : fmt::format(R"(,"evse":{{"id":{}}})", evse.value());
        payload = fmt::format(R"({{"operationalStatus":"{}"{}}})", status, place);
    }
    return {"ChangeAvailability", std::move(payload)};
}

Order reset(OcppVersion version, bool gently)
{
    if (is_16(version)) return {"Reset", gently ? R"({"type":"Soft"})" : R"({"type":"Hard"})"};
    return {"Reset", gently ? R"({"type":"OnIdle"})" : R"({"type":"Immediate"})"};
}

Order set_sample_interval(OcppVersion version, int seconds)
{
    if (is_16(version)) {
        return {"ChangeConfiguration",
                fmt::format(R"({{"key":"MeterValueSampleInterval","value":"{}"}})", seconds)};
    }
    return {
        "SetVariables",
        fmt::format(
            R"({{"setVariableData":[{{"component":{{"name":"SampledDataCtrlr"}},"variable":{{"name":"TxUpdatedInterval"}},"attributeValue":"{}"}}]}})",
            seconds)};
}

Order trigger_meter_values(OcppVersion version)
{
    return {"TriggerMessage", is_16(version) ? R"({"requestedMessage":"MeterValues"})"
                                             : R"({"requestedMessage":"TransactionEvent"})"};
}

Order tell_configuration(OcppVersion version)
{
    if (is_16(version)) return {"GetConfiguration", "{}"};
    return {"GetBaseReport", R"({"requestId":1,"reportBase":"FullInventory"})"};
}

}  // namespace ladestrom::simulation
