// The ten most frequent messages of OCPP 1.6 and what is different of them in 2.1, as whole frames of usual
// size.
#pragma once

#include <string>
#include <string_view>

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

std::string transaction_started();
std::string transaction_updated();  // one reading of ten samples
std::string status_notification_v2();
std::string boot_notification_v2();

std::string frame(std::string_view action, std::string_view payload);
std::string reading_v2();

}  // namespace ladestrom::bench::samples
