// The ten most frequent messages of OCPP 1.6, as whole frames of usual size.
#pragma once

#include <string>

namespace ladestrom::bench::samples {

std::string heartbeat();
std::string status_notification();
std::string meter_values();  // three readings of ten samples
std::string authorize();
std::string start_transaction();
std::string stop_transaction();
std::string boot_notification();
std::string data_transfer();
std::string remote_start_transaction();
std::string change_configuration();

}  // namespace ladestrom::bench::samples
