#include "csms/provisioning.hpp"

#include "csms/session_begin.hpp"
#include "csms/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace ladestrom::csms {

Outcome<BootAnswer> boot(const BootFacts& facts, Work& work)
{
    store::StationRow& row = work.changed_station();
    row.vendor = bounded(facts.vendor);
    row.model = bounded(facts.model);
    row.serial_number = bounded(facts.serial_number);
    row.firmware_version = bounded(facts.firmware_version);
    row.iccid = bounded(facts.iccid);
    row.imsi = bounded(facts.imsi);
    row.meter_type = bounded(facts.meter_type);
    row.meter_serial_number = bounded(facts.meter_serial_number);
    row.version = work.version;
    row.last_boot = work.now.wall;
    const store::Admission admission = row.admission;
    const auto detail = fmt::format("{} {} {}", row.vendor, row.model, row.firmware_version);
    work.record_event(work.now.wall, "boot", detail);
    work.told = admission;
    const bool accepted = admission == store::Admission::accepted;
    return BootAnswer{
        .admission = admission,
        .current_time = work.now.wall,
        .interval = accepted ? work.options.heartbeat_interval : work.options.boot_retry_interval};
}

Outcome<ConnectorAnswer> connector_status(const ConnectorFacts& facts, Work& work)
{
    if (facts.evse < EvseId(0)) {
        return Refused{messages::ErrorCode::property_constraint_violation, "/connectorId",
                       "must not be negative"};
    }
    const store::ConnectorRow* before = work.station.connector(facts.evse);
    if (before == nullptr && work.station.connectors.size() >= work.options.max_connectors) {
        work.counters.add("csms.connector.too_many");
        return ConnectorAnswer{};
    }
    const bool told = facts.since && plausible(*facts.since);
    store::ConnectorRow row{.station = work.id(),
                            .evse = facts.evse,
                            .status = facts.status,
                            .error = facts.error,
                            .info = bounded(facts.info),
                            .vendor_error_code = bounded(facts.vendor_error_code),
                            .since = told ? *facts.since : work.now.wall};
    if (before != nullptr) {
        // Repeated at every reconnect: nothing new, and `since` stays when it began.
        store::ConnectorRow same = row;
        same.since = before->since;
        if (same == *before) return ConnectorAnswer{};
    }
    work.writes.push_back(store::PutConnector{std::move(row)});
    return ConnectorAnswer{};
}

void note_status(std::string kind, std::string_view status, std::optional<std::int64_t> request_id,
                 Work& work)
{
    std::string detail(status);
    if (request_id) detail += fmt::format(" (request {})", *request_id);
    work.record_event(work.now.wall, std::move(kind), std::move(detail));
}

void note_security_event(Instant at, std::string type, const std::optional<std::string>& tech_info,
                         Work& work)
{
    if (tech_info) type += ": " + *tech_info;
    work.record_event(at, "security", std::move(type));
}

void note_refused_certificate(Work& work)
{
    work.record_event(work.now.wall, "sign_certificate", "Rejected");
}

Outcome<IdTokenInfo> authorize(const IdToken& token, Work& work)
{
    const TokenFacts* facts = work.token(token.value, false);
    if (facts == nullptr) return Waiting{};
    return judge_token(facts->row, work.now.wall);
}

}  // namespace ladestrom::csms
