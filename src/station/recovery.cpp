// Boot count, clock offsets, registry options.
#include "station/recovery.hpp"

#include "messages/journal.hpp"
#include "station/core/serial.hpp"
#include "station/outbox/journal_records.hpp"

#include <algorithm>
#include <charconv>

namespace ladestrom::station {
namespace {

constexpr std::int64_t format_version = 1;

// A serial that is in use proves its boot, should the count itself be damaged.
std::uint32_t boot_of(std::string_view key)
{
    for (const std::string_view prefix : {fact_prefix, dead_prefix, session_prefix}) {
        if (const auto serial = serial_of_key(key, prefix)) return serial->boot;
    }
    return 0;
}

}  // namespace

std::uint32_t boots_so_far(const store::Batch& journal)
{
    std::uint32_t boots = 0;
    for (const store::Record& record : journal) {
        boots = std::max(boots, boot_of(record.key));
        if (record.key != "boot" || !record.value) continue;
        if (const auto boot = decode_record<journal::Boot>(*record.value)) {
            boots = std::max(boots, static_cast<std::uint32_t>(boot->count));
        }
    }
    return boots;
}

void put_boot_records(Records& records, std::uint32_t boot)
{
    records.put("format", messages::encode(journal::JournalFormat{.version = format_version}));
    records.put("boot", messages::encode(journal::Boot{.count = boot}));
}

void recover_clock(Clock& clock, std::string_view key, std::string_view value)
{
    std::uint32_t boot = 0;
    key.remove_prefix(clock_prefix.size());
    const auto parsed = std::from_chars(key.data(), key.data() + key.size(), boot);
    const auto record = decode_record<journal::BootClock>(value);
    if (parsed.ec == std::errc{} && record) clock.recover_offset(boot, Duration(record->offset));
}

RegistryOptions registry_options(const Config& config)
{
    RegistryOptions options;
    options.number_of_connectors = static_cast<int>(config.evses.size());
    options.tls = config.url.starts_with("wss://");
    options.basic_password = config.basic_password.value_or("");
    options.keys = config.keys;
    options.resumes = config.interrupted_session == InterruptedSession::resume;
    const auto any = [&](auto capable) { return std::ranges::any_of(config.evses, capable); };
    for (const Measurand measurand : default_measurands()) {
        const bool told = measurand != Measurand::soc ||
                          any([](const EvseConfig& evse) { return evse.capabilities.reports_soc; });
        if (told) options.measurands.push_back(measurand);
    }
    options.phases = any([](const EvseConfig& evse) { return evse.capabilities.phases > 1; }) ? 3 : 1;
    // A cable that is fixed is never released.
    if (!any([](const EvseConfig& evse) { return evse.capabilities.has_lock; })) {
        constexpr const char* key = "UnlockConnectorOnEVSideDisconnect";
        options.keys[key] = "false";
        KeyAdjustment& fixed = options.adjustments.emplace_back();
        fixed.key = key;
        fixed.access = Access::read_only;
    }
    return options;
}

}  // namespace ladestrom::station
