// What a process start makes of configuration and journal, beyond what the blocks recover themselves.
#pragma once

#include "station/core/records.hpp"
#include "station/device_model/registry.hpp"
#include "station/provisioning/clock.hpp"
#include "station/station.hpp"

#include <string_view>

namespace ladestrom::station {

inline constexpr std::string_view clock_prefix = "clock/";

std::uint32_t boots_so_far(const store::Batch& journal);
// Counts this boot, in the first batch of all.
void put_boot_records(Records& records, std::uint32_t boot);
void recover_clock(Clock& clock, std::string_view key, std::string_view value);
RegistryOptions registry_options(const Config& config);

}  // namespace ladestrom::station
